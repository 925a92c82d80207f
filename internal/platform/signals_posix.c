/*
 * Keeps Go's runtime away from the host's signals (golang/go#78883 and what
 * docs/decisions.md says of collectors). Go's runtime starts in a constructor of
 * this library: one constructor of ours runs before it, one after it.
 */
#include "internal/platform/platform.h"

#ifndef _WIN32

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>

#ifdef NSIG
#define SIGNALS NSIG
#else
#define SIGNALS 65
#endif

static struct sigaction before[SIGNALS];
static bool known[SIGNALS];
static sigset_t host_mask;

void ml_signals_use_host_mask(void) { pthread_sigmask(SIG_SETMASK, &host_mask, NULL); }

/* Go's threads inherit the full mask, so that no handler of the host ever runs on them. */
__attribute__((constructor(101))) static void save_signals(void) {
    for (int number = 1; number < SIGNALS; number++) {
        known[number] = sigaction(number, NULL, &before[number]) == 0;
    }
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &host_mask);
}

/* What Go can't do without: faults (forwarded to the host when they are not Go's),
 * preemption of goroutines, and broken pipes of Go's own sockets. SIGFPE it can: it
 * checks divisors itself, and a collector that gets the signal forwarded on the small
 * alternate stack fails. The same goes for SIGBUS, except where nil pointers raise it. */
static bool needed_by_go(int number) {
#ifdef __APPLE__
    if (number == SIGBUS) {
        return true;
    }
#endif
    return number == SIGSEGV || number == SIGURG || number == SIGPIPE;
}

__attribute__((constructor)) static void restore_signals(void) {
    for (int number = 1; number < SIGNALS; number++) {
        struct sigaction now;
        if (!known[number] || needed_by_go(number) || sigaction(number, NULL, &now) != 0) {
            continue;
        }
        if (now.sa_flags != before[number].sa_flags || now.sa_handler != before[number].sa_handler) {
            sigaction(number, &before[number], NULL);
        }
    }
    pthread_sigmask(SIG_SETMASK, &host_mask, NULL);
}

#endif
