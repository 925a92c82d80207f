/* SPDX-License-Identifier: MIT */

/* The end of the host's process: in time, with its own exit code, and with what was sent before the Destroy. */
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/remote.h"
#include "support/socket.h"

enum { MESSAGES = 500, EXIT_CODE = 7 };

#define END_MS UINT64_C(15000)

typedef enum how {
    AFTER_ALL,        /* Destroy of all, then the end of main */
    AFTER_CONNECTION, /* the instance lives on */
    NO_DESTROY,       /* in the middle of traffic, with threads inside the library */
    INSIDE_CALLBACK,  /* exit() called by a callback */
    WAYS
} how;

static const char *const ways[] = {"after_all", "after_connection", "no_destroy", "inside_callback"};

/* The process that ends. */

static void exit_now(peer *self, channel *of, event_kind kind) {
    (void)self, (void)of;
    if (kind == ON_MESSAGE) {
        exit(EXIT_CODE);
    }
}

static atomic_uint uses;

static void *use(void *argument) {
    channel *to = argument;
    while (channel_send(to, "flood", 5, false) != MLResult_WebRTCInstanceNotCreated) {
        MLWebRTCConnectionProcessEvents(to->peer->connection);
        uses++;
    }
    return NULL;
}

static int end(how way) {
    static peer local;
    CHECK_OK(MLWebRTCInstanceCreate());
    peer_create(&local, "ends");
    local.hook = way == INSIDE_CALLBACK ? exit_now : NULL;
    remote_signals signals = {.socket = remote_socket()};
    channel *made = peer_open_channel(&local, "first");
    CHECK_OK(MLWebRTCConnectionCreateOffer(local.connection));
    while (!made->opened) {
        CHECK(remote_step(&signals, &local));
    }
    for (unsigned number = 0; number < MESSAGES; number++) {
        CHECK_OK(channel_send(made, &number, sizeof number, true));
    }
    switch (way) {
    case AFTER_ALL:
        peer_destroy(&local);
        CHECK_OK(MLWebRTCInstanceDestroy());
        break;
    case AFTER_CONNECTION:
        peer_destroy(&local);
        break;
    case INSIDE_CALLBACK:
        WAIT_UNTIL_STEP(false, remote_step(&signals, &local));
        break;
    default: {
        /* What the other process waits for has arrived there. */
        WAIT_UNTIL_STEP(made->received > 0, remote_step(&signals, &local));
        /* The threads are not ours to stop: they use the library until the process is gone. */
        pthread_t threads[3];
        static channel copy;
        copy = *made;
        for (int at = 0; at < 3; at++) {
            CHECK(pthread_create(&threads[at], NULL, use, &copy) == 0);
        }
        WAIT_UNTIL_STEP(uses > 1000, nap());
        break;
    }
    }
    return EXIT_CODE;
}

/* The process that stays. */

static void check_number(channel *self, const MLWebRTCDataChannelMessage *received) {
    unsigned number = 0;
    if (received->is_binary) {
        CHECK_EQ(received->data_size, sizeof number);
        memcpy(&number, received->data, sizeof number);
        CHECK_EQ(number, self->received);
    }
}

static void count_in(peer *self, channel *of, event_kind kind) {
    (void)self;
    if (kind == ON_CHANNEL) {
        of->on_message = check_number;
    }
}

static void watch(how way) {
    int socket = -1;
    pid_t process = remote_start(ways[way], &socket);
    peer local;
    peer_create(&local, "stays");
    local.hook = count_in;
    remote_signals signals = {.socket = socket};
    WAIT_UNTIL_STEP(local.channel_count == 1, remote_step(&signals, &local));
    channel *received = local.channels[0];
    if (way == INSIDE_CALLBACK || way == NO_DESTROY) {
        WAIT_UNTIL_STEP(received->opened, remote_step(&signals, &local));
        CHECK_OK(channel_send(received, "now", 3, false));
    }
    if (way == AFTER_ALL || way == AFTER_CONNECTION) {
        WAIT_UNTIL_STEP(received->received == MESSAGES, remote_step(&signals, &local));
        WAIT_UNTIL_STEP(received->closed && local.count[ON_DISCONNECTED] == 1, remote_step(&signals, &local));
        CHECK_EQ(received->received, MESSAGES);
    }
    uint64_t start = milliseconds_now();
    CHECK_EQ(remote_exit_code(process, END_MS), EXIT_CODE);
    printf("%s: the process has ended after %" PRIu64 " ms more\n", ways[way], milliseconds_now() - start);
    socket_close(socket);
    peer_destroy(&local);
}

static void after_all(void) { watch(AFTER_ALL); }
static void after_connection(void) { watch(AFTER_CONNECTION); }
static void no_destroy(void) { watch(NO_DESTROY); }
static void inside_callback(void) { watch(INSIDE_CALLBACK); }

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"end_after_all", after_all},
        {"end_after_connection", after_connection},
        {"end_without_destroy", no_destroy},
        {"end_inside_callback", inside_callback},
    };
    for (how way = AFTER_ALL; argc > 1 && way < WAYS; way++) {
        if (strcmp(argv[1], ways[way]) == 0) {
            return end(way);
        }
    }
    return RUN_CASES(cases, argc, argv);
}
