/* SPDX-License-Identifier: MIT */

/* Sources that are disabled are silent, on both sides, and time goes on. */
#include <stdio.h>
#include <stdlib.h>

#include "support/audio.h"

static void set(MLHandle source, bool enabled) {
    MLWebRTCBool is = 2;
    CHECK_OK(MLWebRTCSourceSetEnabled(source, enabled));
    CHECK_OK(MLWebRTCSourceIsEnabled(source, &is));
    CHECK_EQ(is, enabled);
}

/* Blocks keep coming, all of them silent. */
static void check_silent(listener *ear, pair *both) {
    listener_await_silence(ear, both);
    unsigned from = listener_count(ear);
    listener_hear(ear, both, 50);
    double *sound = listener_sound(ear, from, 50, 0);
    CHECK(sound_peak(sound, 50 * BLOCK_FRAMES) < 0.001);
    free(sound);
    CHECK_EQ(listener_status(ear), MLWebRTCAudioServiceStatus_Started);
}

/* As late as before: nothing has piled up. */
static double delay_now(audio_call *call) {
    listener_rest(&call->both, 500);
    listener_reset(&call->ear);
    listener_hear(&call->ear, &call->both, 50);
    delays is = audio_delays(&call->ear, &call->spoken, 0, 50, 0);
    CHECK(is.found >= 3);
    return is.middle;
}

static void both_sides(void) {
    static audio_call call;
    static listener near;
    test_signal said = signal_tones(0);
    unsigned hertz = signal_tone(&said, 0);
    audio_call_open(&call, &said, 1);
    listener_open(&near, call.source);
    for (int round = 0; round < 2; round++) {
        check_about("round %d", round);
        listener_await_tone(&call.ear, &call.both, 0, hertz);
        set(call.source, false);
        check_silent(&call.ear, &call.both);
        check_silent(&near, &call.both);
        set(call.source, true);
        listener_await_tone(&call.ear, &call.both, 0, hertz);
        /* The receiving side is silent for itself. */
        set(call.remote, false);
        check_silent(&call.ear, &call.both);
        listener_await_tone(&near, &call.both, 0, hertz);
        /* Both. */
        set(call.source, false);
        set(call.remote, true);
        check_silent(&call.ear, &call.both);
        set(call.source, true);
    }
    listener_await_tone(&call.ear, &call.both, 0, hertz);
    CHECK_EQ(listener_statuses(&call.ear, MLWebRTCAudioServiceStatus_Started), 1);
    listener_destroy(&near);
    audio_call_close(&call);
}

static void time_goes_on(void) {
    static audio_call call;
    test_signal said = signal_of(SIGNAL_NOISE);
    audio_call_open(&call, &said, 1);
    double before = delay_now(&call);
    set(call.source, false);
    listener_rest(&call.both, 1000);
    set(call.source, true);
    double after = delay_now(&call);
    set(call.remote, false);
    listener_rest(&call.both, 500);
    set(call.remote, true);
    double at_last = delay_now(&call);
    printf("delay %.1f ms, %.1f ms after a mute, %.1f ms after a mute at the other side\n", before, after, at_last);
    CHECK(after < before + 60 && at_last < before + 60);
    CHECK_EQ(call.spoken.pending, 0);
    audio_call_close(&call);
}

/* Disabled before there is a connection, and a source of a connection before anybody listens. */
static void from_the_beginning(void) {
    static pair both;
    static listener ear;
    static speaker spoken;
    test_signal said = signal_tones(0);
    MLHandle source = audio_source_create();
    set(source, false);
    speaker_start(&spoken, source, &said, 1);
    MLHandle remote = pair_open_audio(&both, source)->source;
    listener_open(&ear, remote);
    check_silent(&ear, &both);
    set(remote, false);
    set(source, true);
    listener_rest(&both, 200);
    check_silent(&ear, &both);
    set(remote, true);
    listener_await_tone(&ear, &both, 0, signal_tone(&said, 0));
    speaker_stop(&spoken);
    listener_destroy(&ear);
    pair_destroy(&both);
    CHECK_OK(MLWebRTCSourceDestroy(source));
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"both_sides", both_sides}, {"time_goes_on", time_goes_on}, {"from_the_beginning", from_the_beginning}};
    return RUN_CASES(cases, argc, argv);
}
