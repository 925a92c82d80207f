/*
 * Keeps Go's runtime away from the host's signals (golang/go#78883 and what
 * docs/decisions.md says of collectors). Go's runtime starts in a constructor of
 * this library: one constructor of ours runs before it, one after it.
 */
#ifdef __linux__
#define _GNU_SOURCE /* dl_iterate_phdr, the registers in a ucontext_t */
#endif
#include "internal/platform/platform.h"

#ifndef _WIN32

#ifdef __linux__
#include <link.h>
#include <stdint.h>
#include <ucontext.h>
#endif
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

#ifdef __linux__
/*
 * Faults. Go's handler hands a fault of the host over to the host's handler, but with all signals blocked, as Go's own
 * action wants it. A handler that does not return (.NET's raises the exception from there) leaves the thread like that:
 * the next division by zero would kill the process, and the collector's signals would not get through. So a fault
 * outside this library goes to the host's handler without a detour, with the mask that the host's action asks for.
 */
static struct sigaction of_go;
static uintptr_t code_begin, code_end;

static int find_code(struct dl_phdr_info *object, size_t size, void *unused) {
    (void)size, (void)unused;
    uintptr_t here = (uintptr_t)&find_code;
    for (int at = 0; at < object->dlpi_phnum; at++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[at];
        uintptr_t begin = object->dlpi_addr + segment->p_vaddr;
        if (segment->p_type == PT_LOAD && here >= begin && here < begin + segment->p_memsz) {
            code_begin = begin;
            code_end = begin + segment->p_memsz;
            return 1;
        }
    }
    return 0;
}

static bool in_this_library(const ucontext_t *context) {
#if defined(__x86_64__)
    uintptr_t at = (uintptr_t)context->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
    uintptr_t at = (uintptr_t)context->uc_mcontext.pc;
#else
#error "where does this processor say which instruction failed?"
#endif
    return at >= code_begin && at < code_end;
}

static void on_fault(int number, siginfo_t *info, void *more) {
    const struct sigaction *host = &before[number];
    const ucontext_t *context = more;
    bool has_handler = host->sa_handler != SIG_DFL && host->sa_handler != SIG_IGN;
    if (!has_handler || in_this_library(context)) {
        of_go.sa_sigaction(number, info, more);
        return;
    }
    sigset_t mask = context->uc_sigmask;
    for (int other = 1; other < SIGNALS; other++) {
        if (sigismember(&host->sa_mask, other) == 1) {
            sigaddset(&mask, other);
        }
    }
    if ((host->sa_flags & SA_NODEFER) == 0) {
        sigaddset(&mask, number);
    }
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
    if ((host->sa_flags & SA_SIGINFO) != 0) {
        host->sa_sigaction(number, info, more);
    } else {
        host->sa_handler(number);
    }
}

static void take_faults(void) {
    if (!known[SIGSEGV] || sigaction(SIGSEGV, NULL, &of_go) != 0 ||
        of_go.sa_sigaction == before[SIGSEGV].sa_sigaction || (of_go.sa_flags & SA_SIGINFO) == 0 ||
        dl_iterate_phdr(find_code, NULL) != 1) {
        return;
    }
    struct sigaction ours = of_go; /* all signals blocked, on the alternate stack: what Go's handler needs */
    ours.sa_sigaction = on_fault;
    sigaction(SIGSEGV, &ours, NULL);
}
#else
static void take_faults(void) {}
#endif

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
    take_faults();
    pthread_sigmask(SIG_SETMASK, &host_mask, NULL);
}

#endif
