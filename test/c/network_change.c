/* SPDX-License-Identifier: MIT */

/* Networks that change under a connection: run by test/network/run.sh. The peer is this program once more, at the other
 * end of the link; numbered messages go both ways all the time, and none may be lost. Signalling does not go through
 * the link. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/link.h"
#include "support/remote.h"
#include "support/socket.h"
#include "support/traffic.h"
#include "support/video.h"

enum { INTERVAL_MS = 20, SIZE = 500, BULK = 65536, WIDTH = 320, HEIGHT = 240, RATE = 15, STREAM = 9 };

/* How long a connection may take to be back after the network is: wide, as a restart comes every 10 s at the latest. */
#define BACK_MOST_MS UINT64_C(15000)

/* One side's messages. */
typedef struct side {
    peer local;
    remote_signals signals;
    bool mute; /* nothing is signalled */
    channel *on;
    traffic got;
    uint32_t sent;
    uint64_t due;
} side;

static bool step_of(side *self, unsigned most) {
    unsigned before = self->local.events;
    CHECK_OK(peer_process(&self->local));
    bool fine = self->mute || remote_exchange(&self->signals, &self->local);
    uint64_t now = milliseconds_now();
    if (self->on != NULL && self->on->opened && self->sent < most && now >= self->due) {
        self->due = now + INTERVAL_MS;
        self->sent += traffic_send(self->on, self->sent, SIZE) == MLResult_Ok;
    }
    if (self->local.events == before) {
        nap();
    }
    return fine;
}

/* --- the peer --------------------------------------------------------------------------------------- */

static side answering;

/* The other side has sent all: says how much came. */
static void tell(channel *self, const char *text) {
    CHECK_TEXT(text, "end");
    char answer[32];
    int size = snprintf(answer, sizeof answer, "%" PRIu32, answering.got.received);
    CHECK_OK(channel_send(self, answer, (uint64_t)size, false));
}

static void received(peer *self, channel *of, event_kind kind) {
    (void)self;
    if (kind == ON_CHANNEL) {
        answering.on = of;
        traffic_expect(of, &answering.got);
    }
}

static int answerer(bool films) {
    static pusher pushed;
    CHECK_OK(MLWebRTCInstanceCreate());
    peer_create(&answering.local, "answerer");
    answering.signals.socket = remote_socket();
    answering.got.told = tell;
    answering.local.hook = received;
    if (films) {
        pushed = (pusher){.source = source_create(), .stream = STREAM, .width = WIDTH, .height = HEIGHT, .rate = RATE};
        peer_add_video(&answering.local, pushed.source, "picture");
        pusher_run(&pushed);
    }
    while (step_of(&answering, UINT32_MAX)) {
    }
    CHECK_EQ(answering.local.count[ON_ERROR], 0);
    if (films) {
        pusher_stop(&pushed);
    }
    peer_destroy(&answering.local);
    CHECK_OK(MLWebRTCInstanceDestroy());
    return 0;
}

/* --- this side -------------------------------------------------------------------------------------- */

static side now;
static pid_t process;
static MLHandle unused; /* a source that only makes room for the peer's track */
static viewer view;
static uint32_t told_received;
static unsigned long confirmed;

static void step_most(unsigned most) {
    CHECK(step_of(&now, most));
    if (view.sink != ML_INVALID_HANDLE) {
        viewer_poll(&view);
    }
}

static void step(void) { step_most(UINT32_MAX); }

static void run_for(uint64_t milliseconds) {
    uint64_t end = milliseconds_now() + milliseconds;
    while (milliseconds_now() < end) {
        step();
    }
}

static void told(channel *self, const char *text) {
    (void)self;
    confirmed = strtoul(text, NULL, 10);
    told_received = 1;
}

static void begin(bool films) {
    memset(&now, 0, sizeof now);
    told_received = 0;
    view.sink = ML_INVALID_HANDLE;
    process = remote_start_in(link_peer(), films ? "filming" : "answering", &now.signals.socket);
    peer_create(&now.local, "offerer");
    now.got.told = told;
    now.on = peer_open_channel(&now.local, "messages");
    traffic_expect(now.on, &now.got);
    if (films) {
        unused = source_create();
        peer_add_video(&now.local, unused, "unused");
    }
    CHECK_OK(MLWebRTCConnectionCreateOffer(now.local.connection));
    WAIT_UNTIL_STEP(now.got.received > 10 && (!films || now.local.track_count == 1), step());
    if (films) {
        viewer_create(&view, now.local.tracks[0].source, STREAM);
        view.width = WIDTH;
        view.height = HEIGHT;
        view.rate = RATE;
        WAIT_UNTIL_STEP(view.frames > 0, step());
    }
    run_for(2500); /* the library knows the machine's addresses by then */
    CHECK_EQ(now.local.count[ON_CONNECTED], 1);
    CHECK_EQ(now.local.count[ON_DISCONNECTED], 0);
}

