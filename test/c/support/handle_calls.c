/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "functions.h"

MLHandle right_handles[HANDLE_KINDS];

/* An out bool in the middle of bytes that are in use. */
static MLResult out_bool(MLResult (*call)(MLHandle, MLWebRTCBool *), MLHandle handle) {
    uint8_t slot[5] = {0xAA, 0xAA, 0xAA, 0xAA, 0xAA};
    MLResult result = call(handle, &slot[2]);
    CHECK(slot[1] == 0xAA && slot[3] == 0xAA && slot[0] == 0xAA && slot[4] == 0xAA);
    CHECK(result == MLResult_Ok ? slot[2] <= 1 : slot[2] == 0);
    return result;
}

static MLResult out_text(MLResult (*call)(MLHandle, char **), MLResult (*give_back)(MLHandle, const char *),
                         MLHandle handle) {
    static char there[] = "there";
    char *slot[3] = {there, there, there};
    MLResult result = call(handle, &slot[1]);
    CHECK(slot[0] == there && slot[2] == there);
    if (result == MLResult_Ok) {
        CHECK(slot[1] != NULL && slot[1] != there);
        CHECK_OK(give_back(handle, slot[1]));
    } else {
        CHECK(slot[1] == NULL);
    }
    return result;
}

#define HANDLE_CALL(label, expression)                                                                                 \
    static MLResult label(MLHandle handle) { return expression; }
/* With a struct or array that is named given. */
#define HANDLE_CALL_WITH(label, type, value, expression)                                                               \
    static MLResult label(MLHandle handle) {                                                                           \
        const type given = value;                                                                                      \
        return expression;                                                                                             \
    }
#define FIELDS(...)                                                                                                    \
    { __VA_ARGS__ }

static const char offer_text[] = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";

HANDLE_CALL(process_events, MLWebRTCConnectionProcessEvents(handle))
HANDLE_CALL(create_offer, MLWebRTCConnectionCreateOffer(handle))
HANDLE_CALL(set_remote_offer, MLWebRTCConnectionSetRemoteOffer(handle, offer_text))
HANDLE_CALL(set_remote_answer, MLWebRTCConnectionSetRemoteAnswer(handle, offer_text))
HANDLE_CALL_WITH(add_candidate, MLWebRTCConnectionIceCandidate, FIELDS(.version = 1, .candidate = "", .sdp_mid = "0"),
                 MLWebRTCConnectionAddRemoteIceCandidate(handle, &given))
HANDLE_CALL(is_connected, out_bool(MLWebRTCConnectionIsConnected, handle))
HANDLE_CALL(has_failed, out_bool(MLWebRTCConnectionHasFailed, handle))
HANDLE_CALL(connection_destroy, MLWebRTCConnectionDestroy(handle))
HANDLE_CALL(add_track_connection, MLWebRTCConnectionAddLocalSourceTrack(handle, right_handles[A_LOCAL_SOURCE], 0, NULL))
HANDLE_CALL(add_track_source, MLWebRTCConnectionAddLocalSourceTrack(right_handles[A_CONNECTION], handle, 0, NULL))
HANDLE_CALL_WITH(add_track_ex_connection, MLWebRTCTrackInfo, FIELDS(.version = 1),
                 MLWebRTCConnectionAddLocalSourceTrackEx(handle, right_handles[A_LOCAL_SOURCE], &given))
HANDLE_CALL_WITH(add_track_ex_source, MLWebRTCTrackInfo, FIELDS(.version = 1),
                 MLWebRTCConnectionAddLocalSourceTrackEx(right_handles[A_CONNECTION], handle, &given))
HANDLE_CALL(remove_track_connection, MLWebRTCConnectionRemoveLocalSourceTrack(handle, right_handles[A_LOCAL_SOURCE]))
HANDLE_CALL(remove_track_source, MLWebRTCConnectionRemoveLocalSourceTrack(right_handles[A_CONNECTION], handle))

static MLResult channel_create(MLHandle handle) {
    MLHandle slot[3] = {7, 7, 7};
    MLResult result = MLWebRTCDataChannelCreate(handle, "label", &slot[1]);
    CHECK(slot[0] == 7 && slot[2] == 7);
    CHECK(result == MLResult_Ok || slot[1] == ML_INVALID_HANDLE);
    return result;
}
HANDLE_CALL(channel_destroy_connection, MLWebRTCDataChannelDestroy(handle, right_handles[A_CHANNEL]))
HANDLE_CALL(channel_destroy_channel, MLWebRTCDataChannelDestroy(right_handles[A_CONNECTION], handle))
HANDLE_CALL_WITH(set_callbacks, MLWebRTCDataChannelEventCallbacks, FIELDS(.version = 1),
                 MLWebRTCDataChannelSetEventCallbacks(handle, &given))
HANDLE_CALL(is_open, out_bool(MLWebRTCDataChannelIsOpen, handle))
HANDLE_CALL(get_label, out_text(MLWebRTCDataChannelGetLabel, MLWebRTCDataChannelReleaseLabelMemory, handle))
HANDLE_CALL(release_label, MLWebRTCDataChannelReleaseLabelMemory(handle, NULL))
HANDLE_CALL_WITH(send_message, MLWebRTCDataChannelMessage, FIELDS(.version = 1, .data = "x", .data_size = 1),
                 MLWebRTCDataChannelSendMessage(handle, &given))

