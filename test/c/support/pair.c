/* SPDX-License-Identifier: MIT */
#include "pair.h"

#include <stdlib.h>
#include <string.h>

void pair_create(pair *self) {
    memset(self, 0, sizeof *self);
    peer_create(&self->a, "a");
    peer_create(&self->b, "b");
    self->a.other = &self->b;
    self->b.other = &self->a;
}

void pair_connect(pair *self) {
    self->at_a = peer_open_channel(&self->a, "first");
    CHECK_OK(MLWebRTCConnectionCreateOffer(self->a.connection));
    PUMP_UNTIL(self, self->at_a->opened && self->b.channel_count > 0 && self->b.channels[0]->opened);
    PUMP_UNTIL(self, self->a.count[ON_CONNECTED] == 1 && self->b.count[ON_CONNECTED] == 1);
    self->at_b = self->b.channels[0];
    CHECK_EQ(self->a.count[ON_ERROR] + self->b.count[ON_ERROR], 0);
}

void pair_open(pair *self) {
    pair_create(self);
    pair_connect(self);
}

channel *pair_add_channel(pair *self, peer *from, const char *label, channel **received) {
    peer *to = from == &self->a ? &self->b : &self->a;
    unsigned before = to->channel_count;
    channel *made = peer_open_channel(from, label);
    PUMP_UNTIL(self, made->opened && to->channel_count == before + 1 && to->channels[before]->opened);
    *received = to->channels[before];
    return made;
}

void pair_destroy(pair *self) {
    if (self->a.connection != ML_INVALID_HANDLE) {
        peer_destroy(&self->a);
    }
    if (self->b.connection != ML_INVALID_HANDLE) {
        peer_destroy(&self->b);
    }
}

void pair_process(pair *self) {
    peer *both[] = {&self->a, &self->b};
    bool idle = true;
    for (int at = 0; at < 2; at++) {
        if (both[at]->connection == ML_INVALID_HANDLE) {
            continue;
        }
        unsigned before = both[at]->events;
        MLHandle connection = both[at]->connection;
        MLResult result = peer_process(both[at]);
        if (both[at]->connection == connection) {
            CHECK_OK(result);
            idle = idle && both[at]->events == before;
        }
    }
    if (idle) {
        nap();
    }
}

void pair_send(pair *self, channel *from, const void *data, uint64_t size, bool is_binary) {
    MLResult result = MLResult_Pending;
    WAIT_UNTIL_STEP((result = channel_send(from, data, size, is_binary)) != MLResult_Pending, pair_process(self));
    CHECK_OK(result);
}

void pair_check_alive(pair *self) {
    unsigned at_a = self->at_a->received;
    unsigned at_b = self->at_b->received;
    pair_send(self, self->at_a, "there", 5, false);
    PUMP_UNTIL(self, self->at_b->received > at_b);
    pair_send(self, self->at_b, "back", 4, false);
    PUMP_UNTIL(self, self->at_a->received > at_a);
}

void pair_provoke_error(pair *self) {
    /* Text that parses, and that no peer can accept: without a fingerprint there is no DTLS. */
    peer maker;
    peer_create(&maker, "maker");
    CHECK_OK(MLWebRTCConnectionCreateOffer(maker.connection));
    WAIT_UNTIL_STEP(maker.offer != NULL, (peer_process(&maker), nap()));
    char *broken = sdp_without(maker.offer, "a=fingerprint");
    CHECK_OK(MLWebRTCConnectionSetRemoteOffer(self->b.connection, broken));
    free(broken);
    peer_destroy(&maker);
}
