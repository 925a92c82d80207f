/* SPDX-License-Identifier: MIT */

/* Frames in memory that ends where their planes say it does: nothing is read that was not offered, whatever else is
 * said of it. */
#define _DEFAULT_SOURCE /* anonymous memory */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "support/preview.h"
#include "support/video.h"

/* Pages between two that nobody can touch. */
typedef struct fence {
    uint8_t *mapped;
    uint8_t *first;
    size_t size;
    size_t page;
} fence;

static void fence_open(fence *self, size_t size) {
    self->page = (size_t)sysconf(_SC_PAGESIZE);
    self->size = (size + self->page - 1) / self->page * self->page;
    self->mapped = mmap(NULL, self->size + 2 * self->page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(self->mapped != MAP_FAILED);
    self->first = self->mapped + self->page;
    CHECK(mprotect(self->first, self->size, PROT_READ | PROT_WRITE) == 0);
}

static void fence_close(fence *self) { CHECK(munmap(self->mapped, self->size + 2 * self->page) == 0); }

/* Bytes at one end of the pages. */
static uint8_t *fence_bytes(const fence *self, size_t size, bool at_end) {
    CHECK(size <= self->size);
    return at_end ? self->first + self->size - size : self->first;
}

static void put_plane(uint8_t *to, unsigned stride, unsigned step, const uint8_t *from, unsigned width,
                      unsigned height) {
    for (unsigned row = 0; row < height; row++) {
        for (unsigned x = 0; x < width; x++) {
            to[(size_t)row * stride + (size_t)x * step] = from[(size_t)row * width + x];
        }
    }
}

/* How chroma lies in fenced memory. */
typedef enum fenced {
    FENCED_PLANAR,
    FENCED_UV,       /* interleaved */
    FENCED_VU,       /* in the other order */
    FENCED_ONE_STEP, /* interleaved, but the planes say one byte a pixel */
    FENCED_APART,    /* two bytes a pixel, but each plane by itself */
    FENCINGS
} fenced;

static ImagePlaneInfoNative fenced_plane(const fence *in, bool at_end, const uint8_t *pixels, unsigned width,
                                         unsigned height, unsigned padding, unsigned step) {
    unsigned row = (width - 1) * step + 1;
    unsigned stride = width * step + padding;
    unsigned size = (height - 1) * stride + row;
    uint8_t *at = fence_bytes(in, size, at_end);
    put_plane(at, stride, step, pixels, width, height);
    return (ImagePlaneInfoNative){width, height, stride, step, at, size};
}

static void fence_interleaved(const fence *in, bool at_end, ImagePlaneInfoNative *u, ImagePlaneInfoNative *v,
                              const picture *from, unsigned padding, fenced how) {
    unsigned width = chroma_width(from);
    unsigned height = chroma_height(from);
    unsigned stride = 2 * width + padding;
    unsigned size = (height - 1) * stride + 2 * width;
    uint8_t *at = fence_bytes(in, size, at_end);
    unsigned step = how == FENCED_ONE_STEP ? 1 : 2;
    bool v_first = how != FENCED_UV;
    *u = (ImagePlaneInfoNative){width, height, stride, step, at + v_first, size - 1};
    *v = (ImagePlaneInfoNative){width, height, stride, step, at + !v_first, size - 1};
    put_plane(at + v_first, stride, 2, from->u, width, height);
    put_plane(at + !v_first, stride, 2, from->v, width, height);
}

static void push_fenced(preview *shown, fence *memory, const picture *from, fenced how, unsigned padding, bool at_end) {
    MLWebRTCFramePlanes planes = {.plane_count = 3};
    ImagePlaneInfoNative *plane = planes.image_planes;
    plane[0] = fenced_plane(&memory[0], at_end, from->y, from->width, from->height, padding, 1);
    if (how == FENCED_PLANAR || how == FENCED_APART) {
        unsigned step = how == FENCED_APART ? 2 : 1;
        plane[1] = fenced_plane(&memory[1], at_end, from->u, chroma_width(from), chroma_height(from), padding, step);
        plane[2] = fenced_plane(&memory[2], at_end, from->v, chroma_width(from), chroma_height(from), padding, step);
    } else {
        fence_interleaved(&memory[1], at_end, &plane[1], &plane[2], from, padding, how);
    }
    MLWebRTCFrame frame = {.version = 2, .frame_data = &planes, .format = MLWebRTCOutputFormat_YUV_420_888};
    CHECK_OK(MLWebRTCSourceAppDefinedVideoSourcePushFrame(shown->source, &frame));
}

/* One byte too many, at either end, would be the end of this process. */
static void fenced_yuv(void) {
    static const unsigned heights[] = {1, 2, 3, 6, 7};
    preview shown;
    fence memory[3];
    preview_open(&shown);
    for (unsigned at = 0; at < 3; at++) {
        fence_open(&memory[at], 16384);
    }
    for (unsigned width = 1; width <= 150; width++) {
        for (unsigned how = 0; how < FENCINGS * 4; how++) {
            unsigned height = heights[(width + how) % 5];
            unsigned padding = how % 2 == 0 ? 0 : 5;
            picture original;
            picture_create(&original, width, height);
            picture_scatter(&original, width * 100 + how);
            check_about("%ux%u fenced %u padding %u", width, height, how / 4, padding);
            push_fenced(&shown, memory, &original, (fenced)(how / 4), padding, how % 4 < 2);
            uint64_t time_stamp = 0;
            MLHandle frame = next_frame(shown.sink);
            picture lent = frame_picture(frame, &time_stamp);
            check_same(&lent, &original);
            CHECK_OK(MLWebRTCVideoSinkReleaseFrame(shown.sink, frame));
            picture_destroy(&original);
        }
    }
    for (unsigned at = 0; at < 3; at++) {
        fence_close(&memory[at]);
    }
    preview_close(&shown);
}

static void fenced_rgba(void) {
    preview shown;
    fence memory;
    preview_open(&shown);
    fence_open(&memory, 65536);
    for (unsigned at = 0; at < 150 * 4; at++) {
        unsigned width = at / 4 + 1;
        unsigned height = at % 5 + 1;
        unsigned stride = 4 * width + (at % 2 == 0 ? 0 : 9);
        unsigned size = (height - 1) * stride + 4 * width;
        uint8_t *pixels = fence_bytes(&memory, size, at % 4 < 2);
        memset(pixels, 128, size);
        MLWebRTCFramePlanes planes = {.plane_count = 1, .image_planes = {{width, height, stride, 4, pixels, size}}};
        MLWebRTCFrame pushed = {.version = 2, .frame_data = &planes, .format = MLWebRTCOutputFormat_RGBA_8888};
        check_about("%ux%u", width, height);
        CHECK_OK(MLWebRTCSourceAppDefinedVideoSourcePushFrame(shown.source, &pushed));
        uint64_t time_stamp = 0;
        MLHandle frame = next_frame(shown.sink);
        picture lent = frame_picture(frame, &time_stamp);
        for (size_t pixel = 0; pixel < (size_t)width * height; pixel++) {
            check_near(lent.y[pixel], 126, 2);
        }
        CHECK_OK(MLWebRTCVideoSinkReleaseFrame(shown.sink, frame));
    }
    fence_close(&memory);
    preview_close(&shown);
}

static uint32_t dice;

static unsigned roll(unsigned below) {
    dice = dice * 1664525u + 1013904223u;
    return (dice >> 8) % below;
}

/* A number near this one, or far off. */
static unsigned near_to(unsigned number) {
    switch (roll(12)) {
    case 0:
        return number - 1;
    case 1:
        return number + roll(20);
    case 2:
        return roll(3);
    case 3:
        return roll(2) == 0 ? UINT32_MAX - roll(4) : 1u << roll(32);
    default:
        return number;
    }
}

/* A plane with some of its numbers wrong, in memory that has as many bytes as it says. */
static ImagePlaneInfoNative random_plane(const fence *in, unsigned width, unsigned height, unsigned step) {
    unsigned stride = width * step + roll(2) * roll(9);
    unsigned size = near_to(stride * height - roll(2));
    if (size > in->size) {
        size = roll(4096);
    }
    return (ImagePlaneInfoNative){.width = near_to(width),
                                  .height = near_to(height),
                                  .stride = near_to(stride),
                                  .bytes_per_pixel = near_to(step),
                                  .image_data_ptr = fence_bytes(in, size, true),
                                  .size = size};
}

/* Refused or taken, but nothing is read that was not offered: what follows each plane would end this process. */
static void random_planes(void) {
    preview shown;
    fence memory[3];
    unsigned taken = 0;
    preview_open(&shown);
    for (unsigned at = 0; at < 3; at++) {
        fence_open(&memory[at], 65536);
        memset(memory[at].first, (int)at, memory[at].size);
    }
    for (unsigned round = 0; round < 100000; round++) {
        dice = round;
        unsigned width = 1 + roll(40);
        unsigned height = 1 + roll(20);
        unsigned step = 1 + roll(2);
        bool rgba = roll(4) == 0;
        MLWebRTCFramePlanes planes = {.plane_count = rgba ? 1 : 3};
        ImagePlaneInfoNative *plane = planes.image_planes;
        plane[0] = random_plane(&memory[0], width, height, rgba ? 4 : 1);
        plane[1] = random_plane(&memory[1], (width + 1) / 2, (height + 1) / 2, step);
        plane[2] = random_plane(&memory[2], (width + 1) / 2, (height + 1) / 2, step);
        unsigned first = 1 + roll(2);
        if (roll(2) == 0 && plane[first].size > 0) { /* interleaved, in either order */
            plane[3 - first].image_data_ptr = (const uint8_t *)plane[first].image_data_ptr + 1;
            plane[3 - first].size = plane[first].size - 1;
            plane[3 - first].stride = plane[first].stride;
        }
        MLWebRTCFrame frame = {.version = 2,
                               .frame_data = &planes,
                               .format = rgba ? MLWebRTCOutputFormat_RGBA_8888 : MLWebRTCOutputFormat_YUV_420_888};
        check_about("round %u", round);
        MLResult result = MLWebRTCSourceAppDefinedVideoSourcePushFrame(shown.source, &frame);
        if (result != MLResult_Ok) {
            CHECK_RESULT(result, MLResult_InvalidParam);
            continue;
        }
        uint64_t time_stamp = 0;
        MLHandle lent = next_frame(shown.sink);
        picture is = frame_picture(lent, &time_stamp);
        CHECK(is.width == plane[0].width && is.height == plane[0].height);
        CHECK_OK(MLWebRTCVideoSinkReleaseFrame(shown.sink, lent));
        taken++;
    }
    CHECK(taken > 1000);
    for (unsigned at = 0; at < 3; at++) {
        fence_close(&memory[at]);
    }
    preview_close(&shown);
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"fenced_yuv", fenced_yuv},
        {"fenced_rgba", fenced_rgba},
        {"random_planes", random_planes},
    };
    return RUN_CASES(cases, argc, argv);
}
