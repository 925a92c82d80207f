/* SPDX-License-Identifier: MIT */

/* Sound cards whose clocks are off, for two minutes: what is heard does not get later and later, nor does it stop. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "support/audio.h"

enum { CALLS = 4, ROUNDS = 12, ROUND_MS = 10000, BLOCKS = 100 };

/* Parts of a million. From the second round on, 300 of them add up to 30 ms, which is less than a busy machine may do
 * to the delay of any call (TestDrift of internal/audio is exact about them); 2,000 add up to 200 ms. */
static const double off[CALLS] = {300, -300, 2000, -2000};

#define DELAY_MOST 500.0
#define GROWTH_MOST 100.0

/* Rounds in which a call was heard as it should be. The machine may hold all of it up for a moment. */
static int good[CALLS];

typedef struct measured {
    delays late;
    double silent; /* ms without sound */
} measured;

static measured measure(audio_call *call) {
    unsigned count = listener_count(&call->ear);
    CHECK(count > BLOCKS);
    measured is = {.late = audio_delays(&call->ear, &call->spoken, count - BLOCKS, BLOCKS, 0)};
    double *sound = listener_sound(&call->ear, 0, count, 0);
    is.silent = sound_longest_gap(sound, (size_t)count * BLOCK_FRAMES, call->spoken.said.level / 20);
    free(sound);
    /* As many as the time has room for. */
    CHECK(fabs(count * 10.0 - ROUND_MS) < ROUND_MS / 5.0);
    return is;
}

/* The least of a few rounds: the machine may hold all of it up for a moment, which the receiver then waits for, for a
 * while. */
static double least(const double *delays_of, int from, int to) {
    double is = delays_of[from];
    for (int round = from; round < to; round++) {
        is = fmin(is, delays_of[round]);
    }
    return is;
}

static void hear_round(audio_call *calls, int round, double delay[CALLS][ROUNDS]) {
    for (int at = 0; at < CALLS; at++) {
        listener_reset(&calls[at].ear);
    }
    listener_rest(&calls[0].both, ROUND_MS);
    for (int at = 0; at < CALLS; at++) {
        check_about("%+.0f ppm, round %d", off[at], round);
        measured is = measure(&calls[at]);
        char name[64];
        snprintf(name, sizeof name, "%+.0f ppm after %d s", off[at], (round + 1) * ROUND_MS / 1000);
        delays_print(&is.late, name);
        good[at] += is.late.found >= is.late.windows * 7 / 10 && is.late.high < DELAY_MOST && is.silent < 100;
        CHECK_EQ(calls[at].spoken.pending, 0);
        delay[at][round] = is.late.middle;
    }
}

static void two_minutes(void) {
    static audio_call calls[CALLS];
    static double delay[CALLS][ROUNDS];
    test_signal said = signal_of(SIGNAL_NOISE);
    for (int at = 0; at < CALLS; at++) {
        audio_call_open(&calls[at], &said, 1);
        speaker_stop(&calls[at].spoken);
        calls[at].spoken.fast = off[at];
        speaker_run(&calls[at].spoken);
    }
    for (int round = 0; round < ROUNDS; round++) {
        hear_round(calls, round, delay);
    }
    for (int at = 0; at < CALLS; at++) {
        double before = least(delay[at], 1, 4);
        double after = least(delay[at], ROUNDS - 4, ROUNDS);
        check_about("%+.0f ppm", off[at]);
        printf("%+.0f ppm: delay %.1f ms in the first minute, %.1f ms in the last\n", off[at], before, after);
        fflush(stdout);
        CHECK(after < before + GROWTH_MOST);
        CHECK(good[at] >= ROUNDS * 2 / 3);
        audio_call_close(&calls[at]);
    }
}

int main(int argc, char **argv) {
    static const test_case cases[] = {{"two_minutes", two_minutes}};
    return RUN_CASES(cases, argc, argv);
}
