#include "calls.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "measure.h"
#include "pair.h"

#define BATCHES 200
#define BATCH 2000
#define BURST 4000
#define BURSTS 20
#define SPORADIC 300
#define REQUESTS 500
#define CONNECTIONS 30

static void pause_ms(long ms) { nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL); }

/* Median time of one call, over batches of calls. */
static void measure_hot(const char *key, void (*call)(void *of), void *of) {
    samples times;
    samples_begin(&times, BATCHES);
    for (int batch = 0; batch < BATCHES; batch++) {
        uint64_t begin = now_ns();
        for (int at = 0; at < BATCH; at++) {
            call(of);
        }
        samples_add(&times, (double)(now_ns() - begin) / BATCH);
    }
    print_figure(key, samples_at(&times, 0.5));
    samples_end(&times);
}

static void process_events(void *of) { MLWebRTCConnectionProcessEvents(((pair *)of)->alice.connection); }

static void is_connected(void *of) {
    MLWebRTCBool value;
    MLWebRTCConnectionIsConnected(((pair *)of)->alice.connection, &value);
}

static void has_failed(void *of) {
    MLWebRTCBool value;
    MLWebRTCConnectionHasFailed(((pair *)of)->alice.connection, &value);
}

static void is_open(void *of) {
    MLWebRTCBool value;
    MLWebRTCDataChannelIsOpen(((pair *)of)->alice.channel, &value);
}

static void is_enabled(void *of) {
    MLWebRTCBool value;
    MLWebRTCSourceIsEnabled(*(MLHandle *)of, &value);
}

static void label(void *of) {
    char *text;
    MLWebRTCDataChannelGetLabel(((pair *)of)->alice.channel, &text);
    MLWebRTCDataChannelReleaseLabelMemory(((pair *)of)->alice.channel, text);
}

/* Time of one SendMessage on the thread that calls it, without the clock's own. */
static double time_send(pair *both, double clock_ns) {
    static const char data[64];
    uint64_t begin = now_ns();
    bool sent = send_to_other(&both->alice, data, sizeof data);
    double time = (double)(now_ns() - begin) - clock_ns;
    if (!sent) {
        fprintf(stderr, "SendMessage: the send buffer is full, in a burst that should fit\n");
        exit(1);
    }
    return time > 0 ? time : 0;
}

/* Bursts that fit into the send buffer; then they lie in the receiver's queue, and handing
 * them out is timed too. */
static void measure_bursts(pair *both, double clock_ns) {
    samples sends, deliveries;
    samples_begin(&sends, (size_t)BURST * BURSTS);
    samples_begin(&deliveries, BURSTS);
    for (int burst = 0; burst < BURSTS; burst++) {
        uint64_t all = both->bob.messages + BURST;
        for (int at = 0; at < BURST; at++) {
            samples_add(&sends, time_send(both, clock_ns));
        }
        pause_ms(40);
        uint64_t begin = now_ns(), before = both->bob.messages;
        pump(&both->bob);
        double time = (double)(now_ns() - begin);
        uint64_t delivered = both->bob.messages - before;
        if (delivered >= BURST / 2) {
            samples_add(&deliveries, time / (double)delivered);
        }
        while (both->bob.messages < all) {
            pump(&both->bob);
            nap();
        }
    }
    print_spread("send_burst_ns", &sends);
    print_figure("deliver_ns", samples_at(&deliveries, 0.5));
    samples_end(&sends);
    samples_end(&deliveries);
}

static void measure_sporadic(pair *both, double clock_ns) {
    samples sends;
    samples_begin(&sends, SPORADIC);
    for (int at = 0; at < SPORADIC; at++) {
        samples_add(&sends, time_send(both, clock_ns));
        pause_ms(1);
        pump(&both->bob);
    }
    print_spread("send_sporadic_ns", &sends);
    samples_end(&sends);
}

/* A request whose own work is next to nothing: a candidate that only mDNS could resolve is
 * parsed and ignored. */
static void measure_requests(pair *both, const char *key, long pause) {
    MLWebRTCConnectionIceCandidate candidate = {
        .version = 1,
        .candidate = "candidate:1 1 udp 2130706431 11111111-2222-3333-4444-555555555555.local 40000 typ host",
        .sdp_mid = "0",
    };
    samples times;
    samples_begin(&times, REQUESTS);
    for (int at = 0; at < REQUESTS; at++) {
        uint64_t begin = now_ns();
        must(MLWebRTCConnectionAddRemoteIceCandidate(both->alice.connection, &candidate), "AddRemoteIceCandidate");
        samples_add(&times, (double)(now_ns() - begin) / 1000);
        if (pause > 0) {
            pause_ms(pause);
        }
    }
    print_spread(key, &times);
    samples_end(&times);
}

static void measure_connections(void) {
    samples creates, destroys;
    samples_begin(&creates, CONNECTIONS);
    samples_begin(&destroys, CONNECTIONS);
    MLWebRTCConnectionConfig config = {.version = 1};
    MLWebRTCConnectionEventCallbacks callbacks = {.version = 1};
    for (int at = 0; at < CONNECTIONS; at++) {
        MLHandle connection;
        uint64_t begin = now_ns();
        must(MLWebRTCConnectionCreate(&config, &callbacks, &connection), "ConnectionCreate");
        uint64_t made = now_ns();
        must(MLWebRTCConnectionDestroy(connection), "ConnectionDestroy");
        samples_add(&destroys, (double)(now_ns() - made) / 1000);
        samples_add(&creates, (double)(made - begin) / 1000);
        pause_ms(2);
    }
    print_figure("create_us", samples_at(&creates, 0.5));
    print_figure("destroy_us", samples_at(&destroys, 0.5));
    samples_end(&creates);
    samples_end(&destroys);
}

void measure_calls(void) {
    pair both;
    pair_connect(&both);
    /* What connecting leaves behind, such as the last candidates, has come by then. */
    pause_ms(200);
    pump(&both.alice);
    pump(&both.bob);

    measure_hot("process_idle_ns", process_events, &both);
    measure_hot("is_connected_ns", is_connected, &both);
    measure_hot("has_failed_ns", has_failed, &both);
    measure_hot("is_open_ns", is_open, &both);
    measure_hot("label_ns", label, &both);

    MLWebRTCAppDefinedSourceEventCallbacks callbacks = {.version = 1};
    MLHandle source;
    if (MLWebRTCSourceCreateAppDefinedVideoSource(&callbacks, &source) == MLResult_Ok) {
        measure_hot("is_enabled_ns", is_enabled, &source);
        must(MLWebRTCSourceDestroy(source), "SourceDestroy");
    }

    double clock_ns = clock_cost_ns();
    print_figure("clock_ns", clock_ns);
    measure_bursts(&both, clock_ns);
    measure_sporadic(&both, clock_ns);
    measure_requests(&both, "request_us", 0);
    measure_requests(&both, "request_sporadic_us", 1);
    pair_destroy(&both);
    measure_connections();
}
