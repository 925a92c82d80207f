/* SPDX-License-Identifier: MIT */

/* Prints the versions that ml_webrtc.dll carries: of the file, of the product, in its first debug message. */
#include <ml_webrtc.h>
#include <stdio.h>
#include <string.h>
#include <windows.h>

static volatile LONG told;

static void on_message(uint32_t level, const char *message, void *context) {
    (void)level, (void)context;
    const char *at = strstr(message, "MLWebRTC ");
    if (at != NULL && InterlockedExchange(&told, 1) == 0) {
        printf("message %s\n", at + strlen("MLWebRTC "));
        fflush(stdout);
    }
}

static int print_resource(void) {
    static char info[4096];
    VS_FIXEDFILEINFO *fixed = NULL;
    char *product = NULL;
    UINT size = 0;
    if (!GetFileVersionInfoA("ml_webrtc.dll", 0, sizeof info, info) ||
        !VerQueryValueA(info, "\\", (void **)&fixed, &size) ||
        !VerQueryValueA(info, "\\StringFileInfo\\040904b0\\ProductVersion", (void **)&product, &size)) {
        return 1;
    }
    printf("file %u.%u.%u.%u\n", HIWORD(fixed->dwFileVersionMS), LOWORD(fixed->dwFileVersionMS),
           HIWORD(fixed->dwFileVersionLS), LOWORD(fixed->dwFileVersionLS));
    printf("product %s\n", product);
    return 0;
}

int main(void) {
    MLWebRTCDebugUtils utils = {.version = 1, .log_level = MLWebRTCLogLevel_Info, .on_debug_message = on_message};
    if (print_resource() != 0 || MLWebRTCInstanceCreateWithDebugUtils(&utils) != MLResult_Ok) {
        return 1;
    }
    while (!told) {
        Sleep(1);
    }
    return MLWebRTCInstanceDestroy();
}
