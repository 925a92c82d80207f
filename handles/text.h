/*
 * Texts that are lent to the host (labels, track ids): one string per object, counted
 * while it is lent. A string whose object ends while it is lent stays readable until
 * the instance ends.
 */
#ifndef ML_TEXT_H
#define ML_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct ml_text {
    struct ml_text *next_orphan;
    uint64_t lent;
    char text[];
} ml_text;

/* A copy of text as valid UTF-8 (what is not becomes U+FFFD); NULL without memory. */
ml_text *ml_text_new(const char *text, size_t size);

/* All under the lock of the object that owns the text. */
char *ml_text_lend(ml_text *text);
bool ml_text_return(ml_text *text, const void *lent); /* false: that was not lent */
void ml_text_drop(ml_text *text);                     /* the object ends; NULL is fine */

/* The instance ends: what is still lent is freed. */
void ml_text_free_orphans(void);

#endif
