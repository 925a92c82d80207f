/* SPDX-License-Identifier: MIT */

/* Handles that are stale, of another kind, special or random: WebRTCMismatchingHandle, and no object is touched. */
#include <stdio.h>
#include <string.h>

#include "support/functions.h"
#include "support/pair.h"
#include "support/preview.h"
#include "support/video.h"

typedef struct world {
    pair both; /* its a has the right connection and channel */
    MLHandle video_source;
    MLHandle audio_source;
} world;

static void world_create(world *self) {
    pair_open(&self->both);
    CHECK_OK(MLWebRTCSourceCreateAppDefinedVideoSource(NULL, &self->video_source));
    CHECK_OK(MLWebRTCSourceCreateAppDefinedAudioSource(NULL, &self->audio_source));
    right_handles[A_CONNECTION] = self->both.a.connection;
    right_handles[A_CHANNEL] = self->both.at_a->handle;
    right_handles[A_LOCAL_SOURCE] = self->audio_source;
    CHECK_OK(MLWebRTCVideoSinkCreate(&right_handles[A_VIDEO_SINK]));
    CHECK_OK(MLWebRTCAudioSinkCreate(&right_handles[AN_AUDIO_SINK]));
    CHECK_OK(MLWebRTCVideoSinkSetSource(right_handles[A_VIDEO_SINK], self->video_source));
    source_push_pattern(self->video_source, 2, 2, 0, 0);
    right_handles[A_FRAME] = next_frame(right_handles[A_VIDEO_SINK]);
}

/* All is as it was: alive, enabled, connected. */
static void world_check(world *self) {
    MLWebRTCBool is = 0;
    int32_t type = -1;
    check_about("afterwards");
    CHECK(peer_is_connected(&self->both.a) && peer_is_connected(&self->both.b));
    CHECK(channel_is_open(self->both.at_a));
    pair_check_alive(&self->both);
    CHECK_OK(MLWebRTCSourceIsEnabled(self->audio_source, &is));
    CHECK_EQ(is, 1);
    CHECK_OK(MLWebRTCSourceGetType(self->audio_source, &type));
    CHECK_EQ(type, MLWebRTCSourceType_Audio);
    CHECK_OK(MLWebRTCSourceGetType(self->video_source, &type));
    CHECK_EQ(type, MLWebRTCSourceType_Video);
    CHECK_OK(MLWebRTCVideoSinkIsNewFrameAvailable(right_handles[A_VIDEO_SINK], &is));
    CHECK(MLWebRTCAudioSinkSetSoundVolume(right_handles[AN_AUDIO_SINK], 1) != MLResult_WebRTCMismatchingHandle);
    uint64_t time_stamp = 0;
    frame_picture(right_handles[A_FRAME], &time_stamp);
}

static void world_destroy(world *self) {
    world_check(self);
    pair_destroy(&self->both);
    CHECK_OK(MLWebRTCSourceDestroy(self->video_source));
    CHECK_OK(MLWebRTCSourceDestroy(self->audio_source));
    CHECK_OK(MLWebRTCVideoSinkReleaseFrame(right_handles[A_VIDEO_SINK], right_handles[A_FRAME]));
    CHECK_OK(MLWebRTCVideoSinkDestroy(right_handles[A_VIDEO_SINK]));
    CHECK_OK(MLWebRTCAudioSinkDestroy(right_handles[AN_AUDIO_SINK]));
}

static void all_mismatch(MLHandle handle, int but_kind) {
    for (size_t at = 0; at < handle_call_count; at++) {
        if ((int)handle_calls[at].kind != but_kind) {
            check_about("%s(%#llx)", handle_calls[at].name, (unsigned long long)handle);
            CHECK_RESULT(handle_calls[at].call(handle), MLResult_WebRTCMismatchingHandle);
        }
    }
}

