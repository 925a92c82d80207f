#include "capi/check.h"

#include <string.h>

size_t ml_text_size(const char *text, size_t limit) {
    const char *end = memchr(text, '\0', limit + 1);
    return end == NULL ? limit + 1 : (size_t)(end - text);
}

MLResult ml_read_flag(uint64_t handle, ml_kind kind, uint32_t flag, MLWebRTCBool *out) {
    ML_PRESET(out, 0);
    ML_CHECK_INSTANCE();
    ML_CHECK_PARAM(out != NULL);
    uint32_t flags;
    if (!ml_handle_flags(handle, kind, &flags)) {
        return MLResult_WebRTCMismatchingHandle;
    }
    *out = (flags & flag) != 0;
    return MLResult_Ok;
}
