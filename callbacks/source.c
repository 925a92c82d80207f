#include "callbacks/source.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "callbacks/running.h"
#include "callbacks/video_sink.h"
#include "handles/handles.h"
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

bool ml_source_is_local(uint64_t handle) {
    ml_source *source = lock_source(handle);
    if (source == NULL) {
        return false;
    }
    bool local = source->connection == 0;
    ml_mutex_unlock(&source->lock);
    return local;
}

/* What is to be done without the source's lock. */
typedef struct ml_after {
    ml_picture *missed; /* to be released */
    int alarm;          /* to be sounded */
} ml_after;

static void do_after(ml_after after) {
    ml_bell_sound(after.alarm);
    ml_picture_release(after.missed);
}

/* Under the source's lock: to all sinks, and to the engine if it is fed. */
static ml_after hand_out(ml_source *source, ml_picture *picture) {
    ml_after after = {source->newest, -1};
    if (after.missed != NULL) {
        /* What the engine missed may have been where it was to begin anew. */
        picture->flags |= after.missed->flags & ML_PICTURE_KEY;
    }
    for (ml_video_sink *sink = source->sinks; sink != NULL; sink = *ml_video_sink_next(sink)) {
        ml_video_sink_show(sink, ml_picture_share(picture));
    }
    if (source->fed) {
        source->newest = ml_picture_share(picture);
        after.alarm = ml_bell_queue(&source->bell, ML_OP_SOURCE_PICTURE, source->handle);
    }
    return after;
}

MLResult ml_source_push(uint64_t handle, ml_picture *picture) {
    picture->captured_ns = ml_clock_ns();
    ml_source *source = lock_source(handle);
    if (source == NULL || source->connection != 0 || source->type != MLWebRTCSourceType_Video) {
        if (source != NULL) {
            ml_mutex_unlock(&source->lock);
        }
        ml_picture_release(picture);
        return MLResult_WebRTCMismatchingHandle;
    }
    uint32_t flags;
    if (!ml_handle_flags(handle, ML_KIND_SOURCE, &flags) || (flags & ML_FLAG_ENABLED) == 0) {
        ml_mutex_unlock(&source->lock);
        ml_picture_release(picture);
        return MLResult_Ok;
    }
    if (source->anew) {
        picture->flags |= ML_PICTURE_KEY;
        source->anew = false;
    }
    ml_after after = hand_out(source, picture);
    ml_picture *last = source->last;
    source->last = picture;
    ml_mutex_unlock(&source->lock);
    do_after(after);
    ml_picture_release(last);
    return MLResult_Ok;
}

bool ml_source_publish(uint64_t handle, ml_picture *picture) {
    ml_source *source = lock_source(handle);
    if (source == NULL) {
        ml_picture_release(picture);
        return false;
    }
    uint32_t flags;
    bool enabled = ml_handle_flags(handle, ML_KIND_SOURCE, &flags) && (flags & ML_FLAG_ENABLED) != 0;
    ml_picture *last = NULL;
    if (enabled) {
        hand_out(source, picture);
        last = source->last;
        source->last = picture;
    }
    ml_mutex_unlock(&source->lock);
    ml_picture_release(enabled ? last : picture);
    return true;
}

/* A source that is disabled shows one black picture of the size it had, and then nothing. */
static void go_black(uint64_t handle) {
    ml_source *source = lock_source(handle);
    if (source == NULL) {
        return;
    }
    ml_picture *shown = source->last != NULL ? ml_picture_share(source->last) : NULL;
    ml_mutex_unlock(&source->lock);
    if (shown == NULL) {
        return;
    }
    ml_picture *black = ml_picture_black(shown->width, shown->height);
    if (black != NULL) {
        black->flags = ML_PICTURE_KEY;
        black->captured_ns = ml_clock_ns();
        /* Its time stamp is on the clock of the others. */
        black->time_us = shown->time_us + 1 + (black->captured_ns - shown->captured_ns) / 1000;
    }
    ml_picture_release(shown);
    source = black == NULL ? NULL : lock_source(handle);
    if (source == NULL) {
        ml_picture_release(black);
        return;
    }
    uint32_t flags;
    bool disabled = ml_handle_flags(handle, ML_KIND_SOURCE, &flags) && (flags & ML_FLAG_ENABLED) == 0;
    ml_after after = {NULL, -1};
    ml_picture *last = black;
    if (disabled) {
        source->anew = true;
        after = hand_out(source, black);
        last = source->last;
        source->last = black;
    }
    ml_mutex_unlock(&source->lock);
    do_after(after);
    ml_picture_release(last);
}

