/* SPDX-License-Identifier: MIT */

/* A sink that shows a source of this process: what is pushed is there when the call returns. */
#ifndef SUPPORT_PREVIEW_H
#define SUPPORT_PREVIEW_H

#include "picture.h"

typedef struct preview {
    MLHandle source;
    MLHandle sink;
} preview;

void preview_open(preview *self);
void preview_close(preview *self);

bool frame_waits(MLHandle sink);
/* The frame that waits, which must be there. */
MLHandle next_frame(MLHandle sink);

/* Pixels without order, the same in every run. */
void picture_scatter(picture *self, uint32_t seed);

/* Byte by byte. */
void check_same(const picture *is, const picture *should);
void check_near(int is, int should, int tolerance);

#endif
