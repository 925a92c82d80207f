/* SPDX-License-Identifier: MIT */

/* What the tests send: a natural-looking moving scene, the same for everybody who knows its stream and number, which
 * are written into it as large blocks that survive coding; and a chart of colours. */
#ifndef SUPPORT_PATTERN_H
#define SUPPORT_PATTERN_H

#include "picture.h"

#define STREAMS_MOST 16u
#define NUMBER_BITS 16u
#define NUMBER_MASK ((1u << NUMBER_BITS) - 1)

/* A picture of this size carries its number. A smaller one is the same for all numbers. */
bool pattern_is_numbered(unsigned width, unsigned height);

/* The scene of a stream (below STREAMS_MOST) at a number, of which NUMBER_BITS count. Safe on several threads. */
void pattern_draw(picture *self, unsigned stream, unsigned number);

/* Reads what pattern_draw has written, also from a picture that was made smaller. False: it is not legible. */
bool pattern_read(const picture *self, unsigned *stream, unsigned *number);

/* The number of the frame that is due now, at this rate; the same in all processes of a machine. */
unsigned number_now(unsigned frames_per_second);
/* How many frames behind the due one a frame is. */
unsigned frames_behind(unsigned number, unsigned frames_per_second);

#define CHART_COLUMNS 4u
#define CHART_ROWS 3u
extern const colour chart_colours[CHART_ROWS * CHART_COLUMNS];

/* Fields of known colours. */
void chart_draw(picture *self);
/* The mean of the inner part of a field. */
yuv chart_field(const picture *self, unsigned column, unsigned row);
colour chart_rgba_field(const uint8_t *rgba, unsigned width, unsigned height, unsigned column, unsigned row);

#endif
