/* SPDX-License-Identifier: MIT */

/* The library comes into a process whose signals are its own: dispositions and masks are as before, after loading and
 * after use, but for the few that Go can't do without. This program loads the library itself. */
#include <dlfcn.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/check.h"

#define SIGNALS 65

/* The kernel's SA_RESTORER, which the C library adds to every action that is set, if only back to the default. */
#define RESTORER 0x04000000

/* The functions that are used here, by the names the header gives them. */
static struct {
    MLResult (*instance_create)(void);
    MLResult (*instance_destroy)(void);
    MLResult (*connection_create)(const MLWebRTCConnectionConfig *, const MLWebRTCConnectionEventCallbacks *,
                                  MLHandle *);
    MLResult (*connection_destroy)(MLHandle);
    MLResult (*create_offer)(MLHandle);
    MLResult (*process_events)(MLHandle);
    const char *(*result_string)(MLResult);
} library;

static void *find(void *object, const char *name) {
    void *symbol = dlsym(object, name);
    check_about("%s", name);
    CHECK(symbol != NULL);
    return symbol;
}

/* ISO C has no cast from an object's to a function's pointer. */
#define FIND(object, member, name)                                                                                     \
    do {                                                                                                               \
        void *symbol = find(object, name);                                                                             \
        memcpy(&library.member, &symbol, sizeof symbol);                                                               \
    } while (0)

#define CHECK_ZERO(call) CHECK_EQ(call, MLResult_Ok)

static bool needed_by_go(int number) { return number == SIGSEGV || number == SIGURG || number == SIGPIPE; }

static volatile sig_atomic_t seen[SIGNALS];

static void on_signal(int number) { seen[number]++; }

static void on_signal_info(int number, siginfo_t *info, void *more) {
    (void)info, (void)more;
    seen[number]++;
}

/* Handlers of the host, with all sorts of flags, as a collector or a debugger has them; none with SA_ONSTACK. */
static void install(void) {
    static const struct {
        int number;
        int flags;
        bool with_info;
    } table[] = {
        {SIGUSR1, 0, false},
        {SIGUSR2, SA_RESTART, false},
        {SIGHUP, SA_SIGINFO, true},
        {SIGINT, SA_RESTART, false},
        {SIGTERM, SA_SIGINFO | SA_RESTART, true},
        {SIGQUIT, SA_NODEFER, false},
        {SIGCHLD, SA_NOCLDSTOP, false},
        {SIGALRM, 0, false},
        {SIGWINCH, SA_RESETHAND, false},
        {SIGXCPU, SA_RESTART, false},
        {SIGPROF, SA_SIGINFO, true},
    };
    for (size_t at = 0; at < sizeof table / sizeof *table; at++) {
        struct sigaction action;
        memset(&action, 0, sizeof action);
        sigemptyset(&action.sa_mask);
        sigaddset(&action.sa_mask, SIGTTIN);
        action.sa_flags = table[at].flags;
        if (table[at].with_info) {
            action.sa_sigaction = on_signal_info;
        } else {
            action.sa_handler = on_signal;
        }
        CHECK(sigaction(table[at].number, &action, NULL) == 0);
    }
    for (int number = SIGRTMIN; number <= SIGRTMAX; number++) {
        struct sigaction action;
        memset(&action, 0, sizeof action);
        sigfillset(&action.sa_mask);
        action.sa_handler = on_signal;
        CHECK(sigaction(number, &action, NULL) == 0);
    }
    CHECK(signal(SIGTSTP, SIG_IGN) != SIG_ERR);
}

typedef struct state {
    bool known[SIGNALS];
    struct sigaction actions[SIGNALS];
    sigset_t mask;
} state;

static void look(state *self) {
    memset(self, 0, sizeof *self);
    for (int number = 1; number < SIGNALS; number++) {
        self->known[number] = sigaction(number, NULL, &self->actions[number]) == 0;
    }
    CHECK(pthread_sigmask(SIG_SETMASK, NULL, &self->mask) == 0);
}

static void compare(const state *before, const char *when) {
    state now;
    look(&now);
    for (int number = 1; number < SIGNALS; number++) {
        check_about("signal %d %s", number, when);
        CHECK_EQ(now.known[number], before->known[number]);
        CHECK_EQ(sigismember(&now.mask, number), sigismember(&before->mask, number));
        if (!now.known[number] || needed_by_go(number)) {
            continue;
        }
        const struct sigaction *is = &now.actions[number];
        const struct sigaction *was = &before->actions[number];
        CHECK_EQ(is->sa_flags & ~RESTORER, was->sa_flags & ~RESTORER);
        CHECK((is->sa_flags & SA_SIGINFO) != 0 ? is->sa_sigaction == was->sa_sigaction
                                               : is->sa_handler == was->sa_handler);
        for (int masked = 1; masked < SIGNALS; masked++) {
            CHECK_EQ(sigismember(&is->sa_mask, masked), sigismember(&was->sa_mask, masked));
        }
    }
    check_about("%s", when);
}

