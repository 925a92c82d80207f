/*
 * A host's ear: a sink of sound that notes what it is told and checks what holds for every callback, two
 * sources, and what the engine says through them.
 */
#ifndef BORDER_EAR_H
#define BORDER_EAR_H

#include <stdatomic.h>
#include <stdbool.h>

#include "callbacks/source.h"
#include "check.h"
#include "internal/platform/platform.h"
#include "ml_webrtc.h"

#define MS UINT64_C(1000000)
#define BLOCKS 512
#define KEPT 10

typedef enum ear_action {
    STAY,
    BLOCK, /* until it is released */
    DESTROY_SINK,
    DESTROY_SOURCE,
    DESTROY_INSTANCE,
    MOVE, /* to the other source */
    FOREVER
} ear_action;

/* What one sink was told. Written by its thread, read when that is known to be at rest, but for the atomics. */
typedef struct ear {
    MLHandle sink;
    _Atomic unsigned count; /* of blocks */
    unsigned channels;
    double first[BLOCKS]; /* of each block: its first and its last sample */
    double last[BLOCKS];
    double largest_step;
    uint64_t when_ns[BLOCKS];
    const int16_t *lent[KEPT];
    uint64_t thread;
    bool threads_differ;
    _Atomic unsigned status_count;
    uint32_t statuses[64];
    unsigned count_at[64]; /* blocks before that status */
    _Atomic ear_action action;
    uint32_t on_status; /* the action's, plus one; 0: it is the data's */
    _Atomic bool inside, release, ended;
} ear;

extern MLHandle source, other;

void nap(void);

#define AWAIT(condition)                                                                                               \
    do {                                                                                                               \
        uint64_t until = ml_clock_ns() + 20000 * MS;                                                                   \
        while (!(condition)) {                                                                                         \
            CHECK(ml_clock_ns() < until && #condition);                                                                \
            nap();                                                                                                     \
        }                                                                                                              \
    } while (0)

void on_data(const MLAudioBuffer *buffer, const MLAudioBufferFormat *format, void *context);

/* An instance with the two sources. */
void begin(void);
void end(void);
void check_nothing_left(void);

void listen_mode(ear *self, uint32_t mode);
void listen_to(ear *self, MLHandle to);
void destroy(ear *self);
/* The statuses so far, as digits. */
void check_statuses(ear *self, const char *expected);

/* 10 ms of one level for those who listen to a source, as the engine says it. False: it is gone. */
bool say_in(MLHandle to, int16_t level, uint32_t channels);
bool say(MLHandle to, int16_t level);
void say_times(MLHandle to, int16_t level, unsigned times);

#endif
