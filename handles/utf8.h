/* UTF-8 as RFC 3629 defines it: no surrogates, no overlong forms, up to U+10FFFF. */
#ifndef ML_UTF8_H
#define ML_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How many bytes at the start of text are whole, valid characters. */
size_t ml_utf8_valid_prefix(const char *text, size_t size);

/* Whether text[0..size) is the beginning of a longer valid character, and nothing else. */
bool ml_utf8_is_cut_character(const char *text, size_t size);

/* Copies text with each invalid byte replaced by U+FFFD and a closing NUL. out has room
 * for 3 * size + 1 bytes. Gives the length. */
size_t ml_utf8_repair(char *out, const char *text, size_t size);

#endif
