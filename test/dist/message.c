/* SPDX-License-Identifier: MIT */

/* Prints the version that the library says in its first debug message. */
#include <ml_webrtc.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static char said[128];
static atomic_bool told;

static void on_message(uint32_t level, const char *message, void *context) {
    (void)level, (void)context;
    const char *at = strstr(message, "MLWebRTC ");
    if (at != NULL && !told) {
        snprintf(said, sizeof said, "%s", at + strlen("MLWebRTC "));
        told = true;
    }
}

int main(void) {
    MLWebRTCDebugUtils utils = {.version = 1, .log_level = MLWebRTCLogLevel_Info, .on_debug_message = on_message};
    if (MLWebRTCInstanceCreateWithDebugUtils(&utils) != MLResult_Ok) {
        return 1;
    }
    while (!told) {
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    puts(said);
    return MLWebRTCInstanceDestroy();
}
