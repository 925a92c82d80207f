/*
 * Video sinks: the newest picture of a source waits here for the host, which acquires it as a frame,
 * a picture that is lent under a handle.
 */
#ifndef ML_VIDEO_SINK_H
#define ML_VIDEO_SINK_H

#include <stdbool.h>
#include <stdint.h>

#include "callbacks/source.h"
#include "internal/picture/picture.h"
#include "ml_webrtc/frame.h"

/* Frames of one sink that may be lent at a time. */
#define ML_LENT_MOST 4

/* Frames whose sinks are gone (the C# that exists gives none back): beyond these the oldest is taken back. */
#define ML_ORPHANS_MOST 16

MLResult ml_video_sink_new(uint64_t epoch, uint64_t *handle);
/* source is a video source's handle, or ML_INVALID_HANDLE to detach. */
MLResult ml_video_sink_set_source(uint64_t handle, uint64_t source);
MLResult ml_video_sink_acquire(uint64_t handle, uint64_t *frame);
MLResult ml_video_sink_release(uint64_t handle, uint64_t frame);
bool ml_video_sink_destroy(uint64_t handle);

MLResult ml_frame_get_data(uint64_t handle, MLWebRTCFrame *out);

/* The instance ends: frames whose sinks are gone are taken back. */
void ml_frames_drop_orphans(void);

uint64_t ml_video_sinks_in_use(void);
uint64_t ml_frames_in_use(void);

/* For source.c, under the source's lock: takes over the reference. */
void ml_video_sink_show(ml_video_sink *sink, ml_picture *picture);
ml_video_sink **ml_video_sink_next(ml_video_sink *sink);

#endif
