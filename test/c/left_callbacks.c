/* SPDX-License-Identifier: MIT */

/* Callbacks that never return because a jump leaves them, as an exception of a managed host does: nothing of the
 * library's frames runs, the event counts as delivered, and everything behind it comes with the next ProcessEvents. */
#include <inttypes.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/pair.h"

static _Thread_local jmp_buf way_out;
static _Thread_local bool can_leave;
static unsigned left;

static void leave_now(void) {
    if (can_leave) {
        can_leave = false;
        left++;
        longjmp(way_out, 1);
    }
}

/* Which events are left; a negative one: all. */
static int leaves = -1;

static void leave_hook(peer *self, channel *of, event_kind kind) {
    (void)self, (void)of;
    if (leaves < 0 || (event_kind)leaves == kind) {
        leave_now();
    }
}

/* ProcessEvents that something may jump out of. */
static void process_guarded(peer *self) {
    if (self->connection == ML_INVALID_HANDLE) {
        return;
    }
    if (setjmp(way_out) == 0) {
        can_leave = true;
        CHECK_OK(peer_process(self));
        can_leave = false;
    } else {
        peer_left_callback();
    }
}

/* The same from further down the stack, over memory that was written to, as all frames of a program are. */
__attribute__((noinline)) static void process_deeper(peer *self, unsigned depth) {
    volatile char frame[512];
    memset((char *)frame, (int)depth, sizeof frame);
    if (depth == 0) {
        process_guarded(self);
    } else {
        process_deeper(self, depth - 1);
    }
    CHECK_EQ(frame[depth % sizeof frame], (char)depth);
}

static void *process_on_a_thread(void *argument) {
    process_guarded(argument);
    return NULL;
}

typedef enum place { SAME, ALTERNATING, DEEPER_EACH_TIME, PLACES } place;

static unsigned calls;

static void step(pair *both, place where) {
    peer *ends[] = {&both->a, &both->b};
    for (int at = 0; at < 2; at++) {
        unsigned before = ends[at]->events;
        calls++;
        switch (where) {
        case ALTERNATING:
            process_deeper(ends[at], calls / 2 % 2 ? 40 : 0);
            break;
        case DEEPER_EACH_TIME:
            process_deeper(ends[at], calls % 64);
            break;
        default:
            process_guarded(ends[at]);
        }
        if (ends[at]->events == before) {
            nap();
        }
    }
}

enum { MESSAGES = 50 };

/* A whole life, in which every callback, or every callback of one kind, is left. */
static void live(place where) {
    pair both;
    pair_create(&both);
    both.a.hook = leave_hook;
    both.b.hook = leave_hook;
    both.at_a = peer_open_channel(&both.a, "first");
    CHECK_OK(MLWebRTCConnectionCreateOffer(both.a.connection));
    pair_provoke_error(&both);
    WAIT_UNTIL_STEP(both.at_a->opened && both.b.channel_count == 1 && both.b.channels[0]->opened, step(&both, where));
    both.at_b = both.b.channels[0];
    for (int number = 0; number < MESSAGES; number++) {
        CHECK_OK(channel_send(both.at_a, &number, sizeof number, true));
        CHECK_OK(channel_send(both.at_b, &number, sizeof number, true));
    }
    WAIT_UNTIL_STEP(both.at_b->received == MESSAGES && both.at_a->received == MESSAGES, step(&both, where));
    for (int number = 0; number < MESSAGES; number++) {
        CHECK(memcmp(both.at_a->messages[number].data, &number, sizeof number) == 0);
        CHECK(memcmp(both.at_b->messages[number].data, &number, sizeof number) == 0);
    }
    WAIT_UNTIL_STEP(both.a.count[ON_GATHERED] == 1 && both.b.count[ON_GATHERED] == 1, step(&both, where));
    CHECK_EQ(both.b.count[ON_ERROR], 1);
    peer_destroy(&both.a);
    WAIT_UNTIL_STEP(both.at_b->closed && both.b.count[ON_DISCONNECTED] == 1, step(&both, where));
    CHECK_EQ(both.b.count[ON_CONNECTED], 1);
    CHECK_EQ(both.b.count[ON_ANSWER], 1);
    peer_destroy(&both.b);
}

static void every_callback(void) {
    for (place where = SAME; where < PLACES; where++) {
        check_about("place %d", (int)where);
        leaves = -1;
        left = 0;
        live(where);
        CHECK(left > 2 * MESSAGES);
    }
}

static void each_kind(void) {
    for (leaves = 0; leaves < EVENT_KINDS; leaves++) {
        check_about("%s", event_name((event_kind)leaves));
        left = 0;
        live(SAME);
        CHECK(left > 0);
    }
}

/* Leaves one OnMessage of b, with more behind it. */
static void leave_one(pair *both) {
    pair_open(both);
    leaves = ON_MESSAGE;
    both->b.hook = leave_hook;
    for (int number = 0; number < MESSAGES; number++) {
        CHECK_OK(channel_send(both->at_a, &number, sizeof number, true));
    }
    left = 0;
    WAIT_UNTIL_STEP(left == 1, process_guarded(&both->b));
}