bool ml_source_note_added(uint64_t handle) {
    ml_source *source = lock_source(handle);
    if (source == NULL) {
        return false;
    }
    bool local = source->connection == 0;
    source->added = source->added || local;
    ml_mutex_unlock(&source->lock);
    return local;
}

bool ml_source_copy_track_id(uint64_t handle, char *out) {
    ml_source *source = lock_source(handle);
    if (source == NULL) {
        return false;
    }
    snprintf(out, ML_TRACK_ID_ROOM, "%s", source->track_id->text);
    ml_mutex_unlock(&source->lock);
    return true;
}

bool ml_source_feed(uint64_t handle, bool fed) {
    ml_source *source = lock_source(handle);
    if (source == NULL) {
        return false;
    }
    ml_picture *dropped = NULL;
    if (fed && !source->fed && source->last != NULL) {
        source->newest = ml_picture_share(source->last);
        ml_bell_ring(&source->bell, ML_OP_SOURCE_PICTURE, handle);
    } else if (!fed) {
        dropped = source->newest;
        source->newest = NULL;
    }
    source->fed = fed;
    ml_mutex_unlock(&source->lock);
    ml_picture_release(dropped);
    return true;
}

ml_picture *ml_source_take(uint64_t handle) {
    ml_source *source = lock_source(handle);
    if (source == NULL) {
        return NULL;
    }
    ml_picture *newest = source->newest;
    source->newest = NULL;
    ml_mutex_unlock(&source->lock);
    return newest;
}

bool ml_source_watched(uint64_t handle) {
    ml_source *source = lock_source(handle);
    if (source == NULL) {
        return false;
    }
    bool watched = source->sinks != NULL;
    ml_mutex_unlock(&source->lock);
    return watched;
}

bool ml_source_attach(uint64_t handle, ml_video_sink *sink) {
    ml_source *source = lock_source(handle);
    if (source == NULL) {
        return false;
    }
    bool fits = source->type == MLWebRTCSourceType_Video;
    if (fits) {
        *ml_video_sink_next(sink) = source->sinks;
        source->sinks = sink;
        if (source->connection != 0 && *ml_video_sink_next(sink) == NULL) {
            ml_bell_ring(&source->bell, ML_OP_SOURCE_WATCHED, handle);
        }
    }
    ml_mutex_unlock(&source->lock);
    return fits;
}

void ml_source_detach(uint64_t handle, ml_video_sink *sink) {
    ml_source *source = lock_source(handle);
    if (source == NULL) {
        return;
    }
    ml_video_sink **at = &source->sinks;
    while (*at != NULL && *at != sink) {
        at = ml_video_sink_next(*at);
    }
    if (*at != NULL) {
        *at = *ml_video_sink_next(sink);
    }
    if (source->connection != 0 && source->sinks == NULL) {
        ml_bell_ring(&source->bell, ML_OP_SOURCE_WATCHED, handle);
    }
    ml_mutex_unlock(&source->lock);
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
    uint32_t flags = 0;
    ml_handle_flags(handle, ML_KIND_SOURCE, &flags);
    ml_handle_set_flags(handle, enabled ? ML_FLAG_ENABLED : 0, enabled ? 0 : ML_FLAG_ENABLED);
    bool goes_black = source->type == MLWebRTCSourceType_Video && !enabled && (flags & ML_FLAG_ENABLED) != 0;
    uint64_t id = run == NULL ? 0 : ml_running_begin(run, &mark);
    ml_mutex_unlock(&source->lock);
    if (goes_black) {
        go_black(handle);
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

/* Under the source's lock, which it gives up: the handle ends, and with it all that the source holds. */
static void end_locked(ml_source *source) {
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
}

MLResult ml_source_destroy(uint64_t handle, bool silently, const void *here, uint64_t deadline_ns) {
    ml_source *source = lock_source(handle);
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
    ml_source *source = lock_source(handle);
    if (source == NULL) {
        return false;
    }
    end_locked(source);
    ml_pool_give(&pool, source);
    return true;
}

static void end_if_of(uint64_t handle, void *argument) {
    ml_source *source = lock_source(handle);
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
