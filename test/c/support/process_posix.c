/* SPDX-License-Identifier: MIT */
#include "remote.h"

#ifndef _WIN32

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "socket.h"

#define CHILD_SOCKET 3

extern char **environ;

/* Starts a program, found as a shell finds it, with the other end of a socket in place: one that needs no network,
 * since the two may be in different ones. */
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

static void find_self(char *program, size_t room) {
    ssize_t length = readlink("/proc/self/exe", program, room - 1);
    CHECK(length > 0);
    program[length] = '\0';
}

pid_t remote_start(const char *argument, int *socket) {
    char program[512];
    find_self(program, sizeof program);
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
    find_self(program, sizeof program);
    char *copy = strdup(argument);
    CHECK(copy != NULL);
    /* nsenter becomes the program: it is the process that is given back. */
    char *arguments[] = {nsenter, option, program, copy, NULL};
    pid_t process = start(arguments, socket);
    free(copy);
    return process;
}

pid_t remote_start_command(char **command, int *socket) {
    uint16_t port = 0;
    char text[8];
    int listening = socket_listen(&port);
    snprintf(text, sizeof text, "%u", port);
    CHECK(setenv("ML_TEST_PORT", text, 1) == 0);
    pid_t process = 0;
    CHECK(posix_spawnp(&process, command[0], NULL, NULL, command, environ) == 0);
    *socket = socket_accept(listening);
    return process;
}

/* A command, which may be an emulator, hands no socket on: the program that it runs connects. */
int remote_socket(void) {
    const char *port = getenv("ML_TEST_PORT");
    return port != NULL ? socket_connect((uint16_t)atoi(port)) : CHILD_SOCKET;
}

static int end_of(pid_t process, uint64_t milliseconds) {
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
    int status = end_of(process, milliseconds);
    CHECK(WIFEXITED(status));
    return WEXITSTATUS(status);
}

void remote_kill(pid_t process) {
    CHECK(kill(process, SIGKILL) == 0);
    CHECK(WIFSIGNALED(end_of(process, PATIENCE_MS)));
}

#endif
