/* SPDX-License-Identifier: MIT */

/* What is wrong in the calls that are about sound is refused and changes nothing; and input that is strange, but no
 * error, comes out as sound. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/audio.h"
#include "support/video.h"

static MLAudioBufferFormat format(uint32_t channels, uint32_t rate, uint32_t bits, uint32_t kind) {
    return (MLAudioBufferFormat){.channel_count = channels,
                                 .samples_per_second = rate,
                                 .bits_per_sample = bits,
                                 .valid_bits_per_sample = bits,
                                 .sample_format = kind};
}

/* Whether somebody listens to the source or not. */
static void check_pushes(MLHandle source) {
    enum { INT = MLAudioSampleFormat_Int, FLOAT = MLAudioSampleFormat_Float };
    static const uint8_t memory[4096];
    static const struct {
        uint32_t size;
        MLAudioBufferFormat format;
        MLResult result;
    } table[] = {
        {960, {1, 48000, 16, 16, INT, 0}, MLResult_Ok},
        {960, {1, 48000, 16, 16, FLOAT, 0}, MLResult_Ok}, /* as the C# says it */
        {960, {1, 48000, 16, 0, 77, 99}, MLResult_Ok},
        {1920, {1, 48000, 32, 32, INT, 0}, MLResult_Ok},
        {1920, {1, 48000, 32, 32, FLOAT, 0}, MLResult_Ok},
        {32, {8, 192000, 32, 32, FLOAT, 0}, MLResult_Ok},
        {2, {1, 8000, 16, 16, INT, 0}, MLResult_Ok},
        {0, {1, 8000, 16, 16, INT, 0}, MLResult_Ok},
        {960, {0, 48000, 16, 16, INT, 0}, MLResult_InvalidParam},
        {960, {9, 48000, 16, 16, INT, 0}, MLResult_InvalidParam},
        {960, {UINT32_MAX, 48000, 16, 16, INT, 0}, MLResult_InvalidParam},
        {960, {1, 0, 16, 16, INT, 0}, MLResult_InvalidParam},
        {960, {1, 7999, 16, 16, INT, 0}, MLResult_InvalidParam},
        {960, {1, 192001, 16, 16, INT, 0}, MLResult_InvalidParam},
        {960, {1, UINT32_MAX, 16, 16, INT, 0}, MLResult_InvalidParam},
        {960, {1, 48000, 0, 0, INT, 0}, MLResult_InvalidParam},
        {960, {1, 48000, 8, 8, INT, 0}, MLResult_InvalidParam},
        {960, {1, 48000, 24, 24, INT, 0}, MLResult_InvalidParam},
        {960, {1, 48000, 64, 64, FLOAT, 0}, MLResult_InvalidParam},
        {960, {1, 48000, 32, 32, 2, 0}, MLResult_InvalidParam},
        {959, {1, 48000, 16, 16, INT, 0}, MLResult_InvalidParam},
        {962, {2, 48000, 16, 16, INT, 0}, MLResult_InvalidParam},
        {2, {1, 48000, 32, 32, INT, 0}, MLResult_InvalidParam},
        {UINT32_MAX - 1, {1, 48000, 16, 16, INT, 0}, MLResult_InvalidParam}, /* nobody reads so much */
    };
    for (size_t at = 0; at < sizeof table / sizeof *table; at++) {
        check_about("format %zu", at);
        for (uint32_t odd = 0; odd < 2; odd++) {
            MLAudioBuffer buffer = {.ptr = memory + odd, .size = table[at].size};
            CHECK_RESULT(MLWebRTCSourceAppDefinedAudioSourcePushData(source, &buffer, &table[at].format),
                         table[at].result);
        }
    }
    check_about("pointers");
    MLAudioBufferFormat fine = format(1, 48000, 16, INT);
    MLAudioBuffer nothing = {.ptr = NULL, .size = 0};
    MLAudioBuffer nowhere = {.ptr = NULL, .size = 960};
    CHECK_OK(MLWebRTCSourceAppDefinedAudioSourcePushData(source, &nothing, &fine));
    CHECK_RESULT(MLWebRTCSourceAppDefinedAudioSourcePushData(source, &nowhere, &fine), MLResult_InvalidParam);
    CHECK_RESULT(MLWebRTCSourceAppDefinedAudioSourcePushData(source, NULL, &fine), MLResult_InvalidParam);
    CHECK_RESULT(MLWebRTCSourceAppDefinedAudioSourcePushData(source, &nothing, NULL), MLResult_InvalidParam);
}

