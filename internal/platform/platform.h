/*
 * Threads, waiting and time for the border: the one place that knows whether
 * the system is POSIX or Windows. Atomics come from <stdatomic.h>.
 */
#ifndef ML_PLATFORM_H
#define ML_PLATFORM_H

#include <stdbool.h>
#include <stdint.h>

#ifdef _WIN32
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>
typedef SRWLOCK ml_mutex;
typedef CONDITION_VARIABLE ml_cond;
#else
#include <pthread.h>
typedef pthread_mutex_t ml_mutex;
typedef pthread_cond_t ml_cond;
#endif

void ml_mutex_init(ml_mutex *mutex);
void ml_mutex_lock(ml_mutex *mutex);
void ml_mutex_unlock(ml_mutex *mutex);

void ml_cond_init(ml_cond *cond);
void ml_cond_destroy(ml_cond *cond);
void ml_cond_signal(ml_cond *cond);
void ml_cond_broadcast(ml_cond *cond);

/* Waits may wake without cause, so they stand in a loop. None is interrupted by a
 * signal (collectors send thousands a second) or is a point of thread cancellation. */
void ml_cond_wait(ml_cond *cond, ml_mutex *mutex);

/* Waits until the deadline on ml_clock_ns's clock; false when it has passed. */
bool ml_cond_wait_until(ml_cond *cond, ml_mutex *mutex, uint64_t deadline_ns);

/* A monotonic clock. */
uint64_t ml_clock_ns(void);

/* A number for the calling thread: never 0, never given to another thread, not even
 * after this one has ended (the system's own thread ids are). */
uint64_t ml_thread_token(void);

/* Runs entry(argument) on a new thread made in C, which ends when entry returns.
 * Nobody joins it. False when the system has no thread to give. */
bool ml_thread_start(void (*entry)(void *), void *argument);

/* The calling thread waits its turn from now on, where the system has a policy for that: it never takes the place of a
 * running thread when it wakes up. */
void ml_thread_be_patient(void);

/* Has exit() call the handler while the process' other threads still run. On Windows that depends on the
 * host's C library being one that is shared: one that is linked into the host itself can't be told. */
void ml_at_exit(void (*handler)(void));

#ifndef _WIN32
/* Gives the calling thread the signal mask that the thread had which loaded the library. A
 * thread that is to run code of the host must not keep the mask of Go's threads: a collector
 * stops its threads by signals. */
void ml_signals_use_host_mask(void);
#endif

#endif
