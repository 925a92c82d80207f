/* SPDX-License-Identifier: MIT */

/**
 * @file audio_sink.h
 * Audio sinks: they play the sound of an audio source, hand its samples to the application, or both.
 *
 * Positions are in metres, relative to the listener at the origin, who looks along -Z with +Y up. Spatial settings
 * begin to count with the first of them and end with MLWebRTCAudioSinkResetPosition.
 */
#ifndef ML_WEBRTC_AUDIO_SINK_H
#define ML_WEBRTC_AUDIO_SINK_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What a sink does with the sound: MLWebRTCAudioSinkParams.mode. */
typedef enum MLWebRTCBufferNotifyMode {
    MLWebRTCBufferNotifyMode_None = 0,          /**< the library plays it */
    MLWebRTCBufferNotifyMode_NotifyAndPlay = 1, /**< the library plays it and invokes the data callback */
    MLWebRTCBufferNotifyMode_NotifyOnly = 2     /**< the data callback is invoked, nothing is played */
} MLWebRTCBufferNotifyMode;

/** The state of a sink's sound. */
typedef enum MLWebRTCAudioServiceStatus {
    MLWebRTCAudioServiceStatus_Initial = 0,
    MLWebRTCAudioServiceStatus_Started = 1, /**< data flows */
    MLWebRTCAudioServiceStatus_Failed = 2,
    MLWebRTCAudioServiceStatus_Stopped = 3,
    MLWebRTCAudioServiceStatus_Unknown = 4
} MLWebRTCAudioServiceStatus;

/** A vector in metres. */
typedef struct MLVec3f {
    float x;
    float y;
    float z;
} MLVec3f;

/** A rotation. */
typedef struct MLQuaternionf {
    float x;
    float y;
    float z;
    float w;
} MLQuaternionf;

/** How loud a sound is, as a whole and in three bands of frequency. Linear gains. */
typedef struct MLAudioSpatialSoundSendLevels {
    float gain;    /**< all frequencies */
    float gain_lf; /**< low frequencies */
    float gain_mf; /**< middle frequencies */
    float gain_hf; /**< high frequencies */
} MLAudioSpatialSoundSendLevels;

/** How a sound fades with distance. */
typedef struct MLAudioSpatialSoundDistanceProperties {
    float min_distance;   /**< in metres; nearer than that it gets no louder; not negative */
    float max_distance;   /**< in metres; farther than that it gets no softer; at least min_distance */
    float rolloff_factor; /**< how fast it fades in between */
} MLAudioSpatialSoundDistanceProperties;

/** How a sound fades with the angle off its source's direction. Angles in degrees, linear gains. */
typedef struct MLAudioSpatialSoundRadiationProperties {
    float inner_angle;   /**< within this cone it has its full level */
    float outer_angle;   /**< outside this cone it has the outer gains */
    float outer_gain;    /**< all frequencies */
    float outer_gain_lf; /**< low frequencies */
    float outer_gain_mf; /**< middle frequencies */
    float outer_gain_hf; /**< high frequencies */
} MLAudioSpatialSoundRadiationProperties;

/** Parameter of MLWebRTCAudioSinkSetPositionEx. */
typedef struct MLWebRTCAudioSinkPosition {
    uint32_t version;            /**< 1 */
    const MLVec3f *position_ptr; /**< copied */
    int32_t channel;             /**< a channel of the source, 0 to 7; -1: all */
} MLWebRTCAudioSinkPosition;

/** Parameter of MLWebRTCAudioSinkSetSoundOrientation. */
typedef struct MLWebRTCAudioSinkOrientation {
    uint32_t version;                     /**< 1 */
    const MLQuaternionf *orientation_ptr; /**< copied */
    int32_t channel;                      /**< a channel of the source, 0 to 7; -1: all */
} MLWebRTCAudioSinkOrientation;

