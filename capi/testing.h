/* Test builds: what ML_OP_TEST carries. */
#ifndef ML_TESTING_H
#define ML_TESTING_H

#include "ml_webrtc_test.h"

typedef struct ml_in_test {
    MLWebRTCTestAlive *alive; /* NULL: set panic_where */
    int32_t panic_where;
} ml_in_test;

#endif