static void pushes(void) {
    static audio_call call;
    test_signal said = signal_tones(0);
    MLHandle source = audio_source_create();
    check_pushes(source);
    CHECK_OK(MLWebRTCSourceDestroy(source));
    audio_call_open(&call, &said, 1);
    speaker_stop(&call.spoken);
    check_pushes(call.source);
    int16_t samples[480] = {0};
    MLAudioBufferFormat fine = format(1, 48000, 16, MLAudioSampleFormat_Int);
    MLHandle video = source_create();
    const MLHandle wrong[] = {0, ML_INVALID_HANDLE, video, call.remote, call.ear.sink, call.both.a.connection, source};
    for (size_t at = 0; at < sizeof wrong / sizeof *wrong; at++) {
        check_about("handle %zu", at);
        CHECK_RESULT(sound_push(wrong[at], samples, 480, &fine), MLResult_WebRTCMismatchingHandle);
    }
    /* And it still carries sound. */
    speaker_run(&call.spoken);
    listener_await_tone(&call.ear, &call.both, 0, signal_tone(&said, 0));
    audio_call_close(&call);
    CHECK_OK(MLWebRTCSourceDestroy(video));
}

/* A second may wait; then nothing is taken until there is room. */
static void too_much(void) {
    static audio_call call;
    static int16_t second[48000];
    test_signal said = signal_of(SIGNAL_SILENCE);
    audio_call_open(&call, &said, 1);
    speaker_stop(&call.spoken);
    MLAudioBufferFormat fine = format(1, 48000, 16, MLAudioSampleFormat_Int);
    unsigned taken = 0;
    MLResult result = MLResult_Ok;
    uint64_t start = milliseconds_now();
    while (result == MLResult_Ok) {
        CHECK(taken < 20);
        result = sound_push(call.source, second, 48000, &fine);
        taken += result == MLResult_Ok;
    }
    CHECK_RESULT(result, MLResult_Pending);
    CHECK_RESULT(sound_push(call.source, second, 1, &fine), MLResult_Pending);
    CHECK(taken >= 1 && taken <= 3 + (milliseconds_now() - start) / 1000);
    WAIT_UNTIL_STEP(sound_push(call.source, second, 480, &fine) == MLResult_Ok, pair_process(&call.both));
    speaker_run(&call.spoken);
    audio_call_close(&call);
}

static void attachments(void) {
    static audio_call call;
    test_signal said = signal_tones(0);
    audio_call_open(&call, &said, 1);
    MLHandle video = source_create();
    MLHandle gone = audio_source_create();
    CHECK_OK(MLWebRTCSourceDestroy(gone));
    const MLHandle wrong[] = {0, video, gone, call.ear.sink, call.both.a.connection, 0x1234567890abcdef};
    for (size_t at = 0; at < sizeof wrong / sizeof *wrong; at++) {
        check_about("handle %zu", at);
        CHECK_RESULT(MLWebRTCAudioSinkSetSource(call.ear.sink, wrong[at]), MLResult_WebRTCMismatchingHandle);
        if (wrong[at] != call.ear.sink) {
            CHECK_RESULT(MLWebRTCAudioSinkSetSource(wrong[at], call.remote), MLResult_WebRTCMismatchingHandle);
            CHECK_RESULT(MLWebRTCAudioSinkSetCacheSize(wrong[at], 100), MLResult_WebRTCMismatchingHandle);
            CHECK_RESULT(MLWebRTCAudioSinkDestroy(wrong[at]), MLResult_WebRTCMismatchingHandle);
        }
    }
    check_about("remote source");
    MLWebRTCTrackInfo info = {.version = 1, .track_id = "back"};
    CHECK_RESULT(MLWebRTCSourceDestroy(call.remote), MLResult_InvalidParam);
    CHECK_RESULT(MLWebRTCConnectionAddLocalSourceTrackEx(call.both.b.connection, call.remote, &info),
                 MLResult_WebRTCMismatchingHandle);
    CHECK_RESULT(MLWebRTCConnectionAddLocalSourceTrackEx(call.both.a.connection, call.source, &info),
                 MLResult_InvalidParam);
    /* Nothing of this had any effect. */
    listener_await_tone(&call.ear, &call.both, 0, signal_tone(&said, 0));
    audio_call_close(&call);
    CHECK_OK(MLWebRTCSourceDestroy(video));
}

