/* A source as the two files see it that are about sources. */
#ifndef ML_SOURCE_PRIVATE_H
#define ML_SOURCE_PRIVATE_H

#include "callbacks/running.h"
#include "callbacks/source.h"
#include "callbacks/video_sink.h"
#include "handles/pool.h"
#include "handles/text.h"
#include "internal/platform/platform.h"
#include "internal/request/request.h"

struct ml_source {
    ml_pooled pooled;
    ml_mutex lock;
    ml_cond quiet; /* an OnSetEnabled has returned */
    uint64_t handle;
    int32_t type;
    MLWebRTCAppDefinedSourceEventCallbacks callbacks;
    ml_text *track_id;
    ml_running runs[ML_SOURCE_RUNS]; /* OnSetEnabled, by thread */
    unsigned waiters;

    uint64_t connection; /* that a remote source belongs to; 0: a local one */
    bool added;          /* the engine wants to know of its end */
    ml_request bell;

    ml_video_sink *sinks;
    bool fed;
    ml_picture *newest; /* for the engine to take */
    ml_picture *last;   /* that was pushed: all that a source shows whose picture does not change */
    bool anew;          /* the next picture does not continue the last one */
};

/* Locks the source that handle names; NULL if there is none. */
ml_source *ml_source_lock(uint64_t handle);

/* A source that is disabled shows one black picture of the size it had, and then nothing. */
void ml_source_go_black(uint64_t handle);

#endif
