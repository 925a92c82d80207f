/* SPDX-License-Identifier: MIT */

/* The life of the instance, and of handles. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/functions.h"
#include "support/pair.h"

static void on_source_event(void *context) {
    (void)context;
    CHECK(!"a source of a dropped instance was heard");
}

/* One of everything. */
typedef struct household {
    pair both;
    MLHandle others[4];
} household;

static void household_create(household *self) {
    MLWebRTCAppDefinedSourceEventCallbacks callbacks = {.version = 1, .on_destroyed = on_source_event};
    pair_open(&self->both);
    CHECK_OK(MLWebRTCSourceCreateAppDefinedVideoSource(&callbacks, &self->others[0]));
    CHECK_OK(MLWebRTCSourceCreateAppDefinedAudioSource(&callbacks, &self->others[1]));
    CHECK_OK(MLWebRTCVideoSinkCreate(&self->others[2]));
    CHECK_OK(MLWebRTCAudioSinkCreate(&self->others[3]));
    /* Something is on the way everywhere. */
    for (int at = 0; at < 20; at++) {
        CHECK_OK(channel_send(self->both.at_a, "on the way", 10, false));
        CHECK_OK(channel_send(self->both.at_b, "on the way", 10, false));
    }
    CHECK_OK(MLWebRTCConnectionCreateOffer(self->both.a.connection));
    char *lent = NULL;
    CHECK_OK(MLWebRTCDataChannelGetLabel(self->both.at_a->handle, &lent));
    CHECK_OK(MLWebRTCSourceGetTrackId(self->others[0], &lent));
}

/* Its handles all are stale; its contexts are gone. */
static void household_is_gone(household *self) {
    const MLHandle handles[] = {self->both.a.connection, self->both.b.connection, self->both.at_a->handle,
                                self->both.at_b->handle, self->others[0],         self->others[1],
                                self->others[2],         self->others[3]};
    peer_poison(&self->both.a);
    peer_poison(&self->both.b);
    for (size_t handle = 0; handle < sizeof handles / sizeof *handles; handle++) {
        for (size_t at = 0; at < handle_call_count; at++) {
            check_about("%s", handle_calls[at].name);
            CHECK_RESULT(handle_calls[at].call(handles[handle]), MLResult_WebRTCMismatchingHandle);
        }
    }
}

static void create_over_a_living_one(void) {
    household first;
    household second;
    household_create(&first);
    CHECK_OK(MLWebRTCInstanceCreate());
    household_is_gone(&first);
    household_create(&second);
    MLWebRTCDebugUtils utils = {.version = 1, .log_level = MLWebRTCLogLevel_Silent};
    CHECK_RESULT(MLWebRTCInstanceCreateWithDebugUtils(NULL), MLResult_InvalidParam);
    pair_check_alive(&second.both);
    CHECK_OK(MLWebRTCInstanceCreateWithDebugUtils(&utils));
    household_is_gone(&second);
    check_about("the third");
    pair third;
    pair_open(&third);
    pair_check_alive(&third);
    pair_destroy(&third);
}

static void destroy_with_everything_alive(void) {
    household all;
    household_create(&all);
    CHECK_OK(MLWebRTCInstanceDestroy());
    check_nothing_left();
    CHECK_RESULT(MLWebRTCConnectionProcessEvents(all.both.a.connection), MLResult_WebRTCInstanceNotCreated);
    CHECK_OK(MLWebRTCInstanceCreate());
    household_is_gone(&all);
}

static void destroy_without_one(void) {
    CHECK_OK(MLWebRTCInstanceDestroy());
    for (int round = 0; round < 3; round++) {
        CHECK_RESULT(MLWebRTCInstanceDestroy(), MLResult_WebRTCInstanceNotCreated);
    }
}

static void fifty_lives(void) {
    for (int round = 0; round < 50; round++) {
        pair both;
        CHECK_OK(MLWebRTCInstanceCreate());
        pair_open(&both);
        pair_check_alive(&both);
        if (round % 2) {
            pair_destroy(&both);
        }
        CHECK_OK(MLWebRTCInstanceDestroy());
        peer_poison(&both.a);
        peer_poison(&both.b);
    }
}

static int by_value(const void *left, const void *right) {
    MLHandle a = *(const MLHandle *)left;
    MLHandle b = *(const MLHandle *)right;
    return a < b ? -1 : a > b;
}

/* Makes a channel, once the engine has room for it: where it is slow it may be behind with what was made before. */
static MLHandle new_channel(MLHandle connection) {
    MLHandle made = ML_INVALID_HANDLE;
    uint64_t end = milliseconds_now() + PATIENCE_MS;
    MLResult result = MLWebRTCDataChannelCreate(connection, "label", &made);
    while (result == MLResult_AllocFailed && milliseconds_now() < end) {
        nap();
        result = MLWebRTCDataChannelCreate(connection, "label", &made);
    }
    CHECK_OK(result);
    return made;
}

/* No handle comes a second time, in one instance and over many. */
static void handles_are_never_reused(void) {
    enum { CHANNELS = 10000, SOURCES = 10000, INSTANCES = 5, COUNT = CHANNELS + SOURCES };
    MLHandle *seen = malloc(COUNT * sizeof *seen);
    CHECK(seen != NULL);
    MLHandle *next = seen;
    for (int instance = 0; instance < INSTANCES; instance++) {
        CHECK_OK(MLWebRTCInstanceCreate());
        peer local;
        peer_create(&local, "local");
        for (int at = 0; at < CHANNELS / INSTANCES; at++) {
            *next = new_channel(local.connection);
            CHECK_OK(MLWebRTCDataChannelDestroy(local.connection, *next));
            next++;
        }
        for (int at = 0; at < SOURCES / INSTANCES; at++) {
            CHECK_OK(MLWebRTCSourceCreateAppDefinedVideoSource(NULL, next));
            if (at % 3) {
                CHECK_OK(MLWebRTCSourceDestroy(*next));
            }
            next++;
        }
        peer_destroy(&local);
    }
    qsort(seen, COUNT, sizeof *seen, by_value);
    CHECK(seen[0] != 0 && seen[COUNT - 1] != ML_INVALID_HANDLE);
    for (int at = 1; at < COUNT; at++) {
        CHECK(seen[at] != seen[at - 1]);
    }
    free(seen);
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"create_over_a_living_one", create_over_a_living_one},
        {"destroy_with_everything_alive", destroy_with_everything_alive},
        {"destroy_without_one", destroy_without_one},
        {"fifty_lives", fifty_lives},
        {"handles_are_never_reused", handles_are_never_reused},
    };
    return RUN_CASES(cases, argc, argv);
}
