/* SPDX-License-Identifier: MIT */

#ifndef SUPPORT_MEMORY_H
#define SUPPORT_MEMORY_H

#include <stdint.h>

/* What this process occupies of the machine's memory. */
uint64_t resident_bytes(void);

#endif
