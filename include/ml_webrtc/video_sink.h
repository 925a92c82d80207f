/* SPDX-License-Identifier: MIT */

/**
 * @file video_sink.h
 * Video sinks: they show the newest frame of a video source to the application, which asks for it.
 */
#ifndef ML_WEBRTC_VIDEO_SINK_H
#define ML_WEBRTC_VIDEO_SINK_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Creates a sink that is attached to no source.
 *
 * Thread: any.
 *
 * @param sink_handle out: the sink, to be destroyed with MLWebRTCVideoSinkDestroy
 * @retval MLResult_Ok                       the sink is there
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_InvalidParam             sink_handle is NULL
 * @retval MLResult_AllocFailed              no memory
 */
ML_WEBRTC_API MLResult MLWebRTCVideoSinkCreate(MLHandle *sink_handle);

/**
 * Attaches the sink to a video source, in place of the one before, of which no frame waits any more then. Frames of a
 * local source arrive unencoded. Several sinks may show one source. When a source ends, the frame that waits can still
 * be acquired.
 *
 * Thread: any.
 *
 * @param sink_handle   the sink
 * @param source_handle a local or remote video source; #ML_INVALID_HANDLE detaches the sink
 * @retval MLResult_Ok                       the sink is attached or detached
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_WebRTCMismatchingHandle  no such sink, or source_handle is no video source; nothing is changed
 */
ML_WEBRTC_API MLResult MLWebRTCVideoSinkSetSource(MLHandle sink_handle, MLHandle source_handle);

/**
 * Says whether a frame waits that was not acquired yet.
 *
 * Thread: any.
 *
 * @param sink_handle         the sink
 * @param new_frame_available out: 1 if a frame waits, else 0; written on failure too
 * @retval MLResult_Ok                       new_frame_available is the answer
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_InvalidParam             new_frame_available is NULL
 * @retval MLResult_WebRTCMismatchingHandle  no such sink
 */
ML_WEBRTC_API MLResult MLWebRTCVideoSinkIsNewFrameAvailable(MLHandle sink_handle, MLWebRTCBool *new_frame_available);

/**
 * Lends the newest frame; only the newest one waits in a sink. A rotation that the peer announced (3GPP TS 26.114
 * section 7.4.5, coordination of video orientation) is applied.
 *
 * Up to 4 frames of a sink may be lent at a time: acquiring a fifth takes the oldest back, whose handle is stale then.
 * A caller that releases its frames may hold them as long as it likes. Frames stay lent when their sink is destroyed;
 * of those, 16 at most in the whole process.
 *
 * Thread: any.
 *
 * @param sink_handle  the sink
 * @param frame_handle out: the frame, for MLWebRTCFrameGetData; to be given back with MLWebRTCVideoSinkReleaseFrame
 * @retval MLResult_Ok                       the frame is lent
 * @retval MLResult_Pending                  no new frame waits; frame_handle is #ML_INVALID_HANDLE
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_InvalidParam             frame_handle is NULL
 * @retval MLResult_WebRTCMismatchingHandle  no such sink
 * @retval MLResult_AllocFailed              no memory; the frame still waits
 */
ML_WEBRTC_API MLResult MLWebRTCVideoSinkAcquireNextAvailableFrame(MLHandle sink_handle, MLHandle *frame_handle);

/**
 * Gives a frame back; its handle and its memory end. The sink may be destroyed already.
 *
 * Thread: any.
 *
 * @param sink_handle  the sink that lent the frame
 * @param frame_handle the frame
 * @retval MLResult_Ok                       the frame is given back
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_WebRTCMismatchingHandle  no such sink, or the frame is not lent by it: 0, released already, or
 *                                           taken back
 */
ML_WEBRTC_API MLResult MLWebRTCVideoSinkReleaseFrame(MLHandle sink_handle, MLHandle frame_handle);

/**
 * Detaches and destroys the sink. Frames that it has lent stay readable until they are given back to it.
 *
 * Thread: any.
 *
 * @param sink_handle the sink
 * @retval MLResult_Ok                       the sink is gone
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_WebRTCMismatchingHandle  no such sink
 */
ML_WEBRTC_API MLResult MLWebRTCVideoSinkDestroy(MLHandle sink_handle);

#ifdef __cplusplus
}
#endif

#endif
