/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "native.h"

void json_begin(const char *event) { printf("{\"event\":\"%s\"", event); }

void json_number(const char *name, double value) {
    printf(",\"%s\":", name);
    if (isfinite(value)) {
        printf("%.6g", value);
    } else {
        printf("null");
    }
}

void json_string(const char *name, const char *text, size_t size) {
    printf(",\"%s\":\"", name);
    for (size_t at = 0; at < size; at++) {
        unsigned char c = (unsigned char)text[at];
        if (c == '"' || c == '\\') {
            printf("\\%c", c);
        } else if (c < 0x20) {
            printf("\\u%04x", c);
        } else {
            putchar(c);
        }
    }
    putchar('"');
}

void json_text(const char *name, const char *text) { json_string(name, text, strlen(text)); }

void json_end(void) {
    printf("}\n");
    fflush(stdout);
}
