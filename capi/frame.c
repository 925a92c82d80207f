#include "capi/check.h"

MLResult MLWebRTCFrameGetData(MLHandle frame_handle, MLWebRTCFrame *frame) {
    if (frame != NULL) {
        frame->frame_data = NULL;
    }
    ML_CHECK_INSTANCE();
    ML_CHECK_PARAM(frame != NULL);
    ML_CHECK_HANDLE(frame_handle, ML_KIND_FRAME);
    return MLResult_NotImplemented;
}
