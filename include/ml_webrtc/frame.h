/* SPDX-License-Identifier: MIT */

/**
 * @file frame.h
 * Video frames: what MLWebRTCSourceAppDefinedVideoSourcePushFrame takes and what a video sink lends.
 */
#ifndef ML_WEBRTC_FRAME_H
#define ML_WEBRTC_FRAME_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** How the pixels of a frame lie in memory: MLWebRTCFrame.format. */
typedef enum MLWebRTCOutputFormat {
    MLWebRTCOutputFormat_YUV_420_888 = 0, /**< Y, U, V; chroma at half size; BT.601 limited range */
    MLWebRTCOutputFormat_RGBA_8888 = 1,   /**< one plane, four bytes a pixel: red, green, blue, alpha */
    MLWebRTCOutputFormat_NativeBuffer = 2 /**< a buffer of the platform, described by MLWebRTCNativeFrameInfo */
} MLWebRTCOutputFormat;

/** One plane of pixels. */
typedef struct ImagePlaneInfoNative {
    uint32_t width;             /**< in pixels of this plane */
    uint32_t height;            /**< in rows of this plane */
    uint32_t stride;            /**< bytes from one row to the next */
    uint32_t bytes_per_pixel;   /**< bytes from one pixel to the next: 1, 2 for interleaved chroma, 4 for RGBA */
    const void *image_data_ptr; /**< the first pixel of the top row */
    uint32_t size;              /**< readable bytes from image_data_ptr on */
} ImagePlaneInfoNative;

/** The planes of a frame in one of the two formats that lie in memory. */
typedef struct MLWebRTCFramePlanes {
    uint8_t plane_count;                  /**< 3 for YUV_420_888, 1 for RGBA_8888 */
    ImagePlaneInfoNative image_planes[3]; /**< entries beyond plane_count have no meaning, but can be read */
} MLWebRTCFramePlanes;

/** A frame in a buffer of the platform. */
typedef struct MLWebRTCNativeFrameInfo {
    uint32_t width;                /**< in pixels */
    uint32_t height;               /**< in pixels */
    float transform[16];           /**< matrix from texture coordinates to the image */
    uint64_t surface_handle;       /**< the platform's surface */
    uint64_t native_buffer_handle; /**< the platform's buffer */
} MLWebRTCNativeFrameInfo;

/** A video frame. */
typedef struct MLWebRTCFrame {
    uint32_t version;       /**< 2 */
    const void *frame_data; /**< an MLWebRTCFramePlanes, or for NativeBuffer an MLWebRTCNativeFrameInfo */
    uint64_t time_stamp;    /**< in microseconds */
    int32_t format;         /**< an MLWebRTCOutputFormat */
} MLWebRTCFrame;

/**
 * Shows the pixels of a frame that a video sink lent. The caller sets version to 2, frame_data to NULL and format to
 * the format wanted; the library fills in frame_data, time_stamp and format.
 *
 * frame_data is then a pointer to an MLWebRTCFramePlanes of the library, all of whose bytes can be read. YUV planes
 * are tight: stride = width, size = width x height, bytes_per_pixel 1. Struct and pixels are the library's; they stay
 * valid and unchanged until MLWebRTCVideoSinkReleaseFrame, or until the sink takes the frame back (see
 * MLWebRTCVideoSinkAcquireNextAvailableFrame), also if the sink, the source or the connection is destroyed before.
 *
 * Thread: any.
 *
 * @param frame_handle a frame of MLWebRTCVideoSinkAcquireNextAvailableFrame
 * @param frame        in: the format wanted; out: the frame; on failure frame_data is NULL
 * @retval MLResult_Ok                       frame is filled in
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_InvalidParam             frame is NULL
 * @retval MLResult_WebRTCMismatchingHandle  no such frame, or it was released or taken back
 * @retval MLResult_WebRTCInvalidFrameFormat format is NativeBuffer or unknown
 * @retval MLResult_AllocFailed              no memory for the converted pixels
 */
ML_WEBRTC_API MLResult MLWebRTCFrameGetData(MLHandle frame_handle, MLWebRTCFrame *frame);

#ifdef __cplusplus
}
#endif

#endif
