/* Two connections in this process with a video track between them. */
#ifndef BENCH_CALL_H
#define BENCH_CALL_H

#include "bench/c/measure.h"
#include "bench/c/pair.h"

#define REMEMBERED 1024

typedef struct call {
    pair both;
    MLHandle source;                /* alice's */
    MLHandle sink;                  /* bob's */
    unsigned pushed;                /* pictures so far: the next one's number */
    uint64_t pushed_at[REMEMBERED]; /* by number, around */
    unsigned smaller;               /* pictures that came out smaller than they were pushed */
} call;

/* Returns when the first picture has come out of the sink. */
void call_begin(call *self);
void call_end(call *self);

void call_push(call *self);

/* The number of the frame that waits in the sink, which is given back at once; -1: there is none. */
int call_take(call *self);

/* Pushes 30 pictures a second for a time and takes what comes out; adds the time in ms that
 * each one took to latencies, which may be NULL. Gives how many came out. */
unsigned call_run(call *self, double seconds, samples *latencies);

#endif
