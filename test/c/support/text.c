/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "peer.h"

static bool in(unsigned char byte, unsigned char low, unsigned char high) { return byte >= low && byte <= high; }

/* How many bytes the character at the front has; 0: it is not UTF-8. RFC 3629 section 4. */
static uint64_t character(const unsigned char *at, uint64_t left) {
    unsigned char first = at[0];
    uint64_t size = first < 0x80            ? 1
                    : in(first, 0xC2, 0xDF) ? 2
                    : in(first, 0xE0, 0xEF) ? 3
                    : in(first, 0xF0, 0xF4) ? 4
                                            : 0;
    if (size == 0 || size > left) {
        return 0;
    }
    for (uint64_t tail = 1; tail < size; tail++) {
        unsigned char low = 0x80;
        unsigned char high = 0xBF;
        if (tail == 1) {
            low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : low;
            high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : high;
        }
        if (!in(at[tail], low, high)) {
            return 0;
        }
    }
    return size;
}

bool is_utf8(const char *text, uint64_t size) {
    for (uint64_t at = 0; at < size;) {
        uint64_t step = character((const unsigned char *)text + at, size - at);
        if (step == 0) {
            return false;
        }
        at += step;
    }
    return true;
}

char *sdp_without(const char *sdp, const char *prefix) {
    char *copy = malloc(strlen(sdp) + 1);
    CHECK(copy != NULL);
    char *out = copy;
    while (*sdp != '\0') {
        size_t line = strcspn(sdp, "\n");
        line += sdp[line] == '\n';
        if (strncmp(sdp, prefix, strlen(prefix)) != 0) {
            memcpy(out, sdp, line);
            out += line;
        }
        sdp += line;
    }
    *out = '\0';
    return copy;
}
