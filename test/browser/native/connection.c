/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "native.h"

MLHandle connection = ML_INVALID_HANDLE;

static void tell(const char *event) {
    json_begin(event);
    json_end();
}

static void on_error(const char *message, void *context) {
    (void)context;
    json_begin("error");
    json_text("message", message);
    json_end();
}

static void on_connected(void *context) {
    (void)context;
    tell("connected");
}

static void on_disconnected(void *context) {
    (void)context;
    tell("disconnected");
}

static void on_offer(const char *sdp, void *context) {
    (void)context;
    json_begin("offer");
    json_text("sdp", sdp);
    json_end();
}

static void on_answer(const char *sdp, void *context) {
    (void)context;
    json_begin("answer");
    json_text("sdp", sdp);
    json_end();
}

static void on_candidate(const MLWebRTCConnectionIceCandidate *found, void *context) {
    (void)context;
    json_begin("candidate");
    json_text("candidate", found->candidate);
    json_text("sdpMid", found->sdp_mid);
    json_number("sdpMLineIndex", found->sdp_mline_index);
    json_end();
}

static void on_gathered(void *context) {
    (void)context;
    tell("gathered");
}

static MLResult create(char *rest) {
    (void)rest;
    MLWebRTCConnectionEventCallbacks callbacks = {.on_error = on_error,
                                                  .on_connected = on_connected,
                                                  .on_disconnected = on_disconnected,
                                                  .on_track_added = on_track_added,
                                                  .on_track_removed = on_track_removed,
                                                  .on_data_channel_received = on_channel_received,
                                                  .on_local_offer_created = on_offer,
                                                  .on_local_answer_created = on_answer,
                                                  .on_local_ice_candidate_found = on_candidate,
                                                  .on_ice_gathering_completed = on_gathered};
    MLWebRTCConnectionConfig config = {0};
    return MLWebRTCConnectionCreate(&config, &callbacks, &connection);
}

static MLResult destroy(char *rest) {
    (void)rest;
    MLResult result = MLWebRTCConnectionDestroy(connection);
    connection = ML_INVALID_HANDLE;
    channels_forget();
    media_forget();
    return result;
}

static MLResult offer(char *rest) {
    (void)rest;
    return MLWebRTCConnectionCreateOffer(connection);
}

static MLResult remote_offer(char *rest) { return MLWebRTCConnectionSetRemoteOffer(connection, rest); }

static MLResult remote_answer(char *rest) { return MLWebRTCConnectionSetRemoteAnswer(connection, rest); }

/* INDEX MID CANDIDATE; "-" stands for no mid. */
static MLResult candidate(char *rest) {
    MLWebRTCConnectionIceCandidate found = {.sdp_mline_index = (int32_t)next_number(&rest)};
    const char *mid = next_word(&rest);
    found.sdp_mid = mid != NULL && strcmp(mid, "-") != 0 ? mid : NULL;
    found.candidate = rest;
    return MLWebRTCConnectionAddRemoteIceCandidate(connection, &found);
}

static MLResult state(char *rest) {
    (void)rest;
    MLWebRTCBool connected = 0, failed = 0;
    MLResult result = MLWebRTCConnectionIsConnected(connection, &connected);
    if (result == MLResult_Ok) {
        result = MLWebRTCConnectionHasFailed(connection, &failed);
    }
    json_number("connected", connected);
    json_number("failed", failed);
    return result;
}

const verb connection_verbs[] = {{"create", create},
                                 {"destroy", destroy},
                                 {"offer", offer},
                                 {"remote-offer", remote_offer},
                                 {"remote-answer", remote_answer},
                                 {"candidate", candidate},
                                 {"state", state},
                                 {NULL, NULL}};
