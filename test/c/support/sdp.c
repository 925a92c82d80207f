/* SPDX-License-Identifier: MIT */
#include "sdp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAYLOAD_TYPES 128

static const char *next_line(const char *at) {
    at += strcspn(at, "\n");
    return *at == '\n' ? at + 1 : at;
}

/* The payload type of an attribute such as "a=rtpmap:96 VP8/90000", and what stands behind it. False: another line. */
static bool of_payload_type(const char *line, const char *prefix, unsigned *payload_type, const char **rest) {
    int used = 0;
    size_t length = strlen(prefix);
    if (strncmp(line, prefix, length) != 0 || sscanf(line + length, "%u %n", payload_type, &used) != 1 ||
        *payload_type >= PAYLOAD_TYPES) {
        return false;
    }
    *rest = line + length + used;
    return true;
}

static void find_dropped(const char *sdp, const char *codec, bool *dropped) {
    char wanted[32];
    CHECK(snprintf(wanted, sizeof wanted, "%s/90000", codec) < (int)sizeof wanted);
    unsigned payload_type = 0;
    unsigned original = 0;
    const char *rest = NULL;
    for (const char *line = sdp; *line != '\0'; line = next_line(line)) {
        if (of_payload_type(line, "a=rtpmap:", &payload_type, &rest) && strncmp(rest, wanted, strlen(wanted)) == 0) {
            dropped[payload_type] = true;
        }
    }
    for (const char *line = sdp; *line != '\0'; line = next_line(line)) {
        if (of_payload_type(line, "a=fmtp:", &payload_type, &rest) && sscanf(rest, "apt=%u", &original) == 1 &&
            original < PAYLOAD_TYPES && dropped[original]) {
            dropped[payload_type] = true;
        }
    }
}

/* Writes "m=video 9 UDP/TLS/RTP/SAVPF 96 97" without the dropped ones. */
static char *copy_media_line(char *out, const char *line, const bool *dropped) {
    const char *end = line + strcspn(line, "\r\n");
    for (int word = 0; line < end; word++) {
        size_t length = strcspn(line, " \r\n");
        unsigned long payload_type = word >= 3 ? strtoul(line, NULL, 10) : PAYLOAD_TYPES;
        if (payload_type >= PAYLOAD_TYPES || !dropped[payload_type]) {
            *out = ' ';
            out += word > 0;
            memcpy(out, line, length);
            out += length;
        }
        line += length + (line[length] == ' ');
    }
    memcpy(out, "\r\n", 2);
    return out + 2;
}

static bool is_dropped(const char *line, const bool *dropped) {
    static const char *const prefixes[] = {"a=rtpmap:", "a=fmtp:", "a=rtcp-fb:"};
    unsigned payload_type = 0;
    const char *rest = NULL;
    for (size_t at = 0; at < sizeof prefixes / sizeof *prefixes; at++) {
        if (of_payload_type(line, prefixes[at], &payload_type, &rest)) {
            return dropped[payload_type];
        }
    }
    return false;
}

char *sdp_without_codec(const char *sdp, const char *codec) {
    bool dropped[PAYLOAD_TYPES] = {false};
    find_dropped(sdp, codec, dropped);
    char *copy = malloc(strlen(sdp) + 64);
    CHECK(copy != NULL);
    char *out = copy;
    for (const char *line = sdp; *line != '\0'; line = next_line(line)) {
        size_t length = (size_t)(next_line(line) - line);
        if (strncmp(line, "m=video", 7) == 0) {
            out = copy_media_line(out, line, dropped);
        } else if (!is_dropped(line, dropped)) {
            memcpy(out, line, length);
            out += length;
        }
    }
    *out = '\0';
    return copy;
}

unsigned sdp_count(const char *sdp, const char *prefix) {
    unsigned count = 0;
    for (const char *line = sdp; *line != '\0'; line = next_line(line)) {
        count += strncmp(line, prefix, strlen(prefix)) == 0;
    }
    return count;
}
