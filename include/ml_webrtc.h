/* SPDX-License-Identifier: MIT */

/**
 * @file ml_webrtc.h
 * The whole MLWebRTC interface. Each part may be included alone.
 */
#ifndef ML_WEBRTC_H
#define ML_WEBRTC_H

/** The release that this header belongs to. The interface is frozen, so a library of any other release will do. */
#define ML_WEBRTC_VERSION "0.1.0"

#include "ml_webrtc/audio_sink.h"
#include "ml_webrtc/connection.h"
#include "ml_webrtc/data_channel.h"
#include "ml_webrtc/frame.h"
#include "ml_webrtc/instance.h"
#include "ml_webrtc/source.h"
#include "ml_webrtc/types.h"
#include "ml_webrtc/video_sink.h"

#endif
