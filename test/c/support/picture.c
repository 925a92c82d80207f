/* SPDX-License-Identifier: MIT */
#include "picture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Black is 16; a coder may be off by this much. */
#define BLACK_MOST 32

unsigned chroma_width(const picture *self) { return (self->width + 1) / 2; }

unsigned chroma_height(const picture *self) { return (self->height + 1) / 2; }

static size_t luma_size(const picture *self) { return (size_t)self->width * self->height; }

static size_t chroma_size(const picture *self) { return (size_t)chroma_width(self) * chroma_height(self); }

void picture_create(picture *self, unsigned width, unsigned height) {
    *self = (picture){.width = width, .height = height};
    self->y = malloc(luma_size(self) + 2 * chroma_size(self));
    CHECK(self->y != NULL);
    self->u = self->y + luma_size(self);
    self->v = self->u + chroma_size(self);
}

void picture_destroy(picture *self) {
    free(self->y);
    memset(self, 0, sizeof *self);
}

void picture_resize(picture *self, unsigned width, unsigned height) {
    if (self->y == NULL || self->width != width || self->height != height) {
        picture_destroy(self);
        picture_create(self, width, height);
    }
}

void picture_fill(picture *self, uint8_t y, uint8_t u, uint8_t v) {
    memset(self->y, y, luma_size(self));
    memset(self->u, u, chroma_size(self));
    memset(self->v, v, chroma_size(self));
}

void picture_copy(picture *to, const picture *from) {
    picture_resize(to, from->width, from->height);
    memcpy(to->y, from->y, luma_size(from));
    memcpy(to->u, from->u, chroma_size(from));
    memcpy(to->v, from->v, chroma_size(from));
}

/* Sums with weights the part of a row of values that lies from left to right. */
static double covered(const double *row, double left, double right) {
    unsigned at = (unsigned)left;
    double sum = 0;
    for (double from = left; from < right; at++) {
        double to = fmin(at + 1.0, right);
        sum += row[at] * (to - from);
        from = to;
    }
    return sum;
}

static void shrink_plane(uint8_t *to, unsigned to_width, unsigned to_height, const uint8_t *from, unsigned width,
                         unsigned height) {
    double *columns = malloc(width * sizeof *columns);
    CHECK(columns != NULL);
    double across = (double)width / to_width;
    double down = (double)height / to_height;
    for (unsigned row = 0; row < to_height; row++) {
        double bottom = fmin((row + 1) * down, height);
        unsigned line = (unsigned)(row * down);
        memset(columns, 0, width * sizeof *columns);
        for (double top = row * down; top < bottom; line++) {
            double weight = fmin(line + 1.0, bottom) - top;
            const uint8_t *pixels = from + (size_t)line * width;
            for (unsigned x = 0; x < width; x++) {
                columns[x] += weight * pixels[x];
            }
            top += weight;
        }
        for (unsigned x = 0; x < to_width; x++) {
            double sum = covered(columns, x * across, fmin((x + 1) * across, width));
            to[(size_t)row * to_width + x] = (uint8_t)(sum / (across * down) + 0.5);
        }
    }
    free(columns);
}

void picture_shrink(picture *to, const picture *from, unsigned width, unsigned height) {
    CHECK(width <= from->width && height <= from->height);
    picture_resize(to, width, height);
    shrink_plane(to->y, width, height, from->y, from->width, from->height);
    shrink_plane(to->u, chroma_width(to), chroma_height(to), from->u, chroma_width(from), chroma_height(from));
    shrink_plane(to->v, chroma_width(to), chroma_height(to), from->v, chroma_width(from), chroma_height(from));
}

typedef struct area {
    unsigned left;
    unsigned top;
    unsigned right;
    unsigned bottom;
} area;

static double area_psnr(const picture *one, const picture *other, area of) {
    CHECK_EQ(one->width, other->width);
    CHECK_EQ(one->height, other->height);
    uint64_t sum = 0;
    for (unsigned row = of.top; row < of.bottom; row++) {
        const uint8_t *first = one->y + (size_t)row * one->width;
        const uint8_t *second = other->y + (size_t)row * one->width;
        uint32_t of_row = 0; /* at most 8192 x 255 x 255 */
        for (unsigned x = of.left; x < of.right; x++) {
            int difference = first[x] - second[x];
            of_row += (uint32_t)(difference * difference);
        }
        sum += of_row;
    }
    double pixels = (double)(of.right - of.left) * (of.bottom - of.top);
    return sum == 0 ? INFINITY : 10 * log10(255.0 * 255.0 * pixels / (double)sum);
}

double picture_psnr(const picture *one, const picture *other) {
    return area_psnr(one, other, (area){.right = one->width, .bottom = one->height});
}

double picture_worst_psnr(const picture *one, const picture *other) {
    enum { PARTS = 8 };
    double worst = INFINITY;
    for (unsigned part = 0; part < PARTS * PARTS; part++) {
        unsigned column = part % PARTS;
        unsigned row = part / PARTS;
        area of = {.left = column * one->width / PARTS,
                   .top = row * one->height / PARTS,
                   .right = (column + 1) * one->width / PARTS,
                   .bottom = (row + 1) * one->height / PARTS};
        worst = fmin(worst, area_psnr(one, other, of));
    }
    return worst;
}

static uint64_t hash(uint64_t sum, const uint8_t *bytes, size_t size) {
    for (size_t at = 0; at < size; at++) {
        sum = (sum ^ bytes[at]) * UINT64_C(0x100000001b3);
    }
    return sum;
}

uint64_t picture_checksum(const picture *self) {
    uint64_t sum = hash(UINT64_C(0xcbf29ce484222325), self->y, luma_size(self));
    sum = hash(sum, self->u, chroma_size(self));
    return hash(sum, self->v, chroma_size(self));
}

bool picture_is_black(const picture *self) {
    for (size_t at = 0; at < luma_size(self); at++) {
        if (self->y[at] > BLACK_MOST) {
            return false;
        }
    }
    return true;
}

static uint8_t clamped(double value) { return value < 0 ? 0 : value > 255 ? 255 : (uint8_t)(value + 0.5); }

yuv yuv_of(colour from) {
    double red = from.red / 255.0;
    double green = from.green / 255.0;
    double blue = from.blue / 255.0;
    double luma = 0.299 * red + 0.587 * green + 0.114 * blue;
    return (yuv){.y = clamped(16 + 219 * luma),
                 .u = clamped(128 + 224 * (blue - luma) / 1.772),
                 .v = clamped(128 + 224 * (red - luma) / 1.402)};
}

colour colour_of(yuv from) {
    double luma = (from.y - 16) / 219.0;
    double blue = (from.u - 128) / 224.0 * 1.772;
    double red = (from.v - 128) / 224.0 * 1.402;
    return (colour){.red = clamped(255 * (luma + red)),
                    .green = clamped(255 * (luma - (0.114 * blue + 0.299 * red) / 0.587)),
                    .blue = clamped(255 * (luma + blue))};
}

void picture_to_rgba(const picture *self, uint8_t *rgba, size_t stride) {
    for (unsigned row = 0; row < self->height; row++) {
        uint8_t *out = rgba + row * stride;
        size_t chroma = (size_t)(row / 2) * chroma_width(self);
        for (unsigned x = 0; x < self->width; x++, out += 4) {
            colour pixel = colour_of((yuv){.y = self->y[(size_t)row * self->width + x],
                                           .u = self->u[chroma + x / 2],
                                           .v = self->v[chroma + x / 2]});
            out[0] = pixel.red;
            out[1] = pixel.green;
            out[2] = pixel.blue;
            out[3] = 255;
        }
    }
}
