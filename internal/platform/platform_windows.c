#include "internal/platform/platform.h"

#ifdef _WIN32

#include <stdlib.h>

#define NS_PER_S UINT64_C(1000000000)
#define NS_PER_MS UINT64_C(1000000)

void ml_mutex_init(ml_mutex *mutex) { InitializeSRWLock(mutex); }
void ml_mutex_lock(ml_mutex *mutex) { AcquireSRWLockExclusive(mutex); }
void ml_mutex_unlock(ml_mutex *mutex) { ReleaseSRWLockExclusive(mutex); }

void ml_cond_init(ml_cond *cond) { InitializeConditionVariable(cond); }
void ml_cond_destroy(ml_cond *cond) { (void)cond; }
void ml_cond_signal(ml_cond *cond) { WakeConditionVariable(cond); }
void ml_cond_broadcast(ml_cond *cond) { WakeAllConditionVariable(cond); }

void ml_cond_wait(ml_cond *cond, ml_mutex *mutex) { SleepConditionVariableSRW(cond, mutex, INFINITE, 0); }

bool ml_cond_wait_until(ml_cond *cond, ml_mutex *mutex, uint64_t deadline_ns) {
    uint64_t now = ml_clock_ns();
    if (now >= deadline_ns) {
        return false;
    }
    DWORD left = (DWORD)((deadline_ns - now + NS_PER_MS - 1) / NS_PER_MS);
    return SleepConditionVariableSRW(cond, mutex, left, 0) || GetLastError() != ERROR_TIMEOUT;
}

uint64_t ml_clock_ns(void) {
    LARGE_INTEGER frequency, count;
    QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&count);
    uint64_t per_s = (uint64_t)frequency.QuadPart;
    uint64_t ticks = (uint64_t)count.QuadPart;
    return ticks / per_s * NS_PER_S + ticks % per_s * NS_PER_S / per_s;
}

struct start {
    void (*entry)(void *);
    void *argument;
};

static DWORD WINAPI run(LPVOID argument) {
    struct start start = *(struct start *)argument;
    free(argument);
    start.entry(start.argument);
    return 0;
}

bool ml_thread_start(void (*entry)(void *), void *argument) {
    struct start *start = malloc(sizeof *start);
    if (start == NULL) {
        return false;
    }
    start->entry = entry;
    start->argument = argument;
    HANDLE thread = CreateThread(NULL, 0, run, start, 0, NULL);
    if (thread == NULL) {
        free(start);
        return false;
    }
    CloseHandle(thread);
    return true;
}

void ml_thread_be_patient(void) {}

/* atexit() in a DLL means the end of the DLL, when all other threads are gone. What runs first in exit()
 * are the handlers of the host's own C library: Microsoft's present one, or the old one that MinGW uses. */
void ml_at_exit(void (*handler)(void)) {
    HMODULE present = GetModuleHandleA("ucrtbase.dll");
    HMODULE old = GetModuleHandleA("msvcrt.dll");
    FARPROC found = present != NULL ? GetProcAddress(present, "_crt_atexit") : NULL;
    if (found != NULL) {
        ((int (*)(void (*)(void)))(void *)found)(handler);
    }
    found = old != NULL ? GetProcAddress(old, "_onexit") : NULL;
    if (found != NULL) {
        ((void (*(*)(void (*)(void)))(void))(void *)found)(handler);
    }
}

#endif