/* Handlers still run, on the threads of the host. */
static void raise_all(void) {
    static const int numbers[] = {SIGUSR1, SIGUSR2, SIGHUP, SIGINT, SIGTERM, SIGQUIT, SIGALRM, SIGPROF};
    for (size_t at = 0; at < sizeof numbers / sizeof *numbers; at++) {
        sig_atomic_t before = seen[numbers[at]];
        check_about("signal %d", numbers[at]);
        CHECK(raise(numbers[at]) == 0);
        CHECK_EQ(seen[numbers[at]], before + 1);
    }
}

static unsigned offers;

static void on_offer(const char *offer, void *context) {
    (void)offer, (void)context;
    offers++;
}

static void use(void) {
    MLWebRTCConnectionConfig config = {.version = 1};
    MLWebRTCConnectionEventCallbacks callbacks = {.version = 1, .on_local_offer_created = on_offer};
    MLHandle handle = 0;
    unsigned before = offers;
    CHECK_ZERO(library.instance_create());
    CHECK_ZERO(library.connection_create(&config, &callbacks, &handle));
    CHECK_ZERO(library.create_offer(handle));
    WAIT_UNTIL_STEP(offers > before, {
        CHECK_ZERO(library.process_events(handle));
        nap();
    });
    CHECK_ZERO(library.connection_destroy(handle));
    CHECK_ZERO(library.instance_destroy());
}

/* A fault of the host on its own thread still comes to the handler that it had before, and finds those signals blocked
 * that the host's action names: a handler need not return, and then the thread stays like that. */
static sigjmp_buf behind_fault;
static volatile sig_atomic_t faults;

static void on_fault(int number, siginfo_t *info, void *more) {
    (void)info, (void)more;
    sigset_t mask;
    CHECK(pthread_sigmask(SIG_SETMASK, NULL, &mask) == 0);
    for (int other = 1; other < SIGNALS; other++) {
        check_about("signal %d while a fault is handled", other);
        CHECK_EQ(sigismember(&mask, other) == 1,
                 other == number || other == SIGTTIN || other == SIGTTOU || other == SIGRTMAX);
    }
    faults++;
    siglongjmp(behind_fault, 1);
}

static void fault(void) {
    sig_atomic_t volatile before = faults;
    if (sigsetjmp(behind_fault, 1) == 0) {
        volatile int *volatile nowhere = NULL;
        *nowhere = 1;
        CHECK(!"nothing happened");
    }
    CHECK_EQ(faults, before + 1);
}

static void *use_and_fault_on_a_thread(void *argument) {
    state before;
    look(&before);
    use();
    compare(&before, "on a thread of the host");
    fault();
    return argument;
}

int main(int argc, char **argv) {
    CHECK(argc == 2);
    struct sigaction on_segv;
    memset(&on_segv, 0, sizeof on_segv);
    sigemptyset(&on_segv.sa_mask);
    sigaddset(&on_segv.sa_mask, SIGTTIN);
    on_segv.sa_flags = SA_SIGINFO;
    on_segv.sa_sigaction = on_fault;
    CHECK(sigaction(SIGSEGV, &on_segv, NULL) == 0);
    install();
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTTOU);
    sigaddset(&blocked, SIGRTMAX);
    CHECK(pthread_sigmask(SIG_BLOCK, &blocked, NULL) == 0);
    fault(); /* what is expected later holds without the library */

    state before;
    look(&before);
    void *object = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    if (object == NULL) {
        fprintf(stderr, "%s\n", dlerror());
    }
    CHECK(object != NULL);
    FIND(object, instance_create, "MLWebRTCInstanceCreate");
    FIND(object, instance_destroy, "MLWebRTCInstanceDestroy");
    FIND(object, connection_create, "MLWebRTCConnectionCreate");
    FIND(object, connection_destroy, "MLWebRTCConnectionDestroy");
    FIND(object, create_offer, "MLWebRTCConnectionCreateOffer");
    FIND(object, process_events, "MLWebRTCConnectionProcessEvents");
    FIND(object, result_string, "MLWebRTCGetResultString");
    compare(&before, "after loading");
    raise_all();
    fault();
    for (int round = 0; round < 3; round++) {
        use();
        compare(&before, "after use");
        raise_all();
        fault();
        pthread_t thread;
        CHECK(pthread_create(&thread, NULL, use_and_fault_on_a_thread, NULL) == 0);
        CHECK(pthread_join(thread, NULL) == 0);
    }
    /* It stays, and goes on working. */
    CHECK(dlclose(object) == 0);
    CHECK(strcmp(library.result_string(0), "MLResult_Ok") == 0);
    use();
    compare(&before, "after dlclose");
    fault();
    printf("signals are the host's own\n");
    return 0;
}
