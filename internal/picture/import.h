/* Frames of the host, as MLWebRTCSourceAppDefinedVideoSourcePushFrame takes them. */
#ifndef ML_PICTURE_IMPORT_H
#define ML_PICTURE_IMPORT_H

#include "internal/picture/picture.h"
#include "ml_webrtc/frame.h"

/* Checks a frame, whose frame_data is not NULL, and copies its pixels. Reads no byte beyond what the
 * planes say they have. */
MLResult ml_picture_import(const MLWebRTCFrame *frame, ml_picture **picture);

#endif
