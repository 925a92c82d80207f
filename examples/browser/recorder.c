#include "recorder.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PICTURES_A_SECOND 10
#define PICTURES_MOST (60 * PICTURES_A_SECOND)
#define SOUND_RATE 48000
#define SOUND_BYTES_MOST (600u * SOUND_RATE * 2)

struct recorder {
    const char *folder;
    int id;
    FILE *pictures;
    unsigned width, height; /* of the pictures that come */
    int count;
    double next;

    pthread_mutex_t lock; /* for the sound */
    FILE *sound;
    uint32_t sound_bytes;
    double squares;
    uint32_t heard;
};

recorder *recorder_open(const char *folder, int id) {
    recorder *self = calloc(1, sizeof *self);
    if (self == NULL) {
        abort();
    }
    self->folder = folder;
    self->id = id;
    pthread_mutex_init(&self->lock, NULL);
    return self;
}

static FILE *open_file(const recorder *self, const char *kind) {
    char path[1024];
    snprintf(path, sizeof path, "%s/page-%d.%s", self->folder, self->id, kind);
    FILE *file = fopen(path, "wb");
    if (file == NULL) {
        perror(path);
    } else {
        printf("page %d is recorded in %s\n", self->id, path);
    }
    return file;
}

static void put_half_plane(FILE *to, const ImagePlaneInfoNative *plane) {
    const uint8_t *pixels = plane->image_data_ptr;
    for (uint32_t y = 0; y + 1 < plane->height; y += 2) {
        for (uint32_t x = 0; x + 1 < plane->width; x += 2) {
            const uint8_t *at = pixels + (size_t)y * plane->stride + x;
            putc((at[0] + at[1] + at[plane->stride] + at[plane->stride + 1] + 2) / 4, to);
        }
    }
}

void recorder_picture(recorder *self, const MLWebRTCFramePlanes *planes, double time) {
    const ImagePlaneInfoNative *luma = &planes->image_planes[0];
    if (self->folder == NULL || time < self->next || self->count >= PICTURES_MOST || luma->width % 4 != 0 ||
        luma->height % 4 != 0) {
        return;
    }
    if (self->count == 0) {
        self->pictures = open_file(self, "y4m");
        self->width = luma->width;
        self->height = luma->height;
        if (self->pictures != NULL) {
            fprintf(self->pictures, "YUV4MPEG2 W%u H%u F%d:1 Ip A1:1 C420jpeg\n", luma->width / 2, luma->height / 2,
                    PICTURES_A_SECOND);
        }
    }
    if (self->pictures == NULL || luma->width != self->width || luma->height != self->height) {
        return;
    }
    self->next = (time > self->next + 1 ? time : self->next) + 1.0 / PICTURES_A_SECOND;
    self->count++;
    fputs("FRAME\n", self->pictures);
    for (int plane = 0; plane < 3; plane++) {
        put_half_plane(self->pictures, &planes->image_planes[plane]);
    }
}

/* A header for so many bytes of 16-bit mono. */
static void put_wave_header(FILE *to, uint32_t bytes) {
    uint32_t riff = 36 + bytes, format = 16, rate = SOUND_RATE, byte_rate = SOUND_RATE * 2;
    uint16_t pcm = 1, channels = 1, block = 2, bits = 16;
    fwrite("RIFF", 1, 4, to);
    fwrite(&riff, 4, 1, to);
    fwrite("WAVEfmt ", 1, 8, to);
    fwrite(&format, 4, 1, to);
    fwrite(&pcm, 2, 1, to);
    fwrite(&channels, 2, 1, to);
    fwrite(&rate, 4, 1, to);
    fwrite(&byte_rate, 4, 1, to);
    fwrite(&block, 2, 1, to);
    fwrite(&bits, 2, 1, to);
    fwrite("data", 1, 4, to);
    fwrite(&bytes, 4, 1, to);
}

void recorder_sound(recorder *self, const int16_t *samples, uint32_t frames, uint32_t channels) {
    pthread_mutex_lock(&self->lock);
    if (self->folder != NULL && self->sound == NULL && self->sound_bytes == 0) {
        self->sound = open_file(self, "wav");
        if (self->sound != NULL) {
            put_wave_header(self->sound, 0);
        }
    }
    for (uint32_t at = 0; at < frames; at++) {
        double value = samples[at * channels] / 32768.0;
        self->squares += value * value;
        if (self->sound != NULL && self->sound_bytes < SOUND_BYTES_MOST) {
            fwrite(&samples[at * channels], 2, 1, self->sound);
            self->sound_bytes += 2;
        }
    }
    self->heard += frames;
    pthread_mutex_unlock(&self->lock);
}

double recorder_level(recorder *self) {
    pthread_mutex_lock(&self->lock);
    double power = self->heard > 0 ? self->squares / self->heard : 0;
    self->squares = 0;
    self->heard = 0;
    pthread_mutex_unlock(&self->lock);
    return 10 * log10(power + 1e-10);
}

void recorder_close(recorder *self) {
    if (self->pictures != NULL) {
        fclose(self->pictures);
    }
    if (self->sound != NULL) {
        fseek(self->sound, 0, SEEK_SET);
        put_wave_header(self->sound, self->sound_bytes);
        fclose(self->sound);
    }
    pthread_mutex_destroy(&self->lock);
    free(self);
}
