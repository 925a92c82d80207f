#include "bench/video/call.h"
#include "bench/video/footage.h"
#include "bench/video/video.h"

#define WARM_UP_SECONDS 2

void measure_latency(double seconds) {
    call own;
    call_begin(&own);
    call_run(&own, WARM_UP_SECONDS, NULL);
    samples times;
    samples_begin(&times, (size_t)(seconds * RATE) + RATE);
    unsigned pushed = own.pushed;
    unsigned taken = call_run(&own, seconds, &times);
    print_spread("latency_ms", &times);
    print_figure("latency_shown", 100.0 * taken / (own.pushed - pushed));
    samples_end(&times);
    call_end(&own);
}
