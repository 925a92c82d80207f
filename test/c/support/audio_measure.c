/* SPDX-License-Identifier: MIT */
#include "audio_measure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PI 3.14159265358979323846
/* Nothing is left but rounding. */
#define QUALITY_MOST 150.0

enum { UNKNOWNS_MOST = 2 * SIGNAL_CHANNELS + 1 };

double sound_rms(const double *samples, size_t count) {
    double sum = 0;
    for (size_t at = 0; at < count; at++) {
        sum += samples[at] * samples[at];
    }
    return count > 0 ? sqrt(sum / (double)count) : 0;
}

double sound_peak(const double *samples, size_t count) {
    double most = 0;
    for (size_t at = 0; at < count; at++) {
        most = fmax(most, fabs(samples[at]));
    }
    return most;
}

double sound_level_of(const double *samples, size_t count, unsigned hertz) {
    double angle = 2 * PI * hertz / HEARD_RATE;
    double factor = 2 * cos(angle);
    double last = 0;
    double before = 0;
    for (size_t at = 0; at < count; at++) {
        double next = samples[at] + factor * last - before;
        before = last;
        last = next;
    }
    return 2 / (double)count * sqrt(fmax(0, last * last + before * before - factor * last * before));
}

static double decibels(double signal_power, double rest) {
    if (signal_power <= 0) {
        return -QUALITY_MOST;
    }
    return rest <= 0 ? QUALITY_MOST : fmin(QUALITY_MOST, 10 * log10(signal_power / rest));
}

/* Solves a symmetric, positive system in place (elimination with the largest pivot). */
static void solve(double system[][UNKNOWNS_MOST + 1], unsigned size) {
    for (unsigned column = 0; column < size; column++) {
        unsigned best = column;
        for (unsigned row = column + 1; row < size; row++) {
            best = fabs(system[row][column]) > fabs(system[best][column]) ? row : best;
        }
        double row_of_best[UNKNOWNS_MOST + 1];
        memcpy(row_of_best, system[best], sizeof row_of_best);
        memcpy(system[best], system[column], sizeof row_of_best);
        memcpy(system[column], row_of_best, sizeof row_of_best);
        CHECK(fabs(system[column][column]) > 0);
        for (unsigned row = 0; row < size; row++) {
            double times = row != column ? system[row][column] / system[column][column] : 0;
            for (unsigned at = column; times != 0 && at <= size; at++) {
                system[row][at] -= times * system[column][at];
            }
        }
    }
    for (unsigned row = 0; row < size; row++) {
        system[row][size] /= system[row][row];
    }
}

/* Sine and cosine of each tone at a moment, and 1 for what does not move. */
static void bases_at(size_t at, const unsigned *hertz, unsigned tones, double *bases) {
    for (unsigned tone = 0; tone < tones; tone++) {
        double angle = 2 * PI * hertz[tone] * ((double)at / HEARD_RATE);
        bases[2 * tone] = sin(angle);
        bases[2 * tone + 1] = cos(angle);
    }
    bases[2 * tones] = 1;
}

double sound_fit_tones(const double *samples, size_t count, const unsigned *hertz, unsigned tones, double *amplitudes) {
    CHECK(tones <= SIGNAL_CHANNELS && count > 0);
    unsigned size = 2 * tones + 1;
    double system[UNKNOWNS_MOST][UNKNOWNS_MOST + 1] = {{0}};
    double bases[UNKNOWNS_MOST];
    for (size_t at = 0; at < count; at++) {
        bases_at(at, hertz, tones, bases);
        for (unsigned row = 0; row < size; row++) {
            for (unsigned column = 0; column < size; column++) {
                system[row][column] += bases[row] * bases[column];
            }
            system[row][size] += bases[row] * samples[at];
        }
    }
    solve(system, size);
    double rest = 0;
    double power = 0;
    for (size_t at = 0; at < count; at++) {
        double fitted = 0;
        bases_at(at, hertz, tones, bases);
        for (unsigned row = 0; row < size; row++) {
            fitted += system[row][size] * bases[row];
        }
        rest += (samples[at] - fitted) * (samples[at] - fitted);
    }
    for (unsigned tone = 0; tone < tones; tone++) {
        double amplitude = hypot(system[2 * tone][size], system[2 * tone + 1][size]);
        power += amplitude * amplitude / 2;
        if (amplitudes != NULL) {
            amplitudes[tone] = amplitude;
        }
    }
    return decibels(power, rest / (double)count);
}

static int by_value(const void *left, const void *right) {
    const double *a = left;
    const double *b = right;
    return (*a > *b) - (*a < *b);
}

double quantile(double *values, size_t count, double share) {
    CHECK(count > 0);
    qsort(values, count, sizeof *values, by_value);
    size_t at = (size_t)(share * (double)count);
    return values[at < count ? at : count - 1];
}

double sound_tone_quality(const double *samples, size_t count, unsigned hertz, double share) {
    enum { WINDOW = HEARD_RATE / 10 };
    size_t windows = count / WINDOW;
    CHECK(windows > 0);
    double *values = calloc(windows, sizeof *values);
    CHECK(values != NULL);
    for (size_t at = 0; at < windows; at++) {
        values[at] = sound_fit_tones(samples + at * WINDOW, WINDOW, &hertz, 1, NULL);
    }
    double found = quantile(values, windows, share);
    free(values);
    return found;
}

/* What a pure tone leaves of itself after this filter is nothing, and a jump stays. */
unsigned sound_clicks(const double *samples, size_t count, unsigned hertz, double level) {
    const size_t together = HEARD_RATE / 200;
    double factor = 2 * cos(2 * PI * hertz / HEARD_RATE);
    unsigned clicks = 0;
    size_t last = 0;
    for (size_t at = 2; at < count; at++) {
        double left = samples[at] - factor * samples[at - 1] + samples[at - 2];
        if (fabs(left) > 0.3 * level) {
            clicks += last == 0 || at - last > together;
            last = at;
        }
    }
    return clicks;
}

double sound_longest_gap(const double *samples, size_t count, double level) {
    enum { STEP = HEARD_RATE / 200 };
    unsigned longest = 0;
    unsigned run = 0;
    for (size_t at = 0; at + STEP <= count; at += STEP) {
        run = sound_peak(samples + at, STEP) < level ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return 5.0 * longest;
}
