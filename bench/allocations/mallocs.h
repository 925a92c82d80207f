/* Counts what the process takes from the C library's heap. */
#ifndef BENCH_MALLOCS_H
#define BENCH_MALLOCS_H

#include <stdint.h>

/* How many blocks were taken so far, also by the shared libraries of the process. */
uint64_t mallocs(void);

#endif
