/* SPDX-License-Identifier: MIT */

/* Callbacks that call back into the library. */
#include <stdio.h>
#include <string.h>

#include "support/functions.h"
#include "support/pair.h"

/* ProcessEvents inside its own callback delivers nothing, whatever is queued. */
static void again(peer *self, channel *of, event_kind kind) {
    (void)of, (void)kind;
    unsigned before = self->events;
    for (int call = 0; call < 3; call++) {
        CHECK_OK(peer_process(self));
    }
    CHECK_EQ(self->events, before);
}

static void own_connection(void) {
    pair both;
    pair_create(&both);
    both.a.hook = again;
    both.b.hook = again;
    pair_connect(&both);
    for (int at = 0; at < 200; at++) {
        pair_send(&both, both.at_a, &at, sizeof at, true);
    }
    PUMP_UNTIL(&both, both.at_b->received == 200);
    peer_destroy(&both.a);
    PUMP_UNTIL(&both, both.at_b->closed && both.b.count[ON_DISCONNECTED] == 1);
    peer_destroy(&both.b);
}

/* Each delivers for the other from inside its callbacks, and, three deep, nothing for itself. */
static void cross(peer *self, channel *of, event_kind kind) {
    (void)of, (void)kind;
    unsigned before = self->events;
    if (self->other->connection != ML_INVALID_HANDLE) {
        CHECK_OK(peer_process(self->other));
    }
    CHECK_EQ(self->events, before);
}

static void other_connection(void) {
    pair both;
    pair_create(&both);
    both.a.hook = cross;
    both.b.hook = cross;
    pair_connect(&both);
    for (int at = 0; at < 200; at++) {
        pair_send(&both, both.at_a, &at, sizeof at, true);
        pair_send(&both, both.at_b, &at, sizeof at, true);
    }
    PUMP_UNTIL(&both, both.at_a->received == 200 && both.at_b->received == 200);
    pair_destroy(&both);
}

/* Every function may be called in every kind of callback. */
static void call_everything(peer *self, channel *of, event_kind kind) {
    (void)kind;
    for (size_t at = 0; at < default_call_count; at++) {
        if (!default_calls[at].is_instance) {
            MLResult result = default_calls[at].call();
            CHECK(result != MLResult_WebRTCInstanceNotCreated);
        }
    }
    destroy_defaults();
    /* And with right arguments. */
    CHECK(peer_is_connected(self) || !peer_has_failed(self));
    MLHandle extra = 0;
    CHECK_OK(MLWebRTCDataChannelCreate(self->connection, "made inside", &extra));
    MLWebRTCDataChannelEventCallbacks none = {.version = 1};
    CHECK_OK(MLWebRTCDataChannelSetEventCallbacks(extra, &none));
    char *label = NULL;
    CHECK_OK(MLWebRTCDataChannelGetLabel(extra, &label));
    CHECK_TEXT(label, "made inside");
    CHECK_OK(MLWebRTCDataChannelReleaseLabelMemory(extra, label));
    CHECK_OK(MLWebRTCDataChannelDestroy(self->connection, extra));
    MLWebRTCConnectionIceCandidate end = {.version = 1, .candidate = "", .sdp_mid = "nowhere"};
    MLResult result = MLWebRTCConnectionAddRemoteIceCandidate(self->connection, &end);
    CHECK(result == MLResult_Ok || result == MLResult_InvalidParam);
    if (of != NULL && of->opened && !of->closed && self->user == NULL) {
        MLResult sent = channel_send(of, "from inside", 11, false);
        CHECK(sent == MLResult_Ok || sent == MLResult_Pending || sent == MLResult_WebRTCDataChannelIsClosed);
        self->user = self;
    }
    peer other;
    peer_create(&other, "made inside");
    CHECK_OK(MLWebRTCConnectionCreateOffer(other.connection));
    CHECK_OK(peer_process(&other));
    peer_destroy(&other);
}

/* Channels that a callback makes and destroys show up at the peer, and are not asked for. */
static void every_function(void) {
    pair both;
    pair_create(&both);
    both.b.hook = call_everything;
    both.a.ignores_channels = true;
    pair_provoke_error(&both);
    both.at_a = peer_open_channel(&both.a, "first");
    CHECK_OK(MLWebRTCConnectionCreateOffer(both.a.connection));
    PUMP_UNTIL(&both, both.at_a->opened && both.b.channel_count == 1 && both.b.channels[0]->opened);
    both.at_b = both.b.channels[0];
    pair_send(&both, both.at_a, "x", 1, false);
    PUMP_UNTIL(&both, both.at_b->received == 1 && both.at_a->received == 1);
    peer_destroy(&both.a);
    PUMP_UNTIL(&both, both.at_b->closed && both.b.count[ON_DISCONNECTED] == 1);
    for (event_kind kind = ON_ERROR; kind < EVENT_KINDS; kind++) {
        CHECK_EQ(both.b.count[kind] > 0, kind != ON_OFFER);
    }
    peer_destroy(&both.b);
}

/* A callback that makes the next one: ProcessEvents comes to an end all the same. */
static void echo(peer *self, channel *of, event_kind kind) {
    if (kind == ON_MESSAGE) {
        MLResult result = channel_send(of, "echo", 4, false);
        CHECK(result == MLResult_Ok || result == MLResult_Pending);
        CHECK_OK(peer_process(self->other));
    }
}

static void endless_echo(void) {
    pair both;
    pair_open(&both);
    both.a.hook = echo;
    both.b.hook = echo;
    for (int at = 0; at < 50; at++) {
        CHECK_OK(channel_send(both.at_a, "echo", 4, false));
    }
    PUMP_UNTIL(&both, both.at_a->received > 2000 && both.at_b->received > 2000);
    pair_destroy(&both);
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"own_connection", own_connection},
        {"other_connection", other_connection},
        {"every_function", every_function},
        {"endless_echo", endless_echo},
    };
    return RUN_CASES(cases, argc, argv);
}
