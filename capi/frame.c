#include "callbacks/video_sink.h"

#include "capi/check.h"

MLResult MLWebRTCFrameGetData(MLHandle frame_handle, MLWebRTCFrame *frame) {
    if (frame != NULL) {
        frame->frame_data = NULL;
    }
    ML_CHECK_INSTANCE();
    ML_CHECK_PARAM(frame != NULL);
    return ml_frame_get_data(frame_handle, frame);
}