static MLResult get_type(MLHandle handle) {
    int32_t slot[3] = {7, 7, 7};
    MLResult result = MLWebRTCSourceGetType(handle, &slot[1]);
    CHECK(slot[0] == 7 && slot[2] == 7);
    return result;
}
HANDLE_CALL(is_enabled, out_bool(MLWebRTCSourceIsEnabled, handle))
HANDLE_CALL(set_enabled, MLWebRTCSourceSetEnabled(handle, 1))
HANDLE_CALL(get_track_id, out_text(MLWebRTCSourceGetTrackId, MLWebRTCSourceReleaseTrackId, handle))
HANDLE_CALL(release_track_id, MLWebRTCSourceReleaseTrackId(handle, NULL))
HANDLE_CALL(source_destroy, MLWebRTCSourceDestroy(handle))

static MLResult push_frame(MLHandle handle) {
    static const uint8_t pixels[4];
    const MLWebRTCFramePlanes planes = {.plane_count = 1, .image_planes = {{1, 1, 4, 4, pixels, 4}}};
    const MLWebRTCFrame frame = {.version = 2, .frame_data = &planes, .format = MLWebRTCOutputFormat_RGBA_8888};
    return MLWebRTCSourceAppDefinedVideoSourcePushFrame(handle, &frame);
}

static MLResult push_data(MLHandle handle) {
    static const int16_t samples[480];
    const MLAudioBuffer buffer = {.ptr = samples, .size = sizeof samples};
    const MLAudioBufferFormat format = {
        .channel_count = 1, .samples_per_second = 48000, .bits_per_sample = 16, .valid_bits_per_sample = 16};
    return MLWebRTCSourceAppDefinedAudioSourcePushData(handle, &buffer, &format);
}

HANDLE_CALL(video_set_source, MLWebRTCVideoSinkSetSource(handle, ML_INVALID_HANDLE))
HANDLE_CALL(is_new_frame, out_bool(MLWebRTCVideoSinkIsNewFrameAvailable, handle))
HANDLE_CALL(release_frame, MLWebRTCVideoSinkReleaseFrame(handle, right_handles[A_FRAME]))
HANDLE_CALL(release_frame_frame, MLWebRTCVideoSinkReleaseFrame(right_handles[A_VIDEO_SINK], handle))
HANDLE_CALL(video_sink_destroy, MLWebRTCVideoSinkDestroy(handle))

static MLResult acquire_frame(MLHandle handle) {
    MLHandle slot[3] = {7, 7, 7};
    MLResult result = MLWebRTCVideoSinkAcquireNextAvailableFrame(handle, &slot[1]);
    CHECK(slot[0] == 7 && slot[2] == 7);
    CHECK(result == MLResult_Ok || slot[1] == ML_INVALID_HANDLE);
    return result;
}

static MLResult frame_get_data(MLHandle handle) {
    MLWebRTCFrame frame = {.version = 2, .frame_data = &frame};
    MLResult result = MLWebRTCFrameGetData(handle, &frame);
    CHECK(result == MLResult_Ok || frame.frame_data == NULL);
    return result;
}

static const MLVec3f position = {0, 0, -1};
static const MLQuaternionf rotation = {0, 0, 0, 1};
static const MLAudioSpatialSoundSendLevels levels = {1, 1, 1, 1};
static const MLAudioSpatialSoundDistanceProperties distances = {1, 10, 1};
static const MLAudioSpatialSoundRadiationProperties radiation = {360, 360, 1, 1, 1, 1};

HANDLE_CALL(audio_set_source, MLWebRTCAudioSinkSetSource(handle, ML_INVALID_HANDLE))
HANDLE_CALL(set_volume, MLWebRTCAudioSinkSetSoundVolume(handle, 1))
HANDLE_CALL(set_cache, MLWebRTCAudioSinkSetCacheSize(handle, 200))
HANDLE_CALL(set_position, MLWebRTCAudioSinkSetPosition(handle, &position))
HANDLE_CALL_WITH(set_position_ex, MLWebRTCAudioSinkPosition, FIELDS(1, &position, -1),
                 MLWebRTCAudioSinkSetPositionEx(handle, &given))
HANDLE_CALL(reset_position, MLWebRTCAudioSinkResetPosition(handle))
HANDLE_CALL_WITH(set_orientation, MLWebRTCAudioSinkOrientation, FIELDS(1, &rotation, -1),
                 MLWebRTCAudioSinkSetSoundOrientation(handle, &given))
HANDLE_CALL_WITH(set_direct, MLWebRTCAudioSinkSoundLevels, FIELDS(1, &levels, -1),
                 MLWebRTCAudioSinkSetDirectSoundLevels(handle, &given))
HANDLE_CALL_WITH(set_room, MLWebRTCAudioSinkSoundLevels, FIELDS(1, &levels, -1),
                 MLWebRTCAudioSinkSetRoomSoundLevels(handle, &given))
