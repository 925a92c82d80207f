#include "capi/check.h"

/* First all codes of the interface, then what nobody should see. */
const char *MLWebRTCGetResultString(MLResult result) {
    switch (result) {
#define ML_RESULT_NAME(name, code, text)                                                                               \
    case code:                                                                                                         \
        return "MLResult_" #name;
        ML_WEBRTC_RESULTS(ML_RESULT_NAME)
#undef ML_RESULT_NAME
    default:
        return "MLResult_Unknown";
    }
}
