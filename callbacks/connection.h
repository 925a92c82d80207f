/*
 * The host's side of a connection: its callbacks and the queue of events that
 * ProcessEvents drains. The engine posts (post.h), the host drains (process.c).
 *
 * Locks: a connection's lock covers itself and the callbacks of its data channels; what the
 * engine posts goes into the inbox, which has a lock of its own, so that posting never
 * waits for delivering. A channel's outbox has its own lock too. The inbox's and the
 * outbox's are taken inside the connection's. None is held while a callback runs.
 */
#ifndef ML_CONNECTION_H
#define ML_CONNECTION_H

#include <stdatomic.h>

#include "callbacks/event.h"
#include "callbacks/post.h"
#include "callbacks/running.h"
#include "handles/pool.h"
#include "internal/platform/platform.h"
#include "internal/request/request.h"
#include "ml_webrtc/connection.h"

/* What undelivered events may take. Each channel may have a little beside the others, so
 * that one whose messages nobody fetches does not stop them. */
#define ML_CONNECTION_BYTES (UINT64_C(16) << 20)
#define ML_CHANNEL_BYTES (UINT64_C(1) << 20)
#define ML_CHANNEL_BYTES_ALWAYS (UINT64_C(64) << 10)
/* And of these, events of the connection itself. */
#define ML_CONTROL_BYTES (UINT64_C(4) << 20)

/* Data channels of one connection, of both sides. */
#define ML_CHANNELS_MOST 65535
/* Received channels that are closed and delivered end by themselves, oldest first, beyond this
 * many (the C# that exists never destroys them). */
#define ML_CLOSED_CHANNELS_KEPT 1024

/* What the engine has posted and no ProcessEvents has fetched. Its lock also covers the end of
 * the handles of the connection and its channels, as posting sets their flags. */
typedef struct ml_inbox {
    ml_mutex lock;
    uint64_t handle; /* as the connection's */
    ml_event_list events;
    uint64_t last_order;
    _Atomic uint64_t bytes; /* of all undelivered events, fetched or not */
    uint64_t control_bytes; /* the connection's own part of them */
    bool engine_waits;      /* for room for such events; ring the bell */
    _Atomic unsigned readers_waiting;
    ml_request bell;
} ml_inbox;

struct ml_connection {
    ml_pooled pooled;
    ml_mutex lock;
    ml_cond quiet; /* a callback has returned, and somebody waits for that */
    unsigned waiters;

    /* Owners: the host until it destroys the handle, the engine until it is done, and a
     * running ProcessEvents. The last one recycles. */
    uint64_t handle; /* 0 once the host has destroyed it */
    bool engine;
    struct ml_connection *next_abandoned; /* destroyed inside a callback that may never return */
    bool abandoned;

    MLWebRTCConnectionEventCallbacks callbacks;
    ml_event_list events;
    ml_event_list resumed; /* waited for SetEventCallbacks; join events at the next step */
    uint64_t resumed_by;   /* the thread whose drain may take them at once; 0: the next drain */
    ml_inbox inbox;

    ml_running running;      /* the ProcessEvents that drains */
    uint64_t running_target; /* the object whose callback runs; 0 between two */
    ml_event *current;       /* its event */
    ml_event_list lent;      /* to callbacks on other threads that were given up, but may still read */
    uint64_t seen_run;       /* by threads that found it running elsewhere: which run, */
    uint64_t seen_order;     /* which event, */
    uint64_t seen_since_ns;  /* and since when */

    ml_channel *channels;
    ml_channel *closed_head; /* received, closed and delivered; oldest first */
    ml_channel *closed_tail;
    uint32_t channel_count;
    uint32_t closed_count;
};

/* A connection with its handle, or NULL: no memory, no handle, or the epoch is over. The engine
 * owns a share until ml_connection_engine_done. */
ml_connection *ml_connection_new(uint64_t epoch, const MLWebRTCConnectionEventCallbacks *callbacks, uint64_t *handle);

/* Locks the connection that handle names; NULL if there is none. */
ml_connection *ml_connection_lock(uint64_t handle);

/* Delivers what is queued. */
MLResult ml_connection_process(uint64_t handle, const void *here);

/* Ends the handle and those of its channels; then no callback of theirs begins, and those that
 * run on another thread are waited for until the deadline. False for a handle that is not alive. */
bool ml_connection_destroy(uint64_t handle, const void *here, uint64_t deadline_ns);

/* Waits until the engine is done with all connections that the host has destroyed, which is
 * when their messages are sent and their peers know; not beyond the deadline. */
void ml_connections_wait_closed(uint64_t deadline_ns);

uint64_t ml_connections_in_use(void);

/* Recycles connections that were destroyed inside a callback which never returned. */
void ml_connections_sweep(const void *here);

/* Private to callbacks/, under the connection's lock. */
void ml_connection_wait_quiet(ml_connection *connection, uint64_t target, const void *here, uint64_t deadline_ns);
void ml_connection_fetch(ml_connection *connection); /* what was posted joins events */
void ml_connection_update_flag(ml_connection *connection);
void ml_connection_account(ml_connection *connection, ml_channel *channel, const ml_event *event);
void ml_connection_wake_readers(ml_connection *connection);
/* Unlocks, and gives the memory back if nobody owns the connection any more. */
void ml_connection_unlock_or_recycle(ml_connection *connection);

#endif
