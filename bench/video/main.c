/*
 * The library's video side of the benchmark. Prints "key value" lines.
 * Usage: video latency|push|loop SECONDS
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/video/call.h"
#include "bench/video/footage.h"
#include "bench/video/video.h"

static const struct {
    const char *name;
    void (*measure)(double seconds);
} benchmarks[] = {{"latency", measure_latency}, {"push", measure_push}, {"loop", measure_loop}};

int main(int argc, char **argv) {
    double seconds = argc > 2 ? atof(argv[2]) : 5;
    for (size_t at = 0; argc > 1 && at < sizeof benchmarks / sizeof *benchmarks; at++) {
        if (strcmp(argv[1], benchmarks[at].name) == 0) {
            footage_begin();
            MLWebRTCDebugUtils debug = {
                .version = 1, .log_level = MLWebRTCLogLevel_Debug, .on_debug_message = loop_on_debug};
            must(MLWebRTCInstanceCreateWithDebugUtils(&debug), "InstanceCreateWithDebugUtils");
            benchmarks[at].measure(seconds);
            must(MLWebRTCInstanceDestroy(), "InstanceDestroy");
            footage_end();
            return 0;
        }
    }
    fprintf(stderr, "usage: video latency|push|loop SECONDS\n");
    return 2;
}
