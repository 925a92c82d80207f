/* What the video benchmarks send: the demo's pattern, drawn beforehand. */
#ifndef BENCH_FOOTAGE_H
#define BENCH_FOOTAGE_H

#include <ml_webrtc.h>

#include "examples/c/pattern.h"

#define WIDTH 1280
#define HEIGHT 720
#define RATE 30

/* How many pictures there are. */
#define FOOTAGE 32

void footage_begin(void);
void footage_end(void);

/* The picture at a number, with that number written into it: forwards through the footage,
 * backwards, and so on. */
picture *footage_at(unsigned number);

/* Pushes planar Y, U and V, with the clock as the time stamp. */
void push_picture(MLHandle source, const picture *shown);

/* The planes of a picture as PushFrame takes them. */
MLWebRTCFramePlanes describe(const picture *shown);

#endif
