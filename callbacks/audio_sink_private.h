/* An audio sink as the two files see it that are about audio sinks. */
#ifndef ML_AUDIO_SINK_PRIVATE_H
#define ML_AUDIO_SINK_PRIVATE_H

#include "callbacks/audio_sink.h"
#include "handles/pool.h"
#include "internal/platform/platform.h"

#define ML_AUDIO_BLOCK_MS 10u
#define ML_AUDIO_BLOCKS_MOST (ML_AUDIO_CACHE_MS_MOST / ML_AUDIO_BLOCK_MS)

/* When blocks are handed over: every 10 ms, by an absolute schedule. */
typedef struct ml_audio_schedule {
    bool begun;
    bool starved;     /* the block that is due is not there */
    uint64_t next_ns; /* when the next block is due */
    uint64_t last_ns; /* when the last one was handed over */
    uint32_t dropped; /* blocks that had no room */

    /* Whether more wait than has to. */
    uint32_t looked;    /* handed over since the count began */
    uint32_t least;     /* that were left then */
    uint32_t early_yet; /* how many more come a little early */
} ml_audio_schedule;

/* A thread that serves a sink, and the memory that it lends to the host. */
typedef struct ml_audio_thread ml_audio_thread;

struct ml_audio_sink {
    ml_pooled pooled;
    ml_mutex lock;
    ml_cond work;  /* for the thread */
    ml_cond quiet; /* a callback has returned */
    uint64_t handle;
    uint64_t epoch;      /* of its instance */
    uint64_t source;     /* under the graph lock */
    ml_audio_sink *next; /* of the same source, under that one's lock */

    MLWebRTCOnAudioSinkDataAvailable on_data; /* NULL: nobody wants it */
    MLWebRTCOnAudioServiceStatus on_status;   /* likewise */
    void *context;

    ml_audio_thread *thread; /* that serves; NULL: none does, or it is to end */
    bool waits_for_block;
    uint64_t running;       /* the callback that runs, by number; 0: none does */
    uint64_t running_token; /* of its thread */

    bool initial_told;
    uint64_t last_flow;
    uint64_t flow;      /* the number of the flow of blocks from one source; 0: none came yet */
    uint64_t told_flow; /* that Started was told of, and Stopped was not */

    ml_sound *blocks[ML_AUDIO_BLOCKS_MOST]; /* a ring */
    uint32_t first;
    uint32_t count;
    bool begins;            /* the next block of the flow is its first one */
    bool heard;             /* the host was handed blocks of the flow, lately */
    bool ends;              /* a flow of which blocks were handed over has ended: it is led to silence */
    uint32_t count_left;    /* blocks of it that wait for that: one or none */
    uint32_t most;          /* the size of the cache */
    uint64_t first_came_ns; /* when the ring became filled */
    ml_audio_schedule schedule;
};

/* All under the sink's lock. */

/* Sees to it that a thread looks at what there is to do. False: no thread could be had. */
bool ml_audio_sink_wake(ml_audio_sink *sink);

/* The oldest block; NULL: none waits. */
ml_sound *ml_audio_sink_take(ml_audio_sink *sink);

#endif