HANDLE_CALL_WITH(set_distance, MLWebRTCAudioSinkSoundDistance, FIELDS(1, &distances, -1),
                 MLWebRTCAudioSinkSetSoundDistanceProperties(handle, &given))
HANDLE_CALL_WITH(set_radiation, MLWebRTCAudioSinkSoundRadiation, FIELDS(1, &radiation, -1),
                 MLWebRTCAudioSinkSetSoundRadiationProperties(handle, &given))
HANDLE_CALL(audio_sink_destroy, MLWebRTCAudioSinkDestroy(handle))

const handle_call handle_calls[] = {
    {"ConnectionProcessEvents", A_CONNECTION, process_events},
    {"ConnectionCreateOffer", A_CONNECTION, create_offer},
    {"ConnectionSetRemoteOffer", A_CONNECTION, set_remote_offer},
    {"ConnectionSetRemoteAnswer", A_CONNECTION, set_remote_answer},
    {"ConnectionAddRemoteIceCandidate", A_CONNECTION, add_candidate},
    {"ConnectionIsConnected", A_CONNECTION, is_connected},
    {"ConnectionHasFailed", A_CONNECTION, has_failed},
    {"ConnectionDestroy", A_CONNECTION, connection_destroy},
    {"ConnectionAddLocalSourceTrack, connection", A_CONNECTION, add_track_connection},
    {"ConnectionAddLocalSourceTrack, source", A_LOCAL_SOURCE, add_track_source},
    {"ConnectionAddLocalSourceTrackEx, connection", A_CONNECTION, add_track_ex_connection},
    {"ConnectionAddLocalSourceTrackEx, source", A_LOCAL_SOURCE, add_track_ex_source},
    {"ConnectionRemoveLocalSourceTrack, connection", A_CONNECTION, remove_track_connection},
    {"ConnectionRemoveLocalSourceTrack, source", A_LOCAL_SOURCE, remove_track_source},
    {"DataChannelCreate", A_CONNECTION, channel_create},
    {"DataChannelDestroy, connection", A_CONNECTION, channel_destroy_connection},
    {"DataChannelDestroy, channel", A_CHANNEL, channel_destroy_channel},
    {"DataChannelSetEventCallbacks", A_CHANNEL, set_callbacks},
    {"DataChannelIsOpen", A_CHANNEL, is_open},
    {"DataChannelGetLabel", A_CHANNEL, get_label},
    {"DataChannelReleaseLabelMemory", A_CHANNEL, release_label},
    {"DataChannelSendMessage", A_CHANNEL, send_message},
    {"SourceGetType", A_LOCAL_SOURCE, get_type},
    {"SourceIsEnabled", A_LOCAL_SOURCE, is_enabled},
    {"SourceSetEnabled", A_LOCAL_SOURCE, set_enabled},
    {"SourceGetTrackId", A_LOCAL_SOURCE, get_track_id},
    {"SourceReleaseTrackId", A_LOCAL_SOURCE, release_track_id},
    {"SourceDestroy", A_LOCAL_SOURCE, source_destroy},
    {"SourceAppDefinedVideoSourcePushFrame", A_LOCAL_SOURCE, push_frame},
    {"SourceAppDefinedAudioSourcePushData", A_LOCAL_SOURCE, push_data},
    {"VideoSinkSetSource", A_VIDEO_SINK, video_set_source},
    {"VideoSinkIsNewFrameAvailable", A_VIDEO_SINK, is_new_frame},
    {"VideoSinkAcquireNextAvailableFrame", A_VIDEO_SINK, acquire_frame},
    {"VideoSinkReleaseFrame, sink", A_VIDEO_SINK, release_frame},
    {"VideoSinkReleaseFrame, frame", A_FRAME, release_frame_frame},
    {"VideoSinkDestroy", A_VIDEO_SINK, video_sink_destroy},
    {"FrameGetData", A_FRAME, frame_get_data},
    {"AudioSinkSetSource", AN_AUDIO_SINK, audio_set_source},
    {"AudioSinkSetSoundVolume", AN_AUDIO_SINK, set_volume},
    {"AudioSinkSetCacheSize", AN_AUDIO_SINK, set_cache},
    {"AudioSinkSetPosition", AN_AUDIO_SINK, set_position},
    {"AudioSinkSetPositionEx", AN_AUDIO_SINK, set_position_ex},
    {"AudioSinkResetPosition", AN_AUDIO_SINK, reset_position},
    {"AudioSinkSetSoundOrientation", AN_AUDIO_SINK, set_orientation},
    {"AudioSinkSetDirectSoundLevels", AN_AUDIO_SINK, set_direct},
    {"AudioSinkSetRoomSoundLevels", AN_AUDIO_SINK, set_room},
    {"AudioSinkSetSoundDistanceProperties", AN_AUDIO_SINK, set_distance},
    {"AudioSinkSetSoundRadiationProperties", AN_AUDIO_SINK, set_radiation},
    {"AudioSinkDestroy", AN_AUDIO_SINK, audio_sink_destroy},
};

const size_t handle_call_count = sizeof handle_calls / sizeof *handle_calls;
