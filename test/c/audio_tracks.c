/* SPDX-License-Identifier: MIT */

/* Tracks of sound: added and removed while connected, several at once, both ways, one source on several connections. */
#include <stdio.h>
#include <stdlib.h>

#include "support/audio.h"
#include "support/video.h"

/* A source that speaks with the tone of its own. */
typedef struct voice {
    MLHandle source;
    test_signal said;
    speaker spoken;
} voice;

static void voice_start(voice *self, unsigned stream) {
    self->source = audio_source_create();
    self->said = signal_tones(stream);
    speaker_start(&self->spoken, self->source, &self->said, 1);
}

static void voice_stop(voice *self) {
    speaker_stop(&self->spoken);
    CHECK_OK(MLWebRTCSourceDestroy(self->source));
}

/* The tone of this voice, and of no other: once sound comes in time again, where the machine was busy elsewhere. */
static void check_hears(listener *ear, pair *both, const voice *of) {
    listener_await_tone(ear, both, 0, signal_tone(&of->said, 0));
    uint64_t end = milliseconds_now() + PATIENCE_MS;
    double quality = 0;
    do {
        listener_hear(ear, both, 30);
        double *sound = listener_sound(ear, listener_count(ear) - 30, 30, 0);
        quality = sound_tone_quality(sound, 30 * BLOCK_FRAMES, signal_tone(&of->said, 0), 0.5);
        free(sound);
    } while (quality <= 15 && milliseconds_now() < end);
    CHECK(quality > 15);
}

/* The section of a track that was removed is used again. */
static void added_and_removed(void) {
    static pair both;
    static listener ear;
    static voice one;
    pair_open(&both);
    voice_start(&one, 1);
    listener_create(&ear);
    for (unsigned round = 0; round < 3; round++) {
        check_about("round %u", round);
        peer_add_audio(&both.a, one.source, "one");
        pair_negotiate(&both, &both.a);
        PUMP_UNTIL(&both, both.b.count[ON_TRACK_ADDED] == round + 1);
        listener_attach(&ear, peer_audio(&both.b, "one")->source);
        check_hears(&ear, &both, &one);
        CHECK_OK(MLWebRTCConnectionRemoveLocalSourceTrack(both.a.connection, one.source));
        pair_negotiate(&both, &both.a);
        PUMP_UNTIL(&both, both.b.count[ON_TRACK_REMOVED] == round + 1);
        PUMP_UNTIL(&both, listener_statuses(&ear, MLWebRTCAudioServiceStatus_Stopped) == round + 1);
        pair_check_alive(&both);
    }
    listener_destroy(&ear);
    voice_stop(&one);
    pair_destroy(&both);
}

static void several(void) {
    enum { TRACKS = 3 };
    static const char *const ids[] = {"one", "two", "three"};
    static pair both;
    static voice voices[TRACKS + 1];
    static listener ears[TRACKS + 1];
    pair_create(&both);
    for (unsigned at = 0; at < TRACKS; at++) {
        voice_start(&voices[at], 2 * at);
        peer_add_audio(&both.a, voices[at].source, ids[at]);
    }
    voice_start(&voices[TRACKS], 9);
    peer_add_audio(&both.b, voices[TRACKS].source, "back");
    pair_connect(&both);
    PUMP_UNTIL(&both, both.b.count[ON_TRACK_ADDED] == TRACKS && both.a.count[ON_TRACK_ADDED] == 1);
    for (unsigned at = 0; at < TRACKS; at++) {
        listener_open(&ears[at], peer_audio(&both.b, ids[at])->source);
    }
    listener_open(&ears[TRACKS], peer_audio(&both.a, "back")->source);
    for (unsigned at = 0; at <= TRACKS; at++) {
        check_about("track %u", at);
        check_hears(&ears[at], &both, &voices[at]);
    }
    /* One of them goes, the others stay. */
    CHECK_OK(MLWebRTCConnectionRemoveLocalSourceTrack(both.a.connection, voices[1].source));
    pair_negotiate(&both, &both.a);
    PUMP_UNTIL(&both, both.b.count[ON_TRACK_REMOVED] == 1);
    for (unsigned at = 0; at <= TRACKS; at += 2) {
        check_hears(&ears[at], &both, &voices[at]);
    }
    for (unsigned at = 0; at <= TRACKS; at++) {
        listener_destroy(&ears[at]);
        voice_stop(&voices[at]);
    }
    pair_destroy(&both);
}

static void several_connections(void) {
    static pair pairs[2];
    static listener ears[2];
    static voice one;
    voice_start(&one, 0);
    for (int at = 0; at < 2; at++) {
        listener_open(&ears[at], pair_open_audio(&pairs[at], one.source)->source);
    }
    for (int at = 0; at < 2; at++) {
        check_about("connection %d", at);
        check_hears(&ears[at], &pairs[at], &one);
    }
    pair_destroy(&pairs[0]);
    check_hears(&ears[1], &pairs[1], &one);
    listener_attach(&ears[0], pair_open_audio(&pairs[0], one.source)->source);
    check_hears(&ears[0], &pairs[0], &one);
    for (int at = 0; at < 2; at++) {
        listener_destroy(&ears[at]);
        pair_destroy(&pairs[at]);
    }
    voice_stop(&one);
}

/* Sound that is passed on: what is heard of one connection is said on the next. */
static listener relay_ear;
static MLHandle relay_source;

static void pass_on(listener *self) {
    unsigned channels;
    int16_t *samples = listener_samples(self, listener_count(self) - 1, 1, &channels);
    MLAudioBufferFormat format = sound_format(channels, HEARD_RATE, SAMPLE_INT16);
    CHECK_OK(sound_push(relay_source, samples, BLOCK_FRAMES, &format));
    free(samples);
}

static void relayed(void) {
    static pair first, second;
    static listener ear;
    static voice one;
    voice_start(&one, 4);
    relay_source = audio_source_create();
    MLHandle remote = pair_open_audio(&first, one.source)->source;
    listener_open(&ear, pair_open_audio(&second, relay_source)->source);
    listener_create(&relay_ear);
    relay_ear.on_data = pass_on;
    listener_attach(&relay_ear, remote);
    check_hears(&ear, &second, &one);
    listener_destroy(&relay_ear);
    listener_destroy(&ear);
    pair_destroy(&first);
    pair_destroy(&second);
    voice_stop(&one);
    CHECK_OK(MLWebRTCSourceDestroy(relay_source));
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"added_and_removed", added_and_removed},
        {"several", several},
        {"several_connections", several_connections},
        {"relayed", relayed},
    };
    return RUN_CASES(cases, argc, argv);
}
