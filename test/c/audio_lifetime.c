/* SPDX-License-Identifier: MIT */

/* Whatever is destroyed first, and from where: no callback comes after it, and nothing is left. A listener that is
 * poisoned fails with the next callback. */
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "support/audio.h"

static audio_call call;
static test_signal said;

static void open_call(void) {
    said = signal_tones(0);
    audio_call_open(&call, &said, 2);
}

static void destroy(char what) {
    switch (what) {
    case 'S':
        call.spoken.may_fail = true;
        CHECK_OK(MLWebRTCSourceDestroy(call.source));
        break;
    case 'E':
        listener_destroy(&call.ear);
        break;
    case 'a':
        peer_destroy(&call.both.a);
        break;
    default:
        peer_destroy(&call.both.b);
        break;
    }
}

/* By their first letters: Source, Ear (the sink), a, b. Sound is pushed all the while. */
static void orders(void) {
    static const char *const list[] = {"SEab", "ESba", "abSE", "baES", "bEaS", "aSbE", "EabS", "SbaE"};
    for (size_t at = 0; at < sizeof list / sizeof *list; at++) {
        check_about("%s", list[at]);
        open_call();
        for (const char *what = list[at]; *what != '\0'; what++) {
            destroy(*what);
            listener_rest(&call.both, 30);
        }
        speaker_stop(&call.spoken);
    }
}

/* The end of a remote source is told: Stopped; the sink can be used again. */
static void source_first(void) {
    open_call();
    peer_destroy(&call.both.b);
    WAIT_UNTIL(listener_status(&call.ear) == MLWebRTCAudioServiceStatus_Stopped);
    CHECK_RESULT(MLWebRTCAudioSinkSetSource(call.ear.sink, call.remote), MLResult_WebRTCMismatchingHandle);
    listener_attach(&call.ear, call.source);
    listener_await_tone(&call.ear, NULL, 0, signal_tone(&said, 0));
    speaker_stop(&call.spoken);
    CHECK_OK(MLWebRTCSourceDestroy(call.source));
    WAIT_UNTIL(listener_statuses(&call.ear, MLWebRTCAudioServiceStatus_Stopped) == 2);
    listener_destroy(&call.ear);
    peer_destroy(&call.both.a);
}

/* What a callback of sound destroys, on the library's thread. */
static atomic_bool done;

static void destroy_sink(listener *self) {
    CHECK_OK(MLWebRTCAudioSinkDestroy(self->sink));
    listener_poison(self);
    done = true;
}

static void destroy_source(listener *self) {
    self->on_data = NULL;
    CHECK_OK(MLWebRTCSourceDestroy(call.source));
    done = true;
}

static void destroy_connection(listener *self) {
    self->on_data = NULL;
    CHECK_OK(MLWebRTCConnectionDestroy(call.both.b.connection));
    done = true;
}

static void destroy_instance(listener *self) {
    CHECK_OK(MLWebRTCInstanceDestroy());
    listener_poison(self);
    done = true;
}

static void destroy_on_status(listener *self, uint32_t status) {
    if (status == MLWebRTCAudioServiceStatus_Started) {
        destroy_sink(self);
    }
}

/* An ear that is there already, so that its hook is set before anything comes. */
static void hear_with(void (*on_data)(listener *), void (*on_status)(listener *, uint32_t), MLHandle source) {
    static listener ear;
    listener_create(&ear);
    WAIT_UNTIL(listener_status(&ear) == MLWebRTCAudioServiceStatus_Initial);
    ear.on_data = on_data;
    ear.on_status = on_status;
    done = false;
    MLHandle sink = ear.sink;
    CHECK_OK(MLWebRTCAudioSinkSetSource(sink, source));
    WAIT_UNTIL_STEP(done, nap());
}

static void inside_callbacks(void) {
    MLHandle own = ML_INVALID_HANDLE;
    for (int local = 0; local < 2; local++) {
        check_about("sink, local %d", local);
        open_call();
        own = local != 0 ? call.source : call.remote;
        call.both.b.other = NULL;
        hear_with(destroy_sink, NULL, own);
        hear_with(NULL, destroy_on_status, own);
        listener_hear(&call.ear, NULL, 5);
        call.both.b.other = &call.both.a;
        audio_call_close(&call);
    }
    check_about("source");
    open_call();
    call.spoken.may_fail = true;
    call.ear.on_data = NULL;
    hear_with(destroy_source, NULL, call.remote);
    speaker_stop(&call.spoken);
    CHECK_RESULT(MLWebRTCSourceDestroy(call.source), MLResult_WebRTCMismatchingHandle);
    listener_destroy(&call.ear);
    pair_destroy(&call.both);
    check_about("connection");
    open_call();
    hear_with(destroy_connection, NULL, call.remote);
    WAIT_UNTIL(listener_status(&call.ear) == MLWebRTCAudioServiceStatus_Stopped);
    peer_poison(&call.both.b);
    speaker_stop(&call.spoken);
    listener_destroy(&call.ear);
    peer_destroy(&call.both.a);
    CHECK_OK(MLWebRTCSourceDestroy(call.source));
}

static void forget_all(void) {
    listener_poison(&call.ear);
    peer_poison(&call.both.a);
    peer_poison(&call.both.b);
}

/* Everything at once, while sound flows. */
static void instance_first(void) {
    open_call();
    call.spoken.may_fail = true;
    CHECK_OK(MLWebRTCInstanceDestroy());
    forget_all();
    listener_rest(NULL, 100);
    speaker_stop(&call.spoken);
    check_nothing_left();
}

static void instance_inside_callback(void) {
    open_call();
    call.spoken.may_fail = true;
    listener_destroy(&call.ear);
    hear_with(destroy_instance, NULL, call.remote);
    peer_poison(&call.both.a);
    peer_poison(&call.both.b);
    listener_rest(NULL, 100);
    speaker_stop(&call.spoken);
    check_nothing_left();
}

/* The application was loaded anew: its callbacks are gone, and not one comes from then on. */
static void instance_replaced(void) {
    open_call();
    call.spoken.may_fail = true;
    CHECK_OK(MLWebRTCInstanceCreate());
    forget_all();
    listener_rest(NULL, 100);
    speaker_stop(&call.spoken);
    /* And the new one works. */
    open_call();
    listener_await_tone(&call.ear, &call.both, 0, signal_tone(&said, 0));
    audio_call_close(&call);
}

/* Sinks that live for a moment, in the middle of the sound. */
static void short_sinks(void) {
    open_call();
    for (unsigned round = 0; round < 200; round++) {
        static listener ear;
        listener_open(&ear, round % 2 == 0 ? call.remote : call.source);
        if (round % 10 == 0) {
            listener_hear(&ear, &call.both, 1);
        }
        listener_destroy(&ear);
    }
    listener_await_tone(&call.ear, &call.both, 0, signal_tone(&said, 0));
    audio_call_close(&call);
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"orders", orders},
        {"source_first", source_first},
        {"inside_callbacks", inside_callbacks},
        {"instance_first", instance_first},
        {"instance_inside_callback", instance_inside_callback},
        {"instance_replaced", instance_replaced},
        {"short_sinks", short_sinks},
    };
    return RUN_CASES(cases, argc, argv);
}
