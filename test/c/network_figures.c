/* SPDX-License-Identifier: MIT */

/* How long a connection takes to come up, and what a data channel carries, over links that are far, narrow and bad: run
 * by test/network/run.sh. The peer is this program once more, at the other end of the link. Signalling does not go
 * through the link and takes no time. docs/networks.md has the figures. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/link.h"
#include "support/remote.h"
#include "support/socket.h"
#include "support/traffic.h"

enum { SIZE = 16384, PINGS = 9, ATTEMPTS = 5 };

#define CONNECT_MOST_MS UINT64_C(5000)
/* Between one message and the next; the hang guard is for each, not for the link's speed. */
#define STALL_MOST_MS UINT64_C(20000)

/* --- the peer --------------------------------------------------------------------------------------- */

static traffic got;

/* A ping comes back; the end is answered by how much came. */
static void tell(channel *self, const char *text) {
    char answer[32];
    int size = strcmp(text, "end") == 0 ? snprintf(answer, sizeof answer, "%" PRIu32, got.received)
                                        : snprintf(answer, sizeof answer, "%s", text);
    CHECK_OK(channel_send(self, answer, (uint64_t)size, false));
}

static void received(peer *self, channel *of, event_kind kind) {
    (void)self;
    if (kind == ON_CHANNEL) {
        got.told = tell;
        traffic_expect(of, &got);
    }
}

static int answerer(void) {
    peer local;
    CHECK_OK(MLWebRTCInstanceCreate());
    peer_create(&local, "answerer");
    local.hook = received;
    remote_signals signals = {.socket = remote_socket()};
    while (remote_step(&signals, &local)) {
    }
    CHECK_EQ(local.count[ON_ERROR], 0);
    peer_destroy(&local);
    CHECK_OK(MLWebRTCInstanceDestroy());
    return 0;
}

/* --- this side -------------------------------------------------------------------------------------- */

static peer local;
static remote_signals signals;
static unsigned answers;
static unsigned long last_answer;

static void told(channel *self, const char *text) {
    (void)self;
    answers++;
    last_answer = strtoul(text, NULL, 10);
}

static void step(void) { CHECK(remote_step(&signals, &local)); }

static int compare(const void *a, const void *b) {
    uint64_t left = *(const uint64_t *)a;
    uint64_t right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

/* The median of some round trips, in milliseconds. */
static double round_trip(channel *on) {
    uint64_t took[PINGS];
    for (unsigned at = 0; at < PINGS; at++) {
        unsigned before = answers;
        uint64_t start = microseconds_now();
        CHECK_OK(channel_send(on, "ping", 4, false));
        WAIT_UNTIL_STEP(answers > before, step());
        took[at] = microseconds_now() - start;
    }
    qsort(took, PINGS, sizeof *took, compare);
    return (double)took[PINGS / 2] / 1000;
}

/* Sends kilobytes, and gives the kbit/s at which they have arrived. */
static double transfer(channel *on, uint32_t kilobytes) {
    uint32_t count = kilobytes * 1024 / SIZE;
    uint64_t start = milliseconds_now();
    uint64_t progress = start;
    for (uint32_t sent = 0; sent < count;) {
        MLResult result = traffic_send(on, sent, SIZE);
        if (result == MLResult_Ok) {
            sent++;
            progress = milliseconds_now();
            continue;
        }
        CHECK_EQ(result, MLResult_Pending);
        CHECK(milliseconds_now() - progress < STALL_MOST_MS);
        step();
    }
    unsigned before = answers;
    MLResult result = MLResult_Pending;
    WAIT_UNTIL_STEP((result = channel_send(on, "end", 3, false)) != MLResult_Pending, step());
    CHECK_OK(result);
    uint64_t guard = milliseconds_now() + 2 * PATIENCE_MS;
    while (answers == before) {
        CHECK(milliseconds_now() < guard);
        step();
    }
    CHECK_EQ(last_answer, count);
    return (double)kilobytes * 8.192 * 1000 / (double)(milliseconds_now() - start);
}

/* A connection that came up, and how long that took. */
typedef struct attempt {
    pid_t process;
    channel *on;
    traffic back;
    uint64_t connected; /* ms */
    uint64_t opened;
} attempt;

static void begin(attempt *self) {
    memset(&signals, 0, sizeof signals);
    answers = 0;
    self->back = (traffic){.told = told};
    self->process = remote_start_in(link_peer(), "answerer", &signals.socket);
    peer_create(&local, "offerer");
    self->on = peer_open_channel(&local, "messages");
    traffic_expect(self->on, &self->back);
    uint64_t start = milliseconds_now();
    CHECK_OK(MLWebRTCConnectionCreateOffer(local.connection));
    WAIT_UNTIL_STEP(local.count[ON_CONNECTED] == 1, step());
    self->connected = milliseconds_now() - start;
    WAIT_UNTIL_STEP(self->on->opened, step());
    self->opened = milliseconds_now() - start;
}

static void end(attempt *self) {
    CHECK_EQ(local.count[ON_ERROR] + local.count[ON_DISCONNECTED], 0);
    peer_destroy(&local);
    socket_close(signals.socket);
    CHECK_EQ(remote_exit_code(self->process, PATIENCE_MS), 0);
}

/* The time to connect is the median of some: where packets get lost, luck has its share. */
static void measure(const char *setting, uint32_t kilobytes) {
    attempt made;
    uint64_t connected[ATTEMPTS];
    uint64_t opened[ATTEMPTS];
    link_set("%s", setting);
    for (unsigned at = 0; at < ATTEMPTS; at++) {
        if (at > 0) {
            end(&made);
        }
        begin(&made);
        connected[at] = made.connected;
        opened[at] = made.opened;
    }
    qsort(connected, ATTEMPTS, sizeof *connected, compare);
    qsort(opened, ATTEMPTS, sizeof *opened, compare);
    CHECK(opened[ATTEMPTS / 2] < CONNECT_MOST_MS);
    double trip = round_trip(made.on);
    double rate = transfer(made.on, kilobytes);
    printf("%s: connected %" PRIu64 " ms, open %" PRIu64 " ms, round trip %.1f ms, %.0f kbit/s\n", setting,
           connected[ATTEMPTS / 2], opened[ATTEMPTS / 2], trip, rate);
    end(&made);
}

static void unimpaired(void) { measure("delay 0", 20480); }
static void round_trip_200(void) { measure("delay 100", 10240); }
static void loss_5(void) { measure("loss 5", 1024); }
static void rate_1000(void) { measure("rate 1000 queue 200", 1024); }
static void reordered(void) { measure("delay 10 reorder 10 later 10", 10240); }
static void duplicated(void) { measure("duplicate 20", 20480); }
static void mtu_1280(void) { measure("mtu 1280", 20480); }
static void far_and_lossy(void) { measure("delay 100 loss 5", 512); }
static void all_at_once(void) {
    measure("delay 100 loss 5 rate 1000 queue 200 reorder 5 later 20 duplicate 5 mtu 1280", 256);
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"unimpaired", unimpaired}, {"round_trip_200", round_trip_200}, {"loss_5", loss_5},
        {"rate_1000", rate_1000},   {"reordered", reordered},           {"duplicated", duplicated},
        {"mtu_1280", mtu_1280},     {"far_and_lossy", far_and_lossy},   {"all_at_once", all_at_once},
    };
    if (argc > 1 && strcmp(argv[1], "answerer") == 0) {
        return answerer();
    }
    return RUN_CASES(cases, argc, argv);
}