/** Parameter of MLWebRTCAudioSinkSetDirectSoundLevels and MLWebRTCAudioSinkSetRoomSoundLevels. */
typedef struct MLWebRTCAudioSinkSoundLevels {
    uint32_t version;                                     /**< 1 */
    const MLAudioSpatialSoundSendLevels *send_levels_ptr; /**< copied */
    int32_t channel;                                      /**< a channel of the source, 0 to 7; -1: all */
} MLWebRTCAudioSinkSoundLevels;

/** Parameter of MLWebRTCAudioSinkSetSoundDistanceProperties. */
typedef struct MLWebRTCAudioSinkSoundDistance {
    uint32_t version;                                                     /**< 1 */
    const MLAudioSpatialSoundDistanceProperties *distance_properties_ptr; /**< copied */
    int32_t channel; /**< a channel of the source, 0 to 7; -1: all */
} MLWebRTCAudioSinkSoundDistance;

/** Parameter of MLWebRTCAudioSinkSetSoundRadiationProperties. */
typedef struct MLWebRTCAudioSinkSoundRadiation {
    uint32_t version;                                                       /**< 1 */
    const MLAudioSpatialSoundRadiationProperties *radiation_properties_ptr; /**< copied */
    int32_t channel; /**< a channel of the source, 0 to 7; -1: all */
} MLWebRTCAudioSinkSoundRadiation;

/**
 * Ten milliseconds of sound: 16-bit integers at 48 kHz, interleaved, with as many channels as the source has (a remote
 * one has one or two). Invoked every 10 ms, on one steady thread of the library, which the sink has for itself.
 *
 * @param audio_buffer        the samples, which stay readable for at least 100 ms after the callback
 * @param audio_buffer_format how they are to be read; bits_per_sample is never 0
 * @param user_context        MLWebRTCAudioSinkParams.user_context
 */
typedef void (*MLWebRTCOnAudioSinkDataAvailable)(const MLAudioBuffer *audio_buffer,
                                                 const MLAudioBufferFormat *audio_buffer_format, void *user_context);

/**
 * The state of a sink's sound changed. Invoked on a thread of the library, possibly while MLWebRTCAudioSinkCreateEx
 * has not returned yet. Started comes in every mode once data flows.
 *
 * @param status       an MLWebRTCAudioServiceStatus
 * @param user_context MLWebRTCAudioSinkParams.user_context
 */
typedef void (*MLWebRTCOnAudioServiceStatus)(uint32_t status, void *user_context);

/** How to make a sink. */
typedef struct MLWebRTCAudioSinkParams {
    uint32_t version;                                           /**< 1 */
    uint32_t mode;                                              /**< an MLWebRTCBufferNotifyMode */
    void *user_context;                                         /**< handed to each callback */
    MLWebRTCOnAudioSinkDataAvailable audio_sink_callback;       /**< may be NULL */
    MLWebRTCOnAudioServiceStatus audio_service_status_callback; /**< may be NULL */
} MLWebRTCAudioSinkParams;

/**
 * Creates a sink that plays and has no callbacks (mode None), attached to no source.
 *
 * Thread: any.
 *
 * @param sink_handle out: the sink, to be destroyed with MLWebRTCAudioSinkDestroy
 * @retval MLResult_Ok                       the sink is there
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_InvalidParam             sink_handle is NULL
 * @retval MLResult_AllocFailed              no memory
 */
ML_WEBRTC_API MLResult MLWebRTCAudioSinkCreate(MLHandle *sink_handle);

/**
 * Creates a sink, attached to no source.
 *
 * Thread: any. The callbacks are invoked on a thread of the library.
 *
 * @param sink_params mode and callbacks; copied during the call
 * @param sink_handle out: the sink, to be destroyed with MLWebRTCAudioSinkDestroy
 * @retval MLResult_Ok                       the sink is there
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_InvalidParam             sink_params or sink_handle is NULL, or mode is unknown
 * @retval MLResult_AllocFailed              no memory or no thread could be had
 */
