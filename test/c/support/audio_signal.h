/* SPDX-License-Identifier: MIT */

/* What the tests say and listen for: signals that are known at every moment. They go by the clock of the machine and
 * begin anew with each of its seconds, so that what is heard tells, in any process, when it was said. */
#ifndef SUPPORT_AUDIO_SIGNAL_H
#define SUPPORT_AUDIO_SIGNAL_H

#include "check.h"

enum { SIGNAL_CHANNELS = 8 };

typedef enum signal_kind {
    SIGNAL_SILENCE,
    SIGNAL_TONES,  /* one for each channel */
    SIGNAL_NOISE,  /* two dozen tones at once: every part of a second is unlike every other */
    SIGNAL_SWEEP,  /* up through the frequencies and down again */
    SIGNAL_SPEECH, /* a voice with syllables and a pause */
    SIGNAL_BEEPS   /* 40 ms of a tone at the beginning of each half second, else almost nothing */
} signal_kind;

typedef struct test_signal {
    signal_kind kind;
    double level;      /* peak of a tone; the others stay within it */
    unsigned stream;   /* the tones of different streams are different ones */
    double sweeps_to;  /* Hz; 0: 3,400 */
    bool not_a_number; /* every other sample is none, for formats that can say so */
} test_signal;

/* Mono and stereo at a good level. */
test_signal signal_tones(unsigned stream);
test_signal signal_of(signal_kind kind);

/* A value at a moment; seconds may be any number. */
double signal_at(const test_signal *self, unsigned channel, double seconds);

/* The frequency of a channel's tone, whole Hz. */
unsigned signal_tone(const test_signal *self, unsigned channel);

/* The frequency of the beeps. */
#define BEEP_HZ 1000u
#define BEEP_SECONDS 0.04

#endif
