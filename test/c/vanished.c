/* SPDX-License-Identifier: MIT */

/* A peer whose process is killed: it is missed after about 5 s. That it is given up in the end is seen in
 * network_change.c. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "support/remote.h"
#include "support/socket.h"

/* Wide, for machines that are busy: what matters is that it does not take a minute, and is not an instant either. */
#define MISSED_MOST_MS UINT64_C(10000)
#define MISSED_LEAST_MS UINT64_C(1500)

static void vanished(void) {
    int socket = -1;
    pid_t process = remote_start("answerer", &socket);
    peer local;
    peer_create(&local, "offerer");
    remote_signals signals = {.socket = socket};
    channel *made = peer_open_channel(&local, "first");
    CHECK_OK(MLWebRTCConnectionCreateOffer(local.connection));
    WAIT_UNTIL_STEP(made->opened && local.count[ON_CONNECTED] == 1, remote_step(&signals, &local));
    CHECK_OK(channel_send(made, "ping", 4, false));
    WAIT_UNTIL_STEP(made->received == 1, remote_step(&signals, &local));

    remote_kill(process);
    uint64_t start = milliseconds_now();
    WAIT_UNTIL_STEP(local.count[ON_DISCONNECTED] == 1, remote_step(&signals, &local));
    uint64_t missed = milliseconds_now() - start;
    CHECK(!peer_is_connected(&local));
    printf("missed after %" PRIu64 " ms\n", missed);
    CHECK(missed > MISSED_LEAST_MS && missed < MISSED_MOST_MS);
    CHECK(!peer_has_failed(&local));
    CHECK_OK(peer_process(&local));
    CHECK_EQ(local.count[ON_DISCONNECTED], 1);
    CHECK_EQ(local.count[ON_CONNECTED], 1);
    socket_close(socket);
    peer_destroy(&local);
}

/* Echoes until it is killed, or the test has ended some other way. */
static int answerer(void) {
    peer local;
    CHECK_OK(MLWebRTCInstanceCreate());
    peer_create(&local, "answerer");
    remote_signals signals = {.socket = remote_socket()};
    unsigned echoed = 0;
    while (remote_step(&signals, &local)) {
        if (local.channel_count == 1 && local.channels[0]->received > echoed) {
            const message *last = &local.channels[0]->messages[echoed++];
            CHECK_OK(channel_send(local.channels[0], last->data, last->size, last->is_binary));
        }
    }
    return 0;
}

int main(int argc, char **argv) {
    static const test_case cases[] = {{"vanished", vanished}};
    if (argc > 1 && strcmp(argv[1], "answerer") == 0) {
        return answerer();
    }
    return RUN_CASES(cases, argc, argv);
}
