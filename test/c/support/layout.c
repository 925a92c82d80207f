/* SPDX-License-Identifier: MIT */
#include "layout.h"

#include <stdlib.h>
#include <string.h>

#define GARBAGE 0xA7

const char *layout_name(layout self) {
    static const char *const names[LAYOUTS] = {"planar",         "padded planar", "NV12",       "NV21",
                                               "one byte short", "RGBA",          "padded RGBA"};
    return names[self];
}

static void reserve(laid *self, size_t size) {
    if (self->size < size) {
        free(self->memory);
        self->memory = malloc(size);
        CHECK(self->memory != NULL);
        self->size = size;
    }
    memset(self->memory, GARBAGE, self->size);
    memset(&self->planes, GARBAGE, sizeof self->planes);
}

static void copy_plane(uint8_t *to, size_t stride, size_t step, const uint8_t *from, unsigned width, unsigned height) {
    for (unsigned row = 0; row < height; row++) {
        if (step == 1) {
            memcpy(to + row * stride, from + (size_t)row * width, width);
            continue;
        }
        for (unsigned x = 0; x < width; x++) {
            to[row * stride + x * step] = from[(size_t)row * width + x];
        }
    }
}

static ImagePlaneInfoNative plane(const uint8_t *at, unsigned width, unsigned height, unsigned stride, unsigned step) {
    return (ImagePlaneInfoNative){.width = width,
                                  .height = height,
                                  .stride = stride,
                                  .bytes_per_pixel = step,
                                  .image_data_ptr = at,
                                  .size = stride * height};
}

static void set_planar(laid *self, const picture *from, unsigned padding) {
    unsigned widths[] = {from->width, chroma_width(from), chroma_width(from)};
    unsigned heights[] = {from->height, chroma_height(from), chroma_height(from)};
    const uint8_t *const planes[] = {from->y, from->u, from->v};
    size_t size = 0;
    for (unsigned at = 0; at < 3; at++) {
        size += (size_t)(widths[at] + (at + 1) * padding) * heights[at];
    }
    reserve(self, size);
    uint8_t *next = self->memory;
    for (unsigned at = 0; at < 3; at++) {
        unsigned stride = widths[at] + (at + 1) * padding;
        copy_plane(next, stride, 1, planes[at], widths[at], heights[at]);
        self->planes.image_planes[at] = plane(next, widths[at], heights[at], stride, 1);
        next += (size_t)stride * heights[at];
    }
    self->planes.plane_count = 3;
}

static void set_semi_planar(laid *self, const picture *from, bool v_first, bool inferred) {
    unsigned width = chroma_width(from);
    unsigned height = chroma_height(from);
    unsigned stride = 2 * width;
    size_t luma = (size_t)from->width * from->height;
    reserve(self, luma + (size_t)stride * height);
    memcpy(self->memory, from->y, luma);
    uint8_t *first = self->memory + luma;
    uint8_t *u = first + v_first;
    uint8_t *v = first + !v_first;
    copy_plane(u, stride, 2, from->u, width, height);
    copy_plane(v, stride, 2, from->v, width, height);
    ImagePlaneInfoNative *planes = self->planes.image_planes;
    planes[0] = plane(self->memory, from->width, from->height, from->width, 1);
    planes[1] = plane(u, width, height, stride, inferred ? 1 : 2);
    planes[2] = plane(v, width, height, stride, inferred ? 1 : 2);
    /* The plane that begins one byte later has one byte less; callers say so of both. */
    planes[1].size -= inferred || v_first;
    planes[2].size -= inferred || !v_first;
    self->planes.plane_count = 3;
}

static void set_rgba(laid *self, const picture *from, unsigned padding) {
    unsigned stride = 4 * from->width + padding;
    reserve(self, (size_t)stride * from->height);
    picture_to_rgba(from, self->memory, stride);
    self->planes.image_planes[0] = plane(self->memory, from->width, from->height, stride, 4);
    self->planes.plane_count = 1;
}

void laid_set(laid *self, const picture *from, layout how, uint64_t time_stamp) {
    switch (how) {
    case LAYOUT_PLANAR:
    case LAYOUT_PADDED:
        set_planar(self, from, how == LAYOUT_PADDED ? 13 : 0);
        break;
    case LAYOUT_NV12:
        set_semi_planar(self, from, false, false);
        break;
    case LAYOUT_NV21:
    case LAYOUT_INFERRED:
        set_semi_planar(self, from, true, how == LAYOUT_INFERRED);
        break;
    default:
        set_rgba(self, from, how == LAYOUT_RGBA_PADDED ? 36 : 0);
    }
    bool rgba = how >= LAYOUT_RGBA;
    self->frame = (MLWebRTCFrame){.version = 2,
                                  .frame_data = &self->planes,
                                  .time_stamp = time_stamp,
                                  .format = rgba ? MLWebRTCOutputFormat_RGBA_8888 : MLWebRTCOutputFormat_YUV_420_888};
}

void laid_destroy(laid *self) {
    free(self->memory);
    memset(self, 0, sizeof *self);
}
