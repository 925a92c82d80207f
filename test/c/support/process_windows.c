/* SPDX-License-Identifier: MIT */
#include "remote.h"

#ifdef _WIN32

#include <process.h>
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#include "socket.h"

/* A process of Windows inherits no socket, so it is told where to connect. */
#define PORT "ML_TEST_PORT"

static pid_t start(const char *program, const char *const *arguments, int *socket) {
    uint16_t port = 0;
    char text[8];
    int listening = socket_listen(&port);
    snprintf(text, sizeof text, "%u", port);
    CHECK(_putenv_s(PORT, text) == 0);
    intptr_t process = _spawnv(_P_NOWAIT, program, arguments);
    CHECK(process != -1);
    *socket = socket_accept(listening);
    return (pid_t)process;
}

pid_t remote_start(const char *argument, int *socket) {
    char program[MAX_PATH];
    CHECK(GetModuleFileNameA(NULL, program, sizeof program) < sizeof program);
    const char *arguments[] = {"test", argument, NULL};
    return start(program, arguments, socket);
}

pid_t remote_start_command(char **command, int *socket) {
    return start(command[0], (const char *const *)command, socket);
}

int remote_socket(void) {
    const char *port = getenv(PORT);
    CHECK(port != NULL);
    return socket_connect((uint16_t)atoi(port));
}

static int end_of(pid_t process, uint64_t milliseconds) {
    DWORD code = 0;
    CHECK(WaitForSingleObject((HANDLE)process, (DWORD)milliseconds) == WAIT_OBJECT_0);
    CHECK(GetExitCodeProcess((HANDLE)process, &code));
    CloseHandle((HANDLE)process);
    return (int)code;
}

int remote_exit_code(pid_t process, uint64_t milliseconds) { return end_of(process, milliseconds); }

void remote_kill(pid_t process) {
    CHECK(TerminateProcess((HANDLE)process, 99));
    CHECK_EQ(end_of(process, PATIENCE_MS), 99);
}

#endif