/* All that was sent has arrived, in both directions. */
static void finish(void) {
    uint32_t sent = now.sent;
    MLResult result = MLResult_Pending;
    WAIT_UNTIL_STEP((result = channel_send(now.on, "end", 3, false)) != MLResult_Pending, step_most(sent));
    CHECK_OK(result);
    WAIT_UNTIL_STEP(told_received, step_most(sent));
    CHECK_EQ(confirmed, sent);
    CHECK(!peer_has_failed(&now.local) && peer_is_connected(&now.local));
    CHECK_EQ(now.local.count[ON_ERROR], 0);
    CHECK_EQ(now.local.count[ON_CONNECTED], now.local.count[ON_DISCONNECTED] + 1);
    printf("%" PRIu32 " messages there, %" PRIu32 " back, none lost; %u offers, %u answers, lost %u times\n", sent,
           now.got.received, now.local.count[ON_OFFER], now.local.count[ON_ANSWER], now.local.count[ON_DISCONNECTED]);
    if (view.sink != ML_INVALID_HANDLE) {
        viewer_destroy(&view);
        CHECK_OK(MLWebRTCSourceDestroy(unused));
    }
    peer_destroy(&now.local);
    socket_close(now.signals.socket);
    CHECK_EQ(remote_exit_code(process, PATIENCE_MS), 0);
}

/* The network works again since now. */
static void check_back(void) {
    uint64_t start = milliseconds_now();
    uint32_t before = now.got.received;
    WAIT_UNTIL_STEP(now.got.received > before, step());
    uint64_t took = milliseconds_now() - start;
    printf("messages %" PRIu64 " ms after the network is back", took);
    CHECK(took < BACK_MOST_MS);
    if (view.sink != ML_INVALID_HANDLE) {
        viewer_reset(&view);
        uint64_t from = milliseconds_now();
        WAIT_UNTIL_STEP(view.frames > RATE, step());
        printf(", %d pictures another %" PRIu64 " ms later", RATE, milliseconds_now() - from);
    }
    printf("\n");
    fflush(stdout);
    WAIT_UNTIL_STEP(peer_is_connected(&now.local), step());
}

