/* SPDX-License-Identifier: MIT */

/* Tones at every rate, with every number of channels and kind of sample: what is heard is the tone of that channel and
 * little else. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "support/audio.h"

enum { HEARD_BLOCKS = 60, ROUNDS = 8 };

#define QUALITY_LEAST 30.0

static const unsigned rates[] = {8000, 11025, 16000, 22050, 32000, 44100, 48000, 96000, 192000};

/* What each 100 ms of the last blocks have at least. */
static double quality_of(listener *ear, const test_signal *said, unsigned channel) {
    double *sound = listener_sound(ear, listener_count(ear) - HEARD_BLOCKS, HEARD_BLOCKS, channel);
    double quality = sound_tone_quality(sound, (size_t)HEARD_BLOCKS * BLOCK_FRAMES, signal_tone(said, channel), 0);
    free(sound);
    return quality;
}

/* The tones of other channels do not belong there. */
static void check_alone(listener *ear, const test_signal *said, unsigned channel, unsigned channels) {
    double *sound = listener_sound(ear, listener_count(ear) - HEARD_BLOCKS, HEARD_BLOCKS, channel);
    for (unsigned other = 0; other < channels; other++) {
        if (other != channel) {
            double level = sound_level_of(sound, (size_t)HEARD_BLOCKS * BLOCK_FRAMES, signal_tone(said, other));
            CHECK(level < said->level / 20);
        }
    }
    free(sound);
}

/* A change of the format is a pause, after which the receiver stretches and shortens the sound for a while: it is
 * measured until it is through with that. */
static void hear_tones(listener *ear, pair *both, const test_signal *said, unsigned channels, const char *name) {
    double worst = 0;
    listener_await_tone(ear, both, channels - 1, signal_tone(said, channels - 1));
    for (unsigned round = 0; round < ROUNDS && worst <= QUALITY_LEAST; round++) {
        listener_hear(ear, both, HEARD_BLOCKS);
        CHECK_EQ(listener_channels(ear), channels);
        worst = quality_of(ear, said, 0);
        for (unsigned channel = 1; channel < channels; channel++) {
            worst = fmin(worst, quality_of(ear, said, channel));
        }
        printf("%s, after %u ms: %.1f dB\n", name, 10 * HEARD_BLOCKS * (round + 1), worst);
    }
    CHECK(worst > QUALITY_LEAST);
    for (unsigned channel = 0; channel < channels; channel++) {
        check_alone(ear, said, channel, channels);
    }
}

/* One call, in which the application changes its format again and again. Other tones tell the next format from the
 * last one. */
static void formats(unsigned channels) {
    static audio_call call;
    test_signal said = signal_tones(0);
    audio_call_open(&call, &said, channels);
    for (unsigned at = 0; at < sizeof rates / sizeof *rates; at++) {
        sample_kind kind = (at + channels) % SAMPLE_KINDS;
        char name[64];
        snprintf(name, sizeof name, "%u Hz, %u channels, %s", rates[at], channels, sample_name(kind));
        check_about("%s", name);
        speaker_stop(&call.spoken);
        call.spoken.said = said = signal_tones(at + 1);
        call.spoken.rate = rates[at];
        call.spoken.kind = kind;
        speaker_run(&call.spoken);
        hear_tones(&call.ear, &call.both, &said, channels, name);
    }
    audio_call_close(&call);
}

static void mono(void) { formats(1); }
static void stereo(void) { formats(2); }

/* Where the channels of a source with more than two go to, in their order in WAVE files. */
enum { LEFT = 1, RIGHT = 2, BOTH = 3, NOWHERE = 0 };