static void special(void) {
    world all;
    world_create(&all);
    static const MLHandle table[] = {0,
                                     1,
                                     2,
                                     0xFFFFFFFF,
                                     0x100000000,
                                     0x7FFFFFFFFFFFFFFF,
                                     0x8000000000000000,
                                     ML_INVALID_HANDLE - 1,
                                     ML_INVALID_HANDLE};
    for (size_t at = 0; at < sizeof table / sizeof *table; at++) {
        all_mismatch(table[at], -1);
    }
    world_destroy(&all);
}

static void foreign(void) {
    world all;
    world_create(&all);
    for (int kind = 0; kind < HANDLE_KINDS; kind++) {
        all_mismatch(right_handles[kind], kind);
    }
    world_destroy(&all);
}

/* Handles that were right a moment ago, while others live on the memory they had. */
static void stale(void) {
    MLHandle old[HANDLE_KINDS];
    world all;
    world_create(&all);
    memcpy(old, right_handles, sizeof old);
    world_destroy(&all);
    world_create(&all);
    for (int kind = 0; kind < HANDLE_KINDS; kind++) {
        CHECK(old[kind] != right_handles[kind]);
        all_mismatch(old[kind], -1);
    }
    world_destroy(&all);
}

static uint64_t next_random(uint64_t *state) {
    *state += 0x9E3779B97F4A7C15;
    uint64_t mixed = (*state ^ (*state >> 30)) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
    return mixed ^ (mixed >> 31);
}

/* Random bits, and living handles with some of their bits changed, which is nearer to the truth. */
static void random_handles(void) {
    enum { ROUNDS = 100000 };
    world all;
    world_create(&all);
    uint64_t state = 20260101;
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t handle = next_random(&state);
        if (round % 2 == 1) {
            handle = right_handles[next_random(&state) % HANDLE_KINDS];
            for (uint64_t flips = 1 + next_random(&state) % 3; flips > 0; flips--) {
                handle ^= UINT64_C(1) << next_random(&state) % 64;
            }
        }
        bool is_right = handle == all.both.b.connection || handle == all.both.at_b->handle ||
                        handle == all.video_source || handle == all.audio_source;
        for (int kind = 0; kind < HANDLE_KINDS; kind++) {
            is_right = is_right || handle == right_handles[kind];
        }
        if (!is_right) {
            all_mismatch(handle, -1);
        }
    }
    world_destroy(&all);
}

/* Both handles live, but not with each other. */
static void wrong_pairs(void) {
    world all;
    world_create(&all);
    pair *both = &all.both;
    CHECK_RESULT(MLWebRTCDataChannelDestroy(both->b.connection, both->at_a->handle), MLResult_WebRTCMismatchingHandle);
    CHECK_RESULT(MLWebRTCDataChannelDestroy(both->a.connection, both->at_b->handle), MLResult_WebRTCMismatchingHandle);
    CHECK_RESULT(MLWebRTCDataChannelDestroy(both->at_a->handle, both->a.connection), MLResult_WebRTCMismatchingHandle);
    /* A source of the wrong sort, and one that is none. */
    MLHandle video_sink = right_handles[A_VIDEO_SINK];
    MLHandle audio_sink = right_handles[AN_AUDIO_SINK];
    CHECK_RESULT(MLWebRTCVideoSinkSetSource(video_sink, all.audio_source), MLResult_WebRTCMismatchingHandle);
    CHECK_RESULT(MLWebRTCAudioSinkSetSource(audio_sink, all.video_source), MLResult_WebRTCMismatchingHandle);
    const MLHandle none[] = {0, 1, video_sink, audio_sink, both->a.connection};
    for (size_t at = 0; at < sizeof none / sizeof *none; at++) {
        CHECK_RESULT(MLWebRTCVideoSinkSetSource(video_sink, none[at]), MLResult_WebRTCMismatchingHandle);
        CHECK_RESULT(MLWebRTCAudioSinkSetSource(audio_sink, none[at]), MLResult_WebRTCMismatchingHandle);
    }
    world_destroy(&all);
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"special", special},         {"foreign", foreign}, {"stale", stale}, {"random_handles", random_handles},
        {"wrong_pairs", wrong_pairs},
    };
    return RUN_CASES(cases, argc, argv);
}
