/* SPDX-License-Identifier: MIT */
#include "audio_signal.h"

#include <math.h>

#define PI 3.14159265358979323846

enum { NOISE_TONES = 24 };

test_signal signal_tones(unsigned stream) {
    return (test_signal){.kind = SIGNAL_TONES, .level = 0.5, .stream = stream};
}

test_signal signal_of(signal_kind kind) { return (test_signal){.kind = kind, .level = 0.5}; }

unsigned signal_tone(const test_signal *self, unsigned channel) { return 400 + 210 * channel + 17 * self->stream; }

/* A number from 0 to 1 for each number, without any order. */
static double scattered(unsigned number) {
    uint32_t state = (number + 1) * 2654435761u;
    state = (state ^ (state >> 16)) * 2246822519u;
    state = (state ^ (state >> 13)) * 3266489917u;
    return (double)(state ^ (state >> 16)) / UINT32_MAX;
}

static double noise_at(unsigned seed, double seconds) {
    double sum = 0;
    for (unsigned at = 0; at < NOISE_TONES; at++) {
        double hertz = floor(220 + 3000 * ((double)at + 0.8 * scattered(7 * at + seed)) / NOISE_TONES);
        sum += sin(2 * PI * (hertz * seconds + scattered(31 * at + 5 * seed)));
    }
    /* The crests of such a sum are four times its root mean square at most. */
    return sum / sqrt(NOISE_TONES / 2.0) / 4;
}

static double sweep_at(double top, double seconds) {
    const double bottom = 100;
    double there = seconds < 0.5 ? seconds : 1 - seconds;
    double rise = log(top / bottom);
    double phase = bottom * 0.5 / rise * (exp(2 * rise * there) - 1);
    return sin(2 * PI * phase);
}

/* How loud the voice is: four syllables and a pause in a second. */
static double syllable_at(double seconds) {
    double within = seconds * 5 - floor(seconds * 5);
    return seconds < 0.8 ? pow(sin(PI * within), 0.5) : 0;
}

enum { HARMONICS = 26 };

/* How strong a harmonic is that lies near three formants, or between them. */
static double voiced(unsigned harmonic) {
    static const double formants[][2] = {{600, 150}, {1200, 200}, {2500, 300}};
    double weight = 0.02;
    for (unsigned at = 0; at < 3; at++) {
        double off = (120.0 * harmonic - formants[at][0]) / formants[at][1];
        weight += exp(-off * off) / (at + 1.0);
    }
    return weight;
}

/* Harmonics of a pitch that moves a little. */
static double speech_at(double seconds) {
    static _Thread_local double weights[HARMONICS + 1];
    double turns = 120 * seconds + 3 / (2 * PI) * (1 - cos(2 * PI * 2 * seconds));
    double sum = 0;
    for (unsigned harmonic = 1; harmonic <= HARMONICS; harmonic++) {
        if (weights[harmonic] == 0) {
            weights[harmonic] = voiced(harmonic);
        }
        sum += weights[harmonic] * sin(2 * PI * (harmonic * turns + scattered(harmonic)));
    }
    return sum * syllable_at(seconds) / 6;
}

/* Between the beeps something is left to encode, so that no part of the way rests. */
static double beeps_at(double seconds) {
    double within = seconds < 0.5 ? seconds : seconds - 0.5;
    double loudness = within < BEEP_SECONDS ? 1 : 0.004;
    return loudness * sin(2 * PI * BEEP_HZ * seconds);
}

double signal_at(const test_signal *self, unsigned channel, double seconds) {
    seconds -= floor(seconds);
    switch (self->kind) {
    case SIGNAL_TONES:
        return self->level * sin(2 * PI * signal_tone(self, channel) * seconds);
    case SIGNAL_NOISE:
        return self->level * noise_at(self->stream * SIGNAL_CHANNELS + channel, seconds);
    case SIGNAL_SWEEP:
        return self->level * sweep_at(self->sweeps_to > 0 ? self->sweeps_to : 3400, seconds);
    case SIGNAL_SPEECH:
        return self->level * speech_at(seconds);
    case SIGNAL_BEEPS:
        return self->level * beeps_at(seconds);
    default:
        return 0;
    }
}
