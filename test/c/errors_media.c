/* SPDX-License-Identifier: MIT */

/* Sources and sinks: what is wrong is refused, whether or not this build plays sound. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "support/peer.h"

/* Where a part is not there yet it says so, after its checks. */
#define CHECK_DONE(call)                                                                                               \
    do {                                                                                                               \
        MLResult done_ = (call);                                                                                       \
        if (done_ != MLResult_NotImplemented) {                                                                        \
            CHECK_OK(done_);                                                                                           \
        }                                                                                                              \
    } while (0)

typedef struct told {
    unsigned enabled[2];
    unsigned destroyed;
    MLHandle source;
} told;

static void on_set_enabled(MLWebRTCBool enabled, void *context) {
    told *self = context;
    CHECK(enabled <= 1);
    CHECK_EQ(self->destroyed, 0);
    self->enabled[enabled]++;
}

static void on_destroyed(void *context) {
    told *self = context;
    self->destroyed++;
    MLWebRTCBool enabled = 1;
    CHECK_RESULT(MLWebRTCSourceIsEnabled(self->source, &enabled), MLResult_WebRTCMismatchingHandle);
}

static bool is_enabled(MLHandle source) {
    MLWebRTCBool is = 2;
    CHECK_OK(MLWebRTCSourceIsEnabled(source, &is));
    CHECK(is <= 1);
    return is != 0;
}

/* OnSetEnabled comes inside each SetEnabled, also if nothing changes; OnDestroyed once, inside Destroy. */
static void source_callbacks(void) {
    told heard;
    MLWebRTCAppDefinedSourceEventCallbacks callbacks = {
        .version = 1, .context = &heard, .on_set_enabled = on_set_enabled, .on_destroyed = on_destroyed};
    MLWebRTCAppDefinedSourceParams params = {.version = 1, .callbacks = &callbacks, .track_name = "named"};
    for (int kind = 0; kind < 3; kind++) {
        memset(&heard, 0, sizeof heard);
        CHECK_OK(kind == 0   ? MLWebRTCSourceCreateAppDefinedVideoSource(&callbacks, &heard.source)
                 : kind == 1 ? MLWebRTCSourceCreateAppDefinedAudioSource(&callbacks, &heard.source)
                             : MLWebRTCSourceCreateAppDefinedAudioSourceEx(&params, &heard.source));
        CHECK(is_enabled(heard.source));
        CHECK_EQ(heard.enabled[0] + heard.enabled[1], 0);
        static const MLWebRTCBool values[] = {0, 0, 1, 255, 2, 0};
        for (size_t at = 0; at < sizeof values; at++) {
            unsigned before = heard.enabled[values[at] != 0];
            CHECK_OK(MLWebRTCSourceSetEnabled(heard.source, values[at]));
            CHECK_EQ(heard.enabled[values[at] != 0], before + 1);
            CHECK_EQ(is_enabled(heard.source), values[at] != 0);
        }
        CHECK_OK(MLWebRTCSourceDestroy(heard.source));
        CHECK_EQ(heard.destroyed, 1);
        CHECK_RESULT(MLWebRTCSourceDestroy(heard.source), MLResult_WebRTCMismatchingHandle);
        CHECK_EQ(heard.destroyed, 1);
    }
    /* The instance ends without a word. */
    memset(&heard, 0, sizeof heard);
    CHECK_OK(MLWebRTCSourceCreateAppDefinedVideoSource(&callbacks, &heard.source));
    CHECK_OK(MLWebRTCInstanceDestroy());
    CHECK_EQ(heard.destroyed, 0);
}

static void track_ids(void) {
    MLHandle sources[3];
    char *ids[3];
    char name[] = "Gr\xC3\xBC\xC3\x9F"
                  "e";
    MLWebRTCAppDefinedSourceParams params = {.version = 1, .track_name = name};
    CHECK_OK(MLWebRTCSourceCreateAppDefinedVideoSource(NULL, &sources[0]));
    CHECK_OK(MLWebRTCSourceCreateAppDefinedAudioSource(NULL, &sources[1]));
    CHECK_OK(MLWebRTCSourceCreateAppDefinedAudioSourceEx(&params, &sources[2]));
    memset(name, 'x', sizeof name - 1);
    CHECK(params.version == 1 && params.callbacks == NULL && params.track_name == name);
    for (int at = 0; at < 3; at++) {
        char *again = NULL;
        CHECK_OK(MLWebRTCSourceReleaseTrackId(sources[at], NULL));
        CHECK_RESULT(MLWebRTCSourceReleaseTrackId(sources[at], name), MLResult_InvalidParam);
        CHECK_OK(MLWebRTCSourceGetTrackId(sources[at], &ids[at]));
        CHECK_OK(MLWebRTCSourceGetTrackId(sources[at], &again));
        CHECK(ids[at][0] != '\0' && is_utf8(ids[at], strlen(ids[at])));
        CHECK_TEXT(again, ids[at]);
        CHECK_OK(MLWebRTCSourceReleaseTrackId(sources[at], again));
    }
    CHECK(strcmp(ids[0], ids[1]) != 0);
    CHECK_TEXT(ids[2], "Gr\xC3\xBC\xC3\x9F"
                       "e");
    CHECK_RESULT(MLWebRTCSourceReleaseTrackId(sources[0], ids[1]), MLResult_InvalidParam);
    CHECK_OK(MLWebRTCSourceReleaseTrackId(sources[1], ids[1]));
    CHECK_RESULT(MLWebRTCSourceReleaseTrackId(sources[1], ids[1]), MLResult_InvalidParam);
    for (int at = 0; at < 3; at++) {
        CHECK_OK(MLWebRTCSourceDestroy(sources[at]));
    }
    CHECK_TEXT(ids[2], "Gr\xC3\xBC\xC3\x9F"
                       "e");
}

