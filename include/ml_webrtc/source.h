/* SPDX-License-Identifier: MIT */

/**
 * @file source.h
 * Sources of audio and video: the application's own, the machine's devices, and the peer's tracks.
 *
 * W3C Media Capture and Streams, "MediaStreamTrack". Local sources are made and destroyed by the application and may
 * be on several connections; remote sources are made by a connection (MLWebRTCOnTrackAdded) and end with it.
 */
#ifndef ML_WEBRTC_SOURCE_H
#define ML_WEBRTC_SOURCE_H

#include "frame.h"
#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What a source carries. */
typedef enum MLWebRTCSourceType { MLWebRTCSourceType_Audio = 0, MLWebRTCSourceType_Video = 1 } MLWebRTCSourceType;

/** Where an application takes its audio from: for the application's own use, no function takes it. */
typedef enum MLWebRTCAudioType {
    MLWebRTCAudioType_None = 0,
    MLWebRTCAudioType_Microphone = 1,
    MLWebRTCAudioType_Defined = 2
} MLWebRTCAudioType;

/** Where an application takes its video from: for the application's own use, no function takes it. */
typedef enum MLWebRTCVideoType {
    MLWebRTCVideoType_None = 0,
    MLWebRTCVideoType_MLCamera = 1,
    MLWebRTCVideoType_MLMRCamera = 2,
    MLWebRTCVideoType_VirtualOnly = 3
} MLWebRTCVideoType;

/** Which camera to open: MLCameraConnectContext.cam_id. */
typedef enum MLCameraIdentifier { MLCameraIdentifier_Main = 0, MLCameraIdentifier_CV = 1 } MLCameraIdentifier;

/** What the pictures show: MLCameraConnectContext.flags. */
typedef enum MLCameraConnectFlag {
    MLCameraConnectFlag_CamOnly = 0,     /**< the camera's picture */
    MLCameraConnectFlag_VirtualOnly = 1, /**< the rendered content */
    MLCameraConnectFlag_MR = 2           /**< the rendered content over the camera's picture */
} MLCameraConnectFlag;

/** MLCameraMRConnectInfo.frame_rate. */
typedef enum MLCameraCaptureFrameRate {
    MLCameraCaptureFrameRate_None = 0,
    MLCameraCaptureFrameRate_15FPS = 1,
    MLCameraCaptureFrameRate_30FPS = 2,
    MLCameraCaptureFrameRate_60FPS = 3
} MLCameraCaptureFrameRate;

/** Width and height in pixels: MLCameraMRConnectInfo.mr_quality. */
typedef enum MLCameraMRQuality {
    MLCameraMRQuality_648x720 = 1,
    MLCameraMRQuality_972x1080 = 2,
    MLCameraMRQuality_1944x2160 = 3,
    MLCameraMRQuality_960x720 = 4,
    MLCameraMRQuality_1440x1080 = 5,
    MLCameraMRQuality_2880x2160 = 6
} MLCameraMRQuality;

/** MLCameraMRConnectInfo.mr_blend_type. */
typedef enum MLCameraMRBlendType { MLCameraMRBlendType_Additive = 1 } MLCameraMRBlendType;

/** How rendered content and camera are put together. */
typedef struct MLCameraMRConnectInfo {
    int32_t mr_quality;    /**< an MLCameraMRQuality */
    int32_t mr_blend_type; /**< an MLCameraMRBlendType */
    int32_t frame_rate;    /**< an MLCameraCaptureFrameRate */
} MLCameraMRConnectInfo;

/** Which camera to open, and how. */
typedef struct MLCameraConnectContext {
    uint32_t version;               /**< 1 */
    int32_t cam_id;                 /**< an MLCameraIdentifier */
    int32_t flags;                  /**< an MLCameraConnectFlag */
    MLWebRTCBool enable_video_stab; /**< steady the picture if the camera can */
    MLCameraMRConnectInfo mr_info;  /**< counts if flags is not CamOnly */
} MLCameraConnectContext;

/** A source as MLWebRTCOnTrackAdded announces it. */
typedef struct MLWebRTCSource {
    uint32_t version; /**< 1 */
    int32_t type;     /**< an MLWebRTCSourceType */
    MLHandle handle;  /**< the source */
} MLWebRTCSource;

/**
 * MLWebRTCSourceSetEnabled was called for an app-defined source. Invoked once for each such call, from inside it, on
 * the thread that called it; not at creation.
 *
 * @param enabled 0 or 1
 * @param context MLWebRTCAppDefinedSourceEventCallbacks.context
 */
