/* What a data channel carries. */
#ifndef BENCH_MESSAGES_H
#define BENCH_MESSAGES_H

#include "pair.h"

/* Messages of size bytes that arrive per second, one thread per side. */
double messages_per_second(uint64_t size, double seconds);

/* Median time until a message of 64 bytes has come back. */
double ping_pong_us(int rounds);

#endif
