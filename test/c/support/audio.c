/* SPDX-License-Identifier: MIT */
#include "audio.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "video.h"

MLHandle audio_source_create(void) {
    MLHandle source = ML_INVALID_HANDLE;
    MLWebRTCAppDefinedSourceParams params = {.version = 1};
    CHECK_OK(MLWebRTCSourceCreateAppDefinedAudioSourceEx(&params, &source));
    CHECK(source != 0 && source != ML_INVALID_HANDLE);
    return source;
}

void peer_add_audio(peer *self, MLHandle source, const char *id) {
    const char *const streams[] = {"stream"};
    MLWebRTCTrackInfo info = {.version = 1, .stream_count = 1, .streams = streams, .track_id = id};
    CHECK_OK(MLWebRTCConnectionAddLocalSourceTrackEx(self->connection, source, &info));
}

track *peer_audio(peer *self, const char *id) {
    track *found = peer_track(self, id);
    CHECK(found != NULL);
    CHECK_EQ(found->type, MLWebRTCSourceType_Audio);
    return found;
}

track *pair_open_audio(pair *self, MLHandle source) {
    pair_create(self);
    peer_add_audio(&self->a, source, "sound");
    pair_connect(self);
    return peer_audio(&self->b, "sound");
}

void audio_call_open(audio_call *self, const test_signal *said, unsigned channels) {
    memset(self, 0, sizeof *self);
    self->source = audio_source_create();
    self->remote = pair_open_audio(&self->both, self->source)->source;
    listener_open(&self->ear, self->remote);
    speaker_start(&self->spoken, self->source, said, channels);
    listener_hear(&self->ear, &self->both, 1);
}

void audio_call_close(audio_call *self) {
    speaker_stop(&self->spoken);
    listener_destroy(&self->ear);
    pair_destroy(&self->both);
    CHECK_OK(MLWebRTCSourceDestroy(self->source));
}

/* From the phase that was heard at a moment to the time that has passed since it was said, in ms. */
static double delay_of(const speaker *spoken, uint64_t at, double phase) {
    double behind = speaker_phase(spoken, at) - phase;
    return 1000 * (behind - floor(behind));
}

delays audio_delays(listener *self, const speaker *spoken, unsigned from, unsigned blocks, unsigned channel) {
    enum { WINDOW = 5, EVERY = 10 };
    delays is = {0};
    double *values = calloc(blocks / EVERY + 1, sizeof *values);
    CHECK(values != NULL);
    for (unsigned at = from; at + EVERY <= from + blocks; at += EVERY) {
        double *sound = listener_sound(self, at, WINDOW, channel);
        match found = sound_match(&spoken->said, channel, sound, (size_t)WINDOW * BLOCK_FRAMES);
        free(sound);
        is.windows++;
        if (found.correlation > 0.8) {
            values[is.found++] = delay_of(spoken, listener_block(self, at).at, found.phase);
        }
    }
    if (is.found > 0) {
        is.middle = quantile(values, is.found, 0.5);
        is.high = quantile(values, is.found, 0.95);
        is.most = values[is.found - 1];
    }
    free(values);
    return is;
}

void delays_print(const delays *is, const char *name) {
    printf("%s: delay %.1f ms, 95 %% within %.1f ms, at most %.1f ms, recognised in %u of %u windows\n", name,
           is->middle, is->high, is->most, is->found, is->windows);
    fflush(stdout);
}
