/* SPDX-License-Identifier: MIT */

/* Destroy on one thread while another one is inside a callback or drains: it waits for the callback, but not forever,
 * and nothing comes after it. */
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "support/pair.h"

typedef MLResult (*destroy_function)(pair *both);

static MLResult destroy_connection(pair *both) { return MLWebRTCConnectionDestroy(both->b.connection); }

static MLResult destroy_channel(pair *both) {
    return MLWebRTCDataChannelDestroy(both->b.connection, both->at_b->handle);
}

static MLResult destroy_instance(pair *both) {
    (void)both;
    return MLWebRTCInstanceDestroy();
}

static MLResult create_instance(pair *both) {
    (void)both;
    return MLWebRTCInstanceCreate();
}

static const struct {
    const char *name;
    destroy_function call;
} destroyers[] = {{"the connection", destroy_connection},
                  {"the channel", destroy_channel},
                  {"the instance", destroy_instance},
                  {"the instance, by creating another", create_instance}};
enum { DESTROYERS = sizeof destroyers / sizeof *destroyers };

/* What a callback on another thread does. */
static struct {
    atomic_bool inside;
    atomic_bool may_return;
    atomic_bool returned;
} held;

static void hold(peer *self, channel *of, event_kind kind) {
    (void)self, (void)of;
    if (kind == ON_MESSAGE) {
        held.inside = true;
        WAIT_UNTIL(held.may_return);
        held.returned = true;
    }
}

static void *process_until_held(void *argument) {
    WAIT_UNTIL_STEP(held.returned, peer_process(argument));
    return NULL;
}

/* b's thread is inside OnMessage. */
static pthread_t start_held(pair *both) {
    held.inside = false;
    held.may_return = false;
    held.returned = false;
    pair_open(both);
    both->b.hook = hold;
    CHECK_OK(channel_send(both->at_a, "x", 1, false));
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, process_until_held, &both->b) == 0);
    WAIT_UNTIL(held.inside);
    return thread;
}

static void after(void) {
    MLResult end = MLWebRTCInstanceDestroy();
    CHECK(end == MLResult_Ok || end == MLResult_WebRTCInstanceNotCreated);
    check_nothing_left();
    CHECK_OK(MLWebRTCInstanceCreate());
}

static void *release_soon(void *argument) {
    (void)argument;
    for (int rest = 0; rest < 200; rest++) {
        nap();
    }
    CHECK(!held.returned);
    held.may_return = true;
    return NULL;
}

static void waits_for_the_callback(void) {
    for (int at = 0; at < DESTROYERS; at++) {
        check_about("waits: %s", destroyers[at].name);
        pair both;
        pthread_t thread = start_held(&both);
        pthread_t releaser;
        CHECK(pthread_create(&releaser, NULL, release_soon, NULL) == 0);
        CHECK_OK(destroyers[at].call(&both));
        CHECK(held.returned);
        CHECK(pthread_join(releaser, NULL) == 0);
        CHECK(pthread_join(thread, NULL) == 0);
        peer_poison(&both.b);
        after();
    }
}

/* At most 2 s, says the interface; the guard leaves room for a busy machine. */
#define GIVES_UP_MOST_MS UINT64_C(8000)

static void gives_up_on_the_callback(void) {
    for (int at = 0; at < DESTROYERS; at++) {
        check_about("gives up: %s", destroyers[at].name);
        pair both;
        pthread_t thread = start_held(&both);
        uint64_t start = milliseconds_now();
        CHECK_OK(destroyers[at].call(&both));
        uint64_t took = milliseconds_now() - start;
        CHECK(!held.returned);
        CHECK(took < GIVES_UP_MOST_MS);
        printf("%s: %" PRIu64 " ms\n", destroyers[at].name, took);
        held.may_return = true;
        CHECK(pthread_join(thread, NULL) == 0);
        peer_poison(&both.b);
        after();
    }
}

/* Draining in a loop, until the handle is gone. */
static void *process_until_gone(void *argument) {
    peer *self = argument;
    MLHandle connection = self->connection;
    MLResult result = MLResult_Ok;
    while (result == MLResult_Ok) {
        result = peer_process(self);
        if (self->connection != connection) {
            break;
        }
    }
    CHECK(result == MLResult_Ok || result == MLResult_WebRTCMismatchingHandle ||
          result == MLResult_WebRTCInstanceNotCreated);
    return NULL;
}

/* No callback begins or goes on after Destroy has returned: the contexts are overwritten at once. */
static void under_fire(void) {
    enum { ROUNDS = 10 };
    for (int at = 0; at < DESTROYERS; at++) {
        for (int round = 0; round < ROUNDS; round++) {
            check_about("%s, round %d", destroyers[at].name, round);
            pair both;
            pair_open(&both);
            pthread_t thread;
            CHECK(pthread_create(&thread, NULL, process_until_gone, &both.b) == 0);
            /* At another moment of the traffic each time. */
            unsigned before = both.b.events;
            WAIT_UNTIL_STEP(both.b.events - before >= (unsigned)round * 25, {
                MLResult result = channel_send(both.at_a, "x", 1, false);
                CHECK(result == MLResult_Ok || result == MLResult_Pending);
                if (result == MLResult_Pending || both.b.events - before < 5) {
                    nap();
                }
            });
            MLHandle connection = both.b.connection;
            CHECK_OK(destroyers[at].call(&both));
            if (destroyers[at].call == destroy_channel) {
                channel_poison(both.at_b);
                both.b.channel_count = 0;
                CHECK_OK(MLWebRTCConnectionDestroy(connection));
            }
            unsigned heard = both.b.events;
            CHECK(pthread_join(thread, NULL) == 0);
            CHECK_EQ(both.b.events, heard);
            peer_poison(&both.b);
            CHECK_OK(MLWebRTCInstanceCreate());
        }
        after();
    }
}

/* Sources: SourceDestroy waits for OnSetEnabled on another thread. */
static void on_set_enabled(MLWebRTCBool enabled, void *context) {
    (void)enabled, (void)context;
    held.inside = true;
    WAIT_UNTIL(held.may_return);
    held.returned = true;
}

static void on_destroyed(void *context) { CHECK(held.returned || context == NULL); }

static void *set_enabled(void *argument) {
    CHECK_OK(MLWebRTCSourceSetEnabled(*(MLHandle *)argument, 0));
    return NULL;
}

static void source(void) {
    held.inside = false;
    held.may_return = false;
    held.returned = false;
    MLHandle handle = 0;
    MLWebRTCAppDefinedSourceEventCallbacks callbacks = {
        .version = 1, .context = &held, .on_set_enabled = on_set_enabled, .on_destroyed = on_destroyed};
    CHECK_OK(MLWebRTCSourceCreateAppDefinedVideoSource(&callbacks, &handle));
    pthread_t thread;
    pthread_t releaser;
    CHECK(pthread_create(&thread, NULL, set_enabled, &handle) == 0);
    WAIT_UNTIL(held.inside);
    CHECK(pthread_create(&releaser, NULL, release_soon, NULL) == 0);
    CHECK_OK(MLWebRTCSourceDestroy(handle));
    CHECK(held.returned);
    CHECK(pthread_join(releaser, NULL) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"waits_for_the_callback", waits_for_the_callback},
        {"gives_up_on_the_callback", gives_up_on_the_callback},
        {"under_fire", under_fire},
        {"source", source},
    };
    return RUN_CASES(cases, argc, argv);
}
