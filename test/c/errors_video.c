/* SPDX-License-Identifier: MIT */

/* Frames that are no frames, sinks and frames that are not each other's: refused, with the right code, and nothing
 * comes of them. */
#include <string.h>

#include "support/preview.h"
#include "support/video.h"

#define WIDTH 10u
#define HEIGHT 6u

/* A frame that is right, of one layout, to be spoilt. */
typedef struct specimen {
    laid out;
    picture shown;
} specimen;

static void specimen_make(specimen *self, layout how) {
    memset(self, 0, sizeof *self);
    picture_create(&self->shown, WIDTH, HEIGHT);
    picture_fill(&self->shown, 50, 60, 70);
    laid_set(&self->out, &self->shown, how, 1);
}

static void specimen_end(specimen *self) {
    laid_destroy(&self->out);
    picture_destroy(&self->shown);
}

static preview shown;

/* Pushed now: refused, and no frame comes of it. */
static void refused(const specimen *given, MLResult expected) {
    CHECK_RESULT(MLWebRTCSourceAppDefinedVideoSourcePushFrame(shown.source, &given->out.frame), expected);
    CHECK(!frame_waits(shown.sink));
}

static void taken(const specimen *given) {
    CHECK_OK(MLWebRTCSourceAppDefinedVideoSourcePushFrame(shown.source, &given->out.frame));
    CHECK(frame_waits(shown.sink));
    CHECK_OK(MLWebRTCVideoSinkReleaseFrame(shown.sink, next_frame(shown.sink)));
}

static void formats_and_counts(void) {
    preview_open(&shown);
    specimen given;
    for (layout how = LAYOUT_PLANAR; how < LAYOUTS; how++) {
        check_about("%s", layout_name(how));
        specimen_make(&given, how);
        taken(&given);
        static const int32_t formats[] = {3, 4, -1, 100, INT32_MAX, INT32_MIN};
        int32_t right = given.out.frame.format;
        for (size_t at = 0; at < sizeof formats / sizeof *formats; at++) {
            given.out.frame.format = formats[at];
            refused(&given, MLResult_WebRTCInvalidFrameFormat);
        }
        given.out.frame.format = right;
        uint8_t count = given.out.planes.plane_count;
        for (unsigned wrong = 0; wrong < 256; wrong++) {
            given.out.planes.plane_count = (uint8_t)wrong;
            if (wrong != count) {
                refused(&given, MLResult_WebRTCInvalidFramePlaneCount);
            }
        }
        given.out.planes.plane_count = count;
        const void *planes = given.out.frame.frame_data;
        given.out.frame.frame_data = NULL;
        refused(&given, MLResult_InvalidParam);
        given.out.frame.frame_data = planes;
        static const uint32_t versions[] = {0, 1, 2, 3, UINT32_MAX};
        for (size_t at = 0; at < sizeof versions / sizeof *versions; at++) {
            given.out.frame.version = versions[at];
            taken(&given);
        }
        specimen_end(&given);
    }
    MLWebRTCNativeFrameInfo native = {.width = WIDTH, .height = HEIGHT, .native_buffer_handle = 1};
    MLWebRTCFrame frame = {.version = 2, .frame_data = &native, .format = MLWebRTCOutputFormat_NativeBuffer};
    CHECK_RESULT(MLWebRTCSourceAppDefinedVideoSourcePushFrame(shown.source, &frame),
                 MLResult_WebRTCSendNativeFrameError);
    CHECK_RESULT(MLWebRTCSourceAppDefinedVideoSourcePushFrame(shown.source, NULL), MLResult_InvalidParam);
    CHECK(!frame_waits(shown.sink));
    preview_close(&shown);
}

