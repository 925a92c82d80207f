/* SPDX-License-Identifier: MIT */
#include "functions.h"

static MLHandle made[64];
static MLResult (*ends[64])(MLHandle);
static unsigned made_count;

static MLResult keep(MLResult result, MLHandle handle, MLResult (*end)(MLHandle)) {
    if (result == MLResult_Ok) {
        CHECK(handle != 0 && handle != ML_INVALID_HANDLE);
        CHECK(made_count < sizeof made / sizeof *made);
        made[made_count] = handle;
        ends[made_count++] = end;
    } else {
        CHECK_HANDLE(handle, ML_INVALID_HANDLE);
    }
    return result;
}

unsigned destroy_defaults(void) {
    unsigned count = made_count;
    while (made_count > 0) {
        made_count--;
        CHECK_OK(ends[made_count](made[made_count]));
    }
    return count;
}

/* DEFAULT_CALL(name, type of a zeroed struct or bool, the arguments, which may name it zero) */
#define DEFAULT_CALL(name, zero_type, arguments)                                                                       \
    static MLResult default_##name(void) {                                                                             \
        zero_type zero = {0};                                                                                          \
        (void)zero;                                                                                                    \
        return MLWebRTC##name arguments;                                                                               \
    }
#define DEFAULT_CREATE(name, zero_type, arguments, end)                                                                \
    static MLResult default_##name(void) {                                                                             \
        zero_type zero = {0};                                                                                          \
        MLHandle handle = 0;                                                                                           \
        (void)zero;                                                                                                    \
        MLResult result = MLWebRTC##name arguments;                                                                    \
        return keep(result, handle, end);                                                                              \
    }

DEFAULT_CALL(InstanceCreate, int, ())
DEFAULT_CALL(InstanceCreateWithDebugUtils, MLWebRTCDebugUtils, (&zero))
DEFAULT_CALL(InstanceDestroy, int, ())

static MLResult default_GetResultString(void) {
    CHECK_TEXT(MLWebRTCGetResultString(0), "MLResult_Ok");
    return MLResult_Ok;
}

static MLResult default_ConnectionCreate(void) {
    MLWebRTCConnectionConfig config = {0};
    MLWebRTCConnectionEventCallbacks callbacks = {0};
    MLHandle handle = 0;
    MLResult result = MLWebRTCConnectionCreate(&config, &callbacks, &handle);
    return keep(result, handle, MLWebRTCConnectionDestroy);
}
DEFAULT_CALL(ConnectionDestroy, int, (0))
DEFAULT_CALL(ConnectionProcessEvents, int, (0))
DEFAULT_CALL(ConnectionCreateOffer, int, (0))
DEFAULT_CALL(ConnectionSetRemoteOffer, int, (0, NULL))
DEFAULT_CALL(ConnectionSetRemoteAnswer, int, (0, NULL))
DEFAULT_CALL(ConnectionAddRemoteIceCandidate, MLWebRTCConnectionIceCandidate, (0, &zero))
DEFAULT_CALL(ConnectionIsConnected, MLWebRTCBool, (0, &zero))
DEFAULT_CALL(ConnectionHasFailed, MLWebRTCBool, (0, &zero))
DEFAULT_CALL(ConnectionAddLocalSourceTrack, int, (0, 0, 0, NULL))
DEFAULT_CALL(ConnectionAddLocalSourceTrackEx, MLWebRTCTrackInfo, (0, 0, &zero))
DEFAULT_CALL(ConnectionRemoveLocalSourceTrack, int, (0, 0))

static MLResult no_channel_can_be_made(MLHandle handle) {
    (void)handle;
    return MLResult_UnspecifiedFailure;
}
DEFAULT_CREATE(DataChannelCreate, int, (0, NULL, &handle), no_channel_can_be_made)
DEFAULT_CALL(DataChannelDestroy, int, (0, 0))
DEFAULT_CALL(DataChannelSetEventCallbacks, MLWebRTCDataChannelEventCallbacks, (0, &zero))
DEFAULT_CALL(DataChannelIsOpen, MLWebRTCBool, (0, &zero))
DEFAULT_CALL(DataChannelGetLabel, char *, (0, &zero))
DEFAULT_CALL(DataChannelReleaseLabelMemory, int, (0, NULL))
DEFAULT_CALL(DataChannelSendMessage, MLWebRTCDataChannelMessage, (0, &zero))

