/*
 * Requests: how a host thread has the engine do something. The host thread waits in C;
 * a goroutine fetches the request, serves it and completes it. A bell is a request
 * that nobody waits for and that is queued at most once at a time.
 */
#ifndef ML_REQUEST_H
#define ML_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "internal/platform/platform.h"

typedef enum ml_op {
    ML_OP_INSTANCE_CREATE = 1,
    ML_OP_INSTANCE_DESTROY,
    ML_OP_CONNECTION_CREATE,
    ML_OP_CONNECTION_DESTROY,
    ML_OP_CREATE_OFFER,
    ML_OP_SET_REMOTE_OFFER,
    ML_OP_SET_REMOTE_ANSWER,
    ML_OP_ADD_REMOTE_CANDIDATE,
    ML_OP_CHANNEL_CREATE,
    ML_OP_CHANNEL_DESTROY,
    ML_OP_CHANNEL_SEND,    /* bell: the outbox is not empty any more */
    ML_OP_CHANNEL_ROOM,    /* bell: the host took events of this channel */
    ML_OP_CONNECTION_ROOM, /* bell: the host took events of this connection */
    ML_OP_TRACK_ADD,
    ML_OP_TRACK_REMOVE,
    ML_OP_SOURCE_DESTROYED, /* a local source that the engine has heard of is gone */
    ML_OP_SOURCE_PICTURE,   /* bell: a local source has a picture for the engine */
    ML_OP_SOURCE_SOUND,     /* bell: a local source has as much sound as the engine wanted to take */
    ML_OP_SOURCE_WATCHED,   /* bell: a source whose sinks the engine serves got its first, or lost its last one */
    ML_OP_TEST,
    ML_OP_COUNT
} ml_op;

/* Lives on the stack of the thread that waits in ml_request. */
typedef struct ml_request {
    ml_op op;
    uint64_t handle;
    const void *in; /* what the op needs; valid until the request is done */
    int32_t result;
    /* Private. */
    struct ml_request *next;
    ml_cond done_cond;
    bool done;
    bool bell;
    bool queued;
} ml_request;

/* Has the engine serve op and gives its result. */
int32_t ml_request_call(ml_op op, uint64_t handle, const void *in);

/* A bell lives in memory that is never freed. Zeroed memory is a bell at rest. */
void ml_bell_ring(ml_request *bell, ml_op op, uint64_t handle);

/* The same for a thread that must not be held up: whoever is woken by it does not take its place. In two steps, since
 * the engine wants the lock under which a bell is rung: the first one under the lock, and the second one, if the first
 * gave true, without it. */
bool ml_bell_queue(ml_request *bell, ml_op op, uint64_t handle);
void ml_bell_sound(void);

/* For the engine: what is to be served. request is NULL for a bell. */
typedef struct ml_work {
    ml_op op;
    uint64_t handle;
    const void *in;
    ml_request *request;
} ml_work;

/* Waits for work. */
void ml_work_next(ml_work *work);

/* Work, if there is some. */
bool ml_work_try(ml_work *work);

/* A descriptor that becomes readable (8 bytes) when there is work, from the first call on; -1: this
 * system has none. A Go thread that waited in C would have to be woken itself, would keep its
 * processor until the runtime's monitor takes it away, and would leave the network to yet another thread;
 * a descriptor is waited for where Go waits for its sockets. */
int ml_work_alarm(void);

/* Completes a request; with NULL (a bell) there is nothing to do. */
void ml_work_done(ml_request *request, int32_t result);

#endif
