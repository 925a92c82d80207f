#include "callbacks/video_sink.h"

#include "handles/handles.h"
#include "handles/pool.h"
#include "internal/platform/platform.h"

/* A frame that is lent to the host. */
typedef struct ml_lent {
    ml_pooled pooled;
    ml_mutex lock;
    uint64_t handle;
    uint64_t sink; /* that lent it */
    ml_picture *picture;
    MLWebRTCFramePlanes yuv;
    MLWebRTCFramePlanes rgba;
    ml_picture *rgba_pixels; /* once they were asked for */
    struct ml_lent *next_orphan;
} ml_lent;

struct ml_video_sink {
    ml_pooled pooled;
    ml_mutex lock;
    uint64_t handle;
    uint64_t source;     /* under the graph lock */
    ml_video_sink *next; /* of the same source, under that one's lock */
    ml_picture *newest;
    ml_lent *lent[ML_LENT_MOST]; /* the oldest first */
    unsigned lent_count;
};

static ml_pool sinks;
static ml_pool frames;

/* Locks, in this order: graph, a source's, a sink's, a frame's. */
static ml_mutex graph;

/* Frames whose sinks are gone. */
static struct {
    ml_mutex lock;
    ml_lent *oldest;
    ml_lent *youngest;
    unsigned count;
} orphans;

static void prepare_sink(void *object) { ml_mutex_init(&((ml_video_sink *)object)->lock); }
static void prepare_frame(void *object) { ml_mutex_init(&((ml_lent *)object)->lock); }

__attribute__((constructor(102))) static void video_sinks_init(void) {
    ml_pool_init(&sinks, sizeof(ml_video_sink), prepare_sink);
    ml_pool_init(&frames, sizeof(ml_lent), prepare_frame);
    ml_mutex_init(&graph);
    ml_mutex_init(&orphans.lock);
}

uint64_t ml_video_sinks_in_use(void) { return ml_pool_in_use(&sinks); }
uint64_t ml_frames_in_use(void) { return ml_pool_in_use(&frames); }

ml_video_sink **ml_video_sink_next(ml_video_sink *sink) { return &sink->next; }

MLResult ml_video_sink_new(uint64_t epoch, uint64_t *handle) {
    ml_video_sink *sink = ml_pool_take(&sinks);
    if (sink == NULL) {
        return MLResult_AllocFailed;
    }
    ml_mutex_lock(&sink->lock);
    sink->source = ML_INVALID_HANDLE;
    sink->handle = ml_handle_new(epoch, ML_KIND_VIDEO_SINK, sink);
    bool made = sink->handle != 0;
    if (made) {
        *handle = sink->handle;
    }
    ml_mutex_unlock(&sink->lock);
    if (!made) {
        ml_pool_give(&sinks, sink);
        return MLResult_AllocFailed;
    }
    return MLResult_Ok;
}