DEFAULT_CREATE(SourceCreateAppDefinedVideoSource, MLWebRTCAppDefinedSourceEventCallbacks, (&zero, &handle),
               MLWebRTCSourceDestroy)
DEFAULT_CREATE(SourceCreateAppDefinedAudioSource, MLWebRTCAppDefinedSourceEventCallbacks, (&zero, &handle),
               MLWebRTCSourceDestroy)
DEFAULT_CREATE(SourceCreateAppDefinedAudioSourceEx, MLWebRTCAppDefinedSourceParams, (&zero, &handle),
               MLWebRTCSourceDestroy)
DEFAULT_CREATE(SourceCreateLocalSourceForMicrophone, int, (&handle), MLWebRTCSourceDestroy)
DEFAULT_CREATE(SourceCreateLocalSourceForMicrophoneEx, int, (NULL, &handle), MLWebRTCSourceDestroy)
DEFAULT_CREATE(SourceCreateLocalSourceForCamera, MLCameraConnectContext, (&zero, &handle), MLWebRTCSourceDestroy)
DEFAULT_CALL(SourceDestroy, int, (0))
DEFAULT_CALL(SourceGetType, int32_t, (0, &zero))
DEFAULT_CALL(SourceIsEnabled, MLWebRTCBool, (0, &zero))
DEFAULT_CALL(SourceSetEnabled, int, (0, 0))
DEFAULT_CALL(SourceGetTrackId, char *, (0, &zero))
DEFAULT_CALL(SourceReleaseTrackId, int, (0, NULL))
DEFAULT_CALL(SourceAppDefinedVideoSourcePushFrame, MLWebRTCFrame, (0, &zero))

static MLResult default_SourceAppDefinedAudioSourcePushData(void) {
    MLAudioBuffer buffer = {0};
    MLAudioBufferFormat format = {0};
    return MLWebRTCSourceAppDefinedAudioSourcePushData(0, &buffer, &format);
}

DEFAULT_CREATE(VideoSinkCreate, int, (&handle), MLWebRTCVideoSinkDestroy)
DEFAULT_CALL(VideoSinkSetSource, int, (0, 0))
DEFAULT_CALL(VideoSinkIsNewFrameAvailable, MLWebRTCBool, (0, &zero))
DEFAULT_CALL(VideoSinkAcquireNextAvailableFrame, MLHandle, (0, &zero))
DEFAULT_CALL(VideoSinkReleaseFrame, int, (0, 0))
DEFAULT_CALL(VideoSinkDestroy, int, (0))
DEFAULT_CALL(FrameGetData, MLWebRTCFrame, (0, &zero))

DEFAULT_CREATE(AudioSinkCreate, int, (&handle), MLWebRTCAudioSinkDestroy)
DEFAULT_CREATE(AudioSinkCreateEx, MLWebRTCAudioSinkParams, (&zero, &handle), MLWebRTCAudioSinkDestroy)
DEFAULT_CALL(AudioSinkSetSource, int, (0, 0))
DEFAULT_CALL(AudioSinkSetSoundVolume, int, (0, 0))
DEFAULT_CALL(AudioSinkSetCacheSize, int, (0, 0))
DEFAULT_CALL(AudioSinkSetPosition, MLVec3f, (0, &zero))
DEFAULT_CALL(AudioSinkSetPositionEx, MLWebRTCAudioSinkPosition, (0, &zero))
DEFAULT_CALL(AudioSinkResetPosition, int, (0))
DEFAULT_CALL(AudioSinkSetSoundOrientation, MLWebRTCAudioSinkOrientation, (0, &zero))
DEFAULT_CALL(AudioSinkSetDirectSoundLevels, MLWebRTCAudioSinkSoundLevels, (0, &zero))
DEFAULT_CALL(AudioSinkSetRoomSoundLevels, MLWebRTCAudioSinkSoundLevels, (0, &zero))
DEFAULT_CALL(AudioSinkSetSoundDistanceProperties, MLWebRTCAudioSinkSoundDistance, (0, &zero))
DEFAULT_CALL(AudioSinkSetSoundRadiationProperties, MLWebRTCAudioSinkSoundRadiation, (0, &zero))
DEFAULT_CALL(AudioSinkDestroy, int, (0))