/* One field of one plane is wrong. */
static void plane_fields(void) {
    static const uint32_t absurd[] = {0, 8193, 65536, INT32_MAX, (uint32_t)INT32_MAX + 1, UINT32_MAX};
    preview_open(&shown);
    specimen given;
    for (layout how = LAYOUT_PLANAR; how < LAYOUTS; how++) {
        specimen_make(&given, how);
        for (unsigned at = 0; at < given.out.planes.plane_count; at++) {
            ImagePlaneInfoNative *plane = &given.out.planes.image_planes[at];
            ImagePlaneInfoNative right = *plane;
            check_about("%s, plane %u", layout_name(how), at);
            plane->image_data_ptr = NULL;
            refused(&given, MLResult_InvalidParam);
            *plane = right;
            for (size_t value = 0; value < sizeof absurd / sizeof *absurd; value++) {
                check_about("%s, plane %u, value %u", layout_name(how), at, absurd[value]);
                plane->width = absurd[value];
                refused(&given, MLResult_InvalidParam);
                *plane = right;
                plane->height = absurd[value];
                refused(&given, MLResult_InvalidParam);
                *plane = right;
                plane->bytes_per_pixel = absurd[value];
                refused(&given, MLResult_InvalidParam);
                *plane = right;
                plane->stride = absurd[value];
                refused(&given, MLResult_InvalidParam);
                *plane = right;
            }
            /* A row less than it says, or more rows than there are. */
            plane->size = right.stride * (right.height - 1);
            if (how < LAYOUT_NV12 || at == 0) {
                refused(&given, MLResult_InvalidParam);
            }
            *plane = right;
            plane->size = 0;
            if (how < LAYOUT_NV12 || at == 0) {
                refused(&given, MLResult_InvalidParam);
            }
            *plane = right;
            plane->height = right.height + 1;
            if (how < LAYOUT_NV12 || at == 0) {
                refused(&given, MLResult_InvalidParam);
            }
            *plane = right;
            plane->stride = right.width * (how >= LAYOUT_RGBA ? 4 : 1) - 1;
            refused(&given, MLResult_InvalidParam);
            *plane = right;
            taken(&given);
        }
        specimen_end(&given);
    }
    preview_close(&shown);
}

/* Both halves of interleaved chroma: one byte short is what callers say, two are missing. */
static void interleaved_sizes(void) {
    preview_open(&shown);
    specimen given;
    for (layout how = LAYOUT_NV12; how <= LAYOUT_INFERRED; how++) {
        check_about("%s", layout_name(how));
        specimen_make(&given, how);
        ImagePlaneInfoNative *plane = given.out.planes.image_planes;
        uint32_t whole = plane[1].stride * plane[1].height;
        plane[1].size = plane[2].size = whole - 1;
        taken(&given);
        plane[1].size = plane[2].size = whole - 2;
        refused(&given, MLResult_InvalidParam);
        plane[1].size = plane[2].size = 0;
        refused(&given, MLResult_InvalidParam);
        plane[1].size = plane[2].size = whole - 1;
        plane[1].height = plane[2].height = HEIGHT;
        refused(&given, MLResult_InvalidParam);
        plane[1].height = plane[2].height = 1;
        refused(&given, MLResult_InvalidParam);
        specimen_end(&given);
    }
    preview_close(&shown);
}

/* stride x height that is small in 32 bits, and planes that are far larger than memory. */
static void overflow(void) {
    static const uint32_t strides[] = {0x20000000, 0x40000000, 0x7FFFFFFF, 0x2AAAAAAB, 0x55555556};
    preview_open(&shown);
    specimen given;
    for (layout how = LAYOUT_PLANAR; how < LAYOUTS; how++) {
        specimen_make(&given, how);
        for (unsigned at = 0; at < given.out.planes.plane_count; at++) {
            ImagePlaneInfoNative *plane = &given.out.planes.image_planes[at];
            ImagePlaneInfoNative right = *plane;
            for (size_t value = 0; value < sizeof strides / sizeof *strides; value++) {
                check_about("%s, plane %u, stride %u", layout_name(how), at, strides[value]);
                plane->stride = strides[value];
                plane->height = right.height == HEIGHT ? 8 : 4;
                refused(&given, MLResult_InvalidParam);
                *plane = right;
            }
        }
        specimen_end(&given);
    }
    preview_close(&shown);
}

