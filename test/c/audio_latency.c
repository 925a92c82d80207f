/* SPDX-License-Identifier: MIT */

/* How late sound is on a good link: from the moment when it is recorded to the one when the sink's callback gets it. */
#include <stdio.h>

#include "support/audio.h"
#include "support/video.h"

#define DELAY_MOST 150.0

enum { BLOCKS = 200 };

static void check_delays(audio_call *call, const char *name) {
    listener_rest(&call->both, 500);
    listener_reset(&call->ear);
    listener_hear(&call->ear, &call->both, BLOCKS);
    delays is = audio_delays(&call->ear, &call->spoken, 0, BLOCKS, 0);
    delays_print(&is, name);
    CHECK(is.found >= is.windows * 8 / 10);
    CHECK(is.middle > 0 && is.middle < DELAY_MOST);
    CHECK(is.high < DELAY_MOST);
    CHECK_EQ(listener_threads(&call->ear), 1);
}

static void alone(void) {
    static audio_call call;
    test_signal said = signal_of(SIGNAL_NOISE);
    audio_call_open(&call, &said, 2);
    check_delays(&call, "alone");
    audio_call_close(&call);
}

/* An application's chunks are long: that is its own delay, which ours comes on top of. */
static void long_chunks(void) {
    static const unsigned chunks[] = {1024, 0};
    static audio_call call;
    test_signal said = signal_of(SIGNAL_NOISE);
    audio_call_open(&call, &said, 1);
    speaker_stop(&call.spoken);
    call.spoken.chunks = chunks;
    speaker_run(&call.spoken);
    check_delays(&call, "chunks of 21 ms");
    audio_call_close(&call);
}

static void beside_video(void) {
    static audio_call call;
    static pusher pushed;
    static viewer view;
    test_signal said = signal_of(SIGNAL_NOISE);
    audio_call_open(&call, &said, 1);
    pushed = (pusher){.source = source_create(), .stream = 3, .width = 640, .height = 360, .rate = 30};
    peer_add_video(&call.both.a, pushed.source, "picture");
    pair_negotiate(&call.both, &call.both.a);
    track *added = peer_track(&call.both.b, "picture");
    CHECK(added != NULL);
    viewer_create(&view, added->source, 3);
    view.width = 640;
    view.height = 360;
    pusher_run(&pushed);
    pair_view(&call.both, &view, 10);
    check_delays(&call, "beside video");
    pair_view(&call.both, &view, 10);
    pusher_stop(&pushed);
    viewer_destroy(&view);
    audio_call_close(&call);
    CHECK_OK(MLWebRTCSourceDestroy(pushed.source));
}

/* A sink on the local source gets what was pushed, without a codec in between. */
static void local(void) {
    static listener ear;
    static speaker spoken;
    test_signal said = signal_of(SIGNAL_NOISE);
    MLHandle source = audio_source_create();
    listener_open(&ear, source);
    speaker_start(&spoken, source, &said, 1);
    listener_hear(&ear, NULL, BLOCKS);
    delays is = audio_delays(&ear, &spoken, BLOCKS / 2, BLOCKS / 2, 0);
    delays_print(&is, "local");
    CHECK(is.found >= is.windows * 9 / 10);
    CHECK(is.high < 100);
    speaker_stop(&spoken);
    listener_destroy(&ear);
    CHECK_OK(MLWebRTCSourceDestroy(source));
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"alone", alone}, {"long_chunks", long_chunks}, {"beside_video", beside_video}, {"local", local}};
    return RUN_CASES(cases, argc, argv);
}
