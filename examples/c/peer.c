#include "peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Signalling: what one side finds out is handed to the other. An application sends it over
 * a network of its own instead. */
static void on_offer(const char *sdp, void *context) {
    peer *self = context;
    printf("%s made an offer of %zu bytes\n", self->name, strlen(sdp));
    check(MLWebRTCConnectionSetRemoteOffer(self->other->connection, sdp), "SetRemoteOffer");
}

static void on_answer(const char *sdp, void *context) {
    peer *self = context;
    printf("%s made an answer of %zu bytes\n", self->name, strlen(sdp));
    check(MLWebRTCConnectionSetRemoteAnswer(self->other->connection, sdp), "SetRemoteAnswer");
}

static void on_candidate(const MLWebRTCConnectionIceCandidate *candidate, void *context) {
    peer *self = context;
    check(MLWebRTCConnectionAddRemoteIceCandidate(self->other->connection, candidate), "AddRemoteIceCandidate");
}

static void on_connected(void *context) {
    peer *self = context;
    self->connected = 1;
    printf("%s is connected\n", self->name);
}

static void on_error(const char *message, void *context) {
    peer *self = context;
    fprintf(stderr, "%s: %s\n", self->name, message);
    exit(1);
}

void peer_create(peer *self, peer *other, MLWebRTCOnDataChannelReceived on_channel, MLWebRTCOnTrackAdded on_track) {
    self->other = other;
    MLWebRTCConnectionConfig config = {.version = 1};
    MLWebRTCConnectionEventCallbacks callbacks = {
        .version = 1,
        .context = self,
        .on_error = on_error,
        .on_connected = on_connected,
        .on_track_added = on_track,
        .on_data_channel_received = on_channel,
        .on_local_offer_created = on_offer,
        .on_local_answer_created = on_answer,
        .on_local_ice_candidate_found = on_candidate,
    };
    check(MLWebRTCConnectionCreate(&config, &callbacks, &self->connection), "ConnectionCreate");
}

void peer_process(const peer *self) { check(MLWebRTCConnectionProcessEvents(self->connection), "ProcessEvents"); }

void peer_destroy(const peer *self) { check(MLWebRTCConnectionDestroy(self->connection), "ConnectionDestroy"); }

void check(MLResult result, const char *what) {
    if (result != MLResult_Ok) {
        fprintf(stderr, "%s: %s\n", what, MLWebRTCGetResultString(result));
        exit(1);
    }
}

double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}
