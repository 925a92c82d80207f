/* SPDX-License-Identifier: MIT */
#include "sinks.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "examples/c/png.h"

enum { SINKS_MOST = 32, HEARD = 48000 / 2 };

#define PI 3.14159265358979323846

typedef struct sink {
    char id[64];
    bool in_use;
    bool is_audio;
    MLHandle track, handle;

    uint64_t frames;
    unsigned width, height;
    double red, green, blue; /* means of the newest picture, 0 to 255 */
    double motion;           /* mean difference of its pixels to those of the one before */
    uint8_t *pixels;

    pthread_mutex_t lock;
    uint64_t heard; /* frames */
    double channels;
    int16_t samples[HEARD]; /* the newest, of the first channel, around */
} sink;

static sink sinks[SINKS_MOST];

static void on_data(const MLAudioBuffer *buffer, const MLAudioBufferFormat *format, void *context) {
    sink *self = context;
    const int16_t *samples = buffer->ptr;
    unsigned frames = buffer->size / 2 / format->channel_count;
    pthread_mutex_lock(&self->lock);
    self->channels = format->channel_count;
    for (unsigned at = 0; at < frames; at++) {
        self->samples[self->heard++ % HEARD] = samples[at * format->channel_count];
    }
    pthread_mutex_unlock(&self->lock);
}

static void attach(sink *self) {
    if (!self->is_audio) {
        MLWebRTCVideoSinkCreate(&self->handle);
        MLWebRTCVideoSinkSetSource(self->handle, self->track);
        return;
    }
    pthread_mutex_init(&self->lock, NULL);
    MLWebRTCAudioSinkParams params = {.version = 1,
                                      .mode = MLWebRTCBufferNotifyMode_NotifyOnly,
                                      .user_context = self,
                                      .audio_sink_callback = on_data};
    MLWebRTCAudioSinkCreateEx(&params, &self->handle);
    MLWebRTCAudioSinkSetSource(self->handle, self->track);
}

static void detach(sink *self) {
    if (self->is_audio) {
        MLWebRTCAudioSinkDestroy(self->handle);
    } else {
        MLWebRTCVideoSinkDestroy(self->handle);
    }
    free(self->pixels);
    self->pixels = NULL;
    self->in_use = false;
}

void sinks_add(const MLWebRTCSource *track, const char *id) {
    for (unsigned at = 0; at < SINKS_MOST; at++) {
        sink *self = &sinks[at];
        if (!self->in_use) {
            memset(self, 0, sizeof *self);
            self->in_use = true;
            self->is_audio = track->type == MLWebRTCSourceType_Audio;
            self->track = track->handle;
            snprintf(self->id, sizeof self->id, "%s", id);
            attach(self);
            return;
        }
    }
    fprintf(stderr, "more than %d tracks\n", SINKS_MOST);
    exit(1);
}

const char *sinks_remove(MLHandle track) {
    for (unsigned at = 0; at < SINKS_MOST; at++) {
        if (sinks[at].in_use && sinks[at].track == track) {
            detach(&sinks[at]);
            return sinks[at].id;
        }
    }
    return "";
}

void sinks_forget(void) {
    for (unsigned at = 0; at < SINKS_MOST; at++) {
        if (sinks[at].in_use) {
            detach(&sinks[at]);
        }
    }
}

static sink *find(const char *id) {
    for (unsigned at = 0; at < SINKS_MOST; at++) {
        if (sinks[at].in_use && strcmp(sinks[at].id, id) == 0) {
            return &sinks[at];
        }
    }
    fprintf(stderr, "no track %s\n", id);
    exit(1);
}

/* Every fourth pixel of every fourth row will do. */
static void measure(sink *self, const uint8_t *pixels, unsigned width, unsigned height) {
    bool same = self->pixels != NULL && width == self->width && height == self->height;
    double sums[3] = {0}, difference = 0;
    unsigned count = 0;
    for (unsigned y = 0; y < height; y += 4) {
        for (unsigned x = 0; x < width; x += 4) {
            size_t at = 4 * ((size_t)y * width + x);
            for (unsigned channel = 0; channel < 3; channel++) {
                sums[channel] += pixels[at + channel];
                difference += same ? abs(pixels[at + channel] - self->pixels[at + channel]) : 0;
            }
            count++;
        }
    }
    self->red = sums[0] / count;
    self->green = sums[1] / count;
    self->blue = sums[2] / count;
    self->motion = difference / count / 3;
    if (!same) {
        self->pixels = realloc(self->pixels, (size_t)4 * width * height);
        self->width = width;
        self->height = height;
    }
    memcpy(self->pixels, pixels, (size_t)4 * width * height);
}

void sinks_run(void) {
    for (unsigned at = 0; at < SINKS_MOST; at++) {
        sink *self = &sinks[at];
        MLHandle newest;
        if (!self->in_use || self->is_audio ||
            MLWebRTCVideoSinkAcquireNextAvailableFrame(self->handle, &newest) != MLResult_Ok) {
            continue;
        }
        MLWebRTCFrame frame = {.version = 2, .format = MLWebRTCOutputFormat_RGBA_8888};
        MLWebRTCFrameGetData(newest, &frame);
        const ImagePlaneInfoNative *plane = ((const MLWebRTCFramePlanes *)frame.frame_data)->image_planes;
        measure(self, plane->image_data_ptr, plane->width, plane->height);
        self->frames++;
        MLWebRTCVideoSinkReleaseFrame(self->handle, newest);
    }
}

MLResult sinks_look(const char *id) {
    const sink *self = find(id);
    json_number("frames", (double)self->frames);
    json_number("width", self->width);
    json_number("height", self->height);
    json_number("red", self->red);
    json_number("green", self->green);
    json_number("blue", self->blue);
    json_number("motion", self->motion);
    return MLResult_Ok;
}

MLResult sinks_hear(const char *id, unsigned hertz) {
    sink *self = find(id);
    double power = 0, re = 0, im = 0;
    pthread_mutex_lock(&self->lock);
    for (unsigned at = 0; at < HEARD; at++) {
        double value = self->samples[(self->heard + at) % HEARD] / 32768.0, angle = 2 * PI * hertz * at / 48000;
        power += value * value / HEARD;
        re += value * cos(angle) / HEARD;
        im += value * sin(angle) / HEARD;
    }
    json_number("heard", (double)self->heard);
    json_number("channels", self->channels);
    pthread_mutex_unlock(&self->lock);
    json_number("rms", sqrt(power));
    json_number("level", 2 * sqrt(re * re + im * im)); /* the tone's amplitude */
    json_number("share", power > 0 ? 2 * (re * re + im * im) / power : 0);
    return MLResult_Ok;
}

MLResult sinks_snapshot(const char *id, const char *path) {
    const sink *self = find(id);
    return self->pixels != NULL && png_write(path, self->pixels, self->width, self->height) == 0
               ? MLResult_Ok
               : MLResult_UnspecifiedFailure;
}