static double peak_of(listener *ear, unsigned from, unsigned blocks) {
    double *sound = listener_sound(ear, from, blocks, 0);
    double peak = sound_peak(sound, (size_t)blocks * BLOCK_FRAMES);
    free(sound);
    return peak;
}

/* Silence flows as any other sound does. */
static void silent_input(void) {
    static audio_call call;
    test_signal silence = signal_of(SIGNAL_SILENCE);
    audio_call_open(&call, &silence, 1);
    listener_hear(&call.ear, &call.both, 100);
    CHECK(peak_of(&call.ear, 0, 100) < 0.001);
    CHECK_EQ(listener_status(&call.ear), MLWebRTCAudioServiceStatus_Started);
    audio_call_close(&call);
}

/* Far beyond full scale: as loud as can be, and the tone is still in it. */
static void clipped_input(void) {
    static audio_call call;
    test_signal said = signal_tones(0);
    said.level = 8;
    audio_call_open(&call, &said, 1);
    speaker_stop(&call.spoken);
    for (int kind = 0; kind < SAMPLE_KINDS; kind++) {
        check_about("%s", sample_name((sample_kind)kind));
        call.spoken.kind = (sample_kind)kind;
        speaker_run(&call.spoken);
        listener_rest(&call.both, 500);
        listener_reset(&call.ear);
        listener_hear(&call.ear, &call.both, 30);
        double *sound = listener_sound(&call.ear, 10, 20, 0);
        CHECK(sound_level_of(sound, 20 * BLOCK_FRAMES, signal_tone(&said, 0)) > 0.8);
        free(sound);
        speaker_stop(&call.spoken);
    }
    speaker_run(&call.spoken);
    audio_call_close(&call);
}

/* Every other sample is no number: half of the tone, never noise; and nothing of it stays behind. */
static void input_that_is_no_number(void) {
    static const float bad[] = {NAN, -NAN, INFINITY, -INFINITY, 1e38f, -1e38f, 1e-40f, -0.0f};
    static audio_call call;
    static float samples[48000];
    test_signal said = signal_tones(0);
    said.not_a_number = true;
    audio_call_open(&call, &said, 1);
    speaker_stop(&call.spoken);
    call.spoken.kind = SAMPLE_FLOAT;
    speaker_run(&call.spoken);
    listener_rest(&call.both, 500);
    listener_reset(&call.ear);
    listener_hear(&call.ear, &call.both, 30);
    double *sound = listener_sound(&call.ear, 10, 20, 0);
    double level = sound_level_of(sound, 20 * BLOCK_FRAMES, signal_tone(&said, 0));
    CHECK(level > said.level / 3 && level < said.level);
    CHECK(sound_peak(sound, 20 * BLOCK_FRAMES) < 0.95);
    free(sound);
    speaker_stop(&call.spoken);
    /* All of it, and through the resampler. */
    static const unsigned rates[] = {48000, 44100};
    for (size_t rate = 0; rate < 2; rate++) {
        for (size_t at = 0; at < 24000; at++) {
            samples[at] = bad[at % (sizeof bad / sizeof *bad)];
        }
        MLAudioBufferFormat real = sound_format(1, rates[rate], SAMPLE_FLOAT);
        WAIT_UNTIL_STEP(sound_push(call.source, samples, 24000, &real) == MLResult_Ok, pair_process(&call.both));
    }
    call.spoken.said.not_a_number = false;
    speaker_run(&call.spoken);
    listener_await_tone(&call.ear, &call.both, 0, signal_tone(&said, 0));
    listener_hear(&call.ear, &call.both, 20);
    sound = listener_sound(&call.ear, listener_count(&call.ear) - 20, 20, 0);
    CHECK(sound_tone_quality(sound, 20 * BLOCK_FRAMES, signal_tone(&said, 0), 0.5) > 15);
    free(sound);
    audio_call_close(&call);
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"pushes", pushes},
        {"too_much", too_much},
        {"attachments", attachments},
        {"silent_input", silent_input},
        {"clipped_input", clipped_input},
        {"input_that_is_no_number", input_that_is_no_number},
    };
    return RUN_CASES(cases, argc, argv);
}
