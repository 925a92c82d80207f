/* SPDX-License-Identifier: MIT */

/* Every function with default arguments, as test suites of applications call them by reflection. */
#include <stdio.h>
#include <string.h>

#include "support/functions.h"
#include "support/peer.h"

static void check_known(const char *function, MLResult result) {
    check_about("%s", function);
    const char *text = MLWebRTCGetResultString(result);
    CHECK(text != NULL && strcmp(text, MLWebRTCGetResultString(12345)) != 0);
}

static void with_an_instance(void) {
    unsigned made = 0;
    for (size_t at = 0; at < default_call_count; at++) {
        if (!default_calls[at].is_instance) {
            MLResult result = default_calls[at].call();
            check_known(default_calls[at].name, result);
            CHECK(result != MLResult_WebRTCInstanceNotCreated);
            made += destroy_defaults();
        }
    }
    CHECK(made >= 7); /* a connection, three sources of the application, three sinks */
}

static void without_one(void) {
    CHECK_OK(MLWebRTCInstanceDestroy());
    for (size_t at = 0; at < default_call_count; at++) {
        if (!default_calls[at].is_instance) {
            MLResult result = default_calls[at].call();
            check_known(default_calls[at].name, result);
            if (strcmp(default_calls[at].name, "MLWebRTCGetResultString") != 0) {
                CHECK_RESULT(result, MLResult_WebRTCInstanceNotCreated);
            }
        }
    }
    check_about("without an instance");
    CHECK_RESULT(MLWebRTCInstanceDestroy(), MLResult_WebRTCInstanceNotCreated);
}

/* All in a row, in this order and backwards, instances too: none depends on what was before. */
static void in_any_order(void) {
    for (size_t at = 0; at < default_call_count; at++) {
        check_known(default_calls[at].name, default_calls[at].call());
        destroy_defaults();
    }
    for (size_t at = default_call_count; at > 0; at--) {
        check_known(default_calls[at - 1].name, default_calls[at - 1].call());
        if (!default_calls[at - 1].is_instance) {
            destroy_defaults();
        }
    }
}

static void pointers_are_null_without_one(void) {
    CHECK_OK(MLWebRTCInstanceDestroy());
    /* The instance is checked before the pointers are. */
    CHECK_RESULT(MLWebRTCConnectionCreate(NULL, NULL, NULL), MLResult_WebRTCInstanceNotCreated);
    CHECK_RESULT(MLWebRTCConnectionIsConnected(1, NULL), MLResult_WebRTCInstanceNotCreated);
    CHECK_RESULT(MLWebRTCDataChannelGetLabel(1, NULL), MLResult_WebRTCInstanceNotCreated);
    CHECK_RESULT(MLWebRTCDataChannelSendMessage(1, NULL), MLResult_WebRTCInstanceNotCreated);
    CHECK_RESULT(MLWebRTCAudioSinkCreate(NULL), MLResult_WebRTCInstanceNotCreated);
    CHECK_RESULT(MLWebRTCFrameGetData(1, NULL), MLResult_WebRTCInstanceNotCreated);
    for (size_t at = 0; at < handle_call_count; at++) {
        check_about("%s", handle_calls[at].name);
        CHECK_RESULT(handle_calls[at].call(1), MLResult_WebRTCInstanceNotCreated);
    }
}

static void result_strings(void) {
    CHECK_OK(MLWebRTCInstanceDestroy());
#define RESULT(name, code, text) {(code), "MLResult_" #name},
    static const struct {
        MLResult code;
        const char *name;
    } table[] = {ML_WEBRTC_RESULTS(RESULT)};
    for (size_t at = 0; at < sizeof table / sizeof *table; at++) {
        const char *name = MLWebRTCGetResultString(table[at].code);
        CHECK_TEXT(name, table[at].name);
        CHECK(name == MLWebRTCGetResultString(table[at].code));
    }
    static const MLResult unknown[] = {-1, 10, 11, 12, 14, 16, INT32_MAX, INT32_MIN, -272171009, -272171002};
    for (size_t at = 0; at < sizeof unknown / sizeof *unknown; at++) {
        const char *name = MLWebRTCGetResultString(unknown[at]);
        CHECK(name != NULL && name[0] != '\0' && is_utf8(name, strlen(name)));
        CHECK(name == MLWebRTCGetResultString(unknown[0]));
    }
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"with_an_instance", with_an_instance}, {"without_one", without_one},
        {"in_any_order", in_any_order},         {"pointers_are_null_without_one", pointers_are_null_without_one},
        {"result_strings", result_strings},
    };
    return RUN_CASES(cases, argc, argv);
}
