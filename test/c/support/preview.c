/* SPDX-License-Identifier: MIT */
#include "preview.h"

#include <stdlib.h>
#include <string.h>

#include "video.h"

void preview_open(preview *self) {
    self->source = source_create();
    CHECK_OK(MLWebRTCVideoSinkCreate(&self->sink));
    CHECK_OK(MLWebRTCVideoSinkSetSource(self->sink, self->source));
}

void preview_close(preview *self) {
    CHECK_OK(MLWebRTCVideoSinkDestroy(self->sink));
    CHECK_OK(MLWebRTCSourceDestroy(self->source));
}

bool frame_waits(MLHandle sink) {
    MLWebRTCBool waits = 2;
    CHECK_OK(MLWebRTCVideoSinkIsNewFrameAvailable(sink, &waits));
    CHECK(waits <= 1);
    return waits != 0;
}

MLHandle next_frame(MLHandle sink) {
    MLHandle frame = 0;
    CHECK(frame_waits(sink));
    CHECK_OK(MLWebRTCVideoSinkAcquireNextAvailableFrame(sink, &frame));
    CHECK(frame != 0 && frame != ML_INVALID_HANDLE);
    return frame;
}

static void scatter(uint8_t *bytes, size_t size, uint32_t seed) {
    uint32_t state = seed * 2654435761u + 1;
    for (size_t at = 0; at < size; at++) {
        state = state * 1664525u + 1013904223u;
        bytes[at] = (uint8_t)(state >> 24);
    }
}

void picture_scatter(picture *self, uint32_t seed) {
    size_t chroma = (size_t)chroma_width(self) * chroma_height(self);
    scatter(self->y, (size_t)self->width * self->height, seed);
    scatter(self->u, chroma, seed + 1);
    scatter(self->v, chroma, seed + 2);
}

void check_same(const picture *is, const picture *should) {
    CHECK_EQ(is->width, should->width);
    CHECK_EQ(is->height, should->height);
    size_t luma = (size_t)is->width * is->height;
    size_t chroma = (size_t)chroma_width(is) * chroma_height(is);
    CHECK(memcmp(is->y, should->y, luma) == 0);
    CHECK(memcmp(is->u, should->u, chroma) == 0);
    CHECK(memcmp(is->v, should->v, chroma) == 0);
}

void check_near(int is, int should, int tolerance) {
    if (abs(is - should) > tolerance) {
        CHECK_EQ(is, should);
    }
}
