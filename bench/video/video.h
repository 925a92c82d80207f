/* The video benchmarks. Each prints its figures; those of what the library is compared with have
 * the same key with ":bare" behind it. */
#ifndef BENCH_VIDEO_H
#define BENCH_VIDEO_H

#include <stdint.h>

/* From PushFrame to AcquireNextAvailableFrame, at 30 pictures a second. */
void measure_latency(double seconds);

/* What PushFrame costs its caller, beside libyuv's conversion of the same picture. */
void measure_push(double seconds);

/* Pictures per second through the whole loop, pushed as fast as they come out, beside encoding
 * and decoding alone. For one processor. */
void measure_loop(double seconds);

/* The debug callback, from which measure_loop learns the bit rate. */
void loop_on_debug(uint32_t level, const char *message, void *context);

#endif
