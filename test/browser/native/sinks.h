/* SPDX-License-Identifier: MIT */

/* What comes on the tracks of the browser: it is looked at, and listened to. */
#ifndef SINKS_H
#define SINKS_H

#include "native.h"

void sinks_add(const MLWebRTCSource *track, const char *id);
/* Gives the track's id, until the next sinks_add. */
const char *sinks_remove(MLHandle track);
void sinks_forget(void);
/* Takes the newest pictures. */
void sinks_run(void);

/* Each adds what it found to the answer. */
MLResult sinks_look(const char *id);
MLResult sinks_hear(const char *id, unsigned hertz);
MLResult sinks_snapshot(const char *id, const char *path);

#endif
