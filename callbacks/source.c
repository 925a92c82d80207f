#include "callbacks/source_private.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "handles/handles.h"

static ml_pool pool;

static void prepare(void *object) {
    ml_source *source = object;
    ml_mutex_init(&source->lock);
    ml_mutex_init(&source->push_lock);
    ml_cond_init(&source->quiet);
}

__attribute__((constructor(102))) static void sources_init(void) { ml_pool_init(&pool, sizeof(ml_source), prepare); }

uint64_t ml_sources_in_use(void) { return ml_pool_in_use(&pool); }

/* Unique in this process and, by the clock, beside those of other processes. */
static void make_track_id(char *out, size_t size) {
    static _Atomic uint64_t last;
    snprintf(out, size, "track-%" PRIx64 "-%" PRIx64, ml_clock_ns(), atomic_fetch_add(&last, 1) + 1);
}

static MLResult make(uint64_t epoch, int32_t type, const MLWebRTCAppDefinedSourceEventCallbacks *callbacks,
                     const char *track_id, uint64_t connection, uint64_t *handle) {
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
    source->connection = connection;
    source->added = false;
    source->fed = false;
    source->anew = false;
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

MLResult ml_source_new(uint64_t epoch, int32_t type, const MLWebRTCAppDefinedSourceEventCallbacks *callbacks,
                       const char *track_id, uint64_t *handle) {
    char unique[64];
    if (track_id == NULL || track_id[0] == '\0') {
        make_track_id(unique, sizeof unique);
        track_id = unique;
    }
    return make(epoch, type, callbacks, track_id, 0, handle);
}

MLResult ml_source_new_remote(uint64_t epoch, int32_t type, uint64_t connection, const char *track_id,
                              uint64_t *handle) {
    return make(epoch, type, NULL, track_id, connection, handle);
}

ml_source *ml_source_lock(uint64_t handle) {
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
    ml_source *source = ml_source_lock(handle);
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

bool ml_source_is_local(uint64_t handle) {
    ml_source *source = ml_source_lock(handle);
    if (source == NULL) {
        return false;
    }
    bool local = source->connection == 0;
    ml_mutex_unlock(&source->lock);
    return local;
}

/* Pictures of a local source reach its sinks without the engine, sound is played out by it. */
static bool engine_serves_sinks(const ml_source *source) {
    return source->connection != 0 || source->type == MLWebRTCSourceType_Audio;
}

void ml_source_tell_watched(ml_source *source) {
    if (engine_serves_sinks(source)) {
        source->added = source->added || source->connection == 0;
        ml_bell_ring(&source->watch_bell, ML_OP_SOURCE_WATCHED, source->handle);
    }
}

bool ml_source_watched(uint64_t handle) {
    ml_source *source = ml_source_lock(handle);
    if (source == NULL) {
        return false;
    }
    bool watched = source->sinks != NULL || source->audio_sinks != NULL;
    ml_mutex_unlock(&source->lock);
    return watched;
}

bool ml_source_feed(uint64_t handle, bool fed) {
    ml_source *source = ml_source_lock(handle);
    if (source == NULL) {
        return false;
    }
    ml_picture *dropped = NULL;
    if (fed && !source->fed) {
        source->feed_number++;
        ml_source_hand_over_last(source);
    } else if (!fed) {
        ml_source_stop_feeding_sound(source);
        dropped = source->newest;
        source->newest = NULL;
    }
    source->fed = fed;
    ml_mutex_unlock(&source->lock);
    ml_picture_release(dropped);
    return true;
}

bool ml_source_note_added(uint64_t handle) {
    ml_source *source = ml_source_lock(handle);
    if (source == NULL) {
        return false;
    }
    bool local = source->connection == 0;
    source->added = source->added || local;
    ml_mutex_unlock(&source->lock);
    return local;
}

bool ml_source_copy_track_id(uint64_t handle, char *out) {
    ml_source *source = ml_source_lock(handle);
    if (source == NULL) {
        return false;
    }
    snprintf(out, ML_TRACK_ID_ROOM, "%s", source->track_id->text);
    ml_mutex_unlock(&source->lock);
    return true;
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
    ml_source *source = ml_source_lock(handle);
    if (source == NULL) {
        return MLResult_WebRTCMismatchingHandle;
    }
    MLWebRTCAppDefinedSourceEventCallbacks callbacks = source->callbacks;
    ml_running *run = callbacks.on_set_enabled == NULL ? NULL : free_run(source, here);
    if (callbacks.on_set_enabled != NULL && run == NULL) {
        ml_mutex_unlock(&source->lock);
        return MLResult_Locked;
    }
    uint32_t flags = 0;
    ml_handle_flags(handle, ML_KIND_SOURCE, &flags);
    ml_handle_set_flags(handle, enabled ? ML_FLAG_ENABLED : 0, enabled ? 0 : ML_FLAG_ENABLED);
    bool goes_black = source->type == MLWebRTCSourceType_Video && !enabled && (flags & ML_FLAG_ENABLED) != 0;
    uint64_t id = run == NULL ? 0 : ml_running_begin(run, &mark);
    ml_mutex_unlock(&source->lock);
    if (goes_black) {
        ml_source_go_black(handle);
    }
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
    ml_source *source = ml_source_lock(handle);
    if (source == NULL) {
        return MLResult_WebRTCMismatchingHandle;
    }
    *track_id = ml_text_lend(source->track_id);
    ml_mutex_unlock(&source->lock);
    return MLResult_Ok;
}

MLResult ml_source_return_track_id(uint64_t handle, const void *track_id) {
    ml_source *source = ml_source_lock(handle);
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

/* Under the source's lock, which it gives up: the handle ends, and with it all that the source holds. */
static void end_locked(ml_source *source) {
    /* Before the handle ends: until then none of them can. */
    ml_source_silence_sinks(source);
    ml_source_stop_feeding_sound(source);
    ml_handle_retire(source->handle);
    source->handle = 0;
    ml_text_drop(source->track_id);
    source->track_id = NULL;
    source->sinks = NULL;
    ml_picture *newest = source->newest;
    ml_picture *last = source->last;
    source->newest = NULL;
    source->last = NULL;
    ml_mutex_unlock(&source->lock);
    ml_picture_release(newest);
    ml_picture_release(last);
    ml_source_drop_intake(source);
}

MLResult ml_source_destroy(uint64_t handle, bool silently, const void *here, uint64_t deadline_ns) {
    ml_source *source = ml_source_lock(handle);
    if (source == NULL) {
        return MLResult_WebRTCMismatchingHandle;
    }
    if (source->connection != 0 && !silently) {
        ml_mutex_unlock(&source->lock);
        return MLResult_InvalidParam;
    }
    MLWebRTCAppDefinedSourceEventCallbacks callbacks = source->callbacks;
    bool added = source->added;
    source->waiters++;
    end_locked(source);
    ml_mutex_lock(&source->lock);
    while (runs_elsewhere(source, here) && ml_cond_wait_until(&source->quiet, &source->lock, deadline_ns)) {
    }
    source->waiters--;
    ml_mutex_unlock(&source->lock);
    ml_pool_give(&pool, source);
    if (silently) {
        return MLResult_Ok;
    }
    if (added) {
        ml_request_call(ML_OP_SOURCE_DESTROYED, handle, NULL);
    }
    if (callbacks.on_destroyed != NULL) {
        callbacks.on_destroyed(callbacks.context);
    }
    return MLResult_Ok;
}

bool ml_source_end_remote(uint64_t handle) {
    ml_source *source = ml_source_lock(handle);
    if (source == NULL) {
        return false;
    }
    end_locked(source);
    ml_pool_give(&pool, source);
    return true;
}

static void end_if_of(uint64_t handle, void *argument) {
    ml_source *source = ml_source_lock(handle);
    if (source == NULL) {
        return;
    }
    if (source->connection != *(const uint64_t *)argument) {
        ml_mutex_unlock(&source->lock);
        return;
    }
    end_locked(source);
    ml_pool_give(&pool, source);
}

void ml_sources_end_of(uint64_t connection) { ml_handles_visit(ML_KIND_SOURCE, end_if_of, &connection); }
