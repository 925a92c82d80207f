#include "callbacks/source.h"
#include "capi/check.h"
#include "capi/sink.h"

MLResult MLWebRTCVideoSinkCreate(MLHandle *sink_handle) {
    ML_PRESET(sink_handle, ML_INVALID_HANDLE);
    uint64_t epoch = ml_handles_epoch();
    ML_CHECK_INSTANCE();
    ML_CHECK_PARAM(sink_handle != NULL);
    return ml_sink_new(epoch, ML_KIND_VIDEO_SINK, sink_handle);
}

MLResult MLWebRTCVideoSinkSetSource(MLHandle sink_handle, MLHandle source_handle) {
    ML_CHECK_INSTANCE();
    ML_CHECK_HANDLE(sink_handle, ML_KIND_VIDEO_SINK);
    if (source_handle == ML_INVALID_HANDLE) {
        return MLResult_Ok;
    }
    bool fits = ml_source_is(source_handle, MLWebRTCSourceType_Video);
    return fits ? MLResult_NotImplemented : MLResult_WebRTCMismatchingHandle;
}

/* No frame can have come: a sink has no source yet. */
MLResult MLWebRTCVideoSinkIsNewFrameAvailable(MLHandle sink_handle, MLWebRTCBool *new_frame_available) {
    ML_PRESET(new_frame_available, 0);
    ML_CHECK_INSTANCE();
    ML_CHECK_PARAM(new_frame_available != NULL);
    ML_CHECK_HANDLE(sink_handle, ML_KIND_VIDEO_SINK);
    return MLResult_Ok;
}

MLResult MLWebRTCVideoSinkAcquireNextAvailableFrame(MLHandle sink_handle, MLHandle *frame_handle) {
    ML_PRESET(frame_handle, ML_INVALID_HANDLE);
    ML_CHECK_INSTANCE();
    ML_CHECK_PARAM(frame_handle != NULL);
    ML_CHECK_HANDLE(sink_handle, ML_KIND_VIDEO_SINK);
    return MLResult_Pending;
}

MLResult MLWebRTCVideoSinkReleaseFrame(MLHandle sink_handle, MLHandle frame_handle) {
    ML_CHECK_INSTANCE();
    ML_CHECK_HANDLE(sink_handle, ML_KIND_VIDEO_SINK);
    ML_CHECK_HANDLE(frame_handle, ML_KIND_FRAME);
    return MLResult_NotImplemented;
}

MLResult MLWebRTCVideoSinkDestroy(MLHandle sink_handle) {
    ML_CHECK_INSTANCE();
    ML_CHECK_HANDLE(sink_handle, ML_KIND_VIDEO_SINK);
    return ml_sink_destroy(sink_handle) ? MLResult_Ok : MLResult_WebRTCMismatchingHandle;
}