typedef void (*MLWebRTCOnSetEnabled)(MLWebRTCBool enabled, void *context);

/**
 * An app-defined source was destroyed. Invoked once, from inside MLWebRTCSourceDestroy, on the thread that called it;
 * not when the instance ends.
 *
 * @param context MLWebRTCAppDefinedSourceEventCallbacks.context, which is not used any more afterwards
 */
typedef void (*MLWebRTCOnDestroyed)(void *context);

/** What to invoke for an app-defined source. */
typedef struct MLWebRTCAppDefinedSourceEventCallbacks {
    uint32_t version;                    /**< 1 */
    void *context;                       /**< handed to each callback */
    MLWebRTCOnSetEnabled on_set_enabled; /**< may be NULL */
    MLWebRTCOnDestroyed on_destroyed;    /**< may be NULL */
} MLWebRTCAppDefinedSourceEventCallbacks;

/** How to make an app-defined audio source. */
typedef struct MLWebRTCAppDefinedSourceParams {
    uint32_t version;                                        /**< 1 */
    const MLWebRTCAppDefinedSourceEventCallbacks *callbacks; /**< may be NULL; copied */
    const char *track_name; /**< the id of its track, at most 1 KiB; NULL or empty: the library makes a unique one */
} MLWebRTCAppDefinedSourceParams;

/**
 * Creates a video source whose frames the application pushes. It is enabled at first, and its track has a unique id.
 *
 * Thread: any. The callbacks are invoked from inside MLWebRTCSourceSetEnabled and MLWebRTCSourceDestroy.
 *
 * @param callbacks     copied during the call; may be NULL
 * @param source_handle out: the source, to be destroyed with MLWebRTCSourceDestroy
 * @retval MLResult_Ok                       the source is there
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_InvalidParam             source_handle is NULL
 * @retval MLResult_AllocFailed              no memory
 */
ML_WEBRTC_API MLResult MLWebRTCSourceCreateAppDefinedVideoSource(
    const MLWebRTCAppDefinedSourceEventCallbacks *callbacks, MLHandle *source_handle);

/**
 * Creates an audio source whose samples the application pushes. It is enabled at first, and its track has a unique id.
 * The older form of MLWebRTCSourceCreateAppDefinedAudioSourceEx.
 *
 * Thread: any. The callbacks are invoked from inside MLWebRTCSourceSetEnabled and MLWebRTCSourceDestroy.
 *
 * @param callbacks     copied during the call; may be NULL
 * @param source_handle out: the source, to be destroyed with MLWebRTCSourceDestroy
 * @retval MLResult_Ok                       the source is there
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_InvalidParam             source_handle is NULL
 * @retval MLResult_AllocFailed              no memory
 */
ML_WEBRTC_API MLResult MLWebRTCSourceCreateAppDefinedAudioSource(
    const MLWebRTCAppDefinedSourceEventCallbacks *callbacks, MLHandle *source_handle);

/**
 * Creates an audio source whose samples the application pushes. It is enabled at first.
 *
 * Thread: any. The callbacks are invoked from inside MLWebRTCSourceSetEnabled and MLWebRTCSourceDestroy.
 *
 * @param source_params callbacks and track id; copied during the call and not written to
 * @param source_handle out: the source, to be destroyed with MLWebRTCSourceDestroy
 * @retval MLResult_Ok                       the source is there
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_InvalidParam             source_params or source_handle is NULL, or track_name is longer than 1 KiB
 * @retval MLResult_AllocFailed              no memory
 */
ML_WEBRTC_API MLResult MLWebRTCSourceCreateAppDefinedAudioSourceEx(const MLWebRTCAppDefinedSourceParams *source_params,
                                                                   MLHandle *source_handle);

/**
 * Creates a source for the machine's microphone; its track has a unique id. The older form of
 * MLWebRTCSourceCreateLocalSourceForMicrophoneEx.
 *
 * Thread: any.
 *
 * @param source_handle out: the source, to be destroyed with MLWebRTCSourceDestroy
 * @retval MLResult_Ok                       the source is there
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_InvalidParam             source_handle is NULL
 * @retval MLResult_UnspecifiedFailure       the machine has no microphone that works; a debug message says why
 * @retval MLResult_NotImplemented           this build of the library opens no microphones
 * @retval MLResult_AllocFailed              no memory
 */
ML_WEBRTC_API MLResult MLWebRTCSourceCreateLocalSourceForMicrophone(MLHandle *source_handle);

