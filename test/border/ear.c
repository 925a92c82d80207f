#include "ear.h"

#include <math.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "callbacks/audio_sink.h"
#include "callbacks/connection.h"

MLHandle source, other;

void nap(void) { nanosleep(&(struct timespec){0, 1000000}, NULL); }

static void act(ear *self) {
    self->inside = true;
    ear_action action = self->action;
    switch (action) {
    case STAY:
        break;
    case BLOCK:
        AWAIT(self->release);
        break;
    case DESTROY_SINK:
        CHECK_EQUAL(MLWebRTCAudioSinkDestroy(self->sink), MLResult_Ok);
        self->ended = true;
        break;
    case DESTROY_SOURCE:
        CHECK_EQUAL(MLWebRTCSourceDestroy(source), MLResult_Ok);
        self->action = STAY;
        break;
    case DESTROY_INSTANCE:
        CHECK_EQUAL(MLWebRTCInstanceDestroy(), MLResult_Ok);
        self->ended = true;
        break;
    case MOVE:
        CHECK_EQUAL(MLWebRTCAudioSinkSetSource(self->sink, other), MLResult_Ok);
        self->action = STAY;
        break;
    case FOREVER:
        for (;;) {
            pause();
        }
    }
    self->inside = false;
}

void on_data(const MLAudioBuffer *buffer, const MLAudioBufferFormat *format, void *context) {
    ear *self = context;
    CHECK(!self->ended);
    CHECK(format->channel_count >= 1 && format->channel_count <= 8 && format->samples_per_second == 48000);
    CHECK(format->bits_per_sample == 16 && format->valid_bits_per_sample == 16);
    CHECK(format->sample_format == MLAudioSampleFormat_Int && format->channel_format == MLAudioChannelFormat_Default);
    CHECK_EQUAL(buffer->size, 960 * format->channel_count);
    const int16_t *samples = buffer->ptr;
    unsigned at = self->count;
    CHECK(at < BLOCKS);
    uint32_t channels = format->channel_count;
    for (uint32_t frame = 0; frame < 480; frame++) {
        double before = frame > 0 ? samples[(frame - 1) * channels] : at > 0 ? self->last[at - 1] : 0;
        self->largest_step = fmax(self->largest_step, fabs(samples[frame * channels] - before));
        for (uint32_t channel = 1; channel < channels; channel++) {
            CHECK(abs(samples[frame * channels + channel] - samples[frame * channels]) <= 1);
        }
    }
    self->channels = channels;
    self->first[at] = samples[0];
    self->last[at] = samples[479 * channels];
    self->when_ns[at] = ml_clock_ns();
    self->threads_differ = self->threads_differ || (at > 0 && self->thread != ml_thread_token());
    self->thread = ml_thread_token();
    /* What was lent within the last 100 ms is still there, however fast they come. */
    self->lent[at % KEPT] = samples;
    for (unsigned back = 0; back < KEPT && back <= at; back++) {
        CHECK_EQUAL(self->lent[(at - back) % KEPT][0], self->first[at - back]);
    }
    self->count++;
    if (self->on_status == 0) {
        act(self);
    }
}

static void on_status(uint32_t status, void *context) {
    ear *self = context;
    unsigned at = self->status_count;
    CHECK(!self->ended && at < 64);
    self->statuses[at] = status;
    self->count_at[at] = self->count;
    self->status_count++;
    if (self->on_status == status + 1) {
        act(self);
    }
}

void listen_mode(ear *self, uint32_t mode) {
    MLWebRTCAudioSinkParams params = {.version = 1,
                                      .mode = mode,
                                      .user_context = self,
                                      .audio_sink_callback = on_data,
                                      .audio_service_status_callback = on_status};
    CHECK_EQUAL(MLWebRTCAudioSinkCreateEx(&params, &self->sink), MLResult_Ok);
}

void listen_to(ear *self, MLHandle to) {
    *self = (ear){0};
    listen_mode(self, MLWebRTCBufferNotifyMode_NotifyOnly);
    CHECK_EQUAL(MLWebRTCAudioSinkSetSource(self->sink, to), MLResult_Ok);
}

void begin(void) {
    CHECK_EQUAL(MLWebRTCInstanceCreate(), MLResult_Ok);
    CHECK_EQUAL(MLWebRTCSourceCreateAppDefinedAudioSource(NULL, &source), MLResult_Ok);
    CHECK_EQUAL(MLWebRTCSourceCreateAppDefinedAudioSource(NULL, &other), MLResult_Ok);
}

void check_nothing_left(void) {
    CHECK_EQUAL(ml_audio_sinks_in_use(), 0);
    CHECK_EQUAL(ml_sources_in_use(), 0);
    CHECK_EQUAL(ml_connections_in_use(), 0);
    /* A thread that is on its way out may hold one more. */
    AWAIT(ml_audio_threads_in_use() == 0);
    CHECK_EQUAL(ml_sounds_alive(), 0);
}

void end(void) {
    CHECK_EQUAL(MLWebRTCInstanceDestroy(), MLResult_Ok);
    check_nothing_left();
}

bool say_in(MLHandle to, int16_t level, uint32_t channels) {
    ml_sound *sound = ml_sound_new(channels);
    CHECK(sound != NULL);
    for (uint32_t at = 0; at < channels * ML_SOUND_FRAMES; at++) {
        sound->samples[at] = (float)level / 32768;
    }
    return ml_source_publish_sound(to, sound);
}

bool say(MLHandle to, int16_t level) { return say_in(to, level, 2); }

void say_times(MLHandle to, int16_t level, unsigned times) {
    for (unsigned at = 0; at < times; at++) {
        CHECK(say(to, level));
    }
}

void check_statuses(ear *self, const char *expected) {
    AWAIT(self->status_count >= strlen(expected));
    nap();
    CHECK_EQUAL(self->status_count, strlen(expected));
    for (unsigned at = 0; at < strlen(expected); at++) {
        CHECK_EQUAL(self->statuses[at], expected[at] - '0');
    }
}

void destroy(ear *self) {
    CHECK_EQUAL(MLWebRTCAudioSinkDestroy(self->sink), MLResult_Ok);
    self->ended = true;
    CHECK_EQUAL(MLWebRTCAudioSinkDestroy(self->sink), MLResult_WebRTCMismatchingHandle);
    CHECK_EQUAL(MLWebRTCAudioSinkSetSource(self->sink, ML_INVALID_HANDLE), MLResult_WebRTCMismatchingHandle);
    CHECK_EQUAL(MLWebRTCAudioSinkSetCacheSize(self->sink, 100), MLResult_WebRTCMismatchingHandle);
}
