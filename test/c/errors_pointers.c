/* SPDX-License-Identifier: MIT */

/* NULL where a struct, a text or an out parameter is due; what outputs hold on failure. */
#include <stdio.h>
#include <string.h>

#include "support/functions.h"
#include "support/pair.h"

/* Bytes that are in use around an output. */
#define GUARD 0xA5

typedef struct guarded {
    uint8_t before[16];
    union {
        uint8_t bytes[8];
        uint8_t boolean;
        MLHandle handle;
        char *text;
        int32_t number;
    } out;
    uint8_t after[16];
} guarded;

static void guard(guarded *slot) { memset(slot, GUARD, sizeof *slot); }

static void check_guard(const guarded *slot, size_t size) {
    for (size_t at = 0; at < sizeof slot->before; at++) {
        CHECK(slot->before[at] == GUARD && slot->after[at] == GUARD);
    }
    for (size_t at = size; at < sizeof slot->out; at++) {
        CHECK(slot->out.bytes[at] == GUARD);
    }
}

/* Each is InvalidParam although the handle is right. */
static void null_pointers(void) {
    pair both;
    pair_open(&both);
    MLHandle connection = both.a.connection;
    MLHandle channel = both.at_a->handle;
    MLHandle handle = 7;
    MLHandle source = 0;
    MLHandle video_sink = 0;
    MLHandle audio_sink = 0;
    MLWebRTCConnectionConfig config = {.version = 1};
    MLWebRTCConnectionEventCallbacks callbacks = {.version = 1};
    MLAudioBuffer buffer = {0};
    MLAudioBufferFormat format = {0};
    MLWebRTCAudioSinkParams params = {.version = 1};
    MLWebRTCAppDefinedSourceParams source_params = {.version = 1};
    MLCameraConnectContext camera = {.version = 1};
    CHECK_OK(MLWebRTCSourceCreateAppDefinedAudioSource(NULL, &source));
    CHECK_OK(MLWebRTCVideoSinkCreate(&video_sink));
    CHECK_OK(MLWebRTCAudioSinkCreate(&audio_sink));
    CHECK_RESULT(MLWebRTCInstanceCreateWithDebugUtils(NULL), MLResult_InvalidParam);
    const struct {
        const char *name;
        MLResult result;
    } table[] = {
#define ROW(call) {#call, call}
        ROW(MLWebRTCConnectionCreate(NULL, &callbacks, &handle)),
        ROW(MLWebRTCConnectionCreate(&config, NULL, &handle)),
        ROW(MLWebRTCConnectionCreate(&config, &callbacks, NULL)),
        ROW(MLWebRTCConnectionSetRemoteOffer(connection, NULL)),
        ROW(MLWebRTCConnectionSetRemoteAnswer(connection, NULL)),
        ROW(MLWebRTCConnectionAddRemoteIceCandidate(connection, NULL)),
        ROW(MLWebRTCConnectionIsConnected(connection, NULL)),
        ROW(MLWebRTCConnectionHasFailed(connection, NULL)),
        ROW(MLWebRTCConnectionAddLocalSourceTrackEx(connection, source, NULL)),
        ROW(MLWebRTCConnectionAddLocalSourceTrack(connection, source, 1, NULL)),
        ROW(MLWebRTCDataChannelCreate(connection, "label", NULL)),
        ROW(MLWebRTCDataChannelSetEventCallbacks(channel, NULL)),
        ROW(MLWebRTCDataChannelIsOpen(channel, NULL)),
        ROW(MLWebRTCDataChannelGetLabel(channel, NULL)),
        ROW(MLWebRTCDataChannelSendMessage(channel, NULL)),
        ROW(MLWebRTCSourceCreateAppDefinedVideoSource(NULL, NULL)),
        ROW(MLWebRTCSourceCreateAppDefinedAudioSource(NULL, NULL)),
        ROW(MLWebRTCSourceCreateAppDefinedAudioSourceEx(NULL, &handle)),
        ROW(MLWebRTCSourceCreateAppDefinedAudioSourceEx(&source_params, NULL)),
        ROW(MLWebRTCSourceCreateLocalSourceForMicrophone(NULL)),
        ROW(MLWebRTCSourceCreateLocalSourceForMicrophoneEx("name", NULL)),
        ROW(MLWebRTCSourceCreateLocalSourceForCamera(NULL, &handle)),
        ROW(MLWebRTCSourceCreateLocalSourceForCamera(&camera, NULL)),
        ROW(MLWebRTCSourceGetType(source, NULL)),
        ROW(MLWebRTCSourceIsEnabled(source, NULL)),
        ROW(MLWebRTCSourceGetTrackId(source, NULL)),
        ROW(MLWebRTCSourceAppDefinedVideoSourcePushFrame(source, NULL)),
        ROW(MLWebRTCSourceAppDefinedAudioSourcePushData(source, NULL, &format)),
        ROW(MLWebRTCSourceAppDefinedAudioSourcePushData(source, &buffer, NULL)),
        ROW(MLWebRTCVideoSinkCreate(NULL)),
        ROW(MLWebRTCVideoSinkIsNewFrameAvailable(video_sink, NULL)),
        ROW(MLWebRTCVideoSinkAcquireNextAvailableFrame(video_sink, NULL)),
        ROW(MLWebRTCFrameGetData(1, NULL)),
        ROW(MLWebRTCAudioSinkCreate(NULL)),
        ROW(MLWebRTCAudioSinkCreateEx(NULL, &handle)),
        ROW(MLWebRTCAudioSinkCreateEx(&params, NULL)),
        ROW(MLWebRTCAudioSinkSetPosition(audio_sink, NULL)),
        ROW(MLWebRTCAudioSinkSetPositionEx(audio_sink, NULL)),
        ROW(MLWebRTCAudioSinkSetSoundOrientation(audio_sink, NULL)),
        ROW(MLWebRTCAudioSinkSetDirectSoundLevels(audio_sink, NULL)),
        ROW(MLWebRTCAudioSinkSetRoomSoundLevels(audio_sink, NULL)),
        ROW(MLWebRTCAudioSinkSetSoundDistanceProperties(audio_sink, NULL)),
        ROW(MLWebRTCAudioSinkSetSoundRadiationProperties(audio_sink, NULL)),
    };
    for (size_t at = 0; at < sizeof table / sizeof *table; at++) {
        check_about("%s", table[at].name);
        CHECK_RESULT(table[at].result, MLResult_InvalidParam);
    }
    CHECK_HANDLE(handle, ML_INVALID_HANDLE);
    check_about("afterwards");
    pair_check_alive(&both);
    pair_destroy(&both);
}

