/* SPDX-License-Identifier: MIT */
#include "memory.h"

#include "check.h"

#ifdef _WIN32

#include <windows.h>

#include <psapi.h>

uint64_t resident_bytes(void) {
    PROCESS_MEMORY_COUNTERS counters;
    CHECK(GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof counters));
    return counters.WorkingSetSize;
}

#else

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

uint64_t resident_bytes(void) {
    FILE *statm = fopen("/proc/self/statm", "r");
    CHECK(statm != NULL);
    uint64_t total = 0;
    uint64_t resident = 0;
    CHECK_EQ(fscanf(statm, "%" SCNu64 " %" SCNu64, &total, &resident), 2);
    fclose(statm);
    return resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

#endif
