/* SPDX-License-Identifier: MIT */

/* Video over links that are bad: run by test/network/run.sh. The peer is this program once more, at the other end of
 * the link; it sends the scene, and every frame that is shown here must be like its original: late or missing is
 * allowed, wrong is not. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "support/link.h"
#include "support/remote.h"
#include "support/socket.h"
#include "support/statistics.h"
#include "support/video.h"

enum { WIDTH = 640, HEIGHT = 360, RATE = 30, STREAM = 9 };

/* How long the library has to come back to normal. */
#define RECOVERY_MS 2000u

/* --- the sender ------------------------------------------------------------------------------------- */

static int sender(void) {
    static peer local;
    static pusher pushed;
    statistics_start();
    peer_create(&local, "sender");
    pushed = (pusher){.source = source_create(), .stream = STREAM, .width = WIDTH, .height = HEIGHT, .rate = RATE};
    peer_add_video(&local, pushed.source, "picture");
    CHECK_OK(MLWebRTCConnectionCreateOffer(local.connection));
    pusher_run(&pushed);
    remote_signals signals = {.socket = remote_socket()};
    unsigned told = 0;
    while (remote_step(&signals, &local)) {
        statistic sent = statistics_sent();
        if (sent.lines > told) {
            told = sent.lines;
            printf("    sender: %ux%u, %.1f frame/s, %u kbit/s of %u\n", sent.width, sent.height, sent.rate,
                   sent.kilobits, sent.target);
            fflush(stdout);
        }
    }
    pusher_stop(&pushed);
    peer_destroy(&local);
    CHECK_OK(MLWebRTCInstanceDestroy());
    return 0;
}

/* --- the receiver ----------------------------------------------------------------------------------- */

typedef struct call {
    pid_t process;
    remote_signals signals;
    peer local;
    viewer view;
} call;

static call now;

static void step(void) {
    CHECK(remote_step(&now.signals, &now.local));
    if (now.view.sink != ML_INVALID_HANDLE) {
        viewer_poll(&now.view);
    }
}

/* Up to the first frame. */
static void begin(void) {
    memset(&now, 0, sizeof now);
    now.view.sink = ML_INVALID_HANDLE;
    statistics_start();
    now.process = remote_start_in(link_peer(), "sender", &now.signals.socket);
    peer_create(&now.local, "receiver");
    uint64_t start = milliseconds_now();
    WAIT_UNTIL_STEP(now.local.track_count == 1, step());
    viewer_create(&now.view, now.local.tracks[0].source, STREAM);
    now.view.width = WIDTH;
    now.view.height = HEIGHT;
    now.view.rate = RATE;
    WAIT_UNTIL_STEP(now.view.frames > 0, step());
    printf("first frame after %" PRIu64 " ms\n", milliseconds_now() - start);
}

static void finish(void) {
    CHECK_EQ(now.local.count[ON_DISCONNECTED] + now.local.count[ON_ERROR], 0);
    statistic received = statistics_received();
    printf("received: lost %u, recovered %u, dropped %u, key frames %u in the last second\n", received.lost,
           received.recovered, received.dropped, received.key_frames);
    viewer_destroy(&now.view);
    peer_destroy(&now.local);
    socket_close(now.signals.socket);
    CHECK_EQ(remote_exit_code(now.process, PATIENCE_MS), 0);
}

/* What went by in a time. */
typedef struct measured {
    double rate;     /* frames a second */
    double kilobits; /* a second, that the sender put into the link */
    double dropped;  /* share of the packets for which the bottleneck had no room */
    uint64_t gap;    /* ms */
    double behind;   /* s, at most */
    double psnr;
    double worst;
} measured;

static measured during(const char *what, unsigned milliseconds) {
    link_counters before = link_from_peer();
    viewer_reset(&now.view);
    uint64_t start = milliseconds_now();
    WAIT_UNTIL_STEP(milliseconds_now() - start >= milliseconds, step());
    double seconds = (double)(milliseconds_now() - start) / 1000;
    link_counters after = link_from_peer();
    uint64_t packets = after.packets - before.packets;
    measured is = {
        .rate = now.view.frames / seconds,
        .kilobits = (double)(after.bytes - before.bytes) * 8 / 1000 / seconds,
        .dropped = packets > 0 ? (double)(after.overflowed - before.overflowed) / (double)packets : 0,
        .gap = viewer_gap(&now.view),
        .behind = (double)now.view.behind_most / RATE,
        .psnr = viewer_mean(&now.view),
        .worst = now.view.psnr_worst,
    };
    printf("%-20s %.1f frame/s, %.0f kbit/s, %.1f %% overflowed, gap %" PRIu64
           " ms, %.2f s behind, PSNR %.1f dB, worst %.1f dB, of a part %.1f dB, %ux%u\n",
           what, is.rate, is.kilobits, 100 * is.dropped, is.gap, is.behind, is.psnr, is.worst, now.view.part_worst,
           now.view.seen.width, now.view.seen.height);
    fflush(stdout);
    return is;
}

