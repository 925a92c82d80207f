/*
 * What the library allocates per frame of video, and per packet of sound, in steady state: on the C library's heap, and
 * in Go, which only the test build of the library tells. Prints "key value" lines. Usage: allocations SECONDS
 */
#include <stdlib.h>

#include <stdio.h>

#include "bench/allocations/mallocs.h"
#include "bench/audio/talk.h"
#include "bench/video/call.h"
#include "bench/video/footage.h"
#include "ml_webrtc_test.h"

#define WARM_UP_SECONDS 5

typedef struct meter {
    MLWebRTCTestAllocations go;
    uint64_t blocks;
} meter;

static meter read_meter(void) {
    meter is;
    must(MLWebRTCTestGetAllocations(&is.go), "GetAllocations");
    is.blocks = mallocs();
    return is;
}

static void print_meter(const char *what, const meter *before, unsigned count) {
    meter after = read_meter();
    char key[64];
    snprintf(key, sizeof key, "%s_mallocs", what);
    print_figure(key, (double)(after.blocks - before->blocks) / count);
    snprintf(key, sizeof key, "%s_go_objects", what);
    print_figure(key, (double)(after.go.objects - before->go.objects) / count);
    snprintf(key, sizeof key, "%s_go_bytes", what);
    print_figure(key, (double)(after.go.bytes - before->go.bytes) / count);
}

static bool measure_video(double seconds) {
    footage_begin();
    call own;
    call_begin(&own);
    call_run(&own, WARM_UP_SECONDS, NULL);
    meter before = read_meter();
    unsigned frames = call_run(&own, seconds, NULL);
    if (frames > 0) {
        print_meter("frame", &before, frames);
    }
    call_end(&own);
    footage_end();
    return frames > 0;
}

static bool measure_audio(double seconds) {
    talk own;
    talk_begin(&own, 1);
    talk_run(&own, WARM_UP_SECONDS, NULL);
    unsigned heard = own.heard;
    meter before = read_meter();
    talk_run(&own, seconds, NULL);
    unsigned packets = (own.heard - heard) / 2; /* 20 ms each */
    if (packets > 0) {
        print_meter("packet", &before, packets);
    }
    talk_end(&own);
    return packets > 0;
}

int main(int argc, char **argv) {
    double seconds = argc > 1 ? atof(argv[1]) : 5;
    must(MLWebRTCInstanceCreate(), "InstanceCreate");
    bool measured = measure_video(seconds) && measure_audio(seconds);
    must(MLWebRTCInstanceDestroy(), "InstanceDestroy");
    return measured ? 0 : 1;
}
