/* SPDX-License-Identifier: MIT */

/**
 * @file types.h
 * What all parts of the interface share: result codes, handles, bool, audio buffers.
 *
 * Rules that hold for every function, unless its own text says otherwise:
 *
 * - Threads: every function may be called from any thread, at any time, also from inside a callback. None waits for
 *   the network, for a codec or for another thread's callback. Only the Destroy functions may wait, for a callback of
 *   the object that is running on another thread at that moment, for at most 2 s: one that has not returned by then
 *   counts as never returning.
 * - Checks come in this order: instance (MLResult_WebRTCInstanceNotCreated), pointers (MLResult_InvalidParam), handles
 *   (MLResult_WebRTCMismatchingHandle), state, then the work.
 * - On any result but MLResult_Ok an out handle is #ML_INVALID_HANDLE, an out bool is 0 and an out pointer is NULL.
 * - Strings in are NUL-terminated UTF-8. Strings, structs, arrays and buffers in are copied or used up during the
 *   call: they remain the caller's, who may free them right after it. The library writes through out parameters only.
 * - Text in callbacks is valid UTF-8 (what was not is repaired with U+FFFD). Data handed to a callback is the
 *   library's and is valid until the callback returns, unless the callback's text says longer.
 * - A context pointer is opaque to the library: it is handed back and never read through. After the Destroy of an
 *   object has returned, no callback with that object's context is invoked.
 * - A NULL function pointer in a struct of callbacks is allowed: that event is dropped.
 * - The `version` field of a struct: 0 is read as 1; a newer version than known is read as the newest known one.
 * - Enumerations in structs and parameters are carried by int32_t or uint32_t, because the width of a C enum is the
 *   compiler's business.
 */
#ifndef ML_WEBRTC_TYPES_H
#define ML_WEBRTC_TYPES_H

#include <stdint.h>

/** Marks the functions that the shared library exports. ML_WEBRTC_BUILDING is defined while the library itself is
 * compiled. */
#if defined(_WIN32)
#if defined(ML_WEBRTC_BUILDING)
#define ML_WEBRTC_API __declspec(dllexport)
#else
#define ML_WEBRTC_API __declspec(dllimport)
#endif
#elif defined(__GNUC__)
#define ML_WEBRTC_API __attribute__((visibility("default")))
#else
#define ML_WEBRTC_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** The outcome of a call: one of the MLResult constants. */
typedef int32_t MLResult;

/** All result codes: X(name, code, text). The constant of each is MLResult_name. */
#define ML_WEBRTC_RESULTS(X)                                                                                           \
    X(Ok, 0, "the call succeeded")                                                                                     \
    X(Pending, 1, "nothing is available or taken yet, try again later")                                                \
    X(Timeout, 2, "the operation took too long")                                                                       \
    X(Locked, 3, "the object is in use by too many calls at once")                                                     \
    X(UnspecifiedFailure, 4, "the operation failed, a debug message says why")                                         \
    X(InvalidParam, 5, "a parameter is missing or out of its range")                                                   \
    X(AllocFailed, 6, "memory or a bounded queue is used up")                                                          \
    X(PermissionDenied, 7, "the system does not permit it")                                                            \
    X(NotImplemented, 8, "this build of the library cannot do it")                                                     \
    X(ClientLimitExceeded, 9, "too many clients")                                                                      \
    X(IllegalState, 13, "the object is not in a state that permits the call")                                          \
    X(InvalidTimestamp, 15, "the time stamp is not valid")                                                             \
    X(WebRTCInstanceNotCreated, -272171008, "there is no instance")                                                    \
    X(WebRTCMismatchingHandle, -272171007, "the handle does not name a living object of the kind that is due")         \
    X(WebRTCInvalidFrameFormat, -272171006, "the frame format is unknown or not possible here")                        \
    X(WebRTCInvalidFramePlaneCount, -272171005, "the number of planes does not fit the frame format")                  \
    X(WebRTCSendNativeFrameError, -272171004, "the native frame buffer cannot be sent")                                \
    X(WebRTCDataChannelIsClosed, -272171003, "the data channel is not open")

/** The result codes as constants. The codes of WebRTC itself count up from 0xefc7 << 16, so they are negative. */
enum {
#define ML_WEBRTC_RESULT_CONSTANT(name, code, text) MLResult_##name = (code),
    ML_WEBRTC_RESULTS(ML_WEBRTC_RESULT_CONSTANT)
#undef ML_WEBRTC_RESULT_CONSTANT
};

/**
 * Names one object of the library. 0 and #ML_INVALID_HANDLE never name one, and no handle is used twice in the life of
 * the process. A handle that is stale, of another kind or random gives MLResult_WebRTCMismatchingHandle.
 */
typedef uint64_t MLHandle;

/** The handle that names nothing. */
#define ML_INVALID_HANDLE ((MLHandle)0xFFFFFFFFFFFFFFFF)

/** One byte: the library writes 0 or 1, and reads any non-zero value as true. (A C `bool` that holds another value is
 * undefined behaviour, so it cannot stand here.) */
typedef uint8_t MLWebRTCBool;

/** How the bits of a sample are to be read: MLAudioBufferFormat.sample_format. */
typedef enum MLAudioSampleFormat {
    MLAudioSampleFormat_Int = 0,  /**< signed integer */
    MLAudioSampleFormat_Float = 1 /**< IEEE 754 binary32, full scale is -1 to 1 */
} MLAudioSampleFormat;

/** What the channels of a buffer mean: MLAudioBufferFormat.channel_format. */
typedef enum MLAudioChannelFormat {
    MLAudioChannelFormat_Default = 0,       /**< one loudspeaker each */
    MLAudioChannelFormat_AmbisonicAmbix = 1 /**< ambisonics in AmbiX order */
} MLAudioChannelFormat;

/** PCM samples in native byte order; the channels of one frame lie side by side (interleaved). */
typedef struct MLAudioBuffer {
    const void *ptr; /**< the first sample */
    uint32_t size;   /**< in bytes */
} MLAudioBuffer;

/** How the samples of an MLAudioBuffer are to be read. */
typedef struct MLAudioBufferFormat {
    uint32_t channel_count;         /**< 1 to 8 */
    uint32_t samples_per_second;    /**< 8,000 to 192,000 Hz, per channel */
    uint32_t bits_per_sample;       /**< what one sample occupies: 16 or 32 */
    uint32_t valid_bits_per_sample; /**< how many of these carry the signal */
    uint32_t sample_format;         /**< an MLAudioSampleFormat; 16 bits are integers whatever stands here */
    uint32_t channel_format;        /**< an MLAudioChannelFormat */
} MLAudioBufferFormat;

#ifdef __cplusplus
}
#endif

#endif
