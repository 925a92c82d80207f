#include "callbacks/debug.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handles/utf8.h"
#include "internal/platform/platform.h"

#define LINES_MOST 1024
#define LINE_BYTES_MOST 4096
#define LINGER_NS (UINT64_C(100) * 1000 * 1000)

typedef struct line {
    struct line *next;
    uint32_t level;
    char text[];
} line;

static struct {
    ml_mutex lock;
    ml_cond work;  /* for the thread: a line, or the end */
    ml_cond quiet; /* for whoever ends: a callback has returned */
    _Atomic uint32_t level;
    MLWebRTCDebugUtils utils;
    line *head;
    line **tail;
    unsigned lines;
    uint64_t lost;
    uint64_t thread_number; /* of the thread that serves; 0: none does */
    uint64_t last_thread_number;
    uint64_t running; /* the token of the thread that is inside the callback; 0: none */
} debug;

__attribute__((constructor(102))) static void debug_init(void) {
    ml_mutex_init(&debug.lock);
    ml_cond_init(&debug.work);
    ml_cond_init(&debug.quiet);
    debug.level = MLWebRTCLogLevel_Silent;
    debug.tail = &debug.head;
}

uint32_t ml_debug_level(void) { return atomic_load_explicit(&debug.level, memory_order_relaxed); }

static void drop_lines(void) {
    while (debug.head != NULL) {
        line *next = debug.head->next;
        free(debug.head);
        debug.head = next;
    }
    debug.tail = &debug.head;
    debug.lines = 0;
    debug.lost = 0;
}

void ml_debug_begin(const MLWebRTCDebugUtils *utils) {
    uint32_t level = MLWebRTCLogLevel_Silent;
    ml_mutex_lock(&debug.lock);
    if (utils != NULL && utils->on_debug_message != NULL && utils->log_level < MLWebRTCLogLevel_Silent) {
        debug.utils = *utils;
        level = utils->log_level <= MLWebRTCLogLevel_Default ? MLWebRTCLogLevel_Info : utils->log_level;
    }
    atomic_store_explicit(&debug.level, level, memory_order_relaxed);
    ml_mutex_unlock(&debug.lock);
}

void ml_debug_end(uint64_t deadline_ns) {
    ml_mutex_lock(&debug.lock);
    atomic_store_explicit(&debug.level, MLWebRTCLogLevel_Silent, memory_order_relaxed);
    drop_lines();
    ml_cond_signal(&debug.work);
    uint64_t self = ml_thread_token();
    while (debug.running != 0 && debug.running != self && ml_cond_wait_until(&debug.quiet, &debug.lock, deadline_ns)) {
    }
    if (debug.running != 0 && debug.running != self) {
        /* It does not come back in time: the next receiver gets a thread of its own. */
        debug.running = 0;
        debug.thread_number = 0;
    }
    ml_mutex_unlock(&debug.lock);
}

static line *next_line(uint64_t number) {
    while (debug.head == NULL && debug.thread_number == number && ml_debug_level() < MLWebRTCLogLevel_Silent &&
           ml_cond_wait_until(&debug.work, &debug.lock, ml_clock_ns() + LINGER_NS)) {
    }
    line *first = debug.thread_number == number ? debug.head : NULL;
    if (first != NULL) {
        debug.head = first->next;
        if (debug.head == NULL) {
            debug.tail = &debug.head;
        }
        debug.lines--;
    }
    return first;
}

static void say(const MLWebRTCDebugUtils *utils, uint64_t lost, const line *first) {
    if (lost != 0) {
        char text[64];
        snprintf(text, sizeof text, "%" PRIu64 " debug messages were lost before this one", lost);
        utils->on_debug_message(MLWebRTCLogLevel_Warn, text, utils->context);
    }
    utils->on_debug_message(first->level, first->text, utils->context);
}

static void serve(void *argument) {
    uint64_t number = (uint64_t)(uintptr_t)argument;
    uint64_t self = ml_thread_token();
    ml_mutex_lock(&debug.lock);
    line *first;
    while ((first = next_line(number)) != NULL) {
        MLWebRTCDebugUtils utils = debug.utils;
        uint64_t lost = debug.lost;
        debug.lost = 0;
        debug.running = self;
        ml_mutex_unlock(&debug.lock);
        say(&utils, lost, first);
        free(first);
        ml_mutex_lock(&debug.lock);
        if (debug.running == self) {
            debug.running = 0;
        }
        ml_cond_broadcast(&debug.quiet);
    }
    if (debug.thread_number == number) {
        debug.thread_number = 0;
    }
    ml_mutex_unlock(&debug.lock);
}

void ml_debug_post(uint32_t level, const char *text, uint64_t size) {
    if (level < ml_debug_level()) {
        return;
    }
    size = size < LINE_BYTES_MOST ? size : LINE_BYTES_MOST;
    line *fresh = malloc(sizeof *fresh + 3 * (size_t)size + 1);
    if (fresh == NULL) {
        return;
    }
    fresh->next = NULL;
    fresh->level = level;
    ml_utf8_repair(fresh->text, text, (size_t)size);
    ml_mutex_lock(&debug.lock);
    if (level < ml_debug_level() || debug.lines == LINES_MOST) {
        debug.lost += debug.lines == LINES_MOST;
        ml_mutex_unlock(&debug.lock);
        free(fresh);
        return;
    }
    *debug.tail = fresh;
    debug.tail = &fresh->next;
    debug.lines++;
    if (debug.thread_number == 0) {
        debug.thread_number = ++debug.last_thread_number;
        if (!ml_thread_start(serve, (void *)(uintptr_t)debug.thread_number)) {
            debug.thread_number = 0;
        }
    } else {
        ml_cond_signal(&debug.work);
    }
    ml_mutex_unlock(&debug.lock);
}
