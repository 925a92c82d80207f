/* Clock, naps and figures for the benchmark. */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stddef.h>
#include <stdint.h>

uint64_t now_ns(void);

/* The CPU time of the whole process: what a busy machine changes least. */
uint64_t cpu_ns(void);

/* What a host's loop does between two looks at its connections. */
void nap(void);

/* Samples of one kind; full ones drop what comes later. */
typedef struct samples {
    double *values;
    size_t count;
    size_t most;
} samples;

void samples_begin(samples *set, size_t most);
void samples_add(samples *set, double value);
/* fraction 0.5 is the median. */
double samples_at(samples *set, double fraction);
void samples_end(samples *set);

/* Prints the median as key_median and the 99th percentile as key_p99. */
void print_spread(const char *key, samples *set);

/* One line for programs: a key and its value. */
void print_figure(const char *key, double value);

/* Median of what two readings of the clock with nothing in between differ by, to be taken off
 * the time of a single short call. */
double clock_cost_ns(void);

#endif
