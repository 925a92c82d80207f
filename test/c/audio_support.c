/* SPDX-License-Identifier: MIT */

/* The measures that the other tests of audio stand on: they find what was done to a signal, and call nothing good that
 * is not. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "support/audio.h"

enum { LENGTH = HEARD_RATE / 2 };

static double sound[LENGTH];

static double random_number(void) {
    static uint32_t state = 1;
    state = state * 1664525u + 1013904223u;
    return (double)(state >> 8) / (1 << 23) - 1;
}

/* A signal from a moment on, with noise of this root mean square. */
static void say(const test_signal *said, unsigned channel, double phase, double noise) {
    for (size_t at = 0; at < LENGTH; at++) {
        sound[at] = signal_at(said, channel, phase + (double)at / HEARD_RATE) + noise * sqrt(3) * random_number();
    }
}

static void check_about_equal(double is, double should, double tolerance) {
    if (!(fabs(is - should) <= tolerance)) {
        fprintf(stderr, "%f is not %f\n", is, should);
        CHECK(fabs(is - should) <= tolerance);
    }
}

/* The quality of a tone is the noise that was added; of several tones each has its amplitude. */
static void tones(void) {
    test_signal said = signal_tones(2);
    unsigned hertz[] = {signal_tone(&said, 0), signal_tone(&said, 1)};
    for (int quality = 10; quality <= 60; quality += 10) {
        say(&said, 0, 0.3, said.level / sqrt(2) * pow(10, -quality / 20.0));
        check_about_equal(sound_fit_tones(sound, LENGTH, hertz, 1, NULL), quality, 0.3);
        check_about_equal(sound_tone_quality(sound, LENGTH, hertz[0], 0.5), quality, 0.7);
    }
    for (size_t at = 0; at < LENGTH; at++) {
        double when = (double)at / HEARD_RATE;
        sound[at] = 0.1 * signal_at(&said, 0, when) + 0.5 * signal_at(&said, 1, when) + 0.05;
    }
    double amplitudes[2];
    CHECK(sound_fit_tones(sound, LENGTH, hertz, 2, amplitudes) > 100);
    check_about_equal(amplitudes[0], 0.05, 1e-6);
    check_about_equal(amplitudes[1], 0.25, 1e-6);
    check_about_equal(sound_level_of(sound, LENGTH, hertz[1]), 0.25, 0.003);
    check_about_equal(sound_level_of(sound, LENGTH, 3000), 0, 0.003);
    /* Another tone, and nothing at all. */
    say(&said, 1, 0, 0);
    CHECK(sound_fit_tones(sound, LENGTH, hertz, 1, NULL) < -20);
    say(&said, 0, 0, 0);
    unsigned near = hertz[0] + 3;
    CHECK(sound_fit_tones(sound, LENGTH, &near, 1, NULL) < 10);
    const test_signal silence = {.kind = SIGNAL_SILENCE};
    say(&silence, 0, 0, 0);
    CHECK(sound_fit_tones(sound, LENGTH, hertz, 2, NULL) < -100);
}

/* The phase is found to the microsecond, and noise is told from the signal. */
static void matches(void) {
    static const signal_kind kinds[] = {SIGNAL_NOISE, SIGNAL_SWEEP, SIGNAL_SPEECH};
    for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
        for (unsigned turn = 0; turn < 6; turn++) {
            check_about("signal %d, turn %u", (int)kinds[kind], turn);
            test_signal said = signal_of(kinds[kind]);
            double phase = fmod(0.01 + turn * 0.1577777, 1);
            /* Sweep and voice look the same a turn later, if too little of them is seen. */
            size_t count = turn % 2 == 0 && kinds[kind] == SIGNAL_NOISE ? HEARD_RATE / 50 : HEARD_RATE / 10;
            bool pauses = kinds[kind] == SIGNAL_SPEECH && phase > 0.6;
            say(&said, 1, phase, 0);
            match found = sound_match(&said, 1, sound, count);
            if (pauses) {
                continue;
            }
            check_about_equal(found.phase, phase, 1e-6);
            check_about_equal(found.gain, 1, 1e-3);
            CHECK(found.quality > 50);
            double loud = sound_rms(sound, count);
            say(&said, 1, phase, loud * 0.1);
            found = sound_match(&said, 1, sound, count);
            check_about_equal(found.phase, phase, 2e-5);
            check_about_equal(found.quality, 20, 1.5);
            say(&said, 1, phase, loud * 3);
            CHECK(sound_match(&said, 1, sound, count).quality < 0);
        }
    }
    test_signal other = signal_of(SIGNAL_NOISE);
    say(&other, 0, 0.1, 0);
    CHECK(sound_match(&other, 1, sound, HEARD_RATE / 50).correlation < 0.6);
}

/* Breaks are counted, and a codec's noise is none. */
static void breaks(void) {
    test_signal said = signal_tones(0);
    unsigned hertz = signal_tone(&said, 0);
    say(&said, 0, 0, 0.01);
    CHECK_EQ(sound_clicks(sound, LENGTH, hertz, said.level), 0);
    CHECK(sound_longest_gap(sound, LENGTH, 0.1) < 1);
    for (size_t at = 9630; at < 10590; at++) {
        sound[at] = 0;
    }
    sound[20000] += 0.4;
    unsigned clicks = sound_clicks(sound, LENGTH, hertz, said.level);
    CHECK(clicks >= 2 && clicks <= 3);
    check_about_equal(sound_longest_gap(sound, LENGTH, 0.1), 17.5, 2.5);
    /* A part that is missing, of which the ends do not fit together. */
    for (size_t at = 0; at < LENGTH; at++) {
        sound[at] = signal_at(&said, 0, (double)(at < 12000 ? at : at + 30) / HEARD_RATE);
    }
    CHECK_EQ(sound_clicks(sound, LENGTH, hertz, said.level), 1);
}

/* All formats hold the same signal, and a cut across the second's end is whole. */
static void formats(void) {
    static const unsigned rates[] = {8000, 11025, 48000, 192000};
    test_signal said = signal_tones(1);
    for (size_t at = 0; at < sizeof rates / sizeof *rates; at++) {
        unsigned rate = rates[at];
        float cut[50 * 3];
        int16_t *low = sound_second(&said, 3, rate, SAMPLE_INT16);
        int32_t *high = sound_second(&said, 3, rate, SAMPLE_INT32);
        float *real = sound_second(&said, 3, rate, SAMPLE_FLOAT);
        sound_cut(real, 3, rate, SAMPLE_FLOAT, 3 * (size_t)rate - 20, 50, cut);
        for (size_t sample = 0; sample < 3 * (size_t)rate; sample++) {
            check_about_equal(low[sample] / 32767.0, real[sample], 2e-5);
            check_about_equal(high[sample] / 2147483647.0, real[sample], 1e-7);
        }
        for (int frame = 0; frame < 50; frame++) {
            for (unsigned channel = 0; channel < 3; channel++) {
                check_about_equal(cut[frame * 3 + (int)channel], signal_at(&said, channel, (frame - 20.0) / rate),
                                  1e-6);
            }
        }
        free(low);
        free(high);
        free(real);
    }
}

int main(int argc, char **argv) {
    static const test_case cases[] = {{"tones", tones}, {"matches", matches}, {"breaks", breaks}, {"formats", formats}};
    return RUN_CASES(cases, argc, argv);
}
