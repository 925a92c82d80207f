/* SPDX-License-Identifier: MIT */

/* Sound over links that are bad: run by test/network/run.sh. The peer is this program once more, at the other end of
 * the link. All of it goes by one clock, so that what is heard tells when it was said. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/audio.h"
#include "support/link.h"
#include "support/remote.h"
#include "support/socket.h"
#include "support/video.h"

enum { SETTLE_MS = 2000, MEASURE_MS = 8000, RECOVERY_MS = 4000 };

static int sender(void) {
    static peer local;
    static speaker spoken;
    test_signal said = signal_of(SIGNAL_NOISE);
    CHECK_OK(MLWebRTCInstanceCreate());
    peer_create(&local, "sender");
    MLHandle source = audio_source_create();
    peer_add_audio(&local, source, "sound");
    CHECK_OK(MLWebRTCConnectionCreateOffer(local.connection));
    speaker_start(&spoken, source, &said, 1);
    remote_signals signals = {.socket = remote_socket()};
    while (remote_step(&signals, &local)) {
    }
    speaker_stop(&spoken);
    peer_destroy(&local);
    CHECK_OK(MLWebRTCInstanceDestroy());
    return 0;
}

typedef struct call {
    pid_t process;
    remote_signals signals;
    peer local;
    listener ear;
    speaker clock; /* what the other process says, and when: it goes by the clock of the machine */
} call;

static call now;

static void step(void) { CHECK(remote_step(&now.signals, &now.local)); }

static void begin(void) {
    memset(&now, 0, sizeof now);
    now.clock.said = signal_of(SIGNAL_NOISE);
    now.process = remote_start_in(link_peer(), "sender", &now.signals.socket);
    peer_create(&now.local, "receiver");
    WAIT_UNTIL_STEP(now.local.track_count == 1, step());
    listener_open(&now.ear, now.local.tracks[0].source);
    WAIT_UNTIL_STEP(listener_count(&now.ear) > 0, step());
}

static void finish(void) {
    CHECK_EQ(now.local.count[ON_DISCONNECTED] + now.local.count[ON_ERROR], 0);
    CHECK_EQ(listener_statuses(&now.ear, MLWebRTCAudioServiceStatus_Started), 1);
    listener_destroy(&now.ear);
    peer_destroy(&now.local);
    socket_close(now.signals.socket);
    CHECK_EQ(remote_exit_code(now.process, PATIENCE_MS), 0);
}

/* What was heard in a time. */
typedef struct measured {
    double flow;    /* blocks that came, of those that the time has room for */
    double wait;    /* ms between two callbacks, at most */
    double silent;  /* ms at a stretch in which there was no sound, at most */
    double damaged; /* share of the windows of 20 ms that are not like what was said */
    delays late;
} measured;

/* Concealed, stretched, or not there. */
static double damaged_share(unsigned blocks) {
    unsigned windows = 0;
    unsigned damaged = 0;
    for (unsigned at = 0; at + 2 <= blocks; at += 2) {
        double *sound = listener_sound(&now.ear, at, 2, 0);
        match found = sound_match(&now.clock.said, 0, sound, (size_t)2 * BLOCK_FRAMES);
        free(sound);
        windows++;
        damaged += found.quality < 8;
    }
    return windows > 0 ? (double)damaged / windows : 1;
}

static measured during(const char *what, unsigned milliseconds) {
    link_counters before = link_from_peer();
    listener_reset(&now.ear);
    uint64_t start = milliseconds_now();
    WAIT_UNTIL_STEP(milliseconds_now() - start >= milliseconds, step());
    double passed = (double)(milliseconds_now() - start);
    unsigned count = listener_count(&now.ear);
    link_counters after = link_from_peer();
    CHECK(count > 10);
    measured is = {.flow = count * 10 / passed,
                   .wait = listener_longest_wait(&now.ear),
                   .damaged = damaged_share(count),
                   .late = audio_delays(&now.ear, &now.clock, 0, count, 0)};
    double *sound = listener_sound(&now.ear, 0, count, 0);
    is.silent = sound_longest_gap(sound, (size_t)count * BLOCK_FRAMES, 0.01);
    free(sound);
    printf("%-28s %5.1f %% of the blocks, wait %.0f ms, silent %.0f ms, damaged %.1f %%, %" PRIu64 " of %" PRIu64
           " packets lost\n",
           what, 100 * is.flow, is.wait, is.silent, 100 * is.damaged, after.lost - before.lost,
           after.packets - before.packets);
    delays_print(&is.late, what);
    return is;
}

/* The delay is bounded by the jitter buffer (500 ms); how little it is in practice is for the reader. */
typedef struct bounds {
    double silent;
    double damaged;
    double late;
} bounds;

/* Callbacks come as regularly as ever, whatever the link does. */
static bool holds(const measured *is, const bounds *most) {
    return is->flow > 0.9 && is->flow < 1.1 && is->wait < 200 && is->silent < most->silent &&
           is->damaged < most->damaged && is->late.middle < most->late;
}

/* Whatever holds up the machine itself passes; what the link does stays. */
static void check_during(const char *what, unsigned milliseconds, bounds most) {
    measured is = during(what, milliseconds);
    for (int again = 0; again < 3 && !holds(&is, &most); again++) {
        printf("%s: once more\n", what);
        is = during(what, milliseconds);
    }
    CHECK(holds(&is, &most));
}

static const bounds undisturbed = {30, 0.05, 300};

static void scenario(const char *setting, const char *back, bounds most) {
    begin();
    during("settling", SETTLE_MS);
    check_during("undisturbed", SETTLE_MS, undisturbed);
    link_set("%s", setting);
    during("adapting", SETTLE_MS);
    check_during(setting, MEASURE_MS, most);
    link_set("%s", back);
    during("recovering", RECOVERY_MS);
    check_during("recovered", SETTLE_MS, undisturbed);
    finish();
}

/* One packet in 20 is missing: in-band FEC or concealment fills in. */
static void loss_5(void) { scenario("delay 20 loss 5", "delay 0 loss 0", (bounds){60, 0.12, 300}); }

/* One in five: often two in a row. */
static void loss_20(void) { scenario("delay 20 loss 20", "delay 0 loss 0", (bounds){200, 0.4, 400}); }

/* Packets wait for up to 50 ms, and overtake each other. */
static void jitter_50(void) {
    scenario("delay 60 jitter 50 reorder 5 later 30", "delay 0 jitter 0 reorder 0", (bounds){60, 0.15, 400});
}

int main(int argc, char **argv) {
    static const test_case cases[] = {{"loss_5", loss_5}, {"loss_20", loss_20}, {"jitter_50", jitter_50}};
    if (argc > 1 && strcmp(argv[1], "sender") == 0) {
        return sender();
    }
    return RUN_CASES(cases, argc, argv);
}
