/* SPDX-License-Identifier: MIT */

/**
 * @file instance.h
 * The one instance of the library in a process, its debug messages, and the names of result codes.
 */
#ifndef ML_WEBRTC_INSTANCE_H
#define ML_WEBRTC_INSTANCE_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The weight of a debug message; the numbers are Android's log priorities. */
typedef enum MLWebRTCLogLevel {
    MLWebRTCLogLevel_Unknown = 0, /**< as a limit: the same as Info */
    MLWebRTCLogLevel_Default = 1, /**< as a limit: the same as Info */
    MLWebRTCLogLevel_Verbose = 2,
    MLWebRTCLogLevel_Debug = 3,
    MLWebRTCLogLevel_Info = 4,
    MLWebRTCLogLevel_Warn = 5,
    MLWebRTCLogLevel_Error = 6,
    MLWebRTCLogLevel_Fatal = 7,
    MLWebRTCLogLevel_Silent = 8 /**< as a limit: no message at all */
} MLWebRTCLogLevel;

/**
 * A line of the library's log. Invoked on a thread of the library, one line at a time. Under load lines may be
 * dropped; then a later line says how many.
 *
 * @param log_level the weight of the line, an MLWebRTCLogLevel
 * @param message   UTF-8, valid until the callback returns
 * @param context   MLWebRTCDebugUtils.context
 */
typedef void (*MLWebRTCOnDebugMessage)(uint32_t log_level, const char *message, void *context);

/** Where debug messages go. */
typedef struct MLWebRTCDebugUtils {
    uint32_t version;   /**< 1 */
    void *context;      /**< handed to on_debug_message */
    uint32_t log_level; /**< an MLWebRTCLogLevel: lines below it are not even formatted; above Silent means Silent */
    MLWebRTCOnDebugMessage on_debug_message; /**< may be NULL */
} MLWebRTCDebugUtils;

/**
 * Creates the instance, without debug messages. Nearly every other function needs it.
 *
 * If an instance is alive, everything that belongs to it is dropped first without invoking one callback, not even
 * OnDestroyed, and all its handles become stale; then the new instance starts. An application that reloaded its own
 * code without MLWebRTCInstanceDestroy is safe this way.
 *
 * The environment variables ML_WEBRTC_... are read here: certificate authorities, ports, which candidates there are
 * (docs/servers.md).
 *
 * Thread: any. May wait for a callback that is running on another thread, like a Destroy.
 *
 * @retval MLResult_Ok                 the instance is alive
 * @retval MLResult_AllocFailed        no memory or no thread could be had
 * @retval MLResult_UnspecifiedFailure an internal error, which the library survived
 */
ML_WEBRTC_API MLResult MLWebRTCInstanceCreate(void);

/**
 * MLWebRTCInstanceCreate with debug messages.
 *
 * Thread: any. on_debug_message is invoked on a thread of the library.
 *
 * @param debug_utils level and callback; copied during the call
 * @retval MLResult_Ok                 the instance is alive
 * @retval MLResult_InvalidParam       debug_utils is NULL; a living instance is left alone
 * @retval MLResult_AllocFailed        no memory or no thread could be had
 * @retval MLResult_UnspecifiedFailure an internal error, which the library survived
 */
ML_WEBRTC_API MLResult MLWebRTCInstanceCreateWithDebugUtils(const MLWebRTCDebugUtils *debug_utils);

/**
 * Ends the instance and destroys all that is left in it: connections, data channels, sources, sinks, frames, lent
 * strings. No callback is invoked for it, not even OnDestroyed, and after the return none is invoked any more. All
 * handles are stale then. MLWebRTCInstanceCreate works again afterwards.
 *
 * The library stays in the process: it cannot be unloaded.
 *
 * Thread: any. May wait for callbacks that are running on other threads.
 *
 * @retval MLResult_Ok                       the instance is gone
 * @retval MLResult_WebRTCInstanceNotCreated there was none
 */
ML_WEBRTC_API MLResult MLWebRTCInstanceDestroy(void);

/**
 * The name of a result code, such as "MLResult_Ok". Needs no instance.
 *
 * Thread: any.
 *
 * @param result a result of any function of the library
 * @return ASCII text of the library that is never freed nor changed; "MLResult_Unknown" for a number that is no result
 *         code; never NULL
 */
ML_WEBRTC_API const char *MLWebRTCGetResultString(MLResult result);

#ifdef __cplusplus
}
#endif

#endif
