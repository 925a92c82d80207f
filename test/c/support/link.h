/* SPDX-License-Identifier: MIT */

/* The emulated link of a program that test/network/run.sh runs: this process is at end a, its peer belongs at end b. */
#ifndef SUPPORT_LINK_H
#define SUPPORT_LINK_H

#include "check.h"

typedef struct link_counters {
    uint64_t packets; /* that came in, with their bytes */
    uint64_t bytes;
    uint64_t delivered;
    uint64_t delivered_bytes;
    uint64_t lost;
    uint64_t overflowed;
    uint64_t reordered;
} link_counters;

/* The file that names the peer's namespace. */
const char *link_peer(void);

/* A line of the emulator's protocol (test/network/link/control.go), which must be accepted. */
void link_set(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What the emulator has counted in the direction from b to a. */
link_counters link_from_peer(void);

#endif
