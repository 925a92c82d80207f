/* SPDX-License-Identifier: MIT */

/* What this side sends: three bars of colour with a white square that moves, and tones. */
#ifndef SOURCES_H
#define SOURCES_H

#include "native.h"

typedef struct source {
    char id[64];
    MLHandle handle; /* ML_INVALID_HANDLE: the place is free */
    bool is_audio;
    unsigned width, height;
    unsigned hertz;
    double begun;
    uint64_t made; /* frames of pictures, or chunks of sound */
} source;

MLHandle sources_add_video(const char *id, unsigned width, unsigned height);
MLHandle sources_add_audio(const char *id, unsigned hertz);
source *sources_find(const char *id);
void sources_end(source *self);
void sources_forget(void);
/* Pushes what is due. */
void sources_run(void);

#endif
