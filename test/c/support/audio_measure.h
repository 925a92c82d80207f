/* SPDX-License-Identifier: MIT */

/* What sound is like: how much of it is the signal that it should be, how late it is, and whether it is whole. All at
 * 48 kHz, full scale is -1 to 1. */
#ifndef SUPPORT_AUDIO_MEASURE_H
#define SUPPORT_AUDIO_MEASURE_H

#include "audio_signal.h"

#define HEARD_RATE 48000u

double sound_rms(const double *samples, size_t count);
double sound_peak(const double *samples, size_t count);

/* The amplitude of one frequency (Goertzel). */
double sound_level_of(const double *samples, size_t count, unsigned hertz);

/* Fits tones of known frequencies and of any phase by least squares, and gives the ratio of their power to that of what
 * is left, in dB. amplitudes may be NULL. */
double sound_fit_tones(const double *samples, size_t count, const unsigned *hertz, unsigned tones, double *amplitudes);

/* The same for one tone and many windows of 100 ms; gives the ratio that a share of the windows does not reach. */
double sound_tone_quality(const double *samples, size_t count, unsigned hertz, double share);

/* Where a part of a signal is found in what was heard. */
typedef struct match {
    double phase;       /* the moment of the signal's second that is heard first, 0 to 1 */
    double correlation; /* 1: nothing else is heard */
    double quality;     /* power of the signal to that of the rest, in dB, at the best gain */
    double gain;
} match;

/* At least 20 ms. */
match sound_match(const test_signal *said, unsigned channel, const double *samples, size_t count);

/* Where a tone of this level breaks: jumps that no part of the way makes with a tone. */
unsigned sound_clicks(const double *samples, size_t count, unsigned hertz, double level);

/* The longest time in which nothing reaches the level, in milliseconds (steps of 5 ms). */
double sound_longest_gap(const double *samples, size_t count, double level);

/* The value that a share of the values does not reach. Sorts them. */
double quantile(double *values, size_t count, double share);

#endif
