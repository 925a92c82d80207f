/* SPDX-License-Identifier: MIT */

/* The end of a process in which sinks are called: in time, with its own exit code, and no callback comes once the
 * application's own handlers of the exit run. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/audio.h"
#include "support/remote.h"
#include "support/socket.h"

enum { EXIT_CODE = 7 };

#define END_MS UINT64_C(15000)

static const char *const ways[] = {"return", "exit", "inside"};
enum { RETURN, EXIT, INSIDE, WAYS };

static listener ear;
static atomic_bool gone;

/* As the destructor of what a callback uses. */
static void forget(void) { gone = true; }

static void use(listener *self) {
    CHECK(!gone);
    if (self->user != NULL && listener_count(self) == 20) {
        exit(EXIT_CODE);
    }
}

static int leave(int how) {
    static audio_call call;
    test_signal said = signal_tones(0);
    CHECK(remote_socket() >= 0); /* the other process waits until this one has it */
    CHECK(atexit(forget) == 0);
    CHECK_OK(MLWebRTCInstanceCreate());
    audio_call_open(&call, &said, 2);
    listener_create(&ear);
    ear.on_data = use;
    ear.user = how == INSIDE ? &ear : NULL;
    listener_attach(&ear, how == EXIT ? call.source : call.remote);
    WAIT_UNTIL_STEP(how != INSIDE && listener_count(&ear) > 30, pair_process(&call.both));
    if (how == EXIT) {
        exit(EXIT_CODE);
    }
    return EXIT_CODE;
}

static void watch(int how) {
    int socket = -1;
    pid_t process = remote_start(ways[how], &socket);
    CHECK_EQ(remote_exit_code(process, END_MS), EXIT_CODE);
    socket_close(socket);
}

static void by_return(void) { watch(RETURN); }
static void by_exit(void) { watch(EXIT); }
static void inside_callback(void) { watch(INSIDE); }

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"by_return", by_return}, {"by_exit", by_exit}, {"inside_callback", inside_callback}};
    for (int how = 0; argc > 1 && how < WAYS; how++) {
        if (strcmp(argv[1], ways[how]) == 0) {
            return leave(how);
        }
    }
    return RUN_CASES(cases, argc, argv);
}