/* A shell's command, in this namespace or in the peer's. */
static void shell(bool at_peer, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void shell(bool at_peer, const char *format, ...) {
    char command[512];
    int used = at_peer ? snprintf(command, sizeof command, "nsenter --net=%s ", link_peer()) : 0;
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(command + used, sizeof command - (size_t)used, format, arguments);
    va_end(arguments);
    CHECK(length > 0 && used + length < (int)sizeof command);
    check_about("%s", command);
    CHECK_EQ(system(command), 0);
}

/* Nothing comes through. */
static void silence(unsigned milliseconds, bool films) {
    begin(films);
    link_set("cut %u", milliseconds);
    run_for(milliseconds);
    unsigned lost = now.local.count[ON_DISCONNECTED];
    CHECK(milliseconds > 2000 || lost == 0);
    CHECK(milliseconds < 8000 || (lost == 1 && now.local.count[ON_OFFER] > 2));
    check_back();
    finish();
}

static void silence_1(void) { silence(1000, false); }
static void silence_5(void) { silence(5000, false); }
static void silence_8(void) { silence(8000, true); }
static void silence_30(void) { silence(30000, true); }

/* The interface goes down, with all routes, and comes up again. */
static void down(unsigned milliseconds) {
    begin(false);
    shell(false, "ip link set end-a down");
    run_for(milliseconds);
    shell(false, "ip link set end-a up");
    CHECK(milliseconds < 4000 || now.local.count[ON_DISCONNECTED] == 1);
    check_back();
    finish();
}

static void down_1(void) { down(1000); }
static void down_5(void) { down(5000); }
static void down_30(void) { down(30000); }

/* Another address, and the old one is gone. The side whose address it was notices before anything is missed. */
static void address(bool of_peer) {
    const char *device = of_peer ? "end-b" : "end-a";
    unsigned number = of_peer ? 2 : 1;
    begin(true);
    shell(!of_peer, "ip route add 10.77.0.%u/32 dev %s", 10 + number, of_peer ? "end-a" : "end-b");
    /* In this order: a second address with the same peer would go with the first one. */
    shell(of_peer, "ip addr del 10.77.0.%u peer 10.77.0.%u/32 dev %s", number, 3 - number, device);
    shell(of_peer, "ip addr add 10.77.0.%u peer 10.77.0.%u/32 dev %s", 10 + number, 3 - number, device);
    /* What changes nothing, and the restart. */
    WAIT_UNTIL_STEP(now.local.count[of_peer ? ON_ANSWER : ON_OFFER] >= 2, step());
    CHECK(of_peer || now.local.count[ON_DISCONNECTED] == 1);
    check_back();
    finish();
}

static void address_here(void) { address(false); }
static void address_there(void) { address(true); }

/* From one network to another and back, while much is sent. */
static void roaming(uint32_t megabytes) {
    static const char *const devices[] = {"end-a", "far-a"};
    uint32_t count = megabytes * (1024 * 1024 / BULK);
    uint32_t first = 0;
    unsigned changes = 0;
    link_set("rate 100000 queue 50");
    shell(false, "ip link set far-a down");
    begin(false);
    first = now.sent;
    uint64_t start = milliseconds_now();
    uint64_t changed = 0;
    uint64_t progress = start;
    while (now.sent < first + count) {
        uint32_t before = now.sent;
        step_most(0);
        if (traffic_send(now.on, now.sent, BULK) == MLResult_Ok) {
            now.sent++;
        }
        progress = now.sent > before ? milliseconds_now() : progress;
        CHECK(milliseconds_now() - progress < PATIENCE_MS);
        if (changes < 3 && now.sent - first > (changes + 1) * count / 4) {
            shell(false, "ip link set %s up", devices[(changes + 1) % 2]);
            shell(false, "ip link set %s down", devices[changes % 2]);
            changes++;
            changed = milliseconds_now();
            WAIT_UNTIL_STEP(now.local.count[ON_CONNECTED] == changes + 1, step_most(0));
            printf("change %u took %" PRIu64 " ms\n", changes, milliseconds_now() - changed);
            fflush(stdout);
        }
    }
    CHECK_EQ(changes, 3);
    finish();
    double seconds = (double)(milliseconds_now() - start) / 1000;
    printf("%" PRIu32 " MiB in %.1f s, %u changes of the network\n", megabytes, seconds, changes);
}

static void roaming_20(void) { roaming(20); }
static void roaming_100(void) { roaming(100); }

/* Signalling ended when the connection was up: the old path is used again. */
static void no_signalling(void) {
    begin(false);
    now.mute = true;
    link_set("cut %u", 15000);
    run_for(15000);
    CHECK_EQ(now.local.count[ON_DISCONNECTED], 1);
    check_back();
    now.mute = false;
    finish();
}

/* The peer is gone for good: it is given up when the time is up, once. */
static void given_up(void) {
    begin(false);
    remote_kill(process);
    now.mute = true;
    uint64_t start = milliseconds_now();
    while (!peer_has_failed(&now.local)) {
        CHECK(milliseconds_now() - start < 90000);
        step_most(0);
    }
    uint64_t took = milliseconds_now() - start;
    printf("given up after %" PRIu64 " ms and %u offers\n", took, now.local.count[ON_OFFER]);
    CHECK(took > 30000);
    CHECK(now.local.count[ON_OFFER] < 12);
    WAIT_UNTIL_STEP(now.local.count[ON_ERROR] == 1, step_most(0));
    CHECK_EQ(now.local.count[ON_DISCONNECTED], 1);
    CHECK(!peer_is_connected(&now.local));
    socket_close(now.signals.socket);
    peer_destroy(&now.local);
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"silence_1", silence_1},
        {"silence_5", silence_5},
        {"silence_8", silence_8},
        {"silence_30", silence_30},
        {"down_1", down_1},
        {"down_5", down_5},
        {"down_30", down_30},
        {"address_here", address_here},
        {"address_there", address_there},
        {"roaming_20", roaming_20},
        {"roaming_100", roaming_100},
        {"no_signalling", no_signalling},
        {"given_up", given_up},
    };
    bool films = argc > 1 && strcmp(argv[1], "filming") == 0;
    if (films || (argc > 1 && strcmp(argv[1], "answering") == 0)) {
        return answerer(films);
    }
    return RUN_CASES(cases, argc, argv);
}
