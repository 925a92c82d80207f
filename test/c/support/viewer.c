/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "video.h"

void viewer_create(viewer *self, MLHandle source, unsigned stream) {
    memset(self, 0, sizeof *self);
    self->stream = stream;
    self->width = 320;
    self->height = 240;
    self->rate = 30;
    self->psnr_least = 27;
    self->part_least = 23; /* one that is a frame older than the rest lies below */
    CHECK_OK(MLWebRTCVideoSinkCreate(&self->sink));
    viewer_attach(self, source);
    viewer_reset(self);
}

void viewer_attach(viewer *self, MLHandle source) {
    CHECK_OK(MLWebRTCVideoSinkSetSource(self->sink, source));
    self->may_start_over = true;
}

void viewer_destroy(viewer *self) {
    CHECK_OK(MLWebRTCVideoSinkDestroy(self->sink));
    picture_destroy(&self->seen);
    picture_destroy(&self->original);
    picture_destroy(&self->smaller);
    memset(self, 0, sizeof *self);
    self->sink = ML_INVALID_HANDLE;
}

void viewer_reset(viewer *self) {
    self->frames = 0;
    self->blacks = 0;
    self->repeats = 0;
    self->psnr_sum = 0;
    self->psnr_worst = INFINITY;
    self->part_worst = INFINITY;
    self->longest_gap = 0;
    self->behind_most = 0;
    self->since = milliseconds_now();
    self->at = self->since;
}

double viewer_mean(const viewer *self) { return self->frames > 0 ? self->psnr_sum / self->frames : 0; }

uint64_t viewer_gap(const viewer *self) {
    uint64_t now = milliseconds_now() - self->at;
    return now > self->longest_gap ? now : self->longest_gap;
}

void viewer_print(const viewer *self, const char *name) {
    printf("%s: %u frames in %" PRIu64
           " ms, %ux%u, PSNR %.1f dB, worst %.1f dB, of a part %.1f dB, longest gap %" PRIu64
           " ms, at most %u frames behind\n",
           name, self->frames, milliseconds_now() - self->since, self->seen.width, self->seen.height, viewer_mean(self),
           self->psnr_worst, self->part_worst, viewer_gap(self), self->behind_most);
    fflush(stdout);
}

static void check_plane(const ImagePlaneInfoNative *plane, unsigned width, unsigned height) {
    CHECK_EQ(plane->width, width);
    CHECK_EQ(plane->height, height);
    CHECK_EQ(plane->stride, width);
    CHECK_EQ(plane->bytes_per_pixel, 1);
    CHECK_EQ(plane->size, width * height);
    CHECK(plane->image_data_ptr != NULL);
}

picture frame_picture(MLHandle frame, uint64_t *time_stamp) {
    MLWebRTCFrame out = {.version = 2, .format = MLWebRTCOutputFormat_YUV_420_888};
    CHECK_OK(MLWebRTCFrameGetData(frame, &out));
    CHECK_EQ(out.format, MLWebRTCOutputFormat_YUV_420_888);
    CHECK(out.frame_data != NULL);
    MLWebRTCFramePlanes planes;
    memcpy(&planes, out.frame_data, sizeof planes);
    CHECK_EQ(planes.plane_count, 3);
    const ImagePlaneInfoNative *plane = planes.image_planes;
    check_plane(&plane[0], plane[0].width, plane[0].height);
    check_plane(&plane[1], (plane[0].width + 1) / 2, (plane[0].height + 1) / 2);
    check_plane(&plane[2], (plane[0].width + 1) / 2, (plane[0].height + 1) / 2);
    *time_stamp = out.time_stamp;
    /* The picture is only read: nobody writes to a frame of the library. */
    return (picture){.width = plane[0].width,
                     .height = plane[0].height,
                     .y = (uint8_t *)(uintptr_t)plane[0].image_data_ptr,
                     .u = (uint8_t *)(uintptr_t)plane[1].image_data_ptr,
                     .v = (uint8_t *)(uintptr_t)plane[2].image_data_ptr};
}

const uint8_t *frame_rgba(MLHandle frame, unsigned width, unsigned height) {
    MLWebRTCFrame out = {.version = 2, .format = MLWebRTCOutputFormat_RGBA_8888};
    CHECK_OK(MLWebRTCFrameGetData(frame, &out));
    CHECK_EQ(out.format, MLWebRTCOutputFormat_RGBA_8888);
    CHECK(out.frame_data != NULL);
    MLWebRTCFramePlanes planes;
    memcpy(&planes, out.frame_data, sizeof planes);
    CHECK_EQ(planes.plane_count, 1);
    const ImagePlaneInfoNative *plane = &planes.image_planes[0];
    CHECK_EQ(plane->width, width);
    CHECK_EQ(plane->height, height);
    CHECK_EQ(plane->stride, 4 * width);
    CHECK_EQ(plane->bytes_per_pixel, 4);
    CHECK_EQ(plane->size, 4 * width * height);
    return plane->image_data_ptr;
}