/**
 * Creates a source for the machine's microphone.
 *
 * Thread: any.
 *
 * @param track_name    the id of the source's track; NULL or empty: the library makes a unique one; copied
 * @param source_handle out: the source, to be destroyed with MLWebRTCSourceDestroy
 * @retval MLResult_Ok                       the source is there
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_InvalidParam             source_handle is NULL
 * @retval MLResult_UnspecifiedFailure       the machine has no microphone that works; a debug message says why
 * @retval MLResult_NotImplemented           this build of the library opens no microphones
 * @retval MLResult_AllocFailed              no memory
 */
ML_WEBRTC_API MLResult MLWebRTCSourceCreateLocalSourceForMicrophoneEx(const char *track_name, MLHandle *source_handle);

/**
 * Creates a source for one of the machine's cameras; its track has a unique id.
 *
 * Thread: any.
 *
 * @param input_context which camera, and how; copied during the call
 * @param source_handle out: the source, to be destroyed with MLWebRTCSourceDestroy
 * @retval MLResult_Ok                       the source is there
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_InvalidParam             input_context or source_handle is NULL
 * @retval MLResult_UnspecifiedFailure       the machine has no such camera that works; a debug message says why
 * @retval MLResult_NotImplemented           this build of the library opens no cameras
 * @retval MLResult_AllocFailed              no memory
 */
ML_WEBRTC_API MLResult MLWebRTCSourceCreateLocalSourceForCamera(const MLCameraConnectContext *input_context,
                                                                MLHandle *source_handle);

/**
 * Destroys a local source, also if it is still on a connection: it is detached everywhere, then OnDestroyed of an
 * app-defined source is invoked once, inside this call.
 *
 * Thread: any. May wait for a callback of this source that is running on another thread.
 *
 * @param source_handle a local source
 * @retval MLResult_Ok                       the source is gone
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_InvalidParam             the source is a remote one, which its connection owns; nothing is
 *                                           destroyed
 * @retval MLResult_WebRTCMismatchingHandle  no such source
 */
ML_WEBRTC_API MLResult MLWebRTCSourceDestroy(MLHandle source_handle);

/**
 * Says whether a source carries audio or video. W3C Media Capture and Streams, MediaStreamTrack.kind.
 *
 * Thread: any.
 *
 * @param source_handle a local or remote source
 * @param source_type   out: an MLWebRTCSourceType; written on MLResult_Ok only
 * @retval MLResult_Ok                       source_type is the answer
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_InvalidParam             source_type is NULL
 * @retval MLResult_WebRTCMismatchingHandle  no such source
 */
ML_WEBRTC_API MLResult MLWebRTCSourceGetType(MLHandle source_handle, int32_t *source_type);

/**
 * Says whether a source is enabled, as every source is at first.
 *
 * Thread: any.
 *
 * @param source_handle a local or remote source
 * @param enabled       out: 1 if it is enabled, else 0; written on failure too
 * @retval MLResult_Ok                       enabled is the answer
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_InvalidParam             enabled is NULL
 * @retval MLResult_WebRTCMismatchingHandle  no such source
 */
ML_WEBRTC_API MLResult MLWebRTCSourceIsEnabled(MLHandle source_handle, MLWebRTCBool *enabled);

/**
 * Enables or disables a source. A disabled video source shows a black frame and then nothing, to its sinks and to the
 * peers (a remote source: to its sinks); a disabled audio source is silent; time goes on meanwhile. OnSetEnabled of an
 * app-defined source is invoked inside every such call, also if nothing changes. W3C Media Capture and Streams,
 * MediaStreamTrack.enabled.
 *
 * Thread: any.
 *
 * @param source_handle a local or remote source
 * @param enabled       0 disables, anything else enables
 * @retval MLResult_Ok                       the source is enabled or disabled
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_WebRTCMismatchingHandle  no such source
 * @retval MLResult_Locked                   16 callbacks of this source are running at once; nothing is changed
 */
ML_WEBRTC_API MLResult MLWebRTCSourceSetEnabled(MLHandle source_handle, MLWebRTCBool enabled);

/**
 * Lends the id of a source's track. All calls for one source lend the same string, and each that succeeded must be
 * matched by one MLWebRTCSourceReleaseTrackId. A string that is still lent when the source is destroyed stays readable
 * until the instance ends. W3C Media Capture and Streams, MediaStreamTrack.id.
 *
 * Thread: any.
 *
 * @param source_handle a local or remote source
 * @param track_id_ptr  out: NUL-terminated UTF-8, memory of the library that must not be written to
 * @retval MLResult_Ok                       the string is lent
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_InvalidParam             track_id_ptr is NULL
 * @retval MLResult_WebRTCMismatchingHandle  no such source
 */