/* Another thread can't know that the callback is gone: it takes over after the patience for a slow one. */
static void next_on_another_thread(void) {
    pair both;
    leave_one(&both);
    both.b.hook = NULL;
    WAIT_UNTIL_STEP(both.at_b->received == MESSAGES, {
        pthread_t thread;
        CHECK(pthread_create(&thread, NULL, process_on_a_thread, &both.b) == 0);
        CHECK(pthread_join(thread, NULL) == 0);
        nap();
    });
    for (int number = 0; number < MESSAGES; number++) {
        CHECK(memcmp(both.at_b->messages[number].data, &number, sizeof number) == 0);
    }
    pair_destroy(&both);
}

/* Left on a thread that has ended since. */
static void left_on_another_thread(void) {
    pair both;
    pair_open(&both);
    leaves = ON_MESSAGE;
    both.b.hook = leave_hook;
    for (int number = 0; number < MESSAGES; number++) {
        CHECK_OK(channel_send(both.at_a, &number, sizeof number, true));
    }
    left = 0;
    WAIT_UNTIL_STEP(left == 1, {
        pthread_t thread;
        CHECK(pthread_create(&thread, NULL, process_on_a_thread, &both.b) == 0);
        CHECK(pthread_join(thread, NULL) == 0);
    });
    both.b.hook = NULL;
    PUMP_UNTIL(&both, both.at_b->received == MESSAGES);
    pair_destroy(&both);
}

/* From further down, over a part of the stack that this frame has not written to. */
__attribute__((noinline)) static void process_below_untouched_memory(peer *self) {
    volatile char untouched[16384];
    untouched[0] = 1;
    CHECK_OK(peer_process(self));
    CHECK_EQ(untouched[0], 1);
}

/* What else a program does with its stack between two ProcessEvents. */
__attribute__((noinline)) static void other_work(void) {
    volatile char used[16384];
    memset((char *)used, (int)calls, sizeof used);
    CHECK_EQ(used[calls % sizeof used], (char)calls);
    calls++;
    nap();
}

static void next_from_untouched_depth(void) {
    pair both;
    leave_one(&both);
    both.b.hook = NULL;
    WAIT_UNTIL_STEP(both.at_b->received == MESSAGES, {
        process_below_untouched_memory(&both.b);
        other_work();
    });
    pair_destroy(&both);
}

typedef enum end { END_CONNECTION, END_CHANNEL, END_INSTANCE, ENDS } end;

/* Destroy right after it knows that nothing runs any more, and does not wait for the patience. */
static void destroyed_afterwards(void) {
    enum { ROUNDS = 4 };
    uint64_t waited = 0;
    for (int round = 0; round < ROUNDS * ENDS; round++) {
        pair both;
        leave_one(&both);
        uint64_t start = milliseconds_now();
        switch ((end)(round % ENDS)) {
        case END_CHANNEL:
            channel_destroy(both.at_b);
            break;
        case END_INSTANCE:
            CHECK_OK(MLWebRTCInstanceDestroy());
            CHECK_OK(MLWebRTCInstanceCreate());
            peer_poison(&both.a);
            peer_poison(&both.b);
            break;
        default:
            peer_destroy(&both.b);
            break;
        }
        waited += milliseconds_now() - start;
        pair_destroy(&both);
    }
    /* If each had waited its 2 s this would be 24 s. */
    CHECK(waited < 8000);
    printf("destroys waited %" PRIu64 " ms\n", waited);
}

/* The callbacks inside the host's own calls. */
static void on_set_enabled(MLWebRTCBool enabled, void *context) {
    (void)enabled, (void)context;
    leave_now();
}

static void on_destroyed(void *context) {
    (void)context;
    leave_now();
}

static void source_callbacks(void) {
    MLHandle handle = 0;
    MLWebRTCAppDefinedSourceEventCallbacks callbacks = {
        .version = 1, .on_set_enabled = on_set_enabled, .on_destroyed = on_destroyed};
    CHECK_OK(MLWebRTCSourceCreateAppDefinedVideoSource(&callbacks, &handle));
    left = 0;
    /* More often than callbacks of one source may run at once. */
    for (unsigned volatile round = 0; round < 100; round++) {
        if (setjmp(way_out) == 0) {
            can_leave = true;
            MLWebRTCSourceSetEnabled(handle, round % 2);
            CHECK(!"OnSetEnabled was not invoked");
        }
        MLWebRTCBool enabled = 2;
        CHECK_OK(MLWebRTCSourceIsEnabled(handle, &enabled));
        CHECK_EQ(enabled, round % 2);
    }
    CHECK_EQ(left, 100);
    if (setjmp(way_out) == 0) {
        can_leave = true;
        MLWebRTCSourceDestroy(handle);
        CHECK(!"OnDestroyed was not invoked");
    }
    CHECK_EQ(left, 101);
    CHECK_RESULT(MLWebRTCSourceDestroy(handle), MLResult_WebRTCMismatchingHandle);
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"every_callback", every_callback},
        {"each_kind", each_kind},
        {"next_on_another_thread", next_on_another_thread},
        {"left_on_another_thread", left_on_another_thread},
        {"next_from_untouched_depth", next_from_untouched_depth},
        {"destroyed_afterwards", destroyed_afterwards},
        {"source_callbacks", source_callbacks},
    };
    return RUN_CASES(cases, argc, argv);
}
