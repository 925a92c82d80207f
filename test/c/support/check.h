/* SPDX-License-Identifier: MIT */

/* What every test program stands on: checks that end the program, time, and the list of its cases. */
#ifndef SUPPORT_CHECK_H
#define SUPPORT_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ml_webrtc.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A check that fails prints where and what, and ends the process with 1 at once: _exit, so that no handler of the
 * library gets in the way. They may be used on any thread. */
#define CHECK(condition) ((condition) ? (void)0 : check_failed(__FILE__, __LINE__, #condition))
#define CHECK_EQ(actual, expected)                                                                                     \
    check_equal(__FILE__, __LINE__, #actual, (int64_t)(actual), #expected, (int64_t)(expected))
#define CHECK_HANDLE(actual, expected)                                                                                 \
    check_handle(__FILE__, __LINE__, #actual, (uint64_t)(actual), #expected, (uint64_t)(expected))
#define CHECK_TEXT(actual, expected) check_text(__FILE__, __LINE__, #actual, (actual), (expected))
#define CHECK_RESULT(call, expected)                                                                                   \
    do {                                                                                                               \
        MLResult result_ = (call);                                                                                     \
        MLResult expected_ = (expected);                                                                               \
        if (result_ != expected_) {                                                                                    \
            check_result_failed(__FILE__, __LINE__, #call, result_, MLWebRTCGetResultString(result_),                  \
                                MLWebRTCGetResultString(expected_));                                                   \
        }                                                                                                              \
    } while (0)
#define CHECK_OK(call) CHECK_RESULT(call, MLResult_Ok)

void check_failed(const char *file, int line, const char *condition);
void check_equal(const char *file, int line, const char *what, int64_t actual, const char *wanted, int64_t expected);
void check_handle(const char *file, int line, const char *what, uint64_t actual, const char *wanted, uint64_t expected);
void check_text(const char *file, int line, const char *what, const char *actual, const char *expected);
void check_result_failed(const char *file, int line, const char *call, int32_t result, const char *name,
                         const char *expected);

/* Named in the message of every check that fails meanwhile, for loops over a table. */
void check_about(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A monotonic clock, a wait until a time on it, and a short rest for a thread that waits for a condition. */
uint64_t milliseconds_now(void);
uint64_t microseconds_now(void);
void sleep_until_microseconds(uint64_t when);
void nap(void);

/* The hang guard of all waiting. */
#define PATIENCE_MS UINT64_C(30000)

/* Waits until the condition holds; step runs in between. */
#define WAIT_UNTIL_STEP(condition, step)                                                                               \
    do {                                                                                                               \
        uint64_t deadline_ = milliseconds_now() + PATIENCE_MS;                                                         \
        while (!(condition)) {                                                                                         \
            if (milliseconds_now() > deadline_) {                                                                      \
                check_failed(__FILE__, __LINE__, "in time: " #condition);                                              \
            }                                                                                                          \
            step;                                                                                                      \
        }                                                                                                              \
    } while (0)
#define WAIT_UNTIL(condition) WAIT_UNTIL_STEP(condition, nap())

typedef struct test_case {
    const char *name;
    void (*run)(void);
} test_case;

/* Runs the cases (or the one that argv names), each with an instance of its own, after which nothing may be left. */
int run_cases(const test_case *cases, size_t count, int argc, char **argv);
#define RUN_CASES(cases, argc, argv) run_cases(cases, sizeof(cases) / sizeof *(cases), argc, argv)

/* After MLWebRTCInstanceDestroy: waits until the library is empty. */
void check_nothing_left(void);

#ifdef __cplusplus
}
#endif

#endif
