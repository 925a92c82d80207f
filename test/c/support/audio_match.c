/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "audio_measure.h"

/* First the whole second is searched at a sixth of the rate, then the best place is made exact. */
enum { COARSE_STEP = 6, COARSE_RATE = HEARD_RATE / COARSE_STEP, WINDOW_MOST = HEARD_RATE };

/* The last signal that was asked for: a second, and what follows it. */
static struct {
    test_signal of;
    unsigned channel;
    bool is_set;
    double fine[2 * HEARD_RATE + 2 * COARSE_STEP];
    double coarse[2 * COARSE_RATE];
    double squares[2 * COARSE_RATE + 1]; /* of coarse, summed up */
} known;

static void prepare(const test_signal *said, unsigned channel) {
    if (known.is_set && known.of.kind == said->kind && known.of.stream == said->stream &&
        known.of.sweeps_to == said->sweeps_to && known.of.level == said->level && known.channel == channel) {
        return;
    }
    known.of = *said;
    known.channel = channel;
    known.is_set = true;
    for (size_t at = 0; at < sizeof known.fine / sizeof *known.fine; at++) {
        known.fine[at] =
            at < HEARD_RATE ? signal_at(said, channel, (double)at / HEARD_RATE) : known.fine[at - HEARD_RATE];
    }
    for (size_t at = 0; at < 2 * COARSE_RATE; at++) {
        known.coarse[at] = 0;
        for (size_t step = 0; step < COARSE_STEP; step++) {
            known.coarse[at] += known.fine[at * COARSE_STEP + step] / COARSE_STEP;
        }
        known.squares[at + 1] = known.squares[at] + known.coarse[at] * known.coarse[at];
    }
}

/* Where in the second it fits best, in samples. */
static size_t coarse_place(const double *samples, size_t count) {
    static double small[WINDOW_MOST / COARSE_STEP];
    size_t length = count / COARSE_STEP;
    for (size_t at = 0; at < length; at++) {
        small[at] = 0;
        for (size_t step = 0; step < COARSE_STEP; step++) {
            small[at] += samples[at * COARSE_STEP + step] / COARSE_STEP;
        }
    }
    double best = -INFINITY;
    size_t best_at = 0;
    for (size_t lag = 0; lag < COARSE_RATE; lag++) {
        double product = 0;
        for (size_t at = 0; at < length; at++) {
            product += small[at] * known.coarse[lag + at];
        }
        double likeness = product / sqrt(known.squares[lag + length] - known.squares[lag] + 1e-9);
        if (likeness > best) {
            best = likeness;
            best_at = lag;
        }
    }
    return best_at * COARSE_STEP;
}

static double correlation(const double *left, const double *right, size_t count) {
    double product = 0;
    double lefts = 1e-12;
    double rights = 1e-12;
    for (size_t at = 0; at < count; at++) {
        product += left[at] * right[at];
        lefts += left[at] * left[at];
        rights += right[at] * right[at];
    }
    return product / sqrt(lefts * rights);
}

/* To the sample. */
static double fine_phase(const double *samples, size_t count) {
    size_t middle = coarse_place(samples, count) + HEARD_RATE;
    double best = -INFINITY;
    size_t best_at = middle;
    for (size_t place = middle - COARSE_STEP; place <= middle + COARSE_STEP; place++) {
        double likeness = correlation(samples, known.fine + place % HEARD_RATE, count);
        if (likeness > best) {
            best = likeness;
            best_at = place;
        }
    }
    return (double)(best_at % HEARD_RATE) / HEARD_RATE;
}

/* How like the samples are to the signal from a moment on, and, if asked for, how much later they would fit better: by
 * least squares, they are gain * (signal + shift * how it changes). */
static match compare(const test_signal *said, unsigned channel, const double *samples, size_t count, double phase,
                     double *shift) {
    const double little = 1e-6;
    double said_said = 1e-12;
    double said_heard = 0;
    double heard_heard = 1e-12;
    double change_change = 1e-12;
    double change_heard = 0;
    double change_said = 0;
    for (size_t at = 0; at < count; at++) {
        double when = phase + (double)at / HEARD_RATE;
        double value = signal_at(said, channel, when);
        double change = shift != NULL ? (signal_at(said, channel, when + little) - value) / little : 0;
        said_said += value * value;
        said_heard += value * samples[at];
        heard_heard += samples[at] * samples[at];
        change_change += change * change;
        change_heard += change * samples[at];
        change_said += change * value;
    }
    if (shift != NULL) {
        double first = said_heard * change_change - change_heard * change_said;
        double second = change_heard * said_said - said_heard * change_said;
        *shift = first > 0 ? second / first : 0;
    }
    double gain = said_heard / said_said;
    double rest = fmax(0, heard_heard - gain * said_heard);
    return (match){.phase = phase - floor(phase),
                   .gain = gain,
                   .correlation = said_heard / sqrt(said_said * heard_heard),
                   .quality = 10 * log10((gain * said_heard + 1e-12) / (rest + 1e-12))};
}

match sound_match(const test_signal *said, unsigned channel, const double *samples, size_t count) {
    CHECK(count >= HEARD_RATE / 50 && count <= WINDOW_MOST);
    prepare(said, channel);
    double shift = 0;
    match best = compare(said, channel, samples, count, fine_phase(samples, count), &shift);
    for (int round = 0; round < 2 && fabs(shift) < 1.0 / HEARD_RATE; round++) {
        match nearer = compare(said, channel, samples, count, best.phase + shift, &shift);
        if (nearer.correlation <= best.correlation) {
            break;
        }
        best = nearer;
    }
    return best;
}
