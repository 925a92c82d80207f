/*
 * Has the engine's threads leave the processor to a host thread that wakes them. A thread that was
 * asleep is preferred to the one that wakes it: with a shared processor, the application's thread
 * would stand in the middle of PushFrame while a picture is encoded. Threads of the policy "batch"
 * have the same share of the processors, but don't take one away at the moment they wake up.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* SCHED_BATCH */
#endif
#include "internal/platform/platform.h"

#ifdef __linux__

#include <sched.h>

static bool changed;

static bool use(int policy) {
    struct sched_param none = {.sched_priority = 0};
    return sched_setscheduler(0, policy, &none) == 0;
}

/* Go's runtime starts between the two, and its threads inherit the policy. A host thread of another
 * policy than the usual one is left alone: it might not get it back. */
__attribute__((constructor(101))) static void begin_batch(void) {
    changed = sched_getscheduler(0) == SCHED_OTHER && use(SCHED_BATCH);
}

__attribute__((constructor)) static void end_batch(void) {
    if (changed) {
        use(SCHED_OTHER);
    }
}

void ml_thread_use_host_policy(void) {
    if (changed) {
        use(SCHED_OTHER);
    }
}

#else

void ml_thread_use_host_policy(void) {}

#endif
