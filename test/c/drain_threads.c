/* SPDX-License-Identifier: MIT */

/* Several threads that call ProcessEvents for one connection: each event once, in order. Several that send. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "support/pair.h"

enum { DRAINERS = 3, MESSAGES = 20000, SENDERS = 8, EACH = 2000 };

static atomic_int inside;
static atomic_bool stop;

/* Callbacks of one connection never overlap, so this needs no lock. */
static void check_number(channel *self, const MLWebRTCDataChannelMessage *received) {
    CHECK_EQ(atomic_fetch_add(&inside, 1), 0);
    unsigned number = 0;
    CHECK_EQ(received->data_size, sizeof number);
    memcpy(&number, received->data, sizeof number);
    CHECK_EQ(number, self->received);
    CHECK_EQ(atomic_fetch_sub(&inside, 1), 1);
}

static void *drain(void *argument) {
    while (!stop) {
        CHECK_OK(peer_process(argument));
    }
    return NULL;
}

static void several_drain(void) {
    pair both;
    pthread_t threads[DRAINERS];
    pair_open(&both);
    both.at_b->on_message = check_number;
    stop = false;
    for (int at = 0; at < DRAINERS; at++) {
        CHECK(pthread_create(&threads[at], NULL, drain, &both.b) == 0);
    }
    for (unsigned number = 0; number < MESSAGES; number++) {
        MLResult result = MLResult_Pending;
        WAIT_UNTIL_STEP((result = channel_send(both.at_a, &number, sizeof number, true)) != MLResult_Pending, nap());
        CHECK_OK(result);
    }
    WAIT_UNTIL(both.at_b->received == MESSAGES);
    stop = true;
    for (int at = 0; at < DRAINERS; at++) {
        CHECK(pthread_join(threads[at], NULL) == 0);
    }
    pair_destroy(&both);
}

/* Many threads send on one channel: the messages of each arrive in its order, all of them. */
typedef struct sender {
    channel *to;
    unsigned number;
} sender;

typedef struct numbered {
    unsigned sender;
    unsigned number;
} numbered;

static unsigned next_of[SENDERS];

static void check_sender(channel *self, const MLWebRTCDataChannelMessage *received) {
    (void)self;
    numbered got;
    CHECK_EQ(received->data_size, sizeof got);
    memcpy(&got, received->data, sizeof got);
    CHECK(got.sender < SENDERS);
    CHECK_EQ(got.number, next_of[got.sender]);
    next_of[got.sender]++;
}

static void *send_all(void *argument) {
    const sender *self = argument;
    numbered next = {.sender = self->number};
    for (; next.number < EACH; next.number++) {
        MLResult result = MLResult_Pending;
        WAIT_UNTIL_STEP((result = channel_send(self->to, &next, sizeof next, true)) != MLResult_Pending, nap());
        CHECK_OK(result);
    }
    return NULL;
}

static void several_send(void) {
    pair both;
    pthread_t threads[SENDERS];
    sender senders[SENDERS];
    pair_open(&both);
    memset(next_of, 0, sizeof next_of);
    both.at_b->on_message = check_sender;
    for (unsigned at = 0; at < SENDERS; at++) {
        senders[at] = (sender){both.at_a, at};
        CHECK(pthread_create(&threads[at], NULL, send_all, &senders[at]) == 0);
    }
    PUMP_UNTIL(&both, both.at_b->received == SENDERS * EACH);
    for (int at = 0; at < SENDERS; at++) {
        CHECK(pthread_join(threads[at], NULL) == 0);
    }
    pair_destroy(&both);
}

/* Threads that poll and change all there is while the connection comes and goes: codes, and nothing else. */
static _Atomic MLHandle shown_connection;
static _Atomic MLHandle shown_channel;

static void *poke(void *argument) {
    (void)argument;
    while (!stop) {
        MLHandle connection = shown_connection;
        MLHandle handle = shown_channel;
        MLWebRTCBool is = 0;
        char *label = NULL;
        MLWebRTCDataChannelMessage message = {.version = 1, .data = "poke", .data_size = 4};
        MLWebRTCConnectionIsConnected(connection, &is);
        MLWebRTCConnectionHasFailed(connection, &is);
        MLWebRTCDataChannelIsOpen(handle, &is);
        MLWebRTCDataChannelSendMessage(handle, &message);
        if (MLWebRTCDataChannelGetLabel(handle, &label) == MLResult_Ok) {
            CHECK_TEXT(label, "first");
            MLResult result = MLWebRTCDataChannelReleaseLabelMemory(handle, label);
            CHECK(result == MLResult_Ok || result == MLResult_WebRTCMismatchingHandle);
        }
    }
    return NULL;
}

static void poked(void) {
    enum { POKERS = 3, ROUNDS = 20 };
    pthread_t threads[POKERS];
    stop = false;
    for (int at = 0; at < POKERS; at++) {
        CHECK(pthread_create(&threads[at], NULL, poke, NULL) == 0);
    }
    for (int round = 0; round < ROUNDS; round++) {
        pair both;
        pair_create(&both);
        shown_connection = both.a.connection;
        pair_connect(&both);
        shown_channel = both.at_a->handle;
        WAIT_UNTIL_STEP(both.at_b->received > 50, pair_process(&both));
        if (round % 2) {
            channel_destroy(both.at_a);
        }
        pair_destroy(&both);
    }
    stop = true;
    for (int at = 0; at < POKERS; at++) {
        CHECK(pthread_join(threads[at], NULL) == 0);
    }
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"several_drain", several_drain},
        {"several_send", several_send},
        {"poked", poked},
    };
    return RUN_CASES(cases, argc, argv);
}
