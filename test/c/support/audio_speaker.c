/* SPDX-License-Identifier: MIT */
#include "audio_speaker.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "video.h"

const char *sample_name(sample_kind kind) {
    static const char *const names[SAMPLE_KINDS] = {"Int16", "Int32", "Float"};
    return names[kind];
}

size_t sample_size(sample_kind kind) { return kind == SAMPLE_INT16 ? 2 : 4; }

MLAudioBufferFormat sound_format(unsigned channels, unsigned rate, sample_kind kind) {
    uint32_t bits = 8 * (uint32_t)sample_size(kind);
    /* The C# that exists says Float of its 16 bits, and they are integers all the same. */
    return (MLAudioBufferFormat){.channel_count = channels,
                                 .samples_per_second = rate,
                                 .bits_per_sample = bits,
                                 .valid_bits_per_sample = bits,
                                 .sample_format =
                                     kind == SAMPLE_INT32 ? MLAudioSampleFormat_Int : MLAudioSampleFormat_Float};
}

static void store(void *out, size_t at, sample_kind kind, double value) {
    double clipped = fmax(-1, fmin(1, value));
    switch (kind) {
    case SAMPLE_INT16:
        ((int16_t *)out)[at] = (int16_t)lrint(clipped * 32767);
        break;
    case SAMPLE_INT32:
        ((int32_t *)out)[at] = (int32_t)lrint(clipped * 2147483647.0);
        break;
    default:
        ((float *)out)[at] = (float)value;
    }
}

void *sound_second(const test_signal *said, unsigned channels, unsigned rate, sample_kind kind) {
    void *out = calloc((size_t)rate * channels, sample_size(kind));
    CHECK(out != NULL);
    for (unsigned channel = 0; channel < channels; channel++) {
        for (size_t at = 0; at < rate; at++) {
            double value = signal_at(said, channel, (double)at / rate);
            store(out, at * channels + channel, kind, said->not_a_number && at % 2 == 0 ? NAN : value);
        }
    }
    return out;
}

void sound_cut(const void *second, unsigned channels, unsigned rate, sample_kind kind, size_t from, size_t frames,
               void *out) {
    size_t size = channels * sample_size(kind);
    char *to = out;
    while (frames > 0) {
        size_t start = from % rate;
        size_t now = rate - start < frames ? rate - start : frames;
        memcpy(to, (const char *)second + start * size, now * size);
        to += now * size;
        from += now;
        frames -= now;
    }
}

MLResult sound_push(MLHandle source, const void *samples, size_t frames, const MLAudioBufferFormat *format) {
    MLAudioBuffer buffer = {.ptr = samples,
                            .size = (uint32_t)(frames * format->channel_count * format->bits_per_sample / 8)};
    return MLWebRTCSourceAppDefinedAudioSourcePushData(source, &buffer, format);
}

static double frames_a_second(const speaker *self) { return self->rate * (1 + self->fast / 1e6); }

double speaker_phase(const speaker *self, uint64_t now) {
    double passed = ((double)now - (double)self->start) / 1e6 * (1 + self->fast / 1e6);
    double phase = (double)(self->start % 1000000) / 1e6 + passed;
    return phase - floor(phase);
}

/* Waits until there is room, for as long as the thread may. */
static void push_all(speaker *self, const void *samples, size_t frames, const MLAudioBufferFormat *format) {
    MLResult result = sound_push(self->source, samples, frames, format);
    while (result == MLResult_Pending && self->running) {
        self->pending++;
        nap();
        result = sound_push(self->source, samples, frames, format);
    }
    if (!self->may_fail && result != MLResult_Pending) {
        CHECK_OK(result);
    }
    self->pushed += frames;
}

static size_t largest_chunk(const speaker *self) {
    size_t most = self->rate / 100;
    for (const unsigned *next = self->chunks; next != NULL && *next != 0; next++) {
        most = *next > most ? *next : most;
    }
    return most;
}

static void *speak(void *argument) {
    speaker *self = argument;
    MLAudioBufferFormat format = sound_format(self->channels, self->rate, self->kind);
    void *second = sound_second(&self->said, self->channels, self->rate, self->kind);
    char *chunk = malloc(largest_chunk(self) * self->channels * sample_size(self->kind));
    CHECK(chunk != NULL);
    const unsigned *next = self->chunks;
    size_t first = (size_t)(self->start % 1000000) * self->rate / 1000000;
    while (self->running) {
        size_t frames = next != NULL ? *next : self->rate / 100;
        double due = (double)(self->pushed + frames) / frames_a_second(self);
        uint64_t when = self->start + (uint64_t)(due * 1e6);
        sleep_until_microseconds(when);
        uint64_t late = microseconds_now() - when;
        self->latest = late > self->latest ? late : self->latest;
        sound_cut(second, self->channels, self->rate, self->kind, first + self->pushed, frames, chunk);
        push_all(self, chunk, frames, &format);
        /* The buffer is the caller's again. */
        memset(chunk, 0xDD, frames * self->channels * sample_size(self->kind));
        if (next != NULL && *++next == 0) {
            next = self->chunks;
        }
    }
    free(chunk);
    free(second);
    return NULL;
}

void speaker_run(speaker *self) {
    self->running = true;
    self->pushed = 0;
    self->pending = 0;
    self->latest = 0;
    /* A whole number of samples at every rate that is a multiple of 25 Hz. */
    self->start = microseconds_now() / 40000 * 40000 + 40000;
    CHECK(pthread_create(&self->thread, NULL, speak, self) == 0);
}

void speaker_start(speaker *self, MLHandle source, const test_signal *said, unsigned channels) {
    memset(self, 0, sizeof *self);
    self->source = source;
    self->said = *said;
    self->channels = channels;
    self->rate = 48000;
    speaker_run(self);
}

void speaker_stop(speaker *self) {
    self->running = false;
    CHECK(pthread_join(self->thread, NULL) == 0);
}
