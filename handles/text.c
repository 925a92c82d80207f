#include "handles/text.h"

#include <stdlib.h>

#include "handles/utf8.h"
#include "internal/platform/platform.h"

static struct {
    ml_mutex lock;
    ml_text *orphans;
} texts;

__attribute__((constructor(102))) static void texts_init(void) { ml_mutex_init(&texts.lock); }

ml_text *ml_text_new(const char *text, size_t size) {
    bool valid = ml_utf8_valid_prefix(text, size) == size;
    ml_text *copy = malloc(sizeof *copy + (valid ? size : 3 * size) + 1);
    if (copy != NULL) {
        copy->next_orphan = NULL;
        copy->lent = 0;
        ml_utf8_repair(copy->text, text, size);
    }
    return copy;
}

char *ml_text_lend(ml_text *text) {
    text->lent++;
    return text->text;
}

bool ml_text_return(ml_text *text, const void *lent) {
    if (lent != text->text || text->lent == 0) {
        return false;
    }
    text->lent--;
    return true;
}

void ml_text_drop(ml_text *text) {
    if (text == NULL) {
        return;
    }
    if (text->lent == 0) {
        free(text);
        return;
    }
    ml_mutex_lock(&texts.lock);
    text->next_orphan = texts.orphans;
    texts.orphans = text;
    ml_mutex_unlock(&texts.lock);
}

void ml_text_free_orphans(void) {
    ml_mutex_lock(&texts.lock);
    ml_text *text = texts.orphans;
    texts.orphans = NULL;
    ml_mutex_unlock(&texts.lock);
    while (text != NULL) {
        ml_text *next = text->next_orphan;
        free(text);
        text = next;
    }
}
