/* SPDX-License-Identifier: MIT */

/* All functions as tables, for rules that hold for every one of them. */
#ifndef SUPPORT_FUNCTIONS_H
#define SUPPORT_FUNCTIONS_H

#include "check.h"

/* Every function with default arguments: 0 handles, zeroed structs, NULL strings and function pointers. */
typedef struct default_call {
    const char *name;
    MLResult (*call)(void);
    bool is_instance; /* creates or destroys the instance */
} default_call;

extern const default_call default_calls[];
extern const size_t default_call_count;

/* What the default calls made since the last time is destroyed; how many that were. */
unsigned destroy_defaults(void);

typedef enum handle_kind {
    A_CONNECTION,
    A_CHANNEL,
    A_LOCAL_SOURCE,
    A_VIDEO_SINK,
    AN_AUDIO_SINK,
    A_FRAME,
    HANDLE_KINDS
} handle_kind;

/* One handle parameter of one function, the others being right as far as possible. A call must find all that it is
 * given in order but the handle, and must fail as on_failure says: out parameters are checked inside. */
typedef struct handle_call {
    const char *name;
    handle_kind kind;
    MLResult (*call)(MLHandle handle);
} handle_call;

extern const handle_call handle_calls[];
extern const size_t handle_call_count;

/* Right handles for the parameters beside the one that is tried. */
extern MLHandle right_handles[HANDLE_KINDS];

#endif
