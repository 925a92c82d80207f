/* What a data channel carries. */
#ifndef BENCH_MESSAGES_H
#define BENCH_MESSAGES_H

#include "pair.h"

typedef struct message_rate {
    double per_second;
    double cpu_us; /* of the process, per message */
} message_rate;

/* Messages of size bytes that arrive, with one thread per side. */
message_rate measure_rate(uint64_t size, double seconds);

/* Median time until a message of 64 bytes has come back. */
double ping_pong_us(int rounds);

#endif
