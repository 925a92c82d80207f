/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static char about[256];
static pthread_mutex_t about_lock = PTHREAD_MUTEX_INITIALIZER;

void check_about(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    pthread_mutex_lock(&about_lock);
    vsnprintf(about, sizeof about, format, arguments);
    pthread_mutex_unlock(&about_lock);
    va_end(arguments);
}

static void where(const char *file, int line) {
    const char *name = strrchr(file, '/');
    fprintf(stderr, "%s:%d: %s%s", name != NULL ? name + 1 : file, line, about, about[0] != '\0' ? ": " : "");
}

static void give_up(void) {
    fputc('\n', stderr);
    fflush(NULL);
    _exit(1);
}

void check_failed(const char *file, int line, const char *condition) {
    where(file, line);
    fprintf(stderr, "failed: %s", condition);
    give_up();
}

void check_equal(const char *file, int line, const char *what, int64_t actual, const char *wanted, int64_t expected) {
    if (actual != expected) {
        where(file, line);
        fprintf(stderr, "%s is %" PRId64 ", not %s (%" PRId64 ")", what, actual, wanted, expected);
        give_up();
    }
}

void check_handle(const char *file, int line, const char *what, uint64_t actual, const char *wanted,
                  uint64_t expected) {
    if (actual != expected) {
        where(file, line);
        fprintf(stderr, "%s is %#" PRIx64 ", not %s (%#" PRIx64 ")", what, actual, wanted, expected);
        give_up();
    }
}

void check_text(const char *file, int line, const char *what, const char *actual, const char *expected) {
    if (actual == NULL || strcmp(actual, expected) != 0) {
        where(file, line);
        fprintf(stderr, "%s is \"%s\", not \"%s\"", what, actual != NULL ? actual : "(NULL)", expected);
        give_up();
    }
}

void check_result_failed(const char *file, int line, const char *call, int32_t result, const char *name,
                         const char *expected) {
    where(file, line);
    fprintf(stderr, "%s gave %s (%" PRId32 "), not %s", call, name, result, expected);
    give_up();
}

uint64_t microseconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

uint64_t milliseconds_now(void) { return microseconds_now() / 1000; }

void sleep_until_microseconds(uint64_t when) {
#ifdef _WIN32
    /* MinGW waits for a time of day only. */
    for (uint64_t now = microseconds_now(); now < when; now = microseconds_now()) {
        struct timespec left = {.tv_sec = (time_t)((when - now) / 1000000),
                                .tv_nsec = (long)((when - now) % 1000000) * 1000};
        nanosleep(&left, NULL);
    }
#else
    struct timespec until = {.tv_sec = (time_t)(when / 1000000), .tv_nsec = (long)(when % 1000000) * 1000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) != 0) {
    }
#endif
}

void nap(void) {
    struct timespec rest = {.tv_nsec = 1000000};
    nanosleep(&rest, NULL);
}
