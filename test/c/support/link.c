/* SPDX-License-Identifier: MIT */
#include "link.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char *environment(const char *name) {
    const char *value = getenv(name);
    if (value == NULL) {
        fprintf(stderr, "%s is not set: this program is run by test/network/run.sh\n", name);
        CHECK(value != NULL);
    }
    return value;
}

const char *link_peer(void) { return environment("ML_LINK_PEER"); }

static int connected(void) {
    static int client = -1;
    if (client < 0) {
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        const char *path = environment("ML_LINK");
        CHECK(strlen(path) < sizeof address.sun_path);
        strcpy(address.sun_path, path);
        client = socket(AF_UNIX, SOCK_STREAM, 0);
        CHECK(client >= 0);
        CHECK(connect(client, (const struct sockaddr *)&address, sizeof address) == 0);
    }
    return client;
}

/* Sends a line and gives the answer to it without its end. */
static void ask(const char *line, char *answer, size_t room) {
    size_t length = strlen(line);
    CHECK(send(connected(), line, length, MSG_NOSIGNAL) == (ssize_t)length);
    size_t size = 0;
    do {
        CHECK(size + 1 < room);
        CHECK(recv(connected(), answer + size, 1, 0) == 1);
    } while (answer[size++] != '\n');
    answer[size - 1] = '\0';
}

void link_set(const char *format, ...) {
    char line[256];
    char answer[512];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line - 1, format, arguments);
    va_end(arguments);
    CHECK(length > 0 && length < (int)sizeof line - 1);
    strcpy(line + length, "\n");
    ask(line, answer, sizeof answer);
    CHECK_TEXT(answer, "ok");
}

link_counters link_from_peer(void) {
    char answer[1024];
    link_counters is;
    ask("counters\n", answer, sizeof answer);
    const char *from_b = strstr(answer, " ba ");
    CHECK(from_b != NULL);
    CHECK_EQ(sscanf(from_b,
                    " ba packets %" SCNu64 " bytes %" SCNu64 " delivered %" SCNu64 " delivered-bytes %" SCNu64
                    " lost %" SCNu64 " overflowed %" SCNu64 " reordered %" SCNu64,
                    &is.packets, &is.bytes, &is.delivered, &is.delivered_bytes, &is.lost, &is.overflowed,
                    &is.reordered),
             7);
    return is;
}
