/* Two connections in this process with an audio track between them. */
#ifndef BENCH_TALK_H
#define BENCH_TALK_H

#include "bench/c/measure.h"
#include "bench/c/pair.h"

#define AUDIO_RATE 48000
#define CHUNK (AUDIO_RATE / 100) /* 10 ms */
#define CHUNKS 100               /* a second, which is said again and again */

typedef struct talk {
    pair both;
    MLHandle source; /* alice's */
    MLHandle sink;   /* bob's */
    unsigned channels;
    int16_t *second;   /* what is said */
    unsigned pushed;   /* chunks */
    atomic_uint heard; /* callbacks of bob's sink */
} talk;

/* A second of something like a voice on each channel; to be freed. */
int16_t *talk_second(unsigned channels);

/* Returns when bob hears. */
void talk_begin(talk *self, unsigned channels);
void talk_end(talk *self);

/* Pushes 10 ms. */
void talk_push(talk *self);

/* Pushes 10 ms every 10 ms for a time. Adds the time in us that each push took to costs, which may be NULL. */
void talk_run(talk *self, double seconds, samples *costs);

#endif
