/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "ml_webrtc_test.h"

#define LEFTOVERS_PATIENCE_MS UINT64_C(15000)

void check_nothing_left(void) {
    uint64_t deadline = milliseconds_now() + LEFTOVERS_PATIENCE_MS;
    MLWebRTCTestAlive alive;
    MLWebRTCTestAlive nothing;
    memset(&nothing, 0, sizeof nothing);
    for (;;) {
        memset(&alive, 0, sizeof alive);
        CHECK_OK(MLWebRTCTestGetAlive(&alive));
        if (memcmp(&alive, &nothing, sizeof alive) == 0) {
            return;
        }
        if (milliseconds_now() > deadline) {
            fprintf(stderr,
                    "left: handles %" PRIu32 ", connections %" PRIu32 ", channels %" PRIu32 ", sources %" PRIu32
                    ", sinks %" PRIu32 ", frames %" PRIu32 ", events %" PRIu64 ", pictures %" PRIu64 ", sounds %" PRIu64
                    ", engine %" PRIu32 ", goroutines %" PRIu32 "\n",
                    alive.handles, alive.connections, alive.channels, alive.sources, alive.sinks, alive.frames,
                    alive.events, alive.pictures, alive.sounds, alive.engine, alive.goroutines);
            CHECK(!"something is left in the library");
        }
        nap();
    }
}

int run_cases(const test_case *cases, size_t count, int argc, char **argv) {
    bool found = false;
    for (size_t at = 0; at < count; at++) {
        if (argc > 1 && strcmp(argv[1], cases[at].name) != 0) {
            continue;
        }
        found = true;
        uint64_t start = milliseconds_now();
        check_about("%s", cases[at].name);
        CHECK_OK(MLWebRTCInstanceCreate());
        cases[at].run();
        MLResult end = MLWebRTCInstanceDestroy();
        CHECK(end == MLResult_Ok || end == MLResult_WebRTCInstanceNotCreated);
        check_nothing_left();
        printf("%-40s %6" PRIu64 " ms\n", cases[at].name, milliseconds_now() - start);
        fflush(stdout);
    }
    CHECK(found);
    return 0;
}
