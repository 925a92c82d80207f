/* SPDX-License-Identifier: MIT */

/* A defect of the engine, injected: the host lives and gets UnspecifiedFailure, and later everything works again. */
#include <stdio.h>
#include <string.h>

#include "ml_webrtc_test.h"
#include "support/functions.h"
#include "support/pair.h"

static void requests(void) {
    pair both;
    pair_open(&both);
    MLWebRTCConnectionConfig config = {.version = 1};
    MLWebRTCConnectionEventCallbacks callbacks = {.version = 1};
    MLWebRTCConnectionIceCandidate end = {.version = 1, .candidate = "", .sdp_mid = "0"};
    MLHandle handle = 7;
    CHECK_OK(MLWebRTCTestPanic(MLWebRTCTestPanic_Requests));
    for (int round = 0; round < 5; round++) {
        CHECK_RESULT(MLWebRTCConnectionCreate(&config, &callbacks, &handle), MLResult_UnspecifiedFailure);
        CHECK_HANDLE(handle, ML_INVALID_HANDLE);
        CHECK_RESULT(MLWebRTCConnectionCreateOffer(both.a.connection), MLResult_UnspecifiedFailure);
        CHECK_RESULT(MLWebRTCConnectionSetRemoteOffer(both.a.connection, both.a.offer), MLResult_UnspecifiedFailure);
        CHECK_RESULT(MLWebRTCConnectionSetRemoteAnswer(both.a.connection, both.b.answer), MLResult_UnspecifiedFailure);
        CHECK_RESULT(MLWebRTCConnectionAddRemoteIceCandidate(both.a.connection, &end), MLResult_UnspecifiedFailure);
        handle = 7;
        CHECK_RESULT(MLWebRTCDataChannelCreate(both.a.connection, "label", &handle), MLResult_UnspecifiedFailure);
        CHECK_HANDLE(handle, ML_INVALID_HANDLE);
        /* What is answered without the engine goes on. */
        CHECK_OK(MLWebRTCConnectionProcessEvents(both.a.connection));
        CHECK(peer_is_connected(&both.a));
        CHECK(channel_is_open(both.at_a));
    }
    CHECK_OK(MLWebRTCTestPanic(MLWebRTCTestPanic_Nowhere));
    pair_check_alive(&both);
    channel *received = NULL;
    pair_add_channel(&both, &both.a, "afterwards", &received);
    pair_destroy(&both);
    pair_open(&both);
    pair_check_alive(&both);
    pair_destroy(&both);
}

/* Whatever the engine has to say is lost; the host may do what it likes, and end it. */
static void events(void) {
    for (int connected = 0; connected < 2; connected++) {
        pair both;
        pair_create(&both);
        if (connected) {
            pair_connect(&both);
        }
        CHECK_OK(MLWebRTCTestPanic(MLWebRTCTestPanic_Events));
        MLHandle made = 0;
        CHECK_OK(MLWebRTCDataChannelCreate(both.a.connection, "label", &made));
        CHECK_OK(MLWebRTCConnectionCreateOffer(both.a.connection));
        if (connected) {
            for (int at = 0; at < 100; at++) {
                MLResult result = channel_send(both.at_a, "x", 1, false);
                CHECK(result == MLResult_Ok || result == MLResult_Pending ||
                      result == MLResult_WebRTCDataChannelIsClosed);
            }
        }
        for (int call = 0; call < 50; call++) {
            pair_process(&both);
        }
        CHECK_OK(MLWebRTCTestPanic(MLWebRTCTestPanic_Nowhere));
        pair_destroy(&both);
        pair_open(&both);
        pair_check_alive(&both);
        pair_destroy(&both);
    }
}

/* An instance can be ended in the middle of it. */
static void destroy_while_panicking(void) {
    for (int where = MLWebRTCTestPanic_Requests; where <= MLWebRTCTestPanic_Events; where++) {
        pair both;
        pair_open(&both);
        CHECK_OK(MLWebRTCTestPanic(where));
        if (where == MLWebRTCTestPanic_Events) {
            CHECK_OK(MLWebRTCConnectionDestroy(both.a.connection));
        }
        MLResult end = MLWebRTCInstanceDestroy();
        CHECK(end == MLResult_Ok || end == MLResult_UnspecifiedFailure);
        CHECK_OK(MLWebRTCTestPanic(MLWebRTCTestPanic_Nowhere));
        peer_poison(&both.a);
        peer_poison(&both.b);
        CHECK_OK(MLWebRTCInstanceCreate());
        pair_open(&both);
        pair_check_alive(&both);
        pair_destroy(&both);
    }
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"requests", requests},
        {"events", events},
        {"destroy_while_panicking", destroy_while_panicking},
    };
    return RUN_CASES(cases, argc, argv);
}
