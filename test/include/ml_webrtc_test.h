/* SPDX-License-Identifier: MIT */

/*
 * What the test build of the library (go build -tags mltest) exports beside the interface. The
 * release build has none of it.
 */
#ifndef ML_WEBRTC_TEST_H
#define ML_WEBRTC_TEST_H

#include "ml_webrtc.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What is alive in the library at this moment; all zero when nothing is left. */
typedef struct MLWebRTCTestAlive {
    uint32_t handles;     /* that the host may use, of all kinds */
    uint32_t connections; /* objects in use by host or engine, also such as wait for their end */
    uint32_t channels;
    uint32_t sources;
    uint32_t sinks;
    uint32_t frames;     /* that are lent */
    uint64_t events;     /* payloads in C memory that were not delivered */
    uint64_t pictures;   /* in C memory, wherever they are */
    uint64_t sounds;     /* blocks of 10 ms, likewise */
    uint32_t engine;     /* connections and channels on the Go side */
    uint32_t goroutines; /* beyond the ones that serve requests as long as the library is loaded */
} MLWebRTCTestAlive;

/* Needs no instance. */
ML_WEBRTC_API MLResult MLWebRTCTestGetAlive(MLWebRTCTestAlive *alive);

/* Where the Go side panics from now on. */
enum {
    MLWebRTCTestPanic_Nowhere = 0,
    MLWebRTCTestPanic_Requests = 1, /* whenever a request of the host is served */
    MLWebRTCTestPanic_Events = 2    /* whenever the engine reports something of a connection */
};

ML_WEBRTC_API MLResult MLWebRTCTestPanic(int32_t where);

/* What the Go side has allocated since the library was loaded, freed or not. */
typedef struct MLWebRTCTestAllocations {
    uint64_t objects;
    uint64_t bytes;
} MLWebRTCTestAllocations;

/* Needs no instance. */
ML_WEBRTC_API MLResult MLWebRTCTestGetAllocations(MLWebRTCTestAllocations *allocations);

#ifdef __cplusplus
}
#endif

#endif
