#include "measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint64_t read_clock(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

uint64_t now_ns(void) { return read_clock(CLOCK_MONOTONIC); }

uint64_t cpu_ns(void) { return read_clock(CLOCK_PROCESS_CPUTIME_ID); }

void nap(void) { nanosleep(&(struct timespec){0, 200 * 1000}, NULL); }

void samples_begin(samples *set, size_t most) {
    *set = (samples){malloc(most * sizeof(double)), 0, most};
    if (set->values == NULL) {
        abort();
    }
}

void samples_add(samples *set, double value) {
    if (set->count < set->most) {
        set->values[set->count++] = value;
    }
}

static int compare(const void *left, const void *right) {
    double difference = *(const double *)left - *(const double *)right;
    return (difference > 0) - (difference < 0);
}

double samples_at(samples *set, double fraction) {
    if (set->count == 0) {
        return 0;
    }
    qsort(set->values, set->count, sizeof(double), compare);
    return set->values[(size_t)(fraction * (double)(set->count - 1))];
}

void samples_end(samples *set) { free(set->values); }

void print_figure(const char *key, double value) {
    printf("%s %.4g\n", key, value);
    fflush(stdout);
}

void print_spread(const char *key, samples *set) {
    char name[64];
    snprintf(name, sizeof name, "%s_median", key);
    print_figure(name, samples_at(set, 0.5));
    snprintf(name, sizeof name, "%s_p99", key);
    print_figure(name, samples_at(set, 0.99));
}

double clock_cost_ns(void) {
    samples costs;
    samples_begin(&costs, 10000);
    for (size_t at = 0; at < costs.most; at++) {
        uint64_t begin = now_ns();
        samples_add(&costs, (double)(now_ns() - begin));
    }
    double median = samples_at(&costs, 0.5);
    samples_end(&costs);
    return median;
}
