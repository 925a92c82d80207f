#include "pair.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#include "measure.h"

#define PATIENCE_NS (UINT64_C(20) * 1000000000)

void must(MLResult result, const char *what) {
    if (result != MLResult_Ok) {
        fprintf(stderr, "%s: %s\n", what, MLWebRTCGetResultString(result));
        exit(1);
    }
}

static void on_error(const char *message, void *context) {
    (void)context;
    fprintf(stderr, "error of a connection: %s\n", message);
}

static void on_offer(const char *sdp, void *context) {
    side *self = context;
    must(MLWebRTCConnectionSetRemoteOffer(self->other->connection, sdp), "SetRemoteOffer");
}

static void on_answer(const char *sdp, void *context) {
    side *self = context;
    must(MLWebRTCConnectionSetRemoteAnswer(self->other->connection, sdp), "SetRemoteAnswer");
}

static void on_candidate(const MLWebRTCConnectionIceCandidate *candidate, void *context) {
    side *self = context;
    must(MLWebRTCConnectionAddRemoteIceCandidate(self->other->connection, candidate), "AddRemoteIceCandidate");
}

static void on_open(void *context) {
    side *self = context;
    self->open = true;
}

/* Each side has one thread that pumps it, so plain stores would do; the other threads read. */
static void on_message(const MLWebRTCDataChannelMessage *message, void *context) {
    side *self = context;
    atomic_store_explicit(&self->messages, self->messages + 1, memory_order_relaxed);
    atomic_store_explicit(&self->bytes, self->bytes + message->data_size, memory_order_relaxed);
    if (self->echo) {
        must(MLWebRTCDataChannelSendMessage(self->channel, message), "SendMessage (echo)");
    }
}

static MLWebRTCDataChannelEventCallbacks channel_callbacks(side *self) {
    return (MLWebRTCDataChannelEventCallbacks){
        .version = 1, .context = self, .on_open = on_open, .on_message = on_message};
}

static void on_channel(MLHandle channel, void *context) {
    side *self = context;
    self->channel = channel;
    MLWebRTCDataChannelEventCallbacks callbacks = channel_callbacks(self);
    must(MLWebRTCDataChannelSetEventCallbacks(channel, &callbacks), "SetEventCallbacks");
}

static void on_track(const MLWebRTCSource *track, uint32_t stream_count, const char *const *streams, void *context) {
    (void)stream_count;
    (void)streams;
    side *self = context;
    if (track->type == MLWebRTCSourceType_Audio) {
        must(MLWebRTCAudioSinkSetSource(self->sink, track->handle), "AudioSinkSetSource");
    } else {
        must(MLWebRTCVideoSinkSetSource(self->sink, track->handle), "VideoSinkSetSource");
    }
}

static void create(side *self, side *other) {
    *self = (side){.other = other, .sink = ML_INVALID_HANDLE};
    MLWebRTCConnectionConfig config = {.version = 1};
    MLWebRTCConnectionEventCallbacks callbacks = {
        .version = 1,
        .context = self,
        .on_error = on_error,
        .on_track_added = on_track,
        .on_local_offer_created = on_offer,
        .on_local_answer_created = on_answer,
        .on_local_ice_candidate_found = on_candidate,
        .on_data_channel_received = on_channel,
    };
    must(MLWebRTCConnectionCreate(&config, &callbacks, &self->connection), "ConnectionCreate");
}

void pump(side *one) { must(MLWebRTCConnectionProcessEvents(one->connection), "ProcessEvents"); }

void pair_create(pair *both) {
    create(&both->alice, &both->bob);
    create(&both->bob, &both->alice);
}

void pair_connect(pair *both) {
    side *alice = &both->alice, *bob = &both->bob;
    uint64_t begin = now_ns();
    pair_create(both);
    must(MLWebRTCDataChannelCreate(alice->connection, "bench", &alice->channel), "DataChannelCreate");
    MLWebRTCDataChannelEventCallbacks callbacks = channel_callbacks(alice);
    must(MLWebRTCDataChannelSetEventCallbacks(alice->channel, &callbacks), "SetEventCallbacks");
    must(MLWebRTCConnectionCreateOffer(alice->connection), "CreateOffer");
    while (!alice->open || !bob->open) {
        pump(alice);
        pump(bob);
        if (now_ns() - begin > PATIENCE_NS) {
            fprintf(stderr, "not connected after 20 s\n");
            exit(1);
        }
        /* No naps: they would be what is measured. */
        sched_yield();
    }
}

void pair_destroy(pair *both) {
    must(MLWebRTCConnectionDestroy(both->alice.connection), "ConnectionDestroy");
    must(MLWebRTCConnectionDestroy(both->bob.connection), "ConnectionDestroy");
}

bool send_to_other(side *from, const void *data, uint64_t size) {
    MLWebRTCDataChannelMessage message = {.version = 1, .data = data, .data_size = size, .is_binary = 1};
    MLResult result = MLWebRTCDataChannelSendMessage(from->channel, &message);
    if (result == MLResult_Pending) {
        return false;
    }
    must(result, "SendMessage");
    return true;
}
