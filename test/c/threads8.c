/* SPDX-License-Identifier: MIT */

/* Eight threads, each with connections of its own, all at the same time. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "support/functions.h"
#include "support/pair.h"

enum { THREADS = 8, ROUNDS = 6, MESSAGES = 100 };

static void exchange(pair *both) {
    for (int number = 0; number < MESSAGES; number++) {
        pair_send(both, both->at_a, &number, sizeof number, true);
        pair_send(both, both->at_b, &number, sizeof number, true);
    }
    PUMP_UNTIL(both, both->at_a->received == MESSAGES && both->at_b->received == MESSAGES);
    for (int number = 0; number < MESSAGES; number++) {
        CHECK(memcmp(both->at_a->messages[number].data, &number, sizeof number) == 0);
        CHECK(memcmp(both->at_b->messages[number].data, &number, sizeof number) == 0);
    }
}

static void *live(void *argument) {
    (void)argument;
    for (int round = 0; round < ROUNDS; round++) {
        pair both;
        pair_open(&both);
        exchange(&both);
        channel *received = NULL;
        pair_add_channel(&both, round % 2 ? &both.a : &both.b, "more", &received);
        if (round % 3 == 0) {
            channel_destroy(received);
        }
        pair_destroy(&both);
    }
    return NULL;
}

static void run_threads(void *(*run)(void *)) {
    pthread_t threads[THREADS];
    for (int at = 0; at < THREADS; at++) {
        CHECK(pthread_create(&threads[at], NULL, run, NULL) == 0);
    }
    for (int at = 0; at < THREADS; at++) {
        CHECK(pthread_join(threads[at], NULL) == 0);
    }
}

static void connect_and_destroy(void) { run_threads(live); }

/* Creating and destroying without more, as fast as it goes. */
static void *churn(void *argument) {
    (void)argument;
    for (int round = 0; round < 50; round++) {
        peer local;
        peer_create(&local, "local");
        channel *made = peer_open_channel(&local, "never opens");
        if (round % 2) {
            CHECK_OK(MLWebRTCConnectionCreateOffer(local.connection));
        }
        if (round % 3) {
            channel_destroy(made);
        }
        CHECK_OK(peer_process(&local));
        peer_destroy(&local);
    }
    return NULL;
}

static void create_and_destroy(void) { run_threads(churn); }

/* Instances come and go under threads that use them: any code is right, and nothing else happens. */
static atomic_bool stop;

static void *use_what_there_is(void *argument) {
    (void)argument;
    MLWebRTCConnectionConfig config = {.version = 1};
    MLWebRTCConnectionEventCallbacks callbacks = {.version = 1};
    while (!stop) {
        MLHandle connection = 0;
        MLHandle handle = 0;
        MLHandle source = 0;
        if (MLWebRTCConnectionCreate(&config, &callbacks, &connection) != MLResult_Ok) {
            CHECK_HANDLE(connection, ML_INVALID_HANDLE);
        }
        MLWebRTCDataChannelCreate(connection, "label", &handle);
        MLWebRTCConnectionCreateOffer(connection);
        MLWebRTCConnectionProcessEvents(connection);
        MLWebRTCDataChannelDestroy(connection, handle);
        MLWebRTCSourceCreateAppDefinedVideoSource(NULL, &source);
        MLWebRTCSourceDestroy(source);
        MLWebRTCConnectionProcessEvents(connection);
        MLWebRTCConnectionDestroy(connection);
    }
    return NULL;
}

static void *replace_instances(void *argument) {
    (void)argument;
    for (int round = 0; round < 100; round++) {
        if (round % 3 == 0) {
            CHECK_OK(MLWebRTCInstanceDestroy());
            CHECK_RESULT(MLWebRTCInstanceDestroy(), MLResult_WebRTCInstanceNotCreated);
        }
        CHECK_OK(MLWebRTCInstanceCreate());
        nap();
    }
    stop = true;
    return NULL;
}

static void instances_replaced(void) {
    pthread_t threads[THREADS];
    stop = false;
    for (int at = 0; at < THREADS; at++) {
        CHECK(pthread_create(&threads[at], NULL, at == 0 ? replace_instances : use_what_there_is, NULL) == 0);
    }
    for (int at = 0; at < THREADS; at++) {
        CHECK(pthread_join(threads[at], NULL) == 0);
    }
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"connect_and_destroy", connect_and_destroy},
        {"create_and_destroy", create_and_destroy},
        {"instances_replaced", instances_replaced},
    };
    return RUN_CASES(cases, argc, argv);
}