/* The link as it is at first, until the sender has found out what it carries; and what this machine can do. */
static measured settle(void) {
    during("settling", 2500);
    measured is = during("undisturbed", 1500);
    CHECK(is.rate > RATE / 4.0);
    return is;
}

/* The link is good again since now: two seconds later nothing reminds of it but the quality. */
static void check_recovery(const measured *before) {
    during("recovering", RECOVERY_MS);
    measured is = during("recovered", 1500);
    CHECK(is.rate > before->rate / 3);
    CHECK(is.gap < 1000);
    CHECK(is.behind < before->behind + 1);
}

/* Random loss: what is missing is asked for, and frames keep coming. */
static void lossy(const char *setting, double rate_least, uint64_t gap_most) {
    begin();
    measured before = settle();
    link_set("%s", setting);
    measured is = during(setting, 6000);
    CHECK(is.rate >= rate_least);
    CHECK(is.gap < gap_most);
    CHECK(is.psnr > 25);
    link_set("loss 0 burst 0");
    check_recovery(&before);
    finish();
}

static void loss_1(void) { lossy("loss 1", RATE / 3.0, 1000); }
static void loss_5(void) { lossy("loss 5", RATE / 4.0, 1500); }
static void loss_10(void) { lossy("loss 10", RATE / 6.0, 2000); }
static void loss_in_bursts(void) { lossy("loss 5 burst 6", RATE / 6.0, 2000); }

/* Nothing is known of the link yet, and the handshakes suffer, too. */
static void loss_at_first(void) {
    link_set("loss 10 delay 25");
    begin();
    measured is = during("loss 10 at first", 6000);
    CHECK(is.rate >= RATE / 8.0);
    CHECK(is.gap < 2500);
    finish();
}

/* A long way, without and with loss: what is asked for again comes a tenth of a second later. */
static void round_trip_100(void) {
    link_set("delay 50");
    begin();
    measured is = settle();
    CHECK(is.gap < 1000);
    CHECK(is.behind >= 1.0 / RATE && is.behind < 1); /* counted in whole frames, of which 50 ms are more than one */
    link_set("loss 3");
    measured lost = during("loss 3", 5000);
    CHECK(lost.rate > is.rate / 3);
    CHECK(lost.gap < 1500);
    link_set("loss 0");
    check_recovery(&is);
    finish();
}

/* Less room than the sender would use: it takes what there is, and more again when there is more. */
static void bottleneck_500(void) {
    begin();
    measured free = settle();
    CHECK(free.kilobits > 600);
    link_set("ba rate 500 queue 300");
    measured change = during("adapting", 4000);
    CHECK(change.gap < 3500);
    measured is = during("rate 500", 4000);
    CHECK(is.kilobits > 200 && is.kilobits < 560);
    CHECK(is.dropped < 0.1);
    CHECK(is.rate > free.rate / 5);
    CHECK(is.gap < 1500);
    CHECK(is.behind < 1.5);
    CHECK(is.psnr > 25);
    link_set("ba rate 0");
    during("growing", 4000);
    measured again = during("free again", 3000);
    CHECK(again.kilobits > 1.2 * is.kilobits);
    finish();
}

/* Nothing comes through for a while: a key frame, or what was missed, brings the picture back. */
static void interrupted(void) {
    static const struct {
        const char *direction;
        unsigned milliseconds;
    } cuts[] = {{"ba ", 100}, {"ba ", 600}, {"", 1500}};
    begin();
    measured before = settle();
    for (size_t at = 0; at < sizeof cuts / sizeof *cuts; at++) {
        check_about("cut %u", cuts[at].milliseconds);
        link_set("%scut %u", cuts[at].direction, cuts[at].milliseconds);
        measured is = during("cut", cuts[at].milliseconds);
        CHECK(cuts[at].milliseconds < 1000 || is.rate < before.rate);
        viewer_reset(&now.view);
        uint64_t start = milliseconds_now();
        WAIT_UNTIL_STEP(now.view.frames > 0, step());
        uint64_t took = milliseconds_now() - start;
        printf("first frame %" PRIu64 " ms after %u ms of silence\n", took, cuts[at].milliseconds);
        CHECK(took < RECOVERY_MS);
        check_recovery(&before);
    }
    finish();
}

/* Packets that come late and out of order are put in order, and not taken for lost ones. */
static void out_of_order(void) {
    begin();
    measured before = settle();
    link_set("delay 20 jitter 10 reorder 5 later 15");
    measured is = during("reorder 5", 5000);
    CHECK(is.rate > before.rate / 2);
    CHECK(is.gap < 1000);
    CHECK(is.psnr > 25);
    link_set("delay 0 jitter 0 reorder 0");
    check_recovery(&before);
    finish();
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"loss_1", loss_1},
        {"loss_5", loss_5},
        {"loss_10", loss_10},
        {"loss_in_bursts", loss_in_bursts},
        {"loss_at_first", loss_at_first},
        {"round_trip_100", round_trip_100},
        {"bottleneck_500", bottleneck_500},
        {"interrupted", interrupted},
        {"out_of_order", out_of_order},
    };
    if (argc > 1 && strcmp(argv[1], "sender") == 0) {
        return sender();
    }
    return RUN_CASES(cases, argc, argv);
}
