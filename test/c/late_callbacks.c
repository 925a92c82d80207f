/* SPDX-License-Identifier: MIT */

/* Callbacks that are set late, from inside a callback, or anew: nothing is lost, nothing comes too early. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/pair.h"

enum { MESSAGES = 200 };

static uint64_t size_of_message(unsigned number) { return number % 20 == 7 ? 65536 : number % 10; }

static void fill(char *data, unsigned number, uint64_t size) {
    for (uint64_t at = 0; at < size; at++) {
        data[at] = (char)('!' + (number + at) % 89);
    }
}

/* Sends everything at once, from inside OnOpen, and closes if user says so. */
static void send_at_once(peer *self, channel *of, event_kind kind) {
    static char data[65536];
    if (kind != ON_OPEN) {
        return;
    }
    for (unsigned number = 0; number < MESSAGES; number++) {
        uint64_t size = size_of_message(number);
        fill(data, number, size);
        CHECK_OK(channel_send(of, data, size, number % 2 == 0));
    }
    if (self->user != NULL) {
        channel_destroy(of);
    }
}

static void check_messages(const channel *at) {
    static char data[65536];
    CHECK_EQ(at->received, MESSAGES);
    for (unsigned number = 0; number < MESSAGES; number++) {
        uint64_t size = size_of_message(number);
        fill(data, number, size);
        CHECK_EQ(at->messages[number].size, size);
        CHECK(memcmp(at->messages[number].data, data, size) == 0);
    }
}

static void *subscribe_on_a_thread(void *argument) {
    channel_subscribe(argument);
    return NULL;
}

/* b gets a channel, messages and perhaps the end of it, and subscribes 50 ProcessEvents later. */
static void fifty_later(bool closes, bool on_another_thread) {
    static bool yes = true;
    pair both;
    pair_create(&both);
    both.a.hook = send_at_once;
    both.a.user = closes ? &yes : NULL;
    both.b.ignores_channels = true;
    peer_open_channel(&both.a, "late");
    CHECK_OK(MLWebRTCConnectionCreateOffer(both.a.connection));
    PUMP_UNTIL(&both, both.b.channel_count == 1 && both.a.count[ON_OPEN] == 1);
    for (int call = 0; call < 50; call++) {
        pair_process(&both);
    }
    channel *late = both.b.channels[0];
    CHECK_EQ(both.b.count[ON_OPEN] + both.b.count[ON_MESSAGE] + both.b.count[ON_CLOSED], 0);
    if (on_another_thread) {
        pthread_t thread;
        CHECK(pthread_create(&thread, NULL, subscribe_on_a_thread, late) == 0);
        CHECK(pthread_join(thread, NULL) == 0);
    } else {
        channel_subscribe(late);
    }
    CHECK_EQ(late->opened, 0);
    PUMP_UNTIL(&both, late->received == MESSAGES && late->closed == (closes ? 1 : 0));
    CHECK_EQ(late->opened, 1);
    check_messages(late);
    if (!closes) {
        CHECK(channel_is_open(late));
        CHECK_OK(channel_send(late, "still open", 10, false));
    }
    pair_destroy(&both);
}

static void later(void) { fifty_later(false, false); }
static void later_and_closed(void) { fifty_later(true, false); }
static void later_on_another_thread(void) { fifty_later(false, true); }
static void later_and_closed_on_another_thread(void) { fifty_later(true, true); }

/* Open comes in the same or a later ProcessEvents, but after the handler that subscribed has returned. */
static void check_outside(peer *self, channel *of, event_kind kind) {
    if (kind == ON_CHANNEL) {
        self->user = self;
        channel_subscribe(of);
        CHECK_EQ(of->opened, 0);
        self->user = NULL;
    } else {
        CHECK(self->user == NULL);
    }
}

static void inside_received(void) {
    pair both;
    pair_create(&both);
    both.a.hook = send_at_once;
    both.b.hook = check_outside;
    both.b.ignores_channels = true;
    peer_open_channel(&both.a, "early");
    CHECK_OK(MLWebRTCConnectionCreateOffer(both.a.connection));
    PUMP_UNTIL(&both, both.b.channel_count == 1 && both.b.channels[0]->received == MESSAGES);
    check_messages(both.b.channels[0]);
    pair_destroy(&both);
}

