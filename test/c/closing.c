/* SPDX-License-Identifier: MIT */

/* Ends: what was accepted arrives, the peer learns of it at once, the side that ends it hears nothing. */
#include <stdio.h>
#include <string.h>

#include "support/pair.h"

/* A peer that was told and not left to its timeout (5 s and more) notices well within this. */
#define AT_ONCE_MS UINT64_C(4000)

static void check_number(channel *self, const MLWebRTCDataChannelMessage *received) {
    unsigned number = 0;
    CHECK_EQ(received->data_size, sizeof number);
    memcpy(&number, received->data, sizeof number);
    CHECK_EQ(number, self->received);
}

static void peer_destroyed(void) {
    pair both;
    pair_open(&both);
    channel *second_at_b = NULL;
    pair_add_channel(&both, &both.a, "second", &second_at_b);
    uint64_t start = milliseconds_now();
    peer_destroy(&both.a);
    PUMP_UNTIL(&both, both.b.count[ON_DISCONNECTED] == 1 && both.at_b->closed && second_at_b->closed);
    CHECK(milliseconds_now() - start < AT_ONCE_MS);
    CHECK(!peer_is_connected(&both.b));
    CHECK(!channel_is_open(both.at_b) && !channel_is_open(second_at_b));
    CHECK_RESULT(channel_send(both.at_b, "x", 1, false), MLResult_WebRTCDataChannelIsClosed);
    CHECK_EQ(both.b.count[ON_ERROR], 0);
    /* It may be used on, even if nobody is there. */
    CHECK_OK(MLWebRTCConnectionProcessEvents(both.b.connection));
    channel_destroy(second_at_b);
    peer_destroy(&both.b);
}

static void messages_before_destroy(void) {
    enum { MESSAGES = 1000 };
    pair both;
    pair_open(&both);
    both.at_b->on_message = check_number;
    for (unsigned number = 0; number < MESSAGES; number++) {
        pair_send(&both, both.at_a, &number, sizeof number, true);
    }
    peer_destroy(&both.a);
    PUMP_UNTIL(&both, both.at_b->closed);
    CHECK_EQ(both.at_b->received, MESSAGES);
    PUMP_UNTIL(&both, both.b.count[ON_DISCONNECTED] == 1);
    peer_destroy(&both.b);
}

/* Some hundred kilobytes more than one congestion window. */
static void megabyte_before_destroy(void) {
    enum { MESSAGES = 16, SIZE = 65536 };
    static char data[SIZE];
    pair both;
    pair_open(&both);
    for (int at = 0; at < MESSAGES; at++) {
        memset(data, at, SIZE);
        pair_send(&both, both.at_a, data, SIZE, true);
    }
    peer_destroy(&both.a);
    PUMP_UNTIL(&both, both.at_b->closed);
    CHECK_EQ(both.at_b->received, MESSAGES);
    peer_destroy(&both.b);
}

static void channel_destroyed(bool by_its_maker) {
    enum { MESSAGES = 300 };
    pair both;
    pair_open(&both);
    channel *at_b = NULL;
    channel *at_a = pair_add_channel(&both, &both.a, "ends", &at_b);
    channel *from = by_its_maker ? at_a : at_b;
    channel *to = by_its_maker ? at_b : at_a;
    to->on_message = check_number;
    for (unsigned number = 0; number < MESSAGES; number++) {
        pair_send(&both, from, &number, sizeof number, true);
    }
    MLHandle stale = from->handle;
    channel_destroy(from);
    MLWebRTCBool open = 1;
    CHECK_RESULT(MLWebRTCDataChannelIsOpen(stale, &open), MLResult_WebRTCMismatchingHandle);
    PUMP_UNTIL(&both, to->closed);
    CHECK_EQ(to->received, MESSAGES);
    CHECK(!channel_is_open(to));
    CHECK_RESULT(channel_send(to, "x", 1, false), MLResult_WebRTCDataChannelIsClosed);
    /* The peer has closed it already. */
    channel_destroy(to);
    CHECK(peer_is_connected(&both.a) && peer_is_connected(&both.b));
    pair_check_alive(&both);
    pair_destroy(&both);
}

static void channel_destroyed_by_maker(void) { channel_destroyed(true); }
static void channel_destroyed_by_receiver(void) { channel_destroyed(false); }

/* Both at the same moment, again and again: the streams may be used anew. */
static void channels_come_and_go(void) {
    pair both;
    pair_open(&both);
    for (int round = 0; round < 30; round++) {
        both.b.channel_count = 1;
        channel *at_b = NULL;
        channel *at_a = pair_add_channel(&both, round % 3 ? &both.a : &both.b, "short", &at_b);
        both.a.channel_count = 0;
        pair_send(&both, at_a, "x", 1, false);
        PUMP_UNTIL(&both, at_b->received == 1);
        if (round % 2) {
            channel_destroy(at_a);
            PUMP_UNTIL(&both, at_b->closed);
            channel_destroy(at_b);
        } else {
            channel_destroy(at_b);
            channel_destroy(at_a);
        }
    }
    pair_check_alive(&both);
    pair_destroy(&both);
}

/* Before it ever opened. */
static void destroyed_while_connecting(void) {
    for (int events = 0; events < 12; events++) {
        pair both;
        pair_create(&both);
        channel *made = peer_open_channel(&both.a, "first");
        CHECK_OK(MLWebRTCConnectionCreateOffer(both.a.connection));
        WAIT_UNTIL_STEP(both.a.events + both.b.events >= (unsigned)events, pair_process(&both));
        switch (events % 3) {
        case 0:
            channel_destroy(made);
            break;
        case 1:
            peer_destroy(&both.a);
            break;
        case 2:
            peer_destroy(&both.b);
            break;
        }
        pair_process(&both);
        pair_destroy(&both);
    }
}

/* A channel destroyed before the connection is up never opens at the peer, or opens and closes. */
static void channel_destroyed_early(void) {
    pair both;
    pair_create(&both);
    channel *early = peer_open_channel(&both.a, "early");
    both.at_a = peer_open_channel(&both.a, "stays");
    channel_destroy(early);
    CHECK_OK(MLWebRTCConnectionCreateOffer(both.a.connection));
    PUMP_UNTIL(&both, both.at_a->opened);
    pair_send(&both, both.at_a, "x", 1, false);
    unsigned last = 0;
    PUMP_UNTIL(&both,
               both.b.channel_count > 0 && (last = both.b.channel_count - 1, both.b.channels[last]->received == 1));
    for (unsigned at = 0; at < last; at++) {
        PUMP_UNTIL(&both, both.b.channels[at]->closed);
    }
    pair_destroy(&both);
}

static void both_destroyed(void) {
    for (int round = 0; round < 10; round++) {
        pair both;
        pair_open(&both);
        CHECK_OK(channel_send(both.at_a, "x", 1, false));
        CHECK_OK(channel_send(both.at_b, "x", 1, false));
        pair_destroy(&both);
    }
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"peer_destroyed", peer_destroyed},
        {"messages_before_destroy", messages_before_destroy},
        {"megabyte_before_destroy", megabyte_before_destroy},
        {"channel_destroyed_by_maker", channel_destroyed_by_maker},
        {"channel_destroyed_by_receiver", channel_destroyed_by_receiver},
        {"channels_come_and_go", channels_come_and_go},
        {"destroyed_while_connecting", destroyed_while_connecting},
        {"channel_destroyed_early", channel_destroyed_early},
        {"both_destroyed", both_destroyed},
    };
    return RUN_CASES(cases, argc, argv);
}
