/* SPDX-License-Identifier: MIT */
#include "audio_listener.h"

#include <stdlib.h>
#include <string.h>

#include "video.h"

#define LISTENER_MAGIC UINT64_C(0x6c697374656e6572)
#define POISON 0xDD
#define READABLE_US UINT64_C(100000)

static void check_format(const MLAudioBuffer *buffer, const MLAudioBufferFormat *format) {
    CHECK(buffer != NULL && buffer->ptr != NULL && format != NULL);
    CHECK(format->channel_count >= 1 && format->channel_count <= SIGNAL_CHANNELS);
    CHECK_EQ(format->samples_per_second, HEARD_RATE);
    CHECK_EQ(format->bits_per_sample, 16);
    CHECK_EQ(format->valid_bits_per_sample, 16);
    CHECK_EQ(format->sample_format, MLAudioSampleFormat_Int);
    CHECK_EQ(format->channel_format, MLAudioChannelFormat_Default);
    CHECK_EQ(buffer->size, BLOCK_FRAMES * format->channel_count * sizeof(int16_t));
}

static listener *enter(void *context) {
    listener *self = context;
    CHECK(self != NULL && self->magic == LISTENER_MAGIC);
    CHECK(!pthread_equal(pthread_self(), self->host));
    CHECK(!atomic_exchange(&self->inside, true));
    return self;
}

/* Room for one more block. */
static void make_room(listener *self, size_t samples) {
    if (self->count == self->room) {
        self->room = 2 * self->room + 256;
        self->blocks = realloc(self->blocks, self->room * sizeof *self->blocks);
        CHECK(self->blocks != NULL);
    }
    if (self->sample_count + samples > self->sample_room) {
        self->sample_room = 2 * self->sample_room + samples + ((size_t)64 << 10);
        self->samples = realloc(self->samples, self->sample_room * sizeof *self->samples);
        CHECK(self->samples != NULL);
    }
}

/* What was handed over within the last 100 ms is still there and unchanged. */
static void check_readable(const listener *self, uint64_t now) {
    for (unsigned at = 0; at < LATELY; at++) {
        const lent *before = &self->lately[at];
        if (before->samples != NULL && before->era == self->era && now - before->at < READABLE_US) {
            CHECK(memcmp(before->samples, self->samples + before->offset, before->count * sizeof(int16_t)) == 0);
        }
    }
}

static void keep_block(listener *self, const MLAudioBuffer *buffer, unsigned channels) {
    size_t count = buffer->size / sizeof(int16_t);
    uint64_t now = microseconds_now();
    make_room(self, count);
    memcpy(self->samples + self->sample_count, buffer->ptr, buffer->size);
    self->blocks[self->count] = (heard){.at = now, .channels = channels, .offset = self->sample_count};
    self->lately[self->total % LATELY] =
        (lent){.samples = buffer->ptr, .offset = self->sample_count, .count = count, .at = now, .era = self->era};
    self->sample_count += count;
    self->count++;
    self->total++;
    check_readable(self, now);
}

static void on_data(const MLAudioBuffer *buffer, const MLAudioBufferFormat *format, void *context) {
    listener *self = enter(context);
    check_format(buffer, format);
    pthread_mutex_lock(&self->lock);
    if (self->threads == 0 || !pthread_equal(self->thread, pthread_self())) {
        self->thread = pthread_self();
        self->threads++;
    }
    keep_block(self, buffer, format->channel_count);
    pthread_mutex_unlock(&self->lock);
    self->inside = false;
    if (self->on_data != NULL) {
        self->on_data(self);
    }
}

static void on_status(uint32_t status, void *context) {
    listener *self = context;
    CHECK(self != NULL && self->magic == LISTENER_MAGIC);
    CHECK(!self->inside);
    CHECK(status <= MLWebRTCAudioServiceStatus_Unknown);
    pthread_mutex_lock(&self->lock);
    CHECK(self->status_count < STATUSES_MOST);
    self->statuses[self->status_count++] = status;
    pthread_mutex_unlock(&self->lock);
    if (self->on_status != NULL) {
        self->on_status(self, status);
    }
}

void listener_create_mode(listener *self, MLWebRTCBufferNotifyMode mode) {
    memset(self, 0, sizeof *self);
    self->magic = LISTENER_MAGIC;
    self->host = pthread_self();
    CHECK(pthread_mutex_init(&self->lock, NULL) == 0);
    MLWebRTCAudioSinkParams params = {.version = 1,
                                      .mode = mode,
                                      .user_context = self,
                                      .audio_sink_callback = on_data,
                                      .audio_service_status_callback = on_status};
    CHECK_OK(MLWebRTCAudioSinkCreateEx(&params, &self->sink));
    memset(&params, POISON, sizeof params);
    CHECK(self->sink != 0 && self->sink != ML_INVALID_HANDLE);
}

void listener_create(listener *self) { listener_create_mode(self, MLWebRTCBufferNotifyMode_NotifyOnly); }

void listener_attach(listener *self, MLHandle source) { CHECK_OK(MLWebRTCAudioSinkSetSource(self->sink, source)); }

void listener_open(listener *self, MLHandle source) {
    listener_create(self);
    listener_attach(self, source);
}

void listener_poison(listener *self) {
    free(self->blocks);
    free(self->samples);
    memset(self, POISON, sizeof *self);
    self->sink = ML_INVALID_HANDLE;
}

void listener_destroy(listener *self) {
    CHECK_OK(MLWebRTCAudioSinkDestroy(self->sink));
    CHECK(!self->inside);
    listener_poison(self);
}