ML_WEBRTC_API MLResult MLWebRTCSourceGetTrackId(MLHandle source_handle, char **track_id_ptr);

/**
 * Gives back a string that MLWebRTCSourceGetTrackId lent.
 *
 * Thread: any.
 *
 * @param source_handle the source
 * @param track_id      the pointer that was lent; NULL is harmless
 * @retval MLResult_Ok                       given back, or track_id is NULL
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_InvalidParam             track_id is not lent by this source; nothing is freed
 * @retval MLResult_WebRTCMismatchingHandle  no such source
 */
ML_WEBRTC_API MLResult MLWebRTCSourceReleaseTrackId(MLHandle source_handle, const char *track_id);

/**
 * Hands a frame to an app-defined video source. The pixels are copied during the call. A frame is never queued behind
 * older ones: the newest wins. Size and format may change from frame to frame; odd sizes are valid.
 *
 * YUV_420_888 takes three planes, the first with bytes_per_pixel 1. The chroma planes have half the width and height,
 * rounded up, and are planar (bytes_per_pixel 1) or semi-planar (bytes_per_pixel 2, U and V interleaved in either
 * order). If the two chroma pointers are one byte apart, the step from pixel to pixel is inferred, and size may be one
 * byte short of stride x height. RGBA_8888 takes one plane with bytes_per_pixel 4; alpha is not looked at.
 *
 * stride is at least what a row takes. Never more than size bytes are read; so the last row of a plane may end with its
 * last pixel.
 *
 * The frame of a disabled source is checked and dropped.
 *
 * Thread: any.
 *
 * @param source_handle an app-defined video source
 * @param frame_native  the frame; frame_data is due, time_stamp is in microseconds
 * @retval MLResult_Ok                           the frame is taken
 * @retval MLResult_WebRTCInstanceNotCreated     there is no instance
 * @retval MLResult_InvalidParam                 frame_native, frame_data or the pointer of a plane is NULL; a plane is
 *                                               too small for its stride and height, or its stride for its width; a
 *                                               width or height is 0 or above 8192; bytes_per_pixel does not fit
 * @retval MLResult_WebRTCMismatchingHandle      no such app-defined video source
 * @retval MLResult_WebRTCInvalidFrameFormat     format is unknown
 * @retval MLResult_WebRTCInvalidFramePlaneCount plane_count does not fit the format
 * @retval MLResult_WebRTCSendNativeFrameError   format is NativeBuffer and the platform has no such buffers
 * @retval MLResult_AllocFailed                  no memory; the frame is not taken
 */
ML_WEBRTC_API MLResult MLWebRTCSourceAppDefinedVideoSourcePushFrame(MLHandle source_handle,
                                                                    const MLWebRTCFrame *frame_native);

/**
 * Hands samples to an app-defined audio source: interleaved PCM of 16-bit or 32-bit integers or 32-bit floats, 1 to 8
 * channels, 8 to 192 kHz, any number of frames up to 10 s. 16 bits a sample are integers whatever sample_format says.
 * Floats beyond -1 to 1 are clipped, and what is no number is silence. The samples are copied during the call.
 *
 * They are played out at their own rate, however irregularly they are pushed: a caller may push 10 ms every 10 ms, or
 * as much as is taken until Pending comes. The samples of a disabled source count as silence; those of a source that is
 * on no connection and that no sink listens to are checked and dropped.
 *
 * Thread: any.
 *
 * @param source_handle       an app-defined audio source
 * @param audio_buffer        the samples
 * @param audio_buffer_format how they are to be read
 * @retval MLResult_Ok                       the samples are taken
 * @retval MLResult_Pending                  a second of sound waits already; nothing is taken, try again later
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_InvalidParam             a pointer is NULL, the format is none of those above, or size is no whole
 *                                           number of frames, or more than 10 s
 * @retval MLResult_WebRTCMismatchingHandle  no such app-defined audio source
 * @retval MLResult_AllocFailed              no memory; the samples are not taken
 */
ML_WEBRTC_API MLResult MLWebRTCSourceAppDefinedAudioSourcePushData(MLHandle source_handle,
                                                                   const MLAudioBuffer *audio_buffer,
                                                                   const MLAudioBufferFormat *audio_buffer_format);

#ifdef __cplusplus
}
#endif

#endif
