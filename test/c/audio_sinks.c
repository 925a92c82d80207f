/* SPDX-License-Identifier: MIT */

/* Sinks on sources: several on one, on local ones, moved from one to another, with all modes and sizes of the cache. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/audio.h"

/* What half of the windows of 100 ms have at least: the receiver may stretch or shorten the sound of a peer meanwhile.
 */
static double quality_of(listener *ear, unsigned from, unsigned blocks, unsigned hertz) {
    double *sound = listener_sound(ear, from, blocks, 0);
    double quality = sound_tone_quality(sound, (size_t)blocks * BLOCK_FRAMES, hertz, 0.5);
    free(sound);
    return quality;
}

static void check_history(listener *ear, pair *both, const char *should) {
    char is[STATUSES_MOST + 1];
    WAIT_UNTIL_STEP((listener_history(ear, is, sizeof is), strlen(is) >= strlen(should)), listener_rest(both, 1));
    CHECK_TEXT(is, should);
}

/* All hear the same, and one that goes is not missed. */
static void several(void) {
    enum { MORE = 3 };
    static audio_call call;
    static listener more[MORE];
    test_signal said = signal_tones(0);
    audio_call_open(&call, &said, 1);
    for (int at = 0; at < MORE; at++) {
        listener_open(&more[at], call.remote);
    }
    for (int at = 0; at < MORE; at++) {
        listener_await_tone(&more[at], &call.both, 0, signal_tone(&said, 0));
    }
    listener_destroy(&more[1]);
    listener_attach(&more[2], ML_INVALID_HANDLE);
    check_history(&more[2], &call.both, "013");
    unsigned before = listener_count(&more[2]);
    listener *left[] = {&call.ear, &more[0]};
    for (int at = 0; at < 2; at++) {
        listener_reset(left[at]);
        listener_hear(left[at], &call.both, 50);
        CHECK(quality_of(left[at], 0, 50, signal_tone(&said, 0)) > 25);
        CHECK_EQ(listener_threads(left[at]), 1);
    }
    CHECK(listener_count(&more[2]) <= before + 1);
    listener_destroy(&more[0]);
    listener_destroy(&more[2]);
    audio_call_close(&call);
}

/* What is pushed, without a codec in between: as good as 16 bits are. */
static void local(void) {
    static listener ears[2];
    static speaker spoken;
    test_signal said = signal_tones(0);
    MLHandle source = audio_source_create();
    listener_open(&ears[0], source);
    speaker_start(&spoken, source, &said, 2);
    listener_await_tone(&ears[0], NULL, 1, signal_tone(&said, 1));
    listener_open(&ears[1], source);
    listener_await_tone(&ears[1], NULL, 0, signal_tone(&said, 0));
    for (int at = 0; at < 2; at++) {
        listener_reset(&ears[at]);
        listener_hear(&ears[at], NULL, 20);
        CHECK(quality_of(&ears[at], 0, 20, signal_tone(&said, 0)) > 80);
    }
    speaker_stop(&spoken);
    CHECK_OK(MLWebRTCSourceDestroy(source));
    for (int at = 0; at < 2; at++) {
        check_history(&ears[at], NULL, "013");
        listener_destroy(&ears[at]);
    }
}

/* Told in every mode, the data only where it is asked for. */
static void modes(void) {
    static listener ears[3];
    static speaker spoken;
    test_signal said = signal_tones(0);
    MLHandle source = audio_source_create();
    for (uint32_t mode = 0; mode < 3; mode++) {
        listener_create_mode(&ears[mode], (MLWebRTCBufferNotifyMode)mode);
        check_history(&ears[mode], NULL, "0");
        listener_attach(&ears[mode], source);
    }
    listener_rest(NULL, 50);
    for (int mode = 0; mode < 3; mode++) {
        check_history(&ears[mode], NULL, "0");
    }
    speaker_start(&spoken, source, &said, 1);
    listener_hear(&ears[MLWebRTCBufferNotifyMode_NotifyAndPlay], NULL, 10);
    listener_hear(&ears[MLWebRTCBufferNotifyMode_NotifyOnly], NULL, 10);
    for (int mode = 0; mode < 3; mode++) {
        check_history(&ears[mode], NULL, "01");
        listener_attach(&ears[mode], ML_INVALID_HANDLE);
        check_history(&ears[mode], NULL, "013");
        listener_attach(&ears[mode], source);
        check_history(&ears[mode], NULL, "0131");
    }
    CHECK_EQ(listener_count(&ears[MLWebRTCBufferNotifyMode_None]), 0);
    speaker_stop(&spoken);
    for (int mode = 0; mode < 3; mode++) {
        listener_destroy(&ears[mode]);
    }
    CHECK_OK(MLWebRTCSourceDestroy(source));
}

