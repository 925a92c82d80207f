/*
 * Says whether a callback of the host that was begun is still running.
 *
 * A managed host may throw out of a callback: then the frames below it, ours too, are
 * gone without a word (ABI: nothing of ours runs). A later call on the same thread must
 * tell "I was called from inside that callback" from "that callback never returned".
 * The frame that invokes a callback therefore marks itself: it keeps a pattern in an
 * array on its stack. That frame is gone when the function that the host has called now
 * stands where it stood or above (stacks grow downwards), or when the pattern was
 * overwritten.
 */
#ifndef ML_RUNNING_H
#define ML_RUNNING_H

#include <stdbool.h>
#include <stdint.h>

#define ML_MARK_WORDS 32

/* Stands in the frame that invokes callbacks. */
typedef struct ml_mark {
    volatile uint64_t words[ML_MARK_WORDS];
} ml_mark;

typedef struct ml_running {
    uint64_t id; /* of this run; 0: none is running */
    uint64_t thread;
    const ml_mark *mark;
} ml_running;

typedef enum ml_running_state {
    ML_RUNNING_NOT,      /* nothing runs, or on this thread it never returned */
    ML_RUNNING_AROUND,   /* on this thread, and this call comes from inside it */
    ML_RUNNING_ELSEWHERE /* on another thread (where it may have ended unseen) */
} ml_running_state;

/* Begins a run on this thread; mark is a local of the caller. Gives its id. */
uint64_t ml_running_begin(ml_running *running, ml_mark *mark);

/* here is ML_HERE of the exported function that the host has called. */
ml_running_state ml_running_look(const ml_running *running, const void *here);

#define ML_HERE __builtin_frame_address(0)

/* How long a callback on another thread is waited for before it counts as never
 * returning. */
#define ML_CALLBACK_PATIENCE_NS (UINT64_C(2) * 1000 * 1000 * 1000)

#endif