static void sinks(void) {
    MLHandle video = 0;
    MLHandle audio = 0;
    MLHandle frame = 0;
    CHECK_OK(MLWebRTCVideoSinkCreate(&video));
    CHECK_RESULT(MLWebRTCVideoSinkAcquireNextAvailableFrame(video, &frame), MLResult_Pending);
    CHECK_RESULT(MLWebRTCVideoSinkReleaseFrame(video, 0), MLResult_WebRTCMismatchingHandle);
    CHECK_RESULT(MLWebRTCVideoSinkReleaseFrame(video, frame), MLResult_WebRTCMismatchingHandle);
    CHECK_OK(MLWebRTCVideoSinkSetSource(video, ML_INVALID_HANDLE));
    for (uint32_t mode = 0; mode < 5; mode++) {
        MLWebRTCAudioSinkParams params = {.version = 1, .mode = mode};
        CHECK_RESULT(MLWebRTCAudioSinkCreateEx(&params, &audio), mode <= 2 ? MLResult_Ok : MLResult_InvalidParam);
        if (mode <= 2) {
            CHECK_OK(MLWebRTCAudioSinkSetSource(audio, ML_INVALID_HANDLE));
            CHECK_OK(MLWebRTCAudioSinkDestroy(audio));
            CHECK_RESULT(MLWebRTCAudioSinkDestroy(audio), MLResult_WebRTCMismatchingHandle);
        }
    }
    CHECK_OK(MLWebRTCVideoSinkDestroy(video));
    CHECK_RESULT(MLWebRTCVideoSinkDestroy(video), MLResult_WebRTCMismatchingHandle);
}

