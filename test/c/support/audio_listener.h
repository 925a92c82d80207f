/* SPDX-License-Identifier: MIT */

/* An audio sink that keeps all that it is given, and checks what must hold for every callback. */
#ifndef SUPPORT_AUDIO_LISTENER_H
#define SUPPORT_AUDIO_LISTENER_H

#include <pthread.h>
#include <stdatomic.h>

#include "audio_measure.h"
#include "pair.h"

enum { BLOCK_FRAMES = HEARD_RATE / 100, STATUSES_MOST = 64, LATELY = 32 };

/* One callback. */
typedef struct heard {
    uint64_t at; /* in microseconds */
    unsigned channels;
    size_t offset; /* of its first sample */
} heard;

/* What must stay readable, and as it was, for 100 ms. */
typedef struct lent {
    const int16_t *samples;
    size_t offset;
    size_t count;
    uint64_t at;
    unsigned era;
} lent;

typedef struct listener {
    uint64_t magic;
    MLHandle sink;
    /* The last thing that happens in the callbacks, on the library's thread and without the lock. It may destroy the
     * sink and poison the listener. */
    void (*on_data)(struct listener *);
    void (*on_status)(struct listener *, uint32_t status);
    void *user;
    pthread_mutex_t lock; /* for all that follows */
    heard *blocks;
    unsigned count;
    unsigned room;
    int16_t *samples;
    size_t sample_count;
    size_t sample_room;
    lent lately[LATELY];
    unsigned era;
    uint64_t total; /* callbacks, whatever was reset */
    pthread_t host;
    pthread_t thread;
    unsigned threads; /* that have called so far */
    uint32_t statuses[STATUSES_MOST];
    unsigned status_count;
    atomic_bool inside;
} listener;

/* A sink of mode NotifyOnly, on no source. */
void listener_create(listener *self);
void listener_create_mode(listener *self, MLWebRTCBufferNotifyMode mode);
void listener_attach(listener *self, MLHandle source);
/* listener_create and listener_attach. */
void listener_open(listener *self, MLHandle source);
/* Destroys the sink; the context is overwritten, as if the application had freed it. */
void listener_destroy(listener *self);
/* Only the overwriting; what was kept is freed. */
void listener_poison(listener *self);

/* How many callbacks are kept. */
unsigned listener_count(listener *self);
/* Forgets what was kept. */
void listener_reset(listener *self);
heard listener_block(listener *self, unsigned at);
/* The channels of the last callback; 0: there was none. */
unsigned listener_channels(listener *self);
unsigned listener_threads(listener *self);

/* The samples of one channel from a block on, which all of these must have; to be freed. */
double *listener_sound(listener *self, unsigned from, unsigned blocks, unsigned channel);

/* The same as they were given, interleaved. */
int16_t *listener_samples(listener *self, unsigned from, unsigned blocks, unsigned *channels);

/* How often a status came, and the last one. */
unsigned listener_statuses(listener *self, uint32_t status);
uint32_t listener_status(listener *self);
/* The statuses in their order, as digits. */
void listener_history(listener *self, char *out, size_t room);

/* The longest time between two callbacks, in milliseconds. */
double listener_longest_wait(listener *self);

/* Until so many more blocks came. both may be NULL, as in the following. */
void listener_hear(listener *self, pair *both, unsigned blocks);
/* For a time. */
void listener_rest(pair *both, uint64_t milliseconds);
/* Until a channel carries this tone and little else, at least 100 ms of it; what was kept before is forgotten. */
void listener_await_tone(listener *self, pair *both, unsigned channel, unsigned hertz);
/* Until 100 ms were silent; what was kept before is forgotten. */
void listener_await_silence(listener *self, pair *both);

#endif