ML_WEBRTC_API MLResult MLWebRTCAudioSinkCreateEx(const MLWebRTCAudioSinkParams *sink_params, MLHandle *sink_handle);

/**
 * Attaches the sink to an audio source, in place of the one before. Several sinks may be attached to one source. What
 * waits of the source before is dropped; sound begins and ends without a click.
 *
 * Thread: any.
 *
 * @param sink_handle   the sink
 * @param source_handle a local or remote audio source; #ML_INVALID_HANDLE detaches the sink
 * @retval MLResult_Ok                       the sink is attached or detached
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_WebRTCMismatchingHandle  no such sink, or source_handle is no audio source; nothing is changed
 */
ML_WEBRTC_API MLResult MLWebRTCAudioSinkSetSource(MLHandle sink_handle, MLHandle source_handle);

/**
 * Sets how loud the sink plays.
 *
 * Thread: any.
 *
 * @param sink_handle the sink
 * @param volume      linear gain, 0 (silent) to 8
 * @retval MLResult_Ok                       the volume is set
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_InvalidParam             volume is out of its range or not a number
 * @retval MLResult_WebRTCMismatchingHandle  no such sink
 * @retval MLResult_NotImplemented           this build of the library cannot set it
 */
ML_WEBRTC_API MLResult MLWebRTCAudioSinkSetSoundVolume(MLHandle sink_handle, float volume);

/**
 * Sets how much sound may wait to be played or handed over: what is older is dropped.
 *
 * Thread: any.
 *
 * @param sink_handle           the sink
 * @param milliseconds_to_cache 200 at first; counts as 10 below that, and as 10,000 above
 * @retval MLResult_Ok                       the size is set
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_WebRTCMismatchingHandle  no such sink
 */
ML_WEBRTC_API MLResult MLWebRTCAudioSinkSetCacheSize(MLHandle sink_handle, uint32_t milliseconds_to_cache);

/**
 * Places all channels of the sound in space.
 *
 * Thread: any.
 *
 * @param sink_handle the sink
 * @param position    in metres; copied
 * @retval MLResult_Ok                       the position is set
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_InvalidParam             position is NULL or not finite
 * @retval MLResult_WebRTCMismatchingHandle  no such sink
 * @retval MLResult_NotImplemented           this build of the library cannot set it
 */
ML_WEBRTC_API MLResult MLWebRTCAudioSinkSetPosition(MLHandle sink_handle, const MLVec3f *position);

/**
 * Places one or all channels of the sound in space.
 *
 * Thread: any.
 *
 * @param sink_handle the sink
 * @param position    position in metres, and channel; copied
 * @retval MLResult_Ok                       the position is set
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_InvalidParam             position or position_ptr is NULL, the position is not finite, or channel
 *                                           is out of its range
 * @retval MLResult_WebRTCMismatchingHandle  no such sink
 * @retval MLResult_NotImplemented           this build of the library cannot set it
 */
ML_WEBRTC_API MLResult MLWebRTCAudioSinkSetPositionEx(MLHandle sink_handle, const MLWebRTCAudioSinkPosition *position);

/**
 * Turns spatial rendering off again.
 *
 * Thread: any.
 *
 * @param sink_handle the sink
 * @retval MLResult_Ok                       the sound is played as it is
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_WebRTCMismatchingHandle  no such sink
 * @retval MLResult_NotImplemented           this build of the library has no spatial rendering
 */
ML_WEBRTC_API MLResult MLWebRTCAudioSinkResetPosition(MLHandle sink_handle);

/**
 * Turns the direction into which the sound radiates.
 *
 * Thread: any.
 *
 * @param sink_handle the sink
 * @param orientation rotation and channel; copied
 * @retval MLResult_Ok                       the orientation is set
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_InvalidParam             orientation or orientation_ptr is NULL, the rotation is not finite, or
 *                                           channel is out of its range
 * @retval MLResult_WebRTCMismatchingHandle  no such sink
 * @retval MLResult_NotImplemented           this build of the library cannot set it
 */
