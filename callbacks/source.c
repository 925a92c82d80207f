#include "callbacks/source.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "callbacks/running.h"
#include "handles/handles.h"
#include "handles/pool.h"
#include "handles/text.h"

typedef struct ml_source {
    ml_pooled pooled;
    ml_mutex lock;
    ml_cond quiet; /* an OnSetEnabled has returned */
    uint64_t handle;
    int32_t type;
    MLWebRTCAppDefinedSourceEventCallbacks callbacks;
    ml_text *track_id;
    ml_running runs[ML_SOURCE_RUNS]; /* OnSetEnabled, by thread */
    unsigned waiters;
} ml_source;

static ml_pool pool;

static void prepare(void *object) {
    ml_source *source = object;
    ml_mutex_init(&source->lock);
    ml_cond_init(&source->quiet);
}

__attribute__((constructor(102))) static void sources_init(void) { ml_pool_init(&pool, sizeof(ml_source), prepare); }

uint64_t ml_sources_in_use(void) { return ml_pool_in_use(&pool); }

/* Unique in this process and, by the clock, beside those of other processes. */
static void make_track_id(char *out, size_t size) {
    static _Atomic uint64_t last;
    snprintf(out, size, "track-%" PRIx64 "-%" PRIx64, ml_clock_ns(), atomic_fetch_add(&last, 1) + 1);
}

MLResult ml_source_new(uint64_t epoch, int32_t type, const MLWebRTCAppDefinedSourceEventCallbacks *callbacks,
                       const char *track_id, uint64_t *handle) {
    char unique[64];
    if (track_id == NULL || track_id[0] == '\0') {
        make_track_id(unique, sizeof unique);
        track_id = unique;
    }
    ml_text *text = ml_text_new(track_id, strlen(track_id));
    ml_source *source = text == NULL ? NULL : ml_pool_take(&pool);
    if (source == NULL) {
        ml_text_drop(text);
        return MLResult_AllocFailed;
    }
    ml_mutex_lock(&source->lock);
    source->type = type;
    source->callbacks = callbacks != NULL ? *callbacks : (MLWebRTCAppDefinedSourceEventCallbacks){0};
    source->track_id = text;
    memset(source->runs, 0, sizeof source->runs);
    source->handle = ml_handle_new(epoch, ML_KIND_SOURCE, source);
    if (source->handle != 0) {
        ml_handle_set_flags(source->handle, ML_FLAG_ENABLED, 0);
        *handle = source->handle;
    }
    bool made = source->handle != 0;
    ml_mutex_unlock(&source->lock);
    if (!made) {
        ml_text_drop(text);
        ml_pool_give(&pool, source);
        return MLResult_AllocFailed;
    }
    return MLResult_Ok;
}

static ml_source *lock_source(uint64_t handle) {
    ml_source *source = ml_handle_find(handle, ML_KIND_SOURCE);
    if (source == NULL) {
        return NULL;
    }
    ml_mutex_lock(&source->lock);
    if (source->handle != handle) {
        ml_mutex_unlock(&source->lock);
        return NULL;
    }
    return source;
}

bool ml_source_type(uint64_t handle, int32_t *type) {
    ml_source *source = lock_source(handle);
    if (source == NULL) {
        return false;
    }
    *type = source->type;
    ml_mutex_unlock(&source->lock);
    return true;
}

bool ml_source_is(uint64_t handle, int32_t type) {
    int32_t is;
    return ml_source_type(handle, &is) && is == type;
}

/* A place for one more run; one whose callback never returned on this thread is free. */
static ml_running *free_run(ml_source *source, const void *here) {
    for (unsigned at = 0; at < ML_SOURCE_RUNS; at++) {
        if (ml_running_look(&source->runs[at], here) == ML_RUNNING_NOT) {
            return &source->runs[at];
        }
    }
    return NULL;
}

MLResult ml_source_set_enabled(uint64_t handle, bool enabled, const void *here) {
    ml_mark mark;
    ml_source *source = lock_source(handle);
    if (source == NULL) {
        return MLResult_WebRTCMismatchingHandle;
    }
    MLWebRTCAppDefinedSourceEventCallbacks callbacks = source->callbacks;
    ml_running *run = callbacks.on_set_enabled == NULL ? NULL : free_run(source, here);
    if (callbacks.on_set_enabled != NULL && run == NULL) {
        ml_mutex_unlock(&source->lock);
        return MLResult_Locked;
    }
    ml_handle_set_flags(handle, enabled ? ML_FLAG_ENABLED : 0, enabled ? 0 : ML_FLAG_ENABLED);
    uint64_t id = run == NULL ? 0 : ml_running_begin(run, &mark);
    ml_mutex_unlock(&source->lock);
    if (run == NULL) {
        return MLResult_Ok;
    }
    callbacks.on_set_enabled(enabled ? 1 : 0, callbacks.context);
    ml_mutex_lock(&source->lock);
    if (run->id == id) {
        run->id = 0;
    }
    if (source->waiters > 0) {
        ml_cond_broadcast(&source->quiet);
    }
    ml_mutex_unlock(&source->lock);
    return MLResult_Ok;
}

MLResult ml_source_lend_track_id(uint64_t handle, char **track_id) {
    ml_source *source = lock_source(handle);
    if (source == NULL) {
        return MLResult_WebRTCMismatchingHandle;
    }
    *track_id = ml_text_lend(source->track_id);
    ml_mutex_unlock(&source->lock);
    return MLResult_Ok;
}

MLResult ml_source_return_track_id(uint64_t handle, const void *track_id) {
    ml_source *source = lock_source(handle);
    if (source == NULL) {
        return MLResult_WebRTCMismatchingHandle;
    }
    bool fine = track_id == NULL || ml_text_return(source->track_id, track_id);
    ml_mutex_unlock(&source->lock);
    return fine ? MLResult_Ok : MLResult_InvalidParam;
}

static bool runs_elsewhere(const ml_source *source, const void *here) {
    for (unsigned at = 0; at < ML_SOURCE_RUNS; at++) {
        if (ml_running_look(&source->runs[at], here) == ML_RUNNING_ELSEWHERE) {
            return true;
        }
    }
    return false;
}

bool ml_source_destroy(uint64_t handle, bool silently, const void *here, uint64_t deadline_ns) {
    ml_source *source = lock_source(handle);
    if (source == NULL) {
        return false;
    }
    ml_handle_retire(handle);
    source->handle = 0;
    ml_text_drop(source->track_id);
    source->track_id = NULL;
    MLWebRTCAppDefinedSourceEventCallbacks callbacks = source->callbacks;
    source->waiters++;
    while (runs_elsewhere(source, here) && ml_cond_wait_until(&source->quiet, &source->lock, deadline_ns)) {
    }
    source->waiters--;
    ml_mutex_unlock(&source->lock);
    ml_pool_give(&pool, source);
    if (!silently && callbacks.on_destroyed != NULL) {
        callbacks.on_destroyed(callbacks.context);
    }
    return true;
}
