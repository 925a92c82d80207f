/* The way of a video source's pictures: to its sinks, and to the engine. */
#include "callbacks/source_private.h"

#include "handles/handles.h"

/* What is to be done without the source's lock. */
typedef struct ml_after {
    ml_picture *missed; /* to be released */
    bool rung;          /* the engine is to be told */
} ml_after;

static void do_after(ml_after after) {
    if (after.rung) {
        ml_bell_sound();
    }
    ml_picture_release(after.missed);
}

/* Under the source's lock: to all sinks, and to the engine if it is fed. */
static ml_after hand_out(ml_source *source, ml_picture *picture) {
    ml_after after = {source->newest, false};
    if (after.missed != NULL) {
        /* What the engine missed may have been where it was to begin anew. */
        picture->flags |= after.missed->flags & ML_PICTURE_KEY;
    }
    for (ml_video_sink *sink = source->sinks; sink != NULL; sink = *ml_video_sink_next(sink)) {
        ml_video_sink_show(sink, ml_picture_share(picture));
    }
    if (source->fed) {
        source->newest = ml_picture_share(picture);
        after.rung = ml_bell_queue(&source->bell, ML_OP_SOURCE_PICTURE, source->handle);
    }
    return after;
}

MLResult ml_source_push(uint64_t handle, ml_picture *picture) {
    picture->captured_ns = ml_clock_ns();
    ml_source *source = ml_source_lock(handle);
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
    ml_source *source = ml_source_lock(handle);
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

void ml_source_go_black(uint64_t handle) {
    ml_source *source = ml_source_lock(handle);
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
    source = black == NULL ? NULL : ml_source_lock(handle);
    if (source == NULL) {
        ml_picture_release(black);
        return;
    }
    uint32_t flags;
    bool disabled = ml_handle_flags(handle, ML_KIND_SOURCE, &flags) && (flags & ML_FLAG_ENABLED) == 0;
    ml_after after = {NULL, false};
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

void ml_source_hand_over_last(ml_source *source) {
    if (source->last != NULL) {
        source->newest = ml_picture_share(source->last);
        ml_bell_ring(&source->bell, ML_OP_SOURCE_PICTURE, source->handle);
    }
}

ml_picture *ml_source_take(uint64_t handle) {
    ml_source *source = ml_source_lock(handle);
    if (source == NULL) {
        return NULL;
    }
    ml_picture *newest = source->newest;
    source->newest = NULL;
    ml_mutex_unlock(&source->lock);
    return newest;
}

bool ml_source_attach(uint64_t handle, ml_video_sink *sink) {
    ml_source *source = ml_source_lock(handle);
    if (source == NULL) {
        return false;
    }
    bool fits = source->type == MLWebRTCSourceType_Video;
    if (fits) {
        *ml_video_sink_next(sink) = source->sinks;
        source->sinks = sink;
        if (*ml_video_sink_next(sink) == NULL) {
            ml_source_tell_watched(source);
        }
    }
    ml_mutex_unlock(&source->lock);
    return fits;
}

void ml_source_detach(uint64_t handle, ml_video_sink *sink) {
    ml_source *source = ml_source_lock(handle);
    if (source == NULL) {
        return;
    }
    ml_video_sink **at = &source->sinks;
    while (*at != NULL && *at != sink) {
        at = ml_video_sink_next(*at);
    }
    if (*at != NULL) {
        *at = *ml_video_sink_next(sink);
        if (source->sinks == NULL) {
            ml_source_tell_watched(source);
        }
    }
    ml_mutex_unlock(&source->lock);
}
