#define _GNU_SOURCE /* SCHED_BATCH */
#include "internal/platform/platform.h"

#ifndef _WIN32

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#define NS_PER_S UINT64_C(1000000000)

void ml_mutex_init(ml_mutex *mutex) { pthread_mutex_init(mutex, NULL); }
void ml_mutex_lock(ml_mutex *mutex) { pthread_mutex_lock(mutex); }
void ml_mutex_unlock(ml_mutex *mutex) { pthread_mutex_unlock(mutex); }

void ml_cond_init(ml_cond *cond) {
#ifdef __APPLE__
    pthread_cond_init(cond, NULL);
#else
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &attributes);
    pthread_condattr_destroy(&attributes);
#endif
}

void ml_cond_destroy(ml_cond *cond) { pthread_cond_destroy(cond); }
void ml_cond_signal(ml_cond *cond) { pthread_cond_signal(cond); }
void ml_cond_broadcast(ml_cond *cond) { pthread_cond_broadcast(cond); }

/* A cancelled thread would unwind out of the wait with the mutex locked and, in a
 * request, with its stack still in use by the engine. Android has no cancellation. */
static int hold_cancellation(void) {
    int state = 0;
#ifndef __ANDROID__
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
#endif
    return state;
}

static void restore_cancellation(int state) {
#ifndef __ANDROID__
    pthread_setcancelstate(state, NULL);
#else
    (void)state;
#endif
}

void ml_cond_wait(ml_cond *cond, ml_mutex *mutex) {
    int state = hold_cancellation();
    pthread_cond_wait(cond, mutex);
    restore_cancellation(state);
}

bool ml_cond_wait_until(ml_cond *cond, ml_mutex *mutex, uint64_t deadline_ns) {
    int state = hold_cancellation();
    int failed;
#ifdef __APPLE__
    uint64_t now = ml_clock_ns();
    uint64_t left = deadline_ns > now ? deadline_ns - now : 0;
    struct timespec wait = {(time_t)(left / NS_PER_S), (long)(left % NS_PER_S)};
    failed = pthread_cond_timedwait_relative_np(cond, mutex, &wait);
#else
    struct timespec deadline = {(time_t)(deadline_ns / NS_PER_S), (long)(deadline_ns % NS_PER_S)};
    failed = pthread_cond_timedwait(cond, mutex, &deadline);
#endif
    restore_cancellation(state);
    return failed != ETIMEDOUT;
}

uint64_t ml_clock_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

struct start {
    void (*entry)(void *);
    void *argument;
};

static void *run(void *argument) {
    struct start start = *(struct start *)argument;
    free(argument);
    ml_signals_use_host_mask();
    start.entry(start.argument);
    return NULL;
}

bool ml_thread_start(void (*entry)(void *), void *argument) {
    struct start *start = malloc(sizeof *start);
    if (start == NULL) {
        return false;
    }
    start->entry = entry;
    start->argument = argument;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_t thread;
    bool started = pthread_create(&thread, &attributes, run, start) == 0;
    pthread_attr_destroy(&attributes);
    if (!started) {
        free(start);
    }
    return started;
}

void ml_thread_be_patient(void) {
#ifdef __linux__
    struct sched_param parameters = {0};
    pthread_setschedparam(pthread_self(), SCHED_BATCH, &parameters);
#endif
}

void ml_at_exit(void (*handler)(void)) { (void)atexit(handler); }

#endif
