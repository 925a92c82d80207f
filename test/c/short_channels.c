/* SPDX-License-Identifier: MIT */

/* Channels that live for four messages, thousands of them: nothing of theirs is lost, and every one ends. */
#include <string.h>

#include "support/pair.h"

enum { CHANNELS = 3000, MESSAGES = 4 };

static void check_number(channel *self, const MLWebRTCDataChannelMessage *received) {
    unsigned number = 0;
    CHECK_EQ(received->data_size, sizeof number);
    memcpy(&number, received->data, sizeof number);
    CHECK_EQ(number, self->received);
}

static void expect_numbers(peer *self, channel *received, event_kind kind) {
    (void)self;
    if (kind == ON_CHANNEL) {
        received->on_message = check_number;
    }
}

/* The maker sends and destroys as soon as it may, whatever the other side has heard by then. */
static void made_sent_destroyed(void) {
    pair both;
    pair_open(&both);
    both.a.hook = both.b.hook = expect_numbers;
    for (unsigned round = 0; round < CHANNELS; round++) {
        check_about("channel %u", round);
        peer *from = round % 2 ? &both.a : &both.b;
        peer *to = round % 2 ? &both.b : &both.a;
        /* The last one is closed, delivered and forgotten. */
        to->channel_count = to == &both.b ? 1 : 0;
        unsigned slot = to->channel_count;
        channel *made = peer_open_channel(from, "short");
        PUMP_UNTIL(&both, made->opened);
        for (unsigned number = 0; number < MESSAGES; number++) {
            pair_send(&both, made, &number, sizeof number, true);
        }
        channel_destroy(made);
        PUMP_UNTIL(&both, to->channel_count == slot + 1 && to->channels[slot]->closed);
        CHECK_EQ(to->channels[slot]->received, MESSAGES);
        CHECK_EQ(to->channels[slot]->opened, 1);
        channel_destroy(to->channels[slot]);
    }
    pair_check_alive(&both);
    pair_destroy(&both);
}

/* Sixteen at a time, so that their openings and endings meet. */
static void many_at_once(void) {
    enum { AT_ONCE = 16, ROUNDS = 100 };
    pair both;
    pair_open(&both);
    both.b.hook = expect_numbers;
    for (unsigned round = 0; round < ROUNDS; round++) {
        check_about("round %u", round);
        both.b.channel_count = 1;
        channel *made[AT_ONCE];
        for (unsigned at = 0; at < AT_ONCE; at++) {
            made[at] = peer_open_channel(&both.a, "short");
        }
        for (unsigned at = 0; at < AT_ONCE; at++) {
            PUMP_UNTIL(&both, made[at]->opened);
            for (unsigned number = 0; number < MESSAGES; number++) {
                pair_send(&both, made[at], &number, sizeof number, true);
            }
            channel_destroy(made[at]);
        }
        PUMP_UNTIL(&both, both.b.channel_count == 1 + AT_ONCE);
        for (unsigned at = 1; at <= AT_ONCE; at++) {
            PUMP_UNTIL(&both, both.b.channels[at]->closed);
            CHECK_EQ(both.b.channels[at]->received, MESSAGES);
            channel_destroy(both.b.channels[at]);
        }
    }
    pair_check_alive(&both);
    pair_destroy(&both);
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"made_sent_destroyed", made_sent_destroyed},
        {"many_at_once", many_at_once},
    };
    return RUN_CASES(cases, argc, argv);
}
