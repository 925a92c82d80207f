#include "platform.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

uint64_t ml_thread_token(void) {
    static _Atomic uint64_t last;
    static _Thread_local uint64_t token;
    if (token == 0) {
        token = atomic_fetch_add_explicit(&last, 1, memory_order_relaxed) + 1;
    }
    return token;
}

char *ml_copy_text(const char *text, uint64_t size) {
    char *copy = malloc((size_t)size + 1);
    if (copy != NULL) {
        if (size > 0) {
            memcpy(copy, text, (size_t)size);
        }
        copy[size] = '\0';
    }
    return copy;
}
