#include "internal/platform/platform.h"

#include <stdatomic.h>

uint64_t ml_thread_token(void) {
    static _Atomic uint64_t last;
    static _Thread_local uint64_t token;
    if (token == 0) {
        token = atomic_fetch_add_explicit(&last, 1, memory_order_relaxed) + 1;
    }
    return token;
}
