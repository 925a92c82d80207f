/* SPDX-License-Identifier: MIT */

/* A receiver that stops calling ProcessEvents: the sender is slowed down, memory stays bounded, nothing is lost. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/memory.h"
#include "support/pair.h"

enum { SIZE = 65536, MESSAGES = 200 * 1024 * 1024 / SIZE };

#define STOPPED_MS UINT64_C(10000)
#define MEMORY_MOST (UINT64_C(200) << 20)

static char noise[2 * SIZE];

/* Each message is another piece of the noise, behind its number. */
static const char *piece(uint32_t number) { return noise + number * 7919 % SIZE; }

static void check_piece(channel *self, const MLWebRTCDataChannelMessage *received) {
    uint32_t number = 0;
    CHECK_EQ(received->data_size, SIZE);
    memcpy(&number, received->data, sizeof number);
    CHECK_EQ(number, self->received);
    CHECK(memcmp((const char *)received->data + sizeof number, piece(number) + sizeof number, SIZE - sizeof number) ==
          0);
}

/* Sends until nothing more is taken. */
static void offer(channel *to, uint32_t *next) {
    static char data[SIZE];
    MLResult result = MLResult_Ok;
    while (*next < MESSAGES && result == MLResult_Ok) {
        memcpy(data, piece(*next), SIZE);
        memcpy(data, next, sizeof *next);
        result = channel_send(to, data, SIZE, true);
        *next += result == MLResult_Ok;
    }
    CHECK(result == MLResult_Ok || result == MLResult_Pending);
}

static void stopped_receiver(void) {
    pair both;
    pair_open(&both);
    both.at_b->on_message = check_piece;
    uint64_t before = resident_bytes();
    uint64_t most = 0;
    uint32_t sent = 0;
    uint64_t end = milliseconds_now() + STOPPED_MS;
    while (milliseconds_now() < end) {
        offer(both.at_a, &sent);
        CHECK_OK(peer_process(&both.a));
        uint64_t now = resident_bytes();
        most = now > most ? now : most;
        nap();
    }
    CHECK(sent < MESSAGES);
    CHECK_EQ(both.at_b->received, 0);
    CHECK(channel_is_open(both.at_a) && channel_is_open(both.at_b));
    printf("while the receiver rests: %" PRIu32 " MiB taken, %" PRIu64 " MiB of memory more\n", sent / 16,
           (most - before) >> 20);
    CHECK(most - before < MEMORY_MOST);
    uint64_t started = milliseconds_now();
    uint32_t first = sent;
    /* The hang guard is for each step of the way, not for the machine's speed. */
    while (both.at_b->received < MESSAGES) {
        uint32_t target = both.at_b->received + 100 < MESSAGES ? both.at_b->received + 100 : MESSAGES;
        WAIT_UNTIL_STEP(both.at_b->received >= target, {
            offer(both.at_a, &sent);
            pair_process(&both);
        });
        uint64_t now = resident_bytes();
        most = now > most ? now : most;
    }
    uint64_t took = milliseconds_now() - started;
    printf("afterwards: %" PRIu32 " MiB in %" PRIu64 " ms, %" PRIu64 " MiB of memory more\n", (MESSAGES - first) / 16,
           took, (most - before) >> 20);
    CHECK(most - before < MEMORY_MOST);
    CHECK_EQ(both.at_b->received, MESSAGES);
    CHECK_EQ(both.a.count[ON_DISCONNECTED] + both.b.count[ON_DISCONNECTED], 0);
    pair_destroy(&both);
}

/* A full send buffer empties when the connection goes: the caller is told so, and nothing waits for the receiver. */
static void destroyed_while_full(void) {
    pair both;
    pair_open(&both);
    uint32_t sent = 0;
    for (int refused = 0; refused < 200 && sent < MESSAGES; refused++) {
        uint32_t before = sent;
        offer(both.at_a, &sent);
        refused = sent != before ? 0 : refused;
        nap();
    }
    MLHandle stale = both.at_a->handle;
    peer_destroy(&both.a);
    MLWebRTCDataChannelMessage message = {.version = 1, .data = "x", .data_size = 1};
    CHECK_RESULT(MLWebRTCDataChannelSendMessage(stale, &message), MLResult_WebRTCMismatchingHandle);
    peer_destroy(&both.b);
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"stopped_receiver", stopped_receiver},
        {"destroyed_while_full", destroyed_while_full},
    };
    uint32_t state = 1;
    for (size_t at = 0; at < sizeof noise; at++) {
        state = state * 1664525 + 1013904223;
        noise[at] = (char)(state >> 24);
    }
    return RUN_CASES(cases, argc, argv);
}
