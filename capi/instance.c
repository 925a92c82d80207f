#include "callbacks/audio_sink.h"
#include "callbacks/connection.h"
#include "callbacks/debug.h"
#include "callbacks/source.h"
#include "callbacks/video_sink.h"
#include "capi/check.h"
#include "capi/engine.h"
#include "handles/text.h"
#include "internal/picture/picture.h"
#include "internal/sound/sound.h"

/* One instance begins or ends at a time. */
static ml_mutex lifecycle;

__attribute__((constructor(102))) static void instance_init(void) { ml_mutex_init(&lifecycle); }

#define EXIT_PATIENCE_NS (UINT64_C(1) * 1000 * 1000 * 1000)

/* The process ends: what the host has sent and closed goes out first, within a bounded time. */
static void flush(void) { ml_connections_wait_closed(ml_clock_ns() + EXIT_PATIENCE_NS); }

/* On Windows a destructor would come when the engine's threads are gone. */
#ifndef _WIN32
__attribute__((destructor)) static void flush_at_exit(void) { flush(); }
#endif

/* With the lifecycle's lock. */
static void note_exit(void) {
#ifdef _WIN32
    static bool noted;
    if (!noted) {
        noted = true;
        ml_at_exit(flush);
    }
#endif
}

typedef struct sweep {
    const void *here;
    uint64_t deadline_ns;
} sweep;

static void end_connection(uint64_t handle, void *argument) {
    const sweep *with = argument;
    ml_connection_destroy(handle, with->here, with->deadline_ns);
}

static void end_source(uint64_t handle, void *argument) {
    const sweep *with = argument;
    ml_source_destroy(handle, true, with->here, with->deadline_ns);
}

static void end_video_sink(uint64_t handle, void *argument) {
    (void)argument;
    ml_video_sink_destroy(handle);
}

static void end_audio_sink(uint64_t handle, void *argument) {
    const sweep *with = argument;
    ml_audio_sink_destroy(handle, with->deadline_ns);
}

/* Ends all handles; afterwards nothing of the old instance reaches a callback. */
static void drop_everything(const void *here) {
    sweep with = {here, ml_destroy_deadline()};
    ml_handles_close();
    ml_debug_end(with.deadline_ns);
    ml_handles_visit(ML_KIND_CONNECTION, end_connection, &with);
    ml_handles_visit(ML_KIND_SOURCE, end_source, &with);
    ml_handles_visit(ML_KIND_VIDEO_SINK, end_video_sink, NULL);
    ml_frames_drop_orphans();
    ml_handles_visit(ML_KIND_AUDIO_SINK, end_audio_sink, &with);
    ml_connections_sweep(here);
    ml_text_free_orphans();
    ml_request_call(ML_OP_INSTANCE_DESTROY, 0, NULL);
    ml_pictures_trim();
    ml_sounds_trim();
}

static MLResult create(const MLWebRTCDebugUtils *utils, const void *here) {
    ml_mutex_lock(&lifecycle);
    if (ml_handles_is_open()) {
        drop_everything(here);
    }
    ml_debug_begin(utils);
    uint32_t level = ml_debug_level();
    MLResult result = ml_request_call(ML_OP_INSTANCE_CREATE, 0, &level);
    if (result == MLResult_Ok) {
        ml_handles_open();
        note_exit();
    } else {
        ml_debug_end(ml_destroy_deadline());
    }
    ml_mutex_unlock(&lifecycle);
    return result;
}

MLResult MLWebRTCInstanceCreate(void) { return create(NULL, ML_HERE); }

MLResult MLWebRTCInstanceCreateWithDebugUtils(const MLWebRTCDebugUtils *debug_utils) {
    ML_CHECK_PARAM(debug_utils != NULL);
    return create(debug_utils, ML_HERE);
}

MLResult MLWebRTCInstanceDestroy(void) {
    ml_mutex_lock(&lifecycle);
    bool alive = ml_handles_is_open();
    if (alive) {
        drop_everything(ML_HERE);
    }
    ml_mutex_unlock(&lifecycle);
    return alive ? MLResult_Ok : MLResult_WebRTCInstanceNotCreated;
}