static void sound_settings(void) {
    MLHandle sink = 0;
    CHECK_OK(MLWebRTCAudioSinkCreate(&sink));
    static const struct {
        float value;
        bool is_volume;
    } volumes[] = {{0, true}, {1, true}, {8, true}, {-0.1f, false}, {8.1f, false}, {NAN, false}, {INFINITY, false}};
    for (size_t at = 0; at < sizeof volumes / sizeof *volumes; at++) {
        MLResult result = MLWebRTCAudioSinkSetSoundVolume(sink, volumes[at].value);
        CHECK_EQ(result == MLResult_InvalidParam, !volumes[at].is_volume);
    }
    CHECK_OK(MLWebRTCAudioSinkSetCacheSize(sink, 0));
    CHECK_OK(MLWebRTCAudioSinkSetCacheSize(sink, UINT32_MAX));
    CHECK_DONE(MLWebRTCAudioSinkResetPosition(sink));

    /* Each struct by its numbers, with one of them not a number in turn. */
    for (int wrong = -1; wrong < 6; wrong++) {
        float number[6] = {1, 1, 1, 1, 1, 1};
        if (wrong >= 0) {
            number[wrong] = NAN;
        }
        MLVec3f at = {number[0], number[1], number[2]};
        MLQuaternionf turn = {number[0], number[1], number[2], number[3]};
        MLAudioSpatialSoundSendLevels levels = {number[0], number[1], number[2], number[3]};
        MLAudioSpatialSoundDistanceProperties distance = {number[0], number[1], number[2]};
        MLAudioSpatialSoundRadiationProperties radiation = {number[0], number[1], number[2],
                                                            number[3], number[4], number[5]};
        MLWebRTCAudioSinkPosition position = {1, &at, -1};
        MLWebRTCAudioSinkOrientation orientation = {1, &turn, -1};
        MLWebRTCAudioSinkSoundLevels sound_levels = {1, &levels, -1};
        MLWebRTCAudioSinkSoundDistance sound_distance = {1, &distance, -1};
        MLWebRTCAudioSinkSoundRadiation sound_radiation = {1, &radiation, -1};
        const struct {
            int numbers;
            MLResult result;
        } table[] = {
            {3, MLWebRTCAudioSinkSetPosition(sink, &at)},
            {3, MLWebRTCAudioSinkSetPositionEx(sink, &position)},
            {4, MLWebRTCAudioSinkSetSoundOrientation(sink, &orientation)},
            {4, MLWebRTCAudioSinkSetDirectSoundLevels(sink, &sound_levels)},
            {4, MLWebRTCAudioSinkSetRoomSoundLevels(sink, &sound_levels)},
            {3, MLWebRTCAudioSinkSetSoundDistanceProperties(sink, &sound_distance)},
            {6, MLWebRTCAudioSinkSetSoundRadiationProperties(sink, &sound_radiation)},
        };
        for (size_t row = 0; row < sizeof table / sizeof *table; row++) {
            check_about("number %d of setting %zu", wrong, row);
            if (wrong >= 0 && wrong < table[row].numbers) {
                CHECK_RESULT(table[row].result, MLResult_InvalidParam);
            } else {
                CHECK_DONE(table[row].result);
            }
        }
    }
    check_about("distances");
    static const MLAudioSpatialSoundDistanceProperties distances[] = {{-1, 1, 1}, {1, -1, 1}, {2, 1, 1}};
    for (size_t at = 0; at < sizeof distances / sizeof *distances; at++) {
        MLWebRTCAudioSinkSoundDistance sound_distance = {1, &distances[at], -1};
        CHECK_RESULT(MLWebRTCAudioSinkSetSoundDistanceProperties(sink, &sound_distance), MLResult_InvalidParam);
    }
    check_about("pointers inside");
    MLWebRTCAudioSinkPosition position = {1, NULL, -1};
    MLWebRTCAudioSinkOrientation orientation = {1, NULL, -1};
    MLWebRTCAudioSinkSoundLevels levels = {1, NULL, -1};
    MLWebRTCAudioSinkSoundDistance distance = {1, NULL, -1};
    MLWebRTCAudioSinkSoundRadiation radiation = {1, NULL, -1};
    CHECK_RESULT(MLWebRTCAudioSinkSetPositionEx(sink, &position), MLResult_InvalidParam);
    CHECK_RESULT(MLWebRTCAudioSinkSetSoundOrientation(sink, &orientation), MLResult_InvalidParam);
    CHECK_RESULT(MLWebRTCAudioSinkSetDirectSoundLevels(sink, &levels), MLResult_InvalidParam);
    CHECK_RESULT(MLWebRTCAudioSinkSetRoomSoundLevels(sink, &levels), MLResult_InvalidParam);
    CHECK_RESULT(MLWebRTCAudioSinkSetSoundDistanceProperties(sink, &distance), MLResult_InvalidParam);
    CHECK_RESULT(MLWebRTCAudioSinkSetSoundRadiationProperties(sink, &radiation), MLResult_InvalidParam);
    CHECK_OK(MLWebRTCAudioSinkDestroy(sink));
}

/* Frames and samples go to sources of their kind only. */
static void wrong_sources(void) {
    static const uint8_t pixels[4];
    static const int16_t samples[480];
    MLHandle video = 0;
    MLHandle audio = 0;
    CHECK_OK(MLWebRTCSourceCreateAppDefinedVideoSource(NULL, &video));
    CHECK_OK(MLWebRTCSourceCreateAppDefinedAudioSource(NULL, &audio));
    MLWebRTCFramePlanes planes = {.plane_count = 1, .image_planes = {{1, 1, 4, 4, pixels, 4}}};
    MLWebRTCFrame frame = {.version = 2, .frame_data = &planes, .format = MLWebRTCOutputFormat_RGBA_8888};
    MLAudioBuffer buffer = {.ptr = samples, .size = sizeof samples};
    MLAudioBufferFormat format = {
        .channel_count = 1, .samples_per_second = 48000, .bits_per_sample = 16, .valid_bits_per_sample = 16};
    CHECK_RESULT(MLWebRTCSourceAppDefinedVideoSourcePushFrame(audio, &frame), MLResult_WebRTCMismatchingHandle);
    CHECK_RESULT(MLWebRTCSourceAppDefinedAudioSourcePushData(video, &buffer, &format),
                 MLResult_WebRTCMismatchingHandle);
    CHECK_OK(MLWebRTCSourceAppDefinedVideoSourcePushFrame(video, &frame));
    CHECK_OK(MLWebRTCSourceAppDefinedAudioSourcePushData(audio, &buffer, &format));
    CHECK_OK(MLWebRTCSourceDestroy(video));
    CHECK_OK(MLWebRTCSourceDestroy(audio));
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"source_callbacks", source_callbacks}, {"track_ids", track_ids},         {"sinks", sinks},
        {"sound_settings", sound_settings},     {"wrong_sources", wrong_sources},
    };
    return RUN_CASES(cases, argc, argv);
}
