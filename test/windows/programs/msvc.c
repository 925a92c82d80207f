/* SPDX-License-Identifier: MIT */

/* A program as Microsoft's compiler and linker make it, without a C library: the import library and the headers serve
 * those, too. */
#include <ml_webrtc.h>

__declspec(dllimport) void __stdcall ExitProcess(unsigned code);

void start(void) {
    int fine = MLWebRTCInstanceCreate() == MLResult_Ok && MLWebRTCGetResultString(MLResult_Ok)[0] == 'M' &&
               MLWebRTCInstanceDestroy() == MLResult_Ok;
    ExitProcess(fine ? 42 : 1);
}