static const int places[SIGNAL_CHANNELS + 1][SIGNAL_CHANNELS] = {
    [3] = {LEFT, RIGHT, BOTH},
    [4] = {LEFT, RIGHT, LEFT, RIGHT},
    [5] = {LEFT, RIGHT, BOTH, LEFT, RIGHT},
    [6] = {LEFT, RIGHT, BOTH, NOWHERE, LEFT, RIGHT},
    [7] = {LEFT, RIGHT, BOTH, NOWHERE, BOTH, LEFT, RIGHT},
    [8] = {LEFT, RIGHT, BOTH, NOWHERE, LEFT, RIGHT, LEFT, RIGHT},
};

/* How far one side of what arrives is made of the tones that belong there, none of them lost or alone. */
static double side_quality(listener *ear, const test_signal *said, unsigned channels, unsigned side) {
    enum { BLOCKS = 10 };
    unsigned there[SIGNAL_CHANNELS];
    unsigned count = 0;
    for (unsigned channel = 0; channel < channels; channel++) {
        if ((places[channels][channel] & (side == 0 ? LEFT : RIGHT)) != 0) {
            there[count++] = signal_tone(said, channel);
        }
    }
    double *sound = listener_sound(ear, listener_count(ear) - BLOCKS, BLOCKS, side);
    double amplitudes[SIGNAL_CHANNELS];
    double quality = sound_fit_tones(sound, (size_t)BLOCKS * BLOCK_FRAMES, there, count, amplitudes);
    free(sound);
    for (unsigned at = 0; at < count; at++) {
        if (amplitudes[at] < said->level / 10 || amplitudes[at] > said->level) {
            quality = 0;
        }
    }
    return quality;
}

/* As for hear_tones. */
static void check_sides(listener *ear, pair *both, const test_signal *said, unsigned channels) {
    double worst = 0;
    for (unsigned round = 0; round < ROUNDS && worst <= 20; round++) {
        listener_reset(ear);
        listener_hear(ear, both, HEARD_BLOCKS);
        CHECK_EQ(listener_channels(ear), 2);
        worst = fmin(side_quality(ear, said, channels, 0), side_quality(ear, said, channels, 1));
    }
    printf("%u channels in two: %.1f dB\n", channels, worst);
    CHECK(worst > 20);
}

/* The peer gets them as stereo, and a sink on the local source all of them. */
static void many_channels(void) {
    static audio_call call;
    static listener near;
    for (unsigned channels = 3; channels <= SIGNAL_CHANNELS; channels++) {
        char name[64];
        snprintf(name, sizeof name, "%u channels, local", channels);
        check_about("%s", name);
        test_signal said = signal_tones(channels);
        if (channels == 3) {
            audio_call_open(&call, &said, channels);
            listener_open(&near, call.source);
        } else {
            speaker_stop(&call.spoken);
            speaker_start(&call.spoken, call.source, &said, channels);
        }
        hear_tones(&near, &call.both, &said, channels, name);
        check_sides(&call.ear, &call.both, &said, channels);
    }
    listener_destroy(&near);
    audio_call_close(&call);
}

/* As an application pushes whose chunks are not ours. */
static void chunks(void) {
    static const unsigned odd[] = {1, 7, 1000, 333, 0};
    static const unsigned large[] = {4800, 0};
    static const unsigned unity[] = {1024, 0};
    static const unsigned *const lists[] = {odd, large, unity};
    static audio_call call;
    test_signal said = signal_tones(0);
    audio_call_open(&call, &said, 2);
    for (unsigned at = 0; at < sizeof lists / sizeof *lists; at++) {
        char name[64];
        snprintf(name, sizeof name, "chunks of %u", lists[at][0]);
        check_about("%s", name);
        speaker_stop(&call.spoken);
        call.spoken.said = said = signal_tones(at + 1);
        call.spoken.chunks = lists[at];
        speaker_run(&call.spoken);
        hear_tones(&call.ear, &call.both, &said, 2, name);
        CHECK_EQ(call.spoken.pending, 0);
    }
    audio_call_close(&call);
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"mono", mono}, {"stereo", stereo}, {"many_channels", many_channels}, {"chunks", chunks}};
    return RUN_CASES(cases, argc, argv);
}