static ml_video_sink *lock_sink(uint64_t handle) {
    ml_video_sink *sink = ml_handle_find(handle, ML_KIND_VIDEO_SINK);
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
static ml_video_sink *find_sink(uint64_t handle) {
    ml_video_sink *sink = lock_sink(handle);
    if (sink != NULL) {
        ml_mutex_unlock(&sink->lock);
    }
    return sink;
}

/* Under the sink's lock. */
static ml_picture *take_newest(ml_video_sink *sink) {
    ml_picture *newest = sink->newest;
    sink->newest = NULL;
    if (newest != NULL && sink->handle != 0) {
        ml_handle_set_flags(sink->handle, 0, ML_FLAG_FRAME);
    }
    return newest;
}

void ml_video_sink_show(ml_video_sink *sink, ml_picture *picture) {
    ml_mutex_lock(&sink->lock);
    ml_picture *missed = sink->newest;
    if (sink->handle != 0) {
        sink->newest = picture;
        if (missed == NULL) {
            ml_handle_set_flags(sink->handle, ML_FLAG_FRAME, 0);
        }
    } else {
        missed = picture;
    }
    ml_mutex_unlock(&sink->lock);
    ml_picture_release(missed);
}

/* Under the graph lock. */
static void detach(ml_video_sink *sink) {
    if (sink->source != ML_INVALID_HANDLE) {
        ml_source_detach(sink->source, sink);
        sink->source = ML_INVALID_HANDLE;
    }
}

MLResult ml_video_sink_set_source(uint64_t handle, uint64_t source) {
    ml_mutex_lock(&graph);
    ml_video_sink *sink = find_sink(handle);
    bool fits = sink != NULL && (source == ML_INVALID_HANDLE || ml_source_is(source, MLWebRTCSourceType_Video));
    if (fits && sink->source != source) {
        detach(sink);
        ml_mutex_lock(&sink->lock);
        ml_picture *stale = take_newest(sink);
        ml_mutex_unlock(&sink->lock);
        ml_picture_release(stale);
        if (source != ML_INVALID_HANDLE) {
            fits = ml_source_attach(source, sink); /* or it ended at this moment */
            sink->source = fits ? source : ML_INVALID_HANDLE;
        }
    }
    ml_mutex_unlock(&graph);
    return fits ? MLResult_Ok : MLResult_WebRTCMismatchingHandle;
}

/* The frame ends; nobody else knows it any more. */
static void end_frame(ml_lent *frame) {
    ml_mutex_lock(&frame->lock);
    ml_handle_retire(frame->handle);
    frame->handle = 0;
    ml_picture *picture = frame->picture;
    ml_picture *rgba_pixels = frame->rgba_pixels;
    frame->picture = frame->rgba_pixels = NULL;
    ml_mutex_unlock(&frame->lock);
    ml_picture_release(picture);
    ml_picture_release(rgba_pixels);
    ml_pool_give(&frames, frame);
}

static ImagePlaneInfoNative tight_plane(const uint8_t *pixels, uint32_t width, uint32_t height, uint32_t step) {
    return (ImagePlaneInfoNative){.width = width,
                                  .height = height,
                                  .stride = width * step,
                                  .bytes_per_pixel = step,
                                  .image_data_ptr = pixels,
                                  .size = width * height * step};
}

static ml_lent *new_frame(uint64_t sink, ml_picture *picture) {
    ml_lent *frame = ml_pool_take(&frames);
    if (frame == NULL) {
        return NULL;
    }
    ml_mutex_lock(&frame->lock);
    uint32_t chroma_width = ml_picture_chroma(picture->width);
    uint32_t chroma_height = ml_picture_chroma(picture->height);
    frame->sink = sink;
    frame->picture = picture;
    frame->yuv = (MLWebRTCFramePlanes){.plane_count = 3};
    frame->yuv.image_planes[0] = tight_plane(picture->y, picture->width, picture->height, 1);
    frame->yuv.image_planes[1] = tight_plane(picture->u, chroma_width, chroma_height, 1);
    frame->yuv.image_planes[2] = tight_plane(picture->v, chroma_width, chroma_height, 1);
    frame->handle = ml_handle_new(ml_handles_epoch(), ML_KIND_FRAME, frame);
    bool made = frame->handle != 0;
    if (!made) {
        frame->picture = NULL;
    }
    ml_mutex_unlock(&frame->lock);
    if (!made) {
        ml_pool_give(&frames, frame);
        return NULL;
    }
    return frame;
}

/* Under the sink's lock. */
static void forget(ml_video_sink *sink, unsigned at) {
    sink->lent_count--;
    for (; at < sink->lent_count; at++) {
        sink->lent[at] = sink->lent[at + 1];
    }
}

MLResult ml_video_sink_acquire(uint64_t handle, uint64_t *frame) {
    ml_video_sink *sink = lock_sink(handle);
    if (sink == NULL) {
        return MLResult_WebRTCMismatchingHandle;
    }
    if (sink->newest == NULL) {
        ml_mutex_unlock(&sink->lock);
        return MLResult_Pending;
    }
    ml_lent *fresh = new_frame(handle, sink->newest);
    if (fresh == NULL) {
        ml_mutex_unlock(&sink->lock);
        return MLResult_AllocFailed;
    }
    take_newest(sink);
    ml_lent *oldest = NULL;
    if (sink->lent_count == ML_LENT_MOST) {
        oldest = sink->lent[0];
        forget(sink, 0);
    }
    sink->lent[sink->lent_count++] = fresh;
    *frame = fresh->handle;
    ml_mutex_unlock(&sink->lock);
    if (oldest != NULL) {
        end_frame(oldest);
    }
    return MLResult_Ok;
}

static ml_lent *take_orphan(uint64_t sink, uint64_t handle) {
    ml_mutex_lock(&orphans.lock);
    ml_lent *previous = NULL;
    ml_lent *frame = orphans.oldest;
    while (frame != NULL && (frame->handle != handle || frame->sink != sink)) {
        previous = frame;
        frame = frame->next_orphan;
    }
    if (frame != NULL) {
        *(previous == NULL ? &orphans.oldest : &previous->next_orphan) = frame->next_orphan;
        if (orphans.youngest == frame) {
            orphans.youngest = previous;
        }
        orphans.count--;
    }
    ml_mutex_unlock(&orphans.lock);
    return frame;
}

MLResult ml_video_sink_release(uint64_t handle, uint64_t frame) {
    ml_lent *found = NULL;
    ml_video_sink *sink = lock_sink(handle);
    if (sink == NULL) {
        found = frame == 0 ? NULL : take_orphan(handle, frame);
    } else {
        for (unsigned at = 0; at < sink->lent_count && found == NULL; at++) {
            if (sink->lent[at]->handle == frame) {
                found = sink->lent[at];
                forget(sink, at);
            }
        }
        ml_mutex_unlock(&sink->lock);
    }
    if (found == NULL) {
        return MLResult_WebRTCMismatchingHandle;
    }
    end_frame(found);
    return MLResult_Ok;
}

/* Gives the frame that had to make room. */
static ml_lent *add_orphan(ml_lent *frame) {
    ml_lent *oldest = NULL;
    frame->next_orphan = NULL;
    if (orphans.youngest == NULL) {
        orphans.oldest = frame;
    } else {
        orphans.youngest->next_orphan = frame;
    }
    orphans.youngest = frame;
    if (++orphans.count > ML_ORPHANS_MOST) {
        oldest = orphans.oldest;
        orphans.oldest = oldest->next_orphan;
        orphans.count--;
    }
    return oldest;
}

bool ml_video_sink_destroy(uint64_t handle) {
    ml_mutex_lock(&graph);
    ml_video_sink *sink = find_sink(handle);
    if (sink == NULL) {
        ml_mutex_unlock(&graph);
        return false;
    }
    detach(sink);
    ml_mutex_lock(&sink->lock);
    ml_picture *newest = take_newest(sink);
    ml_lent *too_many[ML_LENT_MOST];
    ml_mutex_lock(&orphans.lock);
    unsigned lent = sink->lent_count;
    for (unsigned at = 0; at < lent; at++) {
        too_many[at] = add_orphan(sink->lent[at]);
    }
    ml_mutex_unlock(&orphans.lock);
    sink->lent_count = 0;
    ml_handle_retire(handle);
    sink->handle = 0;
    ml_mutex_unlock(&sink->lock);
    ml_mutex_unlock(&graph);
    ml_picture_release(newest);
    for (unsigned at = 0; at < lent; at++) {
        if (too_many[at] != NULL) {
            end_frame(too_many[at]);
        }
    }
    ml_pool_give(&sinks, sink);
    return true;
}

void ml_frames_drop_orphans(void) {
    ml_mutex_lock(&orphans.lock);
    ml_lent *frame = orphans.oldest;
    orphans.oldest = orphans.youngest = NULL;
    orphans.count = 0;
    ml_mutex_unlock(&orphans.lock);
    while (frame != NULL) {
        ml_lent *next = frame->next_orphan;
        end_frame(frame);
        frame = next;
    }
}

/* Under the frame's lock, which nobody waits for but those who want this very frame. */
static bool make_rgba(ml_lent *frame) {
    if (frame->rgba_pixels != NULL) {
        return true;
    }
    const ml_picture *picture = frame->picture;
    frame->rgba_pixels = ml_picture_new_rgba(picture->width, picture->height);
    if (frame->rgba_pixels == NULL) {
        return false;
    }
    ml_picture_to_rgba(picture, frame->rgba_pixels->y);
    frame->rgba = (MLWebRTCFramePlanes){.plane_count = 1};
    frame->rgba.image_planes[0] = tight_plane(frame->rgba_pixels->y, picture->width, picture->height, 4);
    return true;
}

MLResult ml_frame_get_data(uint64_t handle, MLWebRTCFrame *out) {
    ml_lent *frame = ml_handle_find(handle, ML_KIND_FRAME);
    if (frame == NULL) {
        return MLResult_WebRTCMismatchingHandle;
    }
    MLResult result = MLResult_Ok;
    ml_mutex_lock(&frame->lock);
    if (frame->handle != handle) {
        result = MLResult_WebRTCMismatchingHandle;
    } else if (out->format == MLWebRTCOutputFormat_YUV_420_888) {
        out->frame_data = &frame->yuv;
    } else if (out->format != MLWebRTCOutputFormat_RGBA_8888) {
        result = MLResult_WebRTCInvalidFrameFormat;
    } else if (make_rgba(frame)) {
        out->frame_data = &frame->rgba;
    } else {
        result = MLResult_AllocFailed;
    }
    if (result == MLResult_Ok) {
        out->time_stamp = frame->picture->time_us;
    }
    ml_mutex_unlock(&frame->lock);
    return result;
}