/* Order also holds between the channels of a connection when only one of them is late. */
static void only_one_is_late(void) {
    pair both;
    pair_open(&both);
    both.b.ignores_channels = true;
    channel *made = peer_open_channel(&both.a, "late");
    PUMP_UNTIL(&both, made->opened && both.b.channel_count == 2);
    channel *late = both.b.channels[1];
    for (int round = 0; round < 100; round++) {
        CHECK_OK(channel_send(made, "waits", 5, false));
        CHECK_OK(channel_send(both.at_a, "arrives", 7, false));
    }
    PUMP_UNTIL(&both, both.at_b->received == 100);
    CHECK_EQ(late->received, 0);
    channel_subscribe(late);
    PUMP_UNTIL(&both, late->received == 100);
    pair_destroy(&both);
}

/* A channel that nobody subscribes to is held back by flow control, holds nothing else back, and loses nothing. */
static void held_back(void) {
    enum { SIZE = 65536, MOST = 4096 };
    static char data[SIZE];
    pair both;
    pair_open(&both);
    both.b.ignores_channels = true;
    channel *made = peer_open_channel(&both.a, "late");
    PUMP_UNTIL(&both, made->opened && both.b.channel_count == 2);
    channel *late = both.b.channels[1];
    unsigned sent = 0;
    for (unsigned refused = 0; refused < 500 && sent < MOST;) {
        memset(data, (int)sent, SIZE);
        MLResult result = channel_send(made, data, SIZE, true);
        CHECK(result == MLResult_Ok || result == MLResult_Pending);
        sent += result == MLResult_Ok;
        refused = result == MLResult_Ok ? 0 : refused + 1;
        pair_process(&both);
    }
    CHECK(sent < MOST);
    channel_subscribe(late);
    PUMP_UNTIL(&both, late->received == sent);
    for (unsigned at = 0; at < sent; at++) {
        memset(data, (int)at, SIZE);
        CHECK_EQ(late->messages[at].size, SIZE);
        CHECK(memcmp(late->messages[at].data, data, SIZE) == 0);
    }
    pair_destroy(&both);
}

static void never_subscribed(void) {
    pair both;
    pair_create(&both);
    both.a.hook = send_at_once;
    both.b.ignores_channels = true;
    peer_open_channel(&both.a, "never");
    CHECK_OK(MLWebRTCConnectionCreateOffer(both.a.connection));
    PUMP_UNTIL(&both, both.b.channel_count == 1 && both.a.count[ON_OPEN] == 1);
    pair_process(&both);
    CHECK_EQ(both.b.count[ON_OPEN], 0);
    pair_destroy(&both);
}

/* New callbacks: the old context is not used any more from that call on, also from inside its own OnMessage. */
static void replace_in_hook(peer *self, channel *of, event_kind kind) {
    if (kind == ON_MESSAGE && self->user != NULL) {
        channel *second = self->user;
        self->user = NULL;
        channel_subscribe(second);
        channel_poison(of);
    }
}

static void replaced(void) {
    pair both;
    pair_open(&both);
    channel *first = both.at_b;
    channel *second = channel_new(&both.b, first->handle);
    second->opened = 1;
    both.b.user = second;
    both.b.hook = replace_in_hook;
    for (int at = 0; at < 100; at++) {
        pair_send(&both, both.at_a, &at, sizeof at, true);
    }
    PUMP_UNTIL(&both, second->received == 99);
    for (int at = 0; at < 99; at++) {
        int number = at + 1;
        CHECK(memcmp(second->messages[at].data, &number, sizeof number) == 0);
    }
    /* No functions at all: what is delivered meanwhile is dropped, and the channel lives on. */
    MLWebRTCDataChannelEventCallbacks none = {.version = 1};
    CHECK_OK(MLWebRTCDataChannelSetEventCallbacks(second->handle, &none));
    unsigned before = both.at_a->received;
    pair_send(&both, both.at_a, "dropped", 7, false);
    pair_send(&both, second, "sent meanwhile", 14, false);
    PUMP_UNTIL(&both, both.at_a->received == before + 1);
    channel_subscribe(second);
    pair_send(&both, both.at_a, "seen", 4, false);
    PUMP_UNTIL(&both, second->received > 99 && second->messages[second->received - 1].size == 4);
    pair_destroy(&both);
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"later", later},
        {"later_and_closed", later_and_closed},
        {"later_on_another_thread", later_on_another_thread},
        {"later_and_closed_on_another_thread", later_and_closed_on_another_thread},
        {"inside_received", inside_received},
        {"only_one_is_late", only_one_is_late},
        {"held_back", held_back},
        {"never_subscribed", never_subscribed},
        {"replaced", replaced},
    };
    return RUN_CASES(cases, argc, argv);
}