/* What is not as it should be can be looked at: ML_TEST_PICTURES names a directory. */
static void save(const picture *shown, const char *name) {
    const char *directory = getenv("ML_TEST_PICTURES");
    char path[512];
    if (directory == NULL || snprintf(path, sizeof path, "%s/%s.pgm", directory, name) >= (int)sizeof path) {
        return;
    }
    FILE *file = fopen(path, "wb");
    if (file != NULL) {
        fprintf(file, "P5 %u %u 255\n", shown->width, shown->height);
        fwrite(shown->y, 1, (size_t)shown->width * shown->height, file);
        fclose(file);
    }
}

/* The picture that was pushed with a number, in the size that is seen. */
static const picture *original_of(viewer *self, const picture *seen, unsigned number) {
    CHECK(seen->width <= self->width && seen->height <= self->height);
    picture_resize(&self->original, self->width, self->height);
    pattern_draw(&self->original, self->stream, number);
    if (seen->width == self->width && seen->height == self->height) {
        return &self->original;
    }
    picture_shrink(&self->smaller, &self->original, seen->width, seen->height);
    return &self->smaller;
}

static void count_gap(viewer *self) {
    uint64_t now = milliseconds_now();
    if (now - self->at > self->longest_gap) {
        self->longest_gap = now - self->at;
    }
    self->at = now;
}

/* The number that a frame shows; false: none can be read. */
static bool read_number(const viewer *self, const picture *seen, unsigned *number) {
    if (!pattern_is_numbered(self->width, self->height)) {
        *number = 0;
        return true;
    }
    unsigned stream = 0;
    if (!pattern_read(seen, &stream, number)) {
        return false;
    }
    CHECK_EQ(stream, self->stream);
    return true;
}

static void check_order(viewer *self, const picture *seen, unsigned number) {
    if (self->still || !pattern_is_numbered(self->width, self->height)) {
        CHECK_EQ(number, 0);
        return;
    }
    unsigned behind = self->other_clock ? 0 : frames_behind(number, self->rate);
    /* The other half of the numbers are frames that were not pushed yet. */
    bool early = behind >= NUMBER_MASK / 2;
    bool first = self->may_start_over || (self->other_clock && self->frames == 0);
    bool back = !first && ((number - self->number) & NUMBER_MASK) >= NUMBER_MASK / 2;
    if (early || back) {
        fprintf(stderr, "frame %u, %ux%u, came after frame %u, as the %uth; it is %u old\n", number, seen->width,
                seen->height, self->number, self->frames + 1, behind);
        save(seen, "order");
        check_failed(__FILE__, __LINE__, early ? "a frame that was not pushed yet" : "the order of frames");
    }
    if (behind > self->behind_most) {
        self->behind_most = behind;
    }
}

static sight look(viewer *self, const picture *seen) {
    unsigned number = 0;
    if (picture_is_black(seen)) {
        if (!self->may_be_black) {
            check_failed(__FILE__, __LINE__, "no black frame here");
        }
        self->blacks++;
        count_gap(self);
        return SAW_BLACK;
    }
    if (!read_number(self, seen, &number)) {
        save(seen, "illegible");
        return SAW_BROKEN;
    }
    check_order(self, seen, number);
    const picture *original = original_of(self, seen, number);
    double psnr = picture_psnr(seen, original);
    double part = picture_worst_psnr(seen, original);
    if (psnr < self->psnr_least || part < self->part_least) {
        fprintf(stderr, "frame %u, %ux%u: PSNR %.1f dB, of a part %.1f dB, after %u frames\n", number, seen->width,
                seen->height, psnr, part, self->frames);
        save(seen, "broken");
        save(original, "original");
        return SAW_BROKEN;
    }
    if (!self->still && pattern_is_numbered(self->width, self->height) && !self->may_start_over &&
        number == self->number) {
        self->repeats++;
        return SAW_PATTERN;
    }
    self->number = number;
    self->may_start_over = false;
    self->psnr = psnr;
    self->psnr_sum += psnr;
    self->psnr_worst = fmin(self->psnr_worst, psnr);
    self->part_worst = fmin(self->part_worst, part);
    self->frames++;
    count_gap(self);
    return SAW_PATTERN;
}

sight viewer_poll(viewer *self) {
    MLWebRTCBool waits = 2;
    CHECK_OK(MLWebRTCVideoSinkIsNewFrameAvailable(self->sink, &waits));
    CHECK(waits <= 1);
    if (!waits) {
        return SAW_NOTHING;
    }
    MLHandle frame = ML_INVALID_HANDLE;
    CHECK_OK(MLWebRTCVideoSinkAcquireNextAvailableFrame(self->sink, &frame));
    uint64_t time_stamp = 0;
    picture lent = frame_picture(frame, &time_stamp);
    if (!self->may_start_over) {
        CHECK(time_stamp > self->time_stamp);
    }
    self->time_stamp = time_stamp;
    sight saw = look(self, &lent);
    CHECK(saw != SAW_BROKEN);
    picture_copy(&self->seen, &lent);
    CHECK_OK(MLWebRTCVideoSinkReleaseFrame(self->sink, frame));
    return saw;
}
