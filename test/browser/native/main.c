/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "native.h"

double seconds_now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

char *next_word(char **rest) {
    if (**rest == '\0') {
        return NULL;
    }
    char *word = *rest, *end = strchr(word, ' ');
    if (end == NULL) {
        *rest = word + strlen(word);
    } else {
        *end = '\0';
        *rest = end + 1;
    }
    return word;
}

unsigned long next_number(char **rest) {
    const char *word = next_word(rest);
    char *end = NULL;
    unsigned long number = word == NULL ? 0 : strtoul(word, &end, 10);
    if (word == NULL || *end != '\0') {
        fprintf(stderr, "a number is missing\n");
        exit(1);
    }
    return number;
}

static const verb *find(const char *name) {
    static const verb *const lists[] = {connection_verbs, channel_verbs, media_verbs};
    for (size_t list = 0; list < sizeof lists / sizeof *lists; list++) {
        for (const verb *at = lists[list]; at->name != NULL; at++) {
            if (strcmp(at->name, name) == 0) {
                return at;
            }
        }
    }
    return NULL;
}

static void serve(char *line) {
    char *rest = line;
    const char *name = next_word(&rest);
    const verb *known = name == NULL ? NULL : find(name);
    if (known == NULL) {
        fprintf(stderr, "unknown command: %s\n", line);
        exit(1);
    }
    json_begin("done");
    json_number("result", known->run(rest));
    json_end();
}

/* Serves the lines that have come; false: there will be none any more. */
static bool read_commands(void) {
    static char *buffer;
    static size_t used, room;
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    if (poll(&in, 1, 1) <= 0) {
        return true;
    }
    if (used + 65536 > room) {
        room = 2 * room + 131072;
        buffer = realloc(buffer, room);
        if (buffer == NULL) {
            abort();
        }
    }
    ssize_t got = read(STDIN_FILENO, buffer + used, room - used - 1);
    if (got <= 0) {
        return got < 0 && errno == EINTR;
    }
    used += (size_t)got;
    buffer[used] = '\0';
    char *line = buffer, *end;
    while ((end = memchr(line, '\n', used - (size_t)(line - buffer))) != NULL) {
        *end = '\0';
        serve(line);
        line = end + 1;
    }
    used -= (size_t)(line - buffer);
    memmove(buffer, line, used);
    return true;
}

static void on_debug(uint32_t level, const char *message, void *context) {
    (void)context;
    fprintf(stderr, "%u %s\n", level, message);
}

int main(void) {
    const char *level = getenv("ML_LOG");
    MLWebRTCDebugUtils debug = {.version = 1,
                                .log_level = level != NULL ? (uint32_t)atoi(level) : MLWebRTCLogLevel_Error,
                                .on_debug_message = on_debug};
    if (MLWebRTCInstanceCreateWithDebugUtils(&debug) != MLResult_Ok) {
        return 1;
    }
    while (read_commands()) {
        if (connection != ML_INVALID_HANDLE) {
            MLWebRTCConnectionProcessEvents(connection);
        }
        channels_run();
        media_run();
    }
    return MLWebRTCInstanceDestroy();
}
