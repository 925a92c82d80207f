/* libvpx without anything around it: one thread encodes, with the library's settings, and decodes. */
#ifndef BENCH_CODEC_H
#define BENCH_CODEC_H

#include <stdint.h>

typedef struct codec codec;

/* What was done in some time. */
typedef struct work {
    unsigned pictures;
    uint64_t bytes; /* encoded; not known of the library's */
    uint64_t ns;
    uint64_t cpu_ns;
} work;

codec *codec_new(void);
void codec_free(codec *self);

/* Works for a time at a bit rate and frame rate, after some pictures that do not count. */
void codec_run(codec *self, double seconds, unsigned kilobits, double frame_rate, work *done);

#endif
