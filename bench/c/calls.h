/* What single calls cost the thread that makes them. */
#ifndef BENCH_CALLS_H
#define BENCH_CALLS_H

/* Prints its figures. */
void measure_calls(void);

#endif
