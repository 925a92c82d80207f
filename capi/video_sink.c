#include "callbacks/video_sink.h"

#include "capi/check.h"

MLResult MLWebRTCVideoSinkCreate(MLHandle *sink_handle) {
    ML_PRESET(sink_handle, ML_INVALID_HANDLE);
    uint64_t epoch = ml_handles_epoch();
    ML_CHECK_INSTANCE();
    ML_CHECK_PARAM(sink_handle != NULL);
    return ml_video_sink_new(epoch, sink_handle);
}

MLResult MLWebRTCVideoSinkSetSource(MLHandle sink_handle, MLHandle source_handle) {
    ML_CHECK_INSTANCE();
    return ml_video_sink_set_source(sink_handle, source_handle);
}

MLResult MLWebRTCVideoSinkIsNewFrameAvailable(MLHandle sink_handle, MLWebRTCBool *new_frame_available) {
    return ml_read_flag(sink_handle, ML_KIND_VIDEO_SINK, ML_FLAG_FRAME, new_frame_available);
}

MLResult MLWebRTCVideoSinkAcquireNextAvailableFrame(MLHandle sink_handle, MLHandle *frame_handle) {
    ML_PRESET(frame_handle, ML_INVALID_HANDLE);
    ML_CHECK_INSTANCE();
    ML_CHECK_PARAM(frame_handle != NULL);
    return ml_video_sink_acquire(sink_handle, frame_handle);
}

MLResult MLWebRTCVideoSinkReleaseFrame(MLHandle sink_handle, MLHandle frame_handle) {
    ML_CHECK_INSTANCE();
    return ml_video_sink_release(sink_handle, frame_handle);
}

MLResult MLWebRTCVideoSinkDestroy(MLHandle sink_handle) {
    ML_CHECK_INSTANCE();
    return ml_video_sink_destroy(sink_handle) ? MLResult_Ok : MLResult_WebRTCMismatchingHandle;
}
