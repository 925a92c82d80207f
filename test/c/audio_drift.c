/* SPDX-License-Identifier: MIT */

/* Sound cards whose clocks are off, for two minutes: what is heard does not get later and later, nor does it stop. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "support/audio.h"

enum { CALLS = 2, ROUNDS = 12, ROUND_MS = 10000, BLOCKS = 100 };

#define OFF_PPM 300.0
/* What 300 ppm add up to in that time is 36 ms. */
#define GROWTH_MOST 20.0

typedef struct measured {
    delays late;
    double gap; /* ms between two callbacks */
    double lost;
} measured;

static measured measure(audio_call *call) {
    unsigned count = listener_count(&call->ear);
    CHECK(count > BLOCKS);
    measured is = {.late = audio_delays(&call->ear, &call->spoken, count - BLOCKS, BLOCKS, 0)};
    is.gap = listener_longest_wait(&call->ear);
    double *sound = listener_sound(&call->ear, 0, count, 0);
    is.lost = sound_longest_gap(sound, (size_t)count * BLOCK_FRAMES, call->spoken.said.level / 20);
    free(sound);
    /* As many as the time has room for. */
    CHECK(fabs(count * 10.0 - ROUND_MS) < ROUND_MS / 20.0);
    return is;
}

static void two_minutes(void) {
    static audio_call calls[CALLS];
    static delays first[CALLS];
    static const double off[CALLS] = {OFF_PPM, -OFF_PPM};
    signal said = signal_of(SIGNAL_NOISE);
    for (int at = 0; at < CALLS; at++) {
        audio_call_open(&calls[at], &said, 1);
        speaker_stop(&calls[at].spoken);
        calls[at].spoken.fast = off[at];
        speaker_run(&calls[at].spoken);
    }
    for (int round = 0; round < ROUNDS; round++) {
        for (int at = 0; at < CALLS; at++) {
            listener_reset(&calls[at].ear);
        }
        uint64_t end = milliseconds_now() + ROUND_MS;
        WAIT_UNTIL_STEP(milliseconds_now() >= end, (pair_process(&calls[0].both), pair_process(&calls[1].both)));
        for (int at = 0; at < CALLS; at++) {
            check_about("%+.0f ppm, round %d", off[at], round);
            measured is = measure(&calls[at]);
            char name[64];
            snprintf(name, sizeof name, "%+.0f ppm after %d s", off[at], (round + 1) * ROUND_MS / 1000);
            delays_print(&is.late, name);
            CHECK(is.late.found >= is.late.windows * 7 / 10);
            CHECK(is.lost < 60);
            /* The first one is of a call that has just begun. */
            if (round == 1) {
                first[at] = is.late;
            }
            CHECK(round < 2 || is.late.middle < first[at].middle + GROWTH_MOST);
            CHECK(is.late.high < 150);
            CHECK_EQ(calls[at].spoken.pending, 0);
        }
    }
    for (int at = 0; at < CALLS; at++) {
        audio_call_close(&calls[at]);
    }
}

int main(int argc, char **argv) {
    static const test_case cases[] = {{"two_minutes", two_minutes}};
    return RUN_CASES(cases, argc, argv);
}
