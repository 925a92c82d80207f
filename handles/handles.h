/*
 * Handles: 64-bit names of objects, looked up without a lock.
 *
 *   63    60 59                                   20 19              0
 *   +-------+---------------------------------------+-----------------+
 *   | kind  | generation of the slot                | index of slot   |
 *   +-------+---------------------------------------+-----------------+
 *
 * No kind is 0 or 15, so no handle is 0 or all ones; a slot's generation grows with
 * every use and the slot is given up before it would wrap, so none is used twice.
 *
 * What a handle names is type-stable memory: an object of one kind is recycled for
 * objects of that kind and never freed. So a pointer found here may always be locked;
 * the finder then compares the object's own handle under the object's lock, and only
 * that says whether it is still the same one. Nobody counts references, hence a thread
 * that never comes back (an exception of the host) leaves nothing behind.
 */
#ifndef ML_HANDLES_H
#define ML_HANDLES_H

#include <stdbool.h>
#include <stdint.h>

typedef enum ml_kind {
    ML_KIND_CONNECTION = 1,
    ML_KIND_DATA_CHANNEL,
    ML_KIND_SOURCE,
    ML_KIND_VIDEO_SINK,
    ML_KIND_AUDIO_SINK,
    ML_KIND_FRAME,
    ML_KIND_COUNT
} ml_kind;

#define ML_HANDLE_INDEX_BITS 20
#define ML_HANDLE_GENERATION_BITS 40
#define ML_HANDLES_MOST (UINT32_C(1) << ML_HANDLE_INDEX_BITS)

/* State that callers poll, kept beside the handle so that reading it takes no lock. */
enum {
    ML_FLAG_EVENTS = 1u << 0,    /* connection: ProcessEvents has something to do */
    ML_FLAG_CONNECTED = 1u << 1, /* connection */
    ML_FLAG_FAILED = 1u << 2,    /* connection */
    ML_FLAG_OPEN = 1u << 3,      /* data channel */
    ML_FLAG_ENABLED = 1u << 4,   /* source */
    ML_FLAG_FRAME = 1u << 5,     /* video sink: a frame waits */
};

/* Opens the table for a new instance and gives its epoch, or closes it for the old one:
 * after ml_handles_close has returned, no handle of that epoch can be made. */
uint64_t ml_handles_open(void);
void ml_handles_close(void);
uint64_t ml_handles_epoch(void); /* 0 while closed */

/* The epoch is 0 (InstanceNotCreated) or the one of the living instance: lock-free. */
bool ml_handles_is_open(void);

/* A new handle for object, or 0: the table is full, or epoch is not the open one. */
uint64_t ml_handle_new(uint64_t epoch, ml_kind kind, void *object);

/* The object of this kind that the handle named a moment ago, or NULL. Lock it, then
 * compare its handle. */
void *ml_handle_find(uint64_t handle, ml_kind kind);

/* Whether the handle is alive, and its flags at one moment. */
bool ml_handle_flags(uint64_t handle, ml_kind kind, uint32_t *flags);

/* Sets and clears flags. Under the object's lock, with its handle compared. */
void ml_handle_set_flags(uint64_t handle, uint32_t set, uint32_t clear);

/* Ends the handle. Under the object's lock; true for exactly one caller. */
bool ml_handle_retire(uint64_t handle);

/* Calls visit for each living handle of this kind. Handles that appear or end
 * meanwhile may or may not be seen. */
void ml_handles_visit(ml_kind kind, void (*visit)(uint64_t handle, void *argument), void *argument);

/* How many handles of this kind live. */
uint32_t ml_handles_count(ml_kind kind);

#endif
