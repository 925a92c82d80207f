#include "callbacks/running.h"

#include "internal/platform/platform.h"
#include <stdatomic.h>

/* The marks of frames that are gone are read on purpose. */
#ifdef __clang__
#define ML_READS_OLD_FRAMES __attribute__((noinline, no_sanitize("address", "thread")))
#else
#define ML_READS_OLD_FRAMES __attribute__((noinline, no_sanitize_address, no_sanitize_thread))
#endif

static uint64_t pattern(uint64_t id, unsigned at) { return (id + at) * UINT64_C(0x9E3779B97F4A7C15); }

uint64_t ml_running_begin(ml_running *running, ml_mark *mark) {
    static _Atomic uint64_t last;
    uint64_t id = atomic_fetch_add_explicit(&last, 1, memory_order_relaxed) + 1;
    for (unsigned at = 0; at < ML_MARK_WORDS; at++) {
        mark->words[at] = pattern(id, at);
    }
    running->id = id;
    running->thread = ml_thread_token();
    running->mark = mark;
    return id;
}

ML_READS_OLD_FRAMES static bool intact(const ml_running *running) {
    for (unsigned at = 0; at < ML_MARK_WORDS; at++) {
        if (running->mark->words[at] != pattern(running->id, at)) {
            return false;
        }
    }
    return true;
}

ml_running_state ml_running_look(const ml_running *running, const void *here) {
    if (running->id == 0) {
        return ML_RUNNING_NOT;
    }
    if (running->thread != ml_thread_token()) {
        return ML_RUNNING_ELSEWHERE;
    }
    if ((uintptr_t)here >= (uintptr_t)running->mark || !intact(running)) {
        return ML_RUNNING_NOT;
    }
    return ML_RUNNING_AROUND;
}