/* Pointers are checked before handles. */
static void pointers_before_handles(void) {
    CHECK_RESULT(MLWebRTCConnectionSetRemoteOffer(0, NULL), MLResult_InvalidParam);
    CHECK_RESULT(MLWebRTCConnectionIsConnected(0, NULL), MLResult_InvalidParam);
    CHECK_RESULT(MLWebRTCDataChannelCreate(0, "label", NULL), MLResult_InvalidParam);
    CHECK_RESULT(MLWebRTCDataChannelGetLabel(0, NULL), MLResult_InvalidParam);
    CHECK_RESULT(MLWebRTCDataChannelSendMessage(0, NULL), MLResult_InvalidParam);
    CHECK_RESULT(MLWebRTCSourceGetTrackId(0, NULL), MLResult_InvalidParam);
    CHECK_RESULT(MLWebRTCVideoSinkAcquireNextAvailableFrame(0, NULL), MLResult_InvalidParam);
    CHECK_RESULT(MLWebRTCAudioSinkSetPosition(0, NULL), MLResult_InvalidParam);
}

static void check_bools(MLHandle connection, MLHandle channel, MLHandle source, MLHandle sink, MLResult expected) {
    static MLResult (*const functions[])(MLHandle, MLWebRTCBool *) = {
        MLWebRTCConnectionIsConnected, MLWebRTCConnectionHasFailed, MLWebRTCDataChannelIsOpen, MLWebRTCSourceIsEnabled,
        MLWebRTCVideoSinkIsNewFrameAvailable};
    const MLHandle handles[] = {connection, connection, channel, source, sink};
    for (size_t at = 0; at < sizeof functions / sizeof *functions; at++) {
        guarded slot;
        guard(&slot);
        CHECK_RESULT(functions[at](handles[at], &slot.out.boolean), expected);
        check_guard(&slot, 1);
        CHECK(expected == MLResult_Ok ? slot.out.boolean <= 1 : slot.out.boolean == 0);
    }
}

static void bools_are_one_byte(void) {
    pair both;
    pair_open(&both);
    MLHandle source = 0;
    MLHandle sink = 0;
    CHECK_OK(MLWebRTCSourceCreateAppDefinedVideoSource(NULL, &source));
    CHECK_OK(MLWebRTCVideoSinkCreate(&sink));
    check_bools(both.a.connection, both.at_a->handle, source, sink, MLResult_Ok);
    check_bools(0, 0, 0, 0, MLResult_WebRTCMismatchingHandle);
    pair_destroy(&both);
    CHECK_OK(MLWebRTCInstanceDestroy());
    check_bools(0, 0, 0, 0, MLResult_WebRTCInstanceNotCreated);
}

static void check_out(MLResult result, const guarded *slot, uint64_t on_failure) {
    check_guard(slot, 8);
    CHECK(result != MLResult_Ok);
    CHECK_HANDLE(slot->out.handle, on_failure);
}