static void wrong_handles(void) {
    preview_open(&shown);
    specimen given;
    specimen_make(&given, LAYOUT_PLANAR);
    MLHandle audio = 0;
    MLHandle other = source_create();
    CHECK_OK(MLWebRTCSourceCreateAppDefinedAudioSource(NULL, &audio));
    CHECK_OK(MLWebRTCSourceDestroy(other));
    const MLHandle wrong[] = {0, ML_INVALID_HANDLE, audio, shown.sink, other, 12345};
    for (size_t at = 0; at < sizeof wrong / sizeof *wrong; at++) {
        check_about("handle %zu", at);
        CHECK_RESULT(MLWebRTCSourceAppDefinedVideoSourcePushFrame(wrong[at], &given.out.frame),
                     MLResult_WebRTCMismatchingHandle);
        if (wrong[at] != ML_INVALID_HANDLE) {
            CHECK_RESULT(MLWebRTCVideoSinkSetSource(shown.sink, wrong[at]), MLResult_WebRTCMismatchingHandle);
        }
        CHECK_RESULT(MLWebRTCVideoSinkSetSource(wrong[at] == shown.sink ? shown.source : wrong[at], shown.source),
                     MLResult_WebRTCMismatchingHandle);
    }
    /* The sink is still where it was. */
    taken(&given);
    specimen_end(&given);
    CHECK_OK(MLWebRTCSourceDestroy(audio));
    preview_close(&shown);
}

static void get_data(void) {
    preview_open(&shown);
    specimen given;
    specimen_make(&given, LAYOUT_RGBA);
    CHECK_OK(MLWebRTCSourceAppDefinedVideoSourcePushFrame(shown.source, &given.out.frame));
    MLHandle lent = next_frame(shown.sink);
    static const int32_t formats[] = {MLWebRTCOutputFormat_NativeBuffer, 3, -1, INT32_MAX, INT32_MIN};
    for (size_t at = 0; at < sizeof formats / sizeof *formats; at++) {
        MLWebRTCFrame out = {.version = 2, .frame_data = &out, .format = formats[at]};
        CHECK_RESULT(MLWebRTCFrameGetData(lent, &out), MLResult_WebRTCInvalidFrameFormat);
        CHECK(out.frame_data == NULL);
    }
    CHECK_RESULT(MLWebRTCFrameGetData(lent, NULL), MLResult_InvalidParam);
    const MLHandle wrong[] = {0,        ML_INVALID_HANDLE,          shown.sink, shown.source,
                              lent + 1, lent ^ (UINT64_C(1) << 20), 777};
    for (size_t at = 0; at < sizeof wrong / sizeof *wrong; at++) {
        MLWebRTCFrame out = {.version = 2, .frame_data = &out, .format = MLWebRTCOutputFormat_YUV_420_888};
        CHECK_RESULT(MLWebRTCFrameGetData(wrong[at], &out), MLResult_WebRTCMismatchingHandle);
        CHECK(out.frame_data == NULL);
        CHECK_RESULT(MLWebRTCVideoSinkReleaseFrame(shown.sink, wrong[at]), MLResult_WebRTCMismatchingHandle);
    }
    /* Any version will do. */
    for (uint32_t version = 0; version < 4; version++) {
        MLWebRTCFrame out = {.version = version, .format = MLWebRTCOutputFormat_YUV_420_888};
        CHECK_OK(MLWebRTCFrameGetData(lent, &out));
        CHECK(out.frame_data != NULL);
    }
    /* Another sink's frame is not this one's. */
    MLHandle second = 0;
    CHECK_OK(MLWebRTCVideoSinkCreate(&second));
    CHECK_RESULT(MLWebRTCVideoSinkReleaseFrame(second, lent), MLResult_WebRTCMismatchingHandle);
    CHECK_OK(MLWebRTCVideoSinkDestroy(second));
    CHECK_RESULT(MLWebRTCVideoSinkReleaseFrame(second, lent), MLResult_WebRTCMismatchingHandle);
    CHECK_OK(MLWebRTCVideoSinkReleaseFrame(shown.sink, lent));
    CHECK_RESULT(MLWebRTCVideoSinkReleaseFrame(shown.sink, lent), MLResult_WebRTCMismatchingHandle);
    MLWebRTCFrame out = {.version = 2, .frame_data = &out};
    CHECK_RESULT(MLWebRTCFrameGetData(lent, &out), MLResult_WebRTCMismatchingHandle);
    CHECK(out.frame_data == NULL);
    specimen_end(&given);
    preview_close(&shown);
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"formats_and_counts", formats_and_counts}, {"plane_fields", plane_fields},
        {"interleaved_sizes", interleaved_sizes},   {"overflow", overflow},
        {"wrong_handles", wrong_handles},           {"get_data", get_data},
    };
    return RUN_CASES(cases, argc, argv);
}
