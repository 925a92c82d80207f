/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audio_listener.h"

unsigned listener_count(listener *self) {
    pthread_mutex_lock(&self->lock);
    unsigned count = self->count;
    pthread_mutex_unlock(&self->lock);
    return count;
}

void listener_reset(listener *self) {
    pthread_mutex_lock(&self->lock);
    self->count = 0;
    self->sample_count = 0;
    self->era++;
    pthread_mutex_unlock(&self->lock);
}

heard listener_block(listener *self, unsigned at) {
    pthread_mutex_lock(&self->lock);
    CHECK(at < self->count);
    heard found = self->blocks[at];
    pthread_mutex_unlock(&self->lock);
    return found;
}

unsigned listener_channels(listener *self) {
    pthread_mutex_lock(&self->lock);
    unsigned channels = self->count > 0 ? self->blocks[self->count - 1].channels : 0;
    pthread_mutex_unlock(&self->lock);
    return channels;
}

unsigned listener_threads(listener *self) {
    pthread_mutex_lock(&self->lock);
    unsigned threads = self->threads;
    pthread_mutex_unlock(&self->lock);
    return threads;
}

int16_t *listener_samples(listener *self, unsigned from, unsigned blocks, unsigned *channels) {
    pthread_mutex_lock(&self->lock);
    CHECK(blocks > 0 && from + blocks <= self->count);
    *channels = self->blocks[from].channels;
    size_t count = (size_t)blocks * BLOCK_FRAMES * *channels;
    for (unsigned at = from; at < from + blocks; at++) {
        CHECK_EQ(self->blocks[at].channels, *channels);
    }
    int16_t *out = malloc(count * sizeof *out);
    CHECK(out != NULL);
    memcpy(out, self->samples + self->blocks[from].offset, count * sizeof *out);
    pthread_mutex_unlock(&self->lock);
    return out;
}

double *listener_sound(listener *self, unsigned from, unsigned blocks, unsigned channel) {
    double *out = malloc((size_t)blocks * BLOCK_FRAMES * sizeof *out);
    CHECK(out != NULL);
    pthread_mutex_lock(&self->lock);
    CHECK(from + blocks <= self->count);
    for (unsigned at = 0; at < blocks; at++) {
        const heard *block = &self->blocks[from + at];
        CHECK(channel < block->channels);
        for (unsigned frame = 0; frame < BLOCK_FRAMES; frame++) {
            out[(size_t)at * BLOCK_FRAMES + frame] =
                self->samples[block->offset + (size_t)frame * block->channels + channel] / 32768.0;
        }
    }
    pthread_mutex_unlock(&self->lock);
    return out;
}

unsigned listener_statuses(listener *self, uint32_t status) {
    unsigned count = 0;
    pthread_mutex_lock(&self->lock);
    for (unsigned at = 0; at < self->status_count; at++) {
        count += self->statuses[at] == status;
    }
    pthread_mutex_unlock(&self->lock);
    return count;
}

uint32_t listener_status(listener *self) {
    pthread_mutex_lock(&self->lock);
    uint32_t last =
        self->status_count > 0 ? self->statuses[self->status_count - 1] : MLWebRTCAudioServiceStatus_Unknown;
    pthread_mutex_unlock(&self->lock);
    return last;
}

void listener_history(listener *self, char *out, size_t room) {
    size_t length = 0;
    pthread_mutex_lock(&self->lock);
    for (unsigned at = 0; at < self->status_count && length + 1 < room; at++) {
        out[length++] = (char)('0' + self->statuses[at]);
    }
    pthread_mutex_unlock(&self->lock);
    out[length] = '\0';
}

double listener_longest_wait(listener *self) {
    uint64_t longest = 0;
    pthread_mutex_lock(&self->lock);
    for (unsigned at = 1; at < self->count; at++) {
        uint64_t wait = self->blocks[at].at - self->blocks[at - 1].at;
        longest = wait > longest ? wait : longest;
    }
    pthread_mutex_unlock(&self->lock);
    return (double)longest / 1000;
}

static void step(pair *both) {
    if (both != NULL) {
        pair_process(both);
    } else {
        nap();
    }
}

void listener_hear(listener *self, pair *both, unsigned blocks) {
    unsigned wanted = listener_count(self) + blocks;
    WAIT_UNTIL_STEP(listener_count(self) >= wanted, step(both));
}

void listener_rest(pair *both, uint64_t milliseconds) {
    uint64_t end = milliseconds_now() + milliseconds;
    WAIT_UNTIL_STEP(milliseconds_now() >= end, step(both));
}

/* Looks at the last 100 ms, and says whether something is true for them. */
static bool last_is(listener *self, bool (*is)(const double *, size_t, unsigned), unsigned channel, unsigned hertz) {
    enum { BLOCKS = 10 };
    unsigned count = listener_count(self);
    if (count < BLOCKS || listener_block(self, count - BLOCKS).channels <= channel ||
        listener_channels(self) <= channel) {
        return false;
    }
    double *sound = listener_sound(self, count - BLOCKS, BLOCKS, channel);
    bool found = is(sound, (size_t)BLOCKS * BLOCK_FRAMES, hertz);
    free(sound);
    return found;
}

static bool is_tone(const double *sound, size_t count, unsigned hertz) {
    double amplitude = 0;
    return sound_fit_tones(sound, count, &hertz, 1, &amplitude) > 15 && amplitude > 0.02;
}

static bool is_silent(const double *sound, size_t count, unsigned hertz) {
    (void)hertz;
    return sound_peak(sound, count) < 0.001;
}

void listener_await_tone(listener *self, pair *both, unsigned channel, unsigned hertz) {
    listener_reset(self);
    WAIT_UNTIL_STEP(last_is(self, is_tone, channel, hertz), step(both));
}

void listener_await_silence(listener *self, pair *both) {
    listener_reset(self);
    WAIT_UNTIL_STEP(last_is(self, is_silent, 0, 0), step(both));
}