static void failures_set_outputs(MLHandle connection) {
    const MLWebRTCConnectionIceServer bad_server = {.version = 1, .uri = "http://example.org"};
    const MLWebRTCConnectionConfig bad = {.version = 1, .ice_servers = &bad_server, .num_ice_servers = 1};
    const MLWebRTCConnectionEventCallbacks callbacks = {.version = 1};
    const MLWebRTCAudioSinkParams params = {.version = 1, .mode = 99};
    guarded slot;
#define FAILS(call, on_failure)                                                                                        \
    guard(&slot);                                                                                                      \
    check_out(call, &slot, on_failure)
    FAILS(MLWebRTCConnectionCreate(&bad, &callbacks, &slot.out.handle), ML_INVALID_HANDLE);
    FAILS(MLWebRTCConnectionCreate(NULL, NULL, &slot.out.handle), ML_INVALID_HANDLE);
    FAILS(MLWebRTCDataChannelCreate(connection + 1, "label", &slot.out.handle), ML_INVALID_HANDLE);
    FAILS(MLWebRTCSourceCreateAppDefinedAudioSourceEx(NULL, &slot.out.handle), ML_INVALID_HANDLE);
    FAILS(MLWebRTCSourceCreateLocalSourceForCamera(NULL, &slot.out.handle), ML_INVALID_HANDLE);
    FAILS(MLWebRTCVideoSinkAcquireNextAvailableFrame(connection, &slot.out.handle), ML_INVALID_HANDLE);
    FAILS(MLWebRTCAudioSinkCreateEx(NULL, &slot.out.handle), ML_INVALID_HANDLE);
    FAILS(MLWebRTCAudioSinkCreateEx(&params, &slot.out.handle), ML_INVALID_HANDLE);
    FAILS(MLWebRTCDataChannelGetLabel(connection, &slot.out.text), 0);
    FAILS(MLWebRTCSourceGetTrackId(connection, &slot.out.text), 0);
}

static void outputs_on_failure(void) {
    peer local;
    peer_create(&local, "local");
    failures_set_outputs(local.connection);
    /* No frame waits: that is Pending, and no frame all the same. */
    MLHandle sink = 0;
    guarded slot;
    CHECK_OK(MLWebRTCVideoSinkCreate(&sink));
    guard(&slot);
    CHECK_RESULT(MLWebRTCVideoSinkAcquireNextAvailableFrame(sink, &slot.out.handle), MLResult_Pending);
    check_out(MLResult_Pending, &slot, ML_INVALID_HANDLE);
    MLWebRTCFrame frame = {.version = 2, .frame_data = &frame};
    CHECK_RESULT(MLWebRTCFrameGetData(sink, &frame), MLResult_WebRTCMismatchingHandle);
    CHECK(frame.frame_data == NULL);
    peer_destroy(&local);
    CHECK_OK(MLWebRTCInstanceDestroy());
    failures_set_outputs(0);
    FAILS(MLWebRTCVideoSinkCreate(&slot.out.handle), ML_INVALID_HANDLE);
    FAILS(MLWebRTCAudioSinkCreate(&slot.out.handle), ML_INVALID_HANDLE);
    FAILS(MLWebRTCSourceCreateAppDefinedVideoSource(NULL, &slot.out.handle), ML_INVALID_HANDLE);
}

/* NULL function pointers: the event is dropped and everything goes on. */
static void null_callbacks(void) {
    pair both;
    pair_create(&both);
    MLWebRTCConnectionConfig config = {.version = 0};
    MLWebRTCConnectionEventCallbacks only_offer = {.version = 0};
    MLWebRTCConnectionEventCallbacks of_a = peer_callbacks(&both.a);
    MLHandle deaf = 0;
    MLHandle made = 0;
    only_offer.context = &both.a;
    only_offer.on_local_offer_created = of_a.on_local_offer_created;
    CHECK_OK(MLWebRTCConnectionDestroy(both.a.connection));
    CHECK_OK(MLWebRTCConnectionCreate(&config, &only_offer, &deaf));
    both.a.connection = deaf;
    CHECK_OK(MLWebRTCDataChannelCreate(deaf, "deaf", &made));
    MLWebRTCDataChannelEventCallbacks none = {.version = 0};
    CHECK_OK(MLWebRTCDataChannelSetEventCallbacks(made, &none));
    CHECK_OK(MLWebRTCConnectionCreateOffer(deaf));
    /* Its candidates are dropped, so b's must do; b learns a's address from a's checks. */
    PUMP_UNTIL(&both, both.b.count[ON_CONNECTED] == 1 && both.b.channel_count == 1 && both.b.channels[0]->opened);
    CHECK_OK(channel_send(both.b.channels[0], "dropped", 7, false));
    CHECK_EQ(both.a.count[ON_CONNECTED] + both.a.count[ON_CANDIDATE] + both.a.count[ON_GATHERED], 0);
    CHECK_EQ(both.a.count[ON_OFFER], 1);
    pair_destroy(&both);
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"null_pointers", null_pointers},           {"pointers_before_handles", pointers_before_handles},
        {"bools_are_one_byte", bools_are_one_byte}, {"outputs_on_failure", outputs_on_failure},
        {"null_callbacks", null_callbacks},
    };
    return RUN_CASES(cases, argc, argv);
}
