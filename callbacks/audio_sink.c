#include "callbacks/audio_sink_private.h"

#include "handles/handles.h"

static ml_pool sinks;

/* Locks, in this order: graph, a source's, a sink's. */
static ml_mutex graph;

static void prepare(void *object) {
    ml_audio_sink *sink = object;
    ml_mutex_init(&sink->lock);
    ml_cond_init(&sink->work);
    ml_cond_init(&sink->quiet);
}

__attribute__((constructor(102))) static void audio_sinks_init(void) {
    ml_pool_init(&sinks, sizeof(ml_audio_sink), prepare);
    ml_mutex_init(&graph);
}

uint64_t ml_audio_sinks_in_use(void) { return ml_pool_in_use(&sinks); }

ml_audio_sink **ml_audio_sink_next(ml_audio_sink *sink) { return &sink->next; }

static uint32_t blocks_of(uint32_t milliseconds) {
    milliseconds = milliseconds < ML_AUDIO_CACHE_MS_LEAST ? ML_AUDIO_CACHE_MS_LEAST : milliseconds;
    milliseconds = milliseconds > ML_AUDIO_CACHE_MS_MOST ? ML_AUDIO_CACHE_MS_MOST : milliseconds;
    return milliseconds / ML_AUDIO_BLOCK_MS;
}

static void reset(ml_audio_sink *sink, const MLWebRTCAudioSinkParams *params) {
    bool notifies = params != NULL && params->mode != MLWebRTCBufferNotifyMode_None;
    sink->source = ML_INVALID_HANDLE;
    sink->on_data = notifies ? params->audio_sink_callback : NULL;
    sink->on_status = params != NULL ? params->audio_service_status_callback : NULL;
    sink->context = params != NULL ? params->user_context : NULL;
    sink->thread = NULL;
    sink->waits_for_block = false;
    sink->initial_told = false;
    sink->flow = sink->told_flow = 0;
    sink->first = sink->count = 0;
    sink->begins = sink->heard = sink->ends = false;
    sink->count_left = 0;
    sink->most = blocks_of(ML_AUDIO_CACHE_MS);
    sink->schedule = (ml_audio_schedule){0};
}

MLResult ml_audio_sink_new(uint64_t epoch, const MLWebRTCAudioSinkParams *params, uint64_t *handle) {
    ml_audio_sink *sink = ml_pool_take(&sinks);
    if (sink == NULL) {
        return MLResult_AllocFailed;
    }
    ml_mutex_lock(&sink->lock);
    reset(sink, params);
    sink->epoch = epoch;
    sink->handle = ml_handle_new(epoch, ML_KIND_AUDIO_SINK, sink);
    bool made = sink->handle != 0;
    if (made) {
        *handle = sink->handle;
        if (sink->on_status != NULL && !ml_audio_sink_wake(sink)) {
            made = false;
            ml_handle_retire(sink->handle);
            sink->handle = 0;
            *handle = ML_INVALID_HANDLE;
        }
    }
    ml_mutex_unlock(&sink->lock);
    if (!made) {
        ml_pool_give(&sinks, sink);
        return MLResult_AllocFailed;
    }
    return MLResult_Ok;
}

static ml_audio_sink *lock_sink(uint64_t handle) {
    ml_audio_sink *sink = ml_handle_find(handle, ML_KIND_AUDIO_SINK);
    if (sink == NULL) {
        return NULL;
    }
    ml_mutex_lock(&sink->lock);
    if (sink->handle != handle) {
        ml_mutex_unlock(&sink->lock);
        return NULL;
    }
    return sink;
}

/* Under the graph lock, without which no sink ends. */
static ml_audio_sink *find_sink(uint64_t handle) {
    ml_audio_sink *sink = lock_sink(handle);
    if (sink != NULL) {
        ml_mutex_unlock(&sink->lock);
    }
    return sink;
}

ml_sound *ml_audio_sink_take(ml_audio_sink *sink) {
    if (sink->count == 0) {
        return NULL;
    }
    ml_sound *oldest = sink->blocks[sink->first];
    sink->first = (sink->first + 1) % ML_AUDIO_BLOCKS_MOST;
    sink->count--;
    sink->count_left = 0;
    return oldest;
}

/* Under the sink's lock: what is beyond the cache's size goes, the oldest first. */
static void trim(ml_audio_sink *sink, uint32_t most) {
    while (sink->count > most) {
        ml_sound_release(ml_audio_sink_take(sink));
        sink->schedule.dropped++;
    }
}