ML_WEBRTC_API MLResult MLWebRTCAudioSinkSetSoundOrientation(MLHandle sink_handle,
                                                            const MLWebRTCAudioSinkOrientation *orientation);

/**
 * Sets the level of the sound that comes straight from its position.
 *
 * Thread: any.
 *
 * @param sink_handle  the sink
 * @param sound_levels linear gains and channel; copied
 * @retval MLResult_Ok                       the levels are set
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_InvalidParam             sound_levels or send_levels_ptr is NULL, a gain is negative or not finite,
 *                                           or channel is out of its range
 * @retval MLResult_WebRTCMismatchingHandle  no such sink
 * @retval MLResult_NotImplemented           this build of the library cannot set it
 */
ML_WEBRTC_API MLResult MLWebRTCAudioSinkSetDirectSoundLevels(MLHandle sink_handle,
                                                             const MLWebRTCAudioSinkSoundLevels *sound_levels);

/**
 * Sets the level of the sound that the room reflects.
 *
 * Thread: any.
 *
 * @param sink_handle  the sink
 * @param sound_levels linear gains and channel; copied
 * @retval MLResult_Ok                       the levels are set
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_InvalidParam             sound_levels or send_levels_ptr is NULL, a gain is negative or not finite,
 *                                           or channel is out of its range
 * @retval MLResult_WebRTCMismatchingHandle  no such sink
 * @retval MLResult_NotImplemented           this build of the library cannot set it
 */
ML_WEBRTC_API MLResult MLWebRTCAudioSinkSetRoomSoundLevels(MLHandle sink_handle,
                                                           const MLWebRTCAudioSinkSoundLevels *sound_levels);

/**
 * Sets how the sound fades with distance.
 *
 * Thread: any.
 *
 * @param sink_handle    the sink
 * @param sound_distance distances in metres, and channel; copied
 * @retval MLResult_Ok                       the properties are set
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_InvalidParam             sound_distance or distance_properties_ptr is NULL; a value is negative or
 *                                           not finite; min_distance is greater than max_distance; channel is out of
 *                                           its range
 * @retval MLResult_WebRTCMismatchingHandle  no such sink
 * @retval MLResult_NotImplemented           this build of the library cannot set it
 */
ML_WEBRTC_API MLResult
MLWebRTCAudioSinkSetSoundDistanceProperties(MLHandle sink_handle, const MLWebRTCAudioSinkSoundDistance *sound_distance);

/**
 * Sets how the sound fades with the angle off the direction into which it radiates.
 *
 * Thread: any.
 *
 * @param sink_handle     the sink
 * @param sound_radiation angles in degrees, linear gains, and channel; copied
 * @retval MLResult_Ok                       the properties are set
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_InvalidParam             sound_radiation or radiation_properties_ptr is NULL, an angle is not
 *                                           finite, a gain is negative or not finite, or channel is out of its range
 * @retval MLResult_WebRTCMismatchingHandle  no such sink
 * @retval MLResult_NotImplemented           this build of the library cannot set it
 */
ML_WEBRTC_API MLResult MLWebRTCAudioSinkSetSoundRadiationProperties(
    MLHandle sink_handle, const MLWebRTCAudioSinkSoundRadiation *sound_radiation);

/**
 * Detaches and destroys the sink. No callback of it is invoked after the return.
 *
 * Thread: any, also a callback of this very sink. May wait for one that is running on another thread.
 *
 * @param sink_handle the sink
 * @retval MLResult_Ok                       the sink is gone
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_WebRTCMismatchingHandle  no such sink
 */
ML_WEBRTC_API MLResult MLWebRTCAudioSinkDestroy(MLHandle sink_handle);

#ifdef __cplusplus
}
#endif

#endif
