#include "bench/audio/talk.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define CHUNK_NS (UINT64_C(1000000000) / 100)
#define PATIENCE_NS (UINT64_C(20) * 1000000000)
#define PI 3.14159265358979323846

int16_t *talk_second(unsigned channels) {
    int16_t *second = malloc(sizeof *second * AUDIO_RATE * channels);
    if (second == NULL) {
        abort();
    }
    for (unsigned at = 0; at < AUDIO_RATE; at++) {
        double time = (double)at / AUDIO_RATE, syllable = 0.5 - 0.5 * cos(2 * PI * 4 * time);
        for (unsigned channel = 0; channel < channels; channel++) {
            double sum = 0;
            for (int harmonic = 1; harmonic < 20; harmonic++) {
                double pitch = (120 + 60 * channel) * time + sin(2 * PI * time);
                sum += sin(2 * PI * pitch * harmonic) / harmonic;
            }
            second[at * channels + channel] = (int16_t)lrint(8000 * syllable * sum);
        }
    }
    return second;
}

static void on_data(const MLAudioBuffer *buffer, const MLAudioBufferFormat *format, void *context) {
    (void)buffer, (void)format;
    ((talk *)context)->heard++;
}

void talk_push(talk *self) {
    MLAudioBuffer buffer = {.ptr = self->second + (size_t)(self->pushed % CHUNKS) * CHUNK * self->channels,
                            .size = (uint32_t)(sizeof(int16_t) * CHUNK * self->channels)};
    MLAudioBufferFormat format = {.channel_count = self->channels,
                                  .samples_per_second = AUDIO_RATE,
                                  .bits_per_sample = 16,
                                  .valid_bits_per_sample = 16,
                                  .sample_format = MLAudioSampleFormat_Int};
    must(MLWebRTCSourceAppDefinedAudioSourcePushData(self->source, &buffer, &format), "PushData");
    self->pushed++;
}

void talk_run(talk *self, double seconds, samples *costs) {
    uint64_t begin = now_ns(), due = begin, end = begin + (uint64_t)(seconds * 1e9);
    for (uint64_t now = begin; now < end; now = now_ns()) {
        if (now < due) { /* no oftener: every waking counts as the library's */
            nanosleep(&(struct timespec){0, (long)(due - now)}, NULL);
            continue;
        }
        due += CHUNK_NS;
        pump(&self->both.alice);
        pump(&self->both.bob);
        uint64_t pushing = now_ns();
        talk_push(self);
        if (costs != NULL) {
            samples_add(costs, (double)(now_ns() - pushing) / 1000);
        }
    }
}

void talk_begin(talk *self, unsigned channels) {
    *self = (talk){.channels = channels, .second = talk_second(channels)};
    pair_create(&self->both);
    MLWebRTCAudioSinkParams params = {.version = 1,
                                      .mode = MLWebRTCBufferNotifyMode_NotifyOnly,
                                      .user_context = self,
                                      .audio_sink_callback = on_data};
    must(MLWebRTCAudioSinkCreateEx(&params, &self->sink), "AudioSinkCreateEx");
    self->both.bob.sink = self->sink;
    must(MLWebRTCSourceCreateAppDefinedAudioSource(NULL, &self->source), "CreateAppDefinedAudioSource");
    must(MLWebRTCConnectionAddLocalSourceTrackEx(self->both.alice.connection, self->source,
                                                 &(MLWebRTCTrackInfo){.version = 1}),
         "AddLocalSourceTrackEx");
    must(MLWebRTCConnectionCreateOffer(self->both.alice.connection), "CreateOffer");
    for (uint64_t begin = now_ns(); self->heard < CHUNKS; talk_run(self, 0.1, NULL)) {
        if (now_ns() - begin > PATIENCE_NS) {
            fprintf(stderr, "no sound after 20 s\n");
            exit(1);
        }
    }
}

void talk_end(talk *self) {
    pair_destroy(&self->both);
    must(MLWebRTCAudioSinkDestroy(self->sink), "AudioSinkDestroy");
    must(MLWebRTCSourceDestroy(self->source), "SourceDestroy");
    free(self->second);
}
