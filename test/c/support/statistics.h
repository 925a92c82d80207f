/* SPDX-License-Identifier: MIT */

/* What the library says in its log about the video that it sends and receives, once a second. */
#ifndef SUPPORT_STATISTICS_H
#define SUPPORT_STATISTICS_H

#include "check.h"

typedef struct statistic {
    unsigned lines; /* heard so far; 0: the rest is not set */
    unsigned width;
    unsigned height;
    char codec[16];
    double rate; /* frames a second */
    unsigned kilobits;
    unsigned lost; /* received only */
    unsigned recovered;
    unsigned dropped;
    unsigned key_frames;
    unsigned target; /* kbit/s, sent only */
} statistic;

/* In place of MLWebRTCInstanceCreate; an instance that is alive is replaced. */
void statistics_start(void);
/* The last line. With several tracks: of any of them. */
statistic statistics_sent(void);
statistic statistics_received(void);

#endif
