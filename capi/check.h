/* What the 58 functions share: the order of checks (instance, pointers, handle) and the
 * values of outputs on failure. */
#ifndef ML_CHECK_H
#define ML_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "callbacks/running.h"
#include "handles/handles.h"
#include "internal/platform/platform.h"
#include "internal/request/request.h"
#include "ml_webrtc.h"

#define ML_CHECK_INSTANCE()                                                                                            \
    do {                                                                                                               \
        if (!ml_handles_is_open()) {                                                                                   \
            return MLResult_WebRTCInstanceNotCreated;                                                                  \
        }                                                                                                              \
    } while (0)

#define ML_CHECK_PARAM(condition)                                                                                      \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            return MLResult_InvalidParam;                                                                              \
        }                                                                                                              \
    } while (0)

#define ML_CHECK_HANDLE(handle, kind)                                                                                  \
    do {                                                                                                               \
        if (ml_handle_find((handle), (kind)) == NULL) {                                                                \
            return MLResult_WebRTCMismatchingHandle;                                                                   \
        }                                                                                                              \
    } while (0)

/* Sets an output before anything can fail. */
#define ML_PRESET(out, value)                                                                                          \
    do {                                                                                                               \
        if ((out) != NULL) {                                                                                           \
            *(out) = (value);                                                                                          \
        }                                                                                                              \
    } while (0)

/* Until when a Destroy waits for a callback on another thread. */
static inline uint64_t ml_destroy_deadline(void) { return ml_clock_ns() + ML_CALLBACK_PATIENCE_NS; }

/* The length of text, or limit + 1 when it is longer than limit. */
size_t ml_text_size(const char *text, size_t limit);

/* Reads one flag of an object into a one-byte bool. */
MLResult ml_read_flag(uint64_t handle, ml_kind kind, uint32_t flag, MLWebRTCBool *out);

#endif
