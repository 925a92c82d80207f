/*
 * What the video demo sends: a landscape that moves past, as hard to compress as a camera's
 * picture, cheap to draw, and always the same for a number. The number is inside the picture,
 * as black and white blocks that survive compression and scaling.
 */
#ifndef PATTERN_H
#define PATTERN_H

#include <stdint.h>

/* Y, U and V in planes without padding, the chroma planes of half size: BT.601, limited range. */
typedef struct picture {
    int width;
    int height;
    uint8_t *plane[3];
} picture;

/* An all-grey picture; plane[0] is NULL without memory. */
picture picture_create(int width, int height);
void picture_destroy(picture *self);

/* The scene at a number, of which 16 bits count. */
void pattern_draw(picture *self, unsigned number);

/* Writes only the number, over the one that is there. */
void pattern_write_number(picture *self, unsigned number);

/* The number in a luma plane without padding, of any size from 192 x 108 on; -1 if it can't be read. */
int pattern_read_number(const uint8_t *luma, int width, int height);

/* The mean squared difference between the luma of a picture and a copy of it. If the copy is
 * smaller, the picture is scaled down to its size first. */
double pattern_luma_error(const picture *original, const uint8_t *luma, int width, int height);

/* A mean squared error as a peak signal-to-noise ratio in dB. */
double pattern_psnr(double error);

#endif