static void keep(ml_audio_sink *sink, ml_sound *sound) {
    trim(sink, sink->most - 1);
    if (sink->count == 0) {
        sink->first_came_ns = ml_clock_ns();
    }
    sink->blocks[(sink->first + sink->count) % ML_AUDIO_BLOCKS_MOST] = sound;
    sink->count++;
    if (sink->waits_for_block || sink->thread == NULL) {
        ml_audio_sink_wake(sink); /* and if there is no thread to be had, the next block tries again */
    }
}

void ml_audio_sink_hear(ml_audio_sink *sink, ml_sound *sound) {
    ml_mutex_lock(&sink->lock);
    bool flows = sink->handle != 0;
    if (flows && sink->flow == 0) {
        sink->flow = ++sink->last_flow;
        sink->begins = true;
        if (sink->on_status != NULL) {
            ml_audio_sink_wake(sink);
        }
    }
    bool wanted = flows && sink->on_data != NULL;
    if (wanted) {
        keep(sink, sound);
    }
    ml_mutex_unlock(&sink->lock);
    if (!wanted) {
        ml_sound_release(sound);
    }
}

/* Under the sink's lock: of what waits, no more is handed over than it takes to end without a click. */
static void end_flow(ml_audio_sink *sink) {
    if (sink->heard) {
        sink->ends = true;
        sink->count_left = sink->count > 0 ? 1 : 0;
    }
    sink->flow = 0;
    sink->heard = false;
    while (sink->count > sink->count_left) {
        sink->count--;
        ml_sound_release(sink->blocks[(sink->first + sink->count) % ML_AUDIO_BLOCKS_MOST]);
    }
}

void ml_audio_sink_lose(ml_audio_sink *sink) {
    ml_mutex_lock(&sink->lock);
    if (sink->flow != 0) {
        end_flow(sink);
        if (sink->ends || sink->on_status != NULL) {
            ml_audio_sink_wake(sink);
        }
    }
    ml_mutex_unlock(&sink->lock);
}

/* Under the graph lock. */
static void detach(ml_audio_sink *sink) {
    if (sink->source != ML_INVALID_HANDLE) {
        ml_source_detach_audio(sink->source, sink);
        sink->source = ML_INVALID_HANDLE;
        ml_audio_sink_lose(sink);
    }
}

MLResult ml_audio_sink_set_source(uint64_t handle, uint64_t source) {
    ml_mutex_lock(&graph);
    ml_audio_sink *sink = find_sink(handle);
    bool fits = sink != NULL && (source == ML_INVALID_HANDLE || ml_source_is(source, MLWebRTCSourceType_Audio));
    if (fits && sink->source != source) {
        detach(sink);
        if (source != ML_INVALID_HANDLE) {
            fits = ml_source_attach_audio(source, sink); /* or it ended at this moment */
            sink->source = fits ? source : ML_INVALID_HANDLE;
        }
    }
    ml_mutex_unlock(&graph);
    return fits ? MLResult_Ok : MLResult_WebRTCMismatchingHandle;
}

bool ml_audio_sink_set_cache(uint64_t handle, uint32_t milliseconds) {
    ml_audio_sink *sink = lock_sink(handle);
    if (sink == NULL) {
        return false;
    }
    sink->most = blocks_of(milliseconds);
    trim(sink, sink->most);
    ml_mutex_unlock(&sink->lock);
    return true;
}

bool ml_audio_sink_destroy(uint64_t handle, uint64_t deadline_ns) {
    ml_mutex_lock(&graph);
    ml_audio_sink *sink = find_sink(handle);
    if (sink == NULL) {
        ml_mutex_unlock(&graph);
        return false;
    }
    /* The handle and the thread first, so that nobody is told of what comes then. */
    ml_mutex_lock(&sink->lock);
    ml_handle_retire(handle);
    sink->handle = 0;
    sink->thread = NULL;
    ml_cond_broadcast(&sink->work);
    ml_mutex_unlock(&sink->lock);
    detach(sink);
    ml_mutex_unlock(&graph);
    ml_mutex_lock(&sink->lock);
    trim(sink, 0);
    uint64_t self = ml_thread_token();
    while (sink->running != 0 && sink->running_token != self &&
           ml_cond_wait_until(&sink->quiet, &sink->lock, deadline_ns)) {
    }
    sink->running = 0;
    ml_mutex_unlock(&sink->lock);
    ml_pool_give(&sinks, sink);
    return true;
}
