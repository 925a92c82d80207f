/* SPDX-License-Identifier: MIT */

/* The ways in which an application's frame may lie in memory. */
#ifndef SUPPORT_LAYOUT_H
#define SUPPORT_LAYOUT_H

#include "picture.h"

typedef enum layout {
    LAYOUT_PLANAR,      /* three planes without padding */
    LAYOUT_PADDED,      /* three planes, each with a stride of its own */
    LAYOUT_NV12,        /* U and V interleaved */
    LAYOUT_NV21,        /* V and U interleaved, as Android's cameras do */
    LAYOUT_INFERRED,    /* as NV21, but the planes say 1 byte a pixel and are one byte short */
    LAYOUT_RGBA,        /* without padding */
    LAYOUT_RGBA_PADDED, /* with padding */
    LAYOUTS
} layout;

const char *layout_name(layout self);

/* A frame to be pushed and the memory that it needs, recycled from one frame to the next. */
typedef struct laid {
    MLWebRTCFrame frame;
    MLWebRTCFramePlanes planes;
    uint8_t *memory;
    size_t size;
} laid;

/* Lays a picture out. Bytes that nobody may use hold garbage. */
void laid_set(laid *self, const picture *from, layout how, uint64_t time_stamp);
void laid_destroy(laid *self);

#endif
