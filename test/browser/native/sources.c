/* SPDX-License-Identifier: MIT */
#include "sources.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SOURCES_MOST = 16, PICTURES = 20, AUDIO_RATE = 48000, CHUNK = AUDIO_RATE / 100 };

#define PI 3.14159265358979323846
/* What was held up for longer is left out. */
#define LATE_MOST 0.2

static source sources[SOURCES_MOST];
static bool prepared;

static source *place(const char *id) {
    for (unsigned at = 0; !prepared && at < SOURCES_MOST; at++) {
        sources[at].handle = ML_INVALID_HANDLE;
    }
    prepared = true;
    for (unsigned at = 0; at < SOURCES_MOST; at++) {
        if (sources[at].handle == ML_INVALID_HANDLE) {
            sources[at] = (source){.begun = seconds_now()};
            snprintf(sources[at].id, sizeof sources[at].id, "%s", id);
            return &sources[at];
        }
    }
    fprintf(stderr, "more than %d sources\n", SOURCES_MOST);
    exit(1);
}

MLHandle sources_add_video(const char *id, unsigned width, unsigned height) {
    source *self = place(id);
    self->width = width;
    self->height = height;
    MLWebRTCSourceCreateAppDefinedVideoSource(NULL, &self->handle);
    return self->handle;
}

MLHandle sources_add_audio(const char *id, unsigned hertz) {
    source *self = place(id);
    self->is_audio = true;
    self->hertz = hertz;
    MLWebRTCSourceCreateAppDefinedAudioSource(NULL, &self->handle);
    return self->handle;
}

source *sources_find(const char *id) {
    for (unsigned at = 0; prepared && id != NULL && at < SOURCES_MOST; at++) {
        if (sources[at].handle != ML_INVALID_HANDLE && strcmp(sources[at].id, id) == 0) {
            return &sources[at];
        }
    }
    fprintf(stderr, "no source %s\n", id);
    exit(1);
}

void sources_end(source *self) {
    MLWebRTCSourceDestroy(self->handle);
    self->handle = ML_INVALID_HANDLE;
}

void sources_forget(void) {
    for (unsigned at = 0; prepared && at < SOURCES_MOST; at++) {
        if (sources[at].handle != ML_INVALID_HANDLE) {
            sources_end(&sources[at]);
        }
    }
}

/* Red, green and blue from left to right; the square goes along the lower edge, once across in 60 pictures. */
static void draw(const source *self, uint8_t *pixels) {
    unsigned side = self->height / 4, way = self->width - side;
    unsigned left = (unsigned)(self->made * way / 60) % way, top = self->height - side;
    for (unsigned y = 0; y < self->height; y++) {
        for (unsigned x = 0; x < self->width; x++) {
            uint8_t *pixel = pixels + 4 * ((size_t)y * self->width + x);
            bool white = y >= top && x >= left && x < left + side;
            unsigned bar = x * 3 / self->width;
            for (unsigned channel = 0; channel < 3; channel++) {
                pixel[channel] = white ? 255 : channel == bar ? 220 : 20;
            }
            pixel[3] = 255;
        }
    }
}

static void push_picture(source *self) {
    uint32_t size = 4 * self->width * self->height;
    uint8_t *pixels = malloc(size);
    if (pixels == NULL) {
        abort();
    }
    draw(self, pixels);
    MLWebRTCFramePlanes planes = {1, {{self->width, self->height, 4 * self->width, 4, pixels, size}}};
    MLWebRTCFrame frame = {.version = 2,
                           .frame_data = &planes,
                           .time_stamp = (uint64_t)(seconds_now() * 1e6),
                           .format = MLWebRTCOutputFormat_RGBA_8888};
    MLWebRTCSourceAppDefinedVideoSourcePushFrame(self->handle, &frame);
    free(pixels);
}

static void push_sound(const source *self) {
    int16_t samples[CHUNK];
    for (unsigned at = 0; at < CHUNK; at++) {
        double time = (double)(self->made * CHUNK + at) / AUDIO_RATE;
        samples[at] = (int16_t)lrint(8000 * sin(2 * PI * self->hertz * time));
    }
    MLAudioBuffer buffer = {samples, sizeof samples};
    MLAudioBufferFormat format = {.channel_count = 1,
                                  .samples_per_second = AUDIO_RATE,
                                  .bits_per_sample = 16,
                                  .valid_bits_per_sample = 16,
                                  .sample_format = MLAudioSampleFormat_Int};
    MLWebRTCSourceAppDefinedAudioSourcePushData(self->handle, &buffer, &format);
}

static void run(source *self, double now) {
    double interval = self->is_audio ? 0.01 : 1.0 / PICTURES;
    double due = self->begun + (double)self->made * interval;
    if (now - due > LATE_MOST) {
        self->begun += now - due;
        due = now;
    }
    for (; now >= due; due += interval) {
        if (self->is_audio) {
            push_sound(self);
        } else {
            push_picture(self);
        }
        self->made++;
    }
}

void sources_run(void) {
    double now = seconds_now();
    for (unsigned at = 0; prepared && at < SOURCES_MOST; at++) {
        if (sources[at].handle != ML_INVALID_HANDLE) {
            run(&sources[at], now);
        }
    }
}
