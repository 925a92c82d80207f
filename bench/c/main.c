/*
 * The library's side of the benchmark: two of its connections in this process, through the
 * C interface. Prints "key value" lines. Usage: bench [CONNECTS [SECONDS [PING_PONGS]]]
 */
#include <stdlib.h>

#include "calls.h"
#include "measure.h"
#include "messages.h"
#include "pair.h"

static double connect_ms(int times) {
    samples set;
    samples_begin(&set, (size_t)times);
    for (int at = 0; at < times; at++) {
        pair both;
        uint64_t begin = now_ns();
        pair_connect(&both);
        samples_add(&set, (double)(now_ns() - begin) / 1e6);
        pair_destroy(&both);
    }
    double median = samples_at(&set, 0.5);
    samples_end(&set);
    return median;
}

int main(int argc, char **argv) {
    int connects = argc > 1 ? atoi(argv[1]) : 20;
    double seconds = argc > 2 ? atof(argv[2]) : 2;
    int ping_pongs = argc > 3 ? atoi(argv[3]) : 2000;

    must(MLWebRTCInstanceCreate(), "InstanceCreate");
    if (connects > 0) {
        print_figure("connect_ms", connect_ms(connects));
    }
    if (seconds > 0) {
        message_rate large = measure_rate(64 * 1024, seconds);
        print_figure("throughput_mb", large.per_second * 64 * 1024 / 1e6);
        print_figure("throughput_cpu", large.cpu_us * 1000 / (64 * 1024)); /* s/GB */
        message_rate small = measure_rate(64, seconds);
        print_figure("small_rate", small.per_second);
        print_figure("small_cpu", small.cpu_us);
    }
    if (ping_pongs > 0) {
        print_figure("ping_pong_us", ping_pong_us(ping_pongs));
    }
    measure_calls();
    must(MLWebRTCInstanceDestroy(), "InstanceDestroy");
    return 0;
}