/* Back and forth: each is heard, and no change is a click. */
static void move(listener *ear, pair *both, const MLHandle *between, const test_signal *said) {
    enum { TURNS = 10 };
    for (unsigned turn = 0; turn < TURNS; turn++) {
        if (turn % 4 == 3) {
            listener_attach(ear, ML_INVALID_HANDLE);
        }
        listener_attach(ear, between[turn % 2]);
        unsigned from = listener_count(ear);
        listener_hear(ear, both, turn % 3 == 0 ? 1 : 20);
        if (turn % 3 != 0) {
            CHECK(quality_of(ear, from + 10, 10, signal_tone(&said[turn % 2], 0)) > 10);
        }
    }
    listener_attach(ear, ML_INVALID_HANDLE);
    listener_rest(both, 100);
    unsigned count = listener_count(ear);
    double *sound = listener_sound(ear, 0, count, 0);
    unsigned clicks = sound_clicks(sound, (size_t)count * BLOCK_FRAMES, signal_tone(&said[0], 0), said->level);
    printf("%u changes of the source, %u blocks, %u clicks\n", TURNS, count, clicks);
    CHECK_EQ(clicks, 0);
    CHECK(sound[(size_t)count * BLOCK_FRAMES - 1] == 0);
    free(sound);
}

static void moved(void) {
    static pair both;
    static speaker spoken[2];
    static listener ear;
    MLHandle near[2], far[2];
    const test_signal said[2] = {signal_tones(0), signal_tones(1)};
    pair_create(&both);
    for (int at = 0; at < 2; at++) {
        near[at] = audio_source_create();
        peer_add_audio(&both.a, near[at], at == 0 ? "first" : "second");
        speaker_start(&spoken[at], near[at], &said[at], 1);
    }
    pair_connect(&both);
    far[0] = peer_audio(&both.b, "first")->source;
    far[1] = peer_audio(&both.b, "second")->source;
    listener_create(&ear);
    move(&ear, NULL, near, said);
    listener_reset(&ear);
    /* So that both flow when the first change comes. */
    for (int at = 0; at < 2; at++) {
        listener_attach(&ear, far[at]);
        listener_await_tone(&ear, &both, 0, signal_tone(&said[at], 0));
    }
    listener_attach(&ear, ML_INVALID_HANDLE);
    listener_rest(&both, 100);
    listener_reset(&ear);
    move(&ear, &both, far, said);
    listener_destroy(&ear);
    for (int at = 0; at < 2; at++) {
        speaker_stop(&spoken[at]);
    }
    pair_destroy(&both);
    for (int at = 0; at < 2; at++) {
        CHECK_OK(MLWebRTCSourceDestroy(near[at]));
    }
}

/* A callback that does not return for a while. */
static void hold_up(listener *self) {
    atomic_bool *held = self->user;
    while (*held) {
        nap();
    }
}

/* What came meanwhile is dropped but for the cache's size, and then it is as late as before. */
static void cache(void) {
    enum { BLOCKS = 50 };
    static const uint32_t sizes[] = {200, 50, 600};
    static listener ear;
    static speaker spoken;
    static atomic_bool held;
    test_signal said = signal_of(SIGNAL_NOISE);
    MLHandle source = audio_source_create();
    listener_create(&ear);
    ear.user = &held;
    ear.on_data = hold_up;
    listener_attach(&ear, source);
    speaker_start(&spoken, source, &said, 1);
    listener_hear(&ear, NULL, BLOCKS);
    delays before = audio_delays(&ear, &spoken, 0, BLOCKS, 0);
    delays_print(&before, "before");
    for (size_t at = 0; at < sizeof sizes / sizeof *sizes; at++) {
        check_about("%u ms", sizes[at]);
        CHECK_OK(MLWebRTCAudioSinkSetCacheSize(ear.sink, sizes[at]));
        held = true;
        listener_rest(NULL, 1500);
        held = false;
        listener_reset(&ear);
        /* The oldest block of the cache is the next one, and those after it are less and less late. */
        listener_hear(&ear, NULL, 30);
        delays first = audio_delays(&ear, &spoken, 0, 30, 0);
        delays_print(&first, "first");
        CHECK(first.found >= 1 && first.most > sizes[at] / 2.0 && first.most < sizes[at] + before.most + 100);
        /* Twice as fast as it comes, until nothing is left. */
        listener_rest(NULL, 2 * sizes[at] + 200);
        listener_reset(&ear);
        listener_hear(&ear, NULL, BLOCKS);
        delays after = audio_delays(&ear, &spoken, 0, BLOCKS, 0);
        delays_print(&after, "after");
        CHECK(after.found >= 4 && after.high < before.high + 50);
    }
    speaker_stop(&spoken);
    listener_destroy(&ear);
    CHECK_OK(MLWebRTCSourceDestroy(source));
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"several", several}, {"local", local}, {"modes", modes}, {"moved", moved}, {"cache", cache}};
    return RUN_CASES(cases, argc, argv);
}
