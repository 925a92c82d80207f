/* SPDX-License-Identifier: MIT */
#include "remote.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILD_SOCKET 3
#define TEXT_MOST 65536

extern char **environ;

typedef struct signal_header {
    uint32_t kind;
    uint32_t size;
    int32_t index;
    char mid[32];
} signal_header;

/* Starts a program, found as a shell finds it, with the other end of a socket in place. */
static pid_t start(char **arguments, int *socket) {
    int ends[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    CHECK(fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0);
    posix_spawn_file_actions_t actions;
    CHECK(posix_spawn_file_actions_init(&actions) == 0);
    if (ends[1] != CHILD_SOCKET) {
        CHECK(fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0);
        CHECK(posix_spawn_file_actions_adddup2(&actions, ends[1], CHILD_SOCKET) == 0);
    }
    pid_t process = 0;
    CHECK(posix_spawnp(&process, arguments[0], &actions, NULL, arguments, environ) == 0);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    *socket = ends[0];
    return process;
}

pid_t remote_start(const char *argument, int *socket) {
    char program[] = "/proc/self/exe";
    char *copy = strdup(argument);
    CHECK(copy != NULL);
    char *arguments[] = {program, copy, NULL};
    pid_t process = start(arguments, socket);
    free(copy);
    return process;
}

pid_t remote_start_in(const char *namespace, const char *argument, int *socket) {
    char nsenter[] = "nsenter";
    char option[512];
    char program[512];
    CHECK(snprintf(option, sizeof option, "--net=%s", namespace) < (int)sizeof option);
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    CHECK(length > 0);
    program[length] = '\0';
    char *copy = strdup(argument);
    CHECK(copy != NULL);
    /* nsenter becomes the program: it is the process that is given back. */
    char *arguments[] = {nsenter, option, program, copy, NULL};
    pid_t process = start(arguments, socket);
    free(copy);
    return process;
}

int remote_socket(void) { return CHILD_SOCKET; }

int remote_wait(pid_t process, uint64_t milliseconds) {
    uint64_t deadline = milliseconds_now() + milliseconds;
    int status = 0;
    pid_t ended = 0;
    while ((ended = waitpid(process, &status, WNOHANG)) == 0) {
        CHECK(milliseconds_now() < deadline);
        nap();
    }
    CHECK_EQ(ended, process);
    return status;
}

int remote_exit_code(pid_t process, uint64_t milliseconds) {
    int status = remote_wait(process, milliseconds);
    CHECK(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* Whole or not at all: the other end may be gone, and that must not be this process' end. */
static bool put(int socket, const void *data, size_t size) {
    for (const char *at = data; size > 0;) {
        ssize_t done = send(socket, at, size, MSG_NOSIGNAL);
        if (done < 0 && errno != EINTR) {
            return false;
        }
        at += done > 0 ? done : 0;
        size -= done > 0 ? (size_t)done : 0;
    }
    return true;
}

static bool get(int socket, void *data, size_t size) {
    for (char *at = data; size > 0;) {
        ssize_t done = recv(socket, at, size, 0);
        if (done == 0 || (done < 0 && errno != EINTR)) {
            return false;
        }
        at += done > 0 ? done : 0;
        size -= done > 0 ? (size_t)done : 0;
    }
    return true;
}

static bool put_signal(int socket, event_kind kind, const char *text, const char *mid, int32_t index) {
    signal_header header = {.kind = kind, .size = (uint32_t)strlen(text), .index = index};
    CHECK(strlen(mid) < sizeof header.mid);
    strcpy(header.mid, mid);
    return put(socket, &header, sizeof header) && put(socket, text, header.size);
}

static bool apply_signal(int socket, peer *local) {
    static char text[TEXT_MOST];
    signal_header header;
    if (!get(socket, &header, sizeof header)) {
        return false;
    }
    CHECK(header.size < sizeof text);
    if (!get(socket, text, header.size)) {
        return false;
    }
    text[header.size] = '\0';
    candidate given = {.line = text, .mid = header.mid, .index = header.index};
    switch (header.kind) {
    case ON_OFFER:
        CHECK_OK(MLWebRTCConnectionSetRemoteOffer(local->connection, text));
        break;
    case ON_ANSWER:
        CHECK_OK(MLWebRTCConnectionSetRemoteAnswer(local->connection, text));
        break;
    default:
        CHECK_OK(peer_give_candidate(local, &given));
    }
    return true;
}

bool remote_exchange(remote_signals *self, peer *local) {
    bool fine = true;
    if (self->offers < local->count[ON_OFFER]) {
        self->offers = local->count[ON_OFFER];
        fine = fine && put_signal(self->socket, ON_OFFER, local->offer, "", 0);
    }
    if (self->answers < local->count[ON_ANSWER]) {
        self->answers = local->count[ON_ANSWER];
        fine = fine && put_signal(self->socket, ON_ANSWER, local->answer, "", 0);
    }
    for (; self->candidates < local->candidate_count; self->candidates++) {
        const candidate *next = &local->candidates[self->candidates];
        fine = fine && put_signal(self->socket, ON_CANDIDATE, next->line, next->mid, next->index);
    }
    struct pollfd readable = {.fd = self->socket, .events = POLLIN};
    while (fine && poll(&readable, 1, 0) == 1) {
        fine = apply_signal(self->socket, local);
    }
    return fine;
}

bool remote_step(remote_signals *self, peer *local) {
    unsigned before = local->events;
    CHECK_OK(peer_process(local));
    bool fine = remote_exchange(self, local);
    if (local->events == before) {
        nap();
    }
    return fine;
}
