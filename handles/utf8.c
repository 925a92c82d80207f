#include "handles/utf8.h"

#include <string.h>

/* The length of the character that starts at text, or 0 where none does. With
 * cut, also a character whose end is missing counts. */
static size_t character(const unsigned char *text, size_t size, bool *cut) {
    unsigned char first = text[0];
    if (first < 0x80) {
        return 1;
    }
    size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4) {
        return 0;
    }
    unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    for (size_t at = 1; at < length; at++) {
        if (at == size) {
            *cut = true;
            return 0;
        }
        if (text[at] < low || text[at] > high) {
            return 0;
        }
        low = 0x80;
        high = 0xBF;
    }
    return length;
}

size_t ml_utf8_valid_prefix(const char *text, size_t size) {
    const unsigned char *bytes = (const unsigned char *)text;
    size_t at = 0;
    while (at < size) {
        uint64_t word;
        while (size - at >= sizeof word) {
            memcpy(&word, bytes + at, sizeof word);
            if ((word & UINT64_C(0x8080808080808080)) != 0) {
                break;
            }
            at += sizeof word;
        }
        if (at == size) {
            break;
        }
        bool cut = false;
        size_t length = character(bytes + at, size - at, &cut);
        if (length == 0) {
            break;
        }
        at += length;
    }
    return at;
}

bool ml_utf8_is_cut_character(const char *text, size_t size) {
    bool cut = false;
    return size > 0 && character((const unsigned char *)text, size, &cut) == 0 && cut;
}

size_t ml_utf8_repair(char *out, const char *text, size_t size) {
    size_t at = 0;
    size_t written = 0;
    while (at < size) {
        size_t valid = ml_utf8_valid_prefix(text + at, size - at);
        memcpy(out + written, text + at, valid);
        at += valid;
        written += valid;
        if (at < size) {
            memcpy(out + written, "\xEF\xBF\xBD", 3);
            written += 3;
            at++;
        }
    }
    out[written] = '\0';
    return written;
}