#define ROW(name)                                                                                                      \
    { "MLWebRTC" #name, default_##name, false }
#define INSTANCE_ROW(name)                                                                                             \
    { "MLWebRTC" #name, default_##name, true }

const default_call default_calls[] = {
    INSTANCE_ROW(InstanceCreate),
    INSTANCE_ROW(InstanceCreateWithDebugUtils),
    ROW(GetResultString),
    ROW(ConnectionCreate),
    ROW(ConnectionDestroy),
    ROW(ConnectionProcessEvents),
    ROW(ConnectionCreateOffer),
    ROW(ConnectionSetRemoteOffer),
    ROW(ConnectionSetRemoteAnswer),
    ROW(ConnectionAddRemoteIceCandidate),
    ROW(ConnectionIsConnected),
    ROW(ConnectionHasFailed),
    ROW(ConnectionAddLocalSourceTrack),
    ROW(ConnectionAddLocalSourceTrackEx),
    ROW(ConnectionRemoveLocalSourceTrack),
    ROW(DataChannelCreate),
    ROW(DataChannelDestroy),
    ROW(DataChannelSetEventCallbacks),
    ROW(DataChannelIsOpen),
    ROW(DataChannelGetLabel),
    ROW(DataChannelReleaseLabelMemory),
    ROW(DataChannelSendMessage),
    ROW(SourceCreateAppDefinedVideoSource),
    ROW(SourceCreateAppDefinedAudioSource),
    ROW(SourceCreateAppDefinedAudioSourceEx),
    ROW(SourceCreateLocalSourceForMicrophone),
    ROW(SourceCreateLocalSourceForMicrophoneEx),
    ROW(SourceCreateLocalSourceForCamera),
    ROW(SourceDestroy),
    ROW(SourceGetType),
    ROW(SourceIsEnabled),
    ROW(SourceSetEnabled),
    ROW(SourceGetTrackId),
    ROW(SourceReleaseTrackId),
    ROW(SourceAppDefinedVideoSourcePushFrame),
    ROW(SourceAppDefinedAudioSourcePushData),
    ROW(VideoSinkCreate),
    ROW(VideoSinkSetSource),
    ROW(VideoSinkIsNewFrameAvailable),
    ROW(VideoSinkAcquireNextAvailableFrame),
    ROW(VideoSinkReleaseFrame),
    ROW(VideoSinkDestroy),
    ROW(FrameGetData),
    ROW(AudioSinkCreate),
    ROW(AudioSinkCreateEx),
    ROW(AudioSinkSetSource),
    ROW(AudioSinkSetSoundVolume),
    ROW(AudioSinkSetCacheSize),
    ROW(AudioSinkSetPosition),
    ROW(AudioSinkSetPositionEx),
    ROW(AudioSinkResetPosition),
    ROW(AudioSinkSetSoundOrientation),
    ROW(AudioSinkSetDirectSoundLevels),
    ROW(AudioSinkSetRoomSoundLevels),
    ROW(AudioSinkSetSoundDistanceProperties),
    ROW(AudioSinkSetSoundRadiationProperties),
    ROW(AudioSinkDestroy),
    INSTANCE_ROW(InstanceDestroy),
};

const size_t default_call_count = sizeof default_calls / sizeof *default_calls;
_Static_assert(sizeof default_calls / sizeof *default_calls == 58, "one row per function of the interface");
