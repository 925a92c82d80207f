/*
 * What the library allocates per frame of video in steady state: on the C library's heap, and in
 * Go, which only the test build of the library tells. Prints "key value" lines.
 * Usage: allocations SECONDS
 */
#include <stdlib.h>

#include "bench/allocations/mallocs.h"
#include "bench/video/call.h"
#include "bench/video/footage.h"
#include "ml_webrtc_test.h"

#define WARM_UP_SECONDS 5

int main(int argc, char **argv) {
    double seconds = argc > 1 ? atof(argv[1]) : 5;
    footage_begin();
    must(MLWebRTCInstanceCreate(), "InstanceCreate");
    call own;
    call_begin(&own);
    call_run(&own, WARM_UP_SECONDS, NULL);

    MLWebRTCTestAllocations before, after;
    must(MLWebRTCTestGetAllocations(&before), "GetAllocations");
    uint64_t blocks = mallocs();
    unsigned frames = call_run(&own, seconds, NULL);
    blocks = mallocs() - blocks;
    must(MLWebRTCTestGetAllocations(&after), "GetAllocations");
    if (frames > 0) {
        print_figure("frame_mallocs", (double)blocks / frames);
        print_figure("frame_go_objects", (double)(after.objects - before.objects) / frames);
        print_figure("frame_go_bytes", (double)(after.bytes - before.bytes) / frames);
    }
    call_end(&own);
    must(MLWebRTCInstanceDestroy(), "InstanceDestroy");
    footage_end();
    return frames > 0 ? 0 : 1;
}
