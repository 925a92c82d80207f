/* SPDX-License-Identifier: MIT */

/* Pushes a signal into an app-defined audio source as a sound card would: so many samples a second, in chunks, each
 * when its last sample was recorded. */
#ifndef SUPPORT_AUDIO_SPEAKER_H
#define SUPPORT_AUDIO_SPEAKER_H

#include <pthread.h>
#include <stdatomic.h>

#include "audio_signal.h"

typedef enum sample_kind { SAMPLE_INT16, SAMPLE_INT32, SAMPLE_FLOAT, SAMPLE_KINDS } sample_kind;

const char *sample_name(sample_kind kind);

/* What an application says of such samples. */
MLAudioBufferFormat sound_format(unsigned channels, unsigned rate, sample_kind kind);

/* A second of the signal, interleaved, beginning with a second of the clock; to be freed. */
void *sound_second(const test_signal *said, unsigned channels, unsigned rate, sample_kind kind);

/* Frames of it from a place on, once round and more; out has room for them. */
void sound_cut(const void *second, unsigned channels, unsigned rate, sample_kind kind, size_t from, size_t frames,
               void *out);
size_t sample_size(sample_kind kind);

MLResult sound_push(MLHandle source, const void *samples, size_t frames, const MLAudioBufferFormat *format);

typedef struct speaker {
    MLHandle source;
    test_signal said;
    unsigned channels;
    unsigned rate;
    sample_kind kind;
    const unsigned *chunks; /* frames of each chunk in turn, up to a 0; NULL: 10 ms each */
    double fast;            /* how many parts of a million the card runs fast */
    atomic_bool may_fail;   /* the source may be gone: what PushData says then is no matter of the thread's */
    uint64_t start;         /* in microseconds: when the clocks of card and machine were the same */
    pthread_t thread;
    atomic_bool running;
    atomic_uint_fast64_t pushed;  /* frames */
    atomic_uint_fast64_t pending; /* calls that were refused for too much that waits, and made again */
    atomic_uint_fast64_t latest;  /* the most that a push came late, in microseconds */
} speaker;

/* How most tests speak: 48 kHz, 16 bits, 10 ms. */
void speaker_start(speaker *self, MLHandle source, const test_signal *said, unsigned channels);
/* The fields up to may_fail are set already. */
void speaker_run(speaker *self);
void speaker_stop(speaker *self);

/* What the card's clock shows at a moment of the machine's clock (microseconds), as a phase of the signal in seconds.
 */
double speaker_phase(const speaker *self, uint64_t now);

#endif
