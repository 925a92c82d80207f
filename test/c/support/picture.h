/* SPDX-License-Identifier: MIT */

/* Pictures of the tests' own (planar YUV 4:2:0, limited range, BT.601, without padding), and how alike two are. */
#ifndef SUPPORT_PICTURE_H
#define SUPPORT_PICTURE_H

#include "check.h"

typedef struct picture {
    unsigned width;
    unsigned height;
    uint8_t *y;
    uint8_t *u; /* (width + 1) / 2 by (height + 1) / 2, as v */
    uint8_t *v;
} picture;

void picture_create(picture *self, unsigned width, unsigned height);
void picture_destroy(picture *self);

/* To this size, if it has another one. What it showed is lost then. */
void picture_resize(picture *self, unsigned width, unsigned height);

unsigned chroma_width(const picture *self);
unsigned chroma_height(const picture *self);

void picture_fill(picture *self, uint8_t y, uint8_t u, uint8_t v);
void picture_copy(picture *to, const picture *from);

/* Smaller, every pixel the mean of the area that it covers. */
void picture_shrink(picture *to, const picture *from, unsigned width, unsigned height);

/* Peak signal-to-noise ratio of the luma in dB; infinite for equal pictures, which have one size. */
double picture_psnr(const picture *one, const picture *other);

/* The same of the worst of 8 by 8 parts, which damage in one place does not hide from. */
double picture_worst_psnr(const picture *one, const picture *other);

/* Of all pixels, in order. */
uint64_t picture_checksum(const picture *self);

/* No pixel brighter than the black of limited range, give or take what coding does. */
bool picture_is_black(const picture *self);

typedef struct colour {
    uint8_t red;
    uint8_t green;
    uint8_t blue;
} colour;

typedef struct yuv {
    uint8_t y;
    uint8_t u;
    uint8_t v;
} yuv;

/* ITU-R BT.601, limited range. */
yuv yuv_of(colour from);
colour colour_of(yuv from);

/* 4 bytes a pixel, stride bytes a row, alpha 255. */
void picture_to_rgba(const picture *self, uint8_t *rgba, size_t stride);

#endif
