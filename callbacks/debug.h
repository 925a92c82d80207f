/*
 * Debug messages: from any thread of the library to the host's callback, on a thread
 * made in C that begins with the first message and ends soon after the last one (a
 * managed host can't end while a thread that ran its code lives). Bounded: what does
 * not fit is counted and the count is reported.
 */
#ifndef ML_DEBUG_H
#define ML_DEBUG_H

#include <stdint.h>

#include "ml_webrtc/instance.h"

/* Begins a new receiver. NULL, no callback or level Silent: nobody listens. */
void ml_debug_begin(const MLWebRTCDebugUtils *utils);

/* Ends it: no callback begins any more; one that runs on another thread is waited for
 * until the deadline. */
void ml_debug_end(uint64_t deadline_ns);

/* The lowest level that is wanted, an MLWebRTCLogLevel; Silent when nobody listens. */
uint32_t ml_debug_level(void);

/* Copies text (which ends at size). */
void ml_debug_post(uint32_t level, const char *text, uint64_t size);

#endif
