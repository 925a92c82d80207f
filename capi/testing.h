/* Test builds: what ML_OP_TEST carries. */
#ifndef ML_TESTING_H
#define ML_TESTING_H

#include "ml_webrtc_test.h"

typedef struct ml_in_test {
    MLWebRTCTestAlive *alive;             /* to be filled in, or NULL */
    MLWebRTCTestAllocations *allocations; /* likewise */
    int32_t panic_where;                  /* to be set, if both are NULL */
} ml_in_test;

#endif
