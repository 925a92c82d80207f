/* The host's side of a data channel: callbacks, events that wait for them, outbox, label. */
#ifndef ML_CHANNEL_H
#define ML_CHANNEL_H

#include <stdatomic.h>

#include "callbacks/connection.h"
#include "callbacks/event.h"
#include "callbacks/outbox.h"
#include "callbacks/post.h"
#include "handles/pool.h"
#include "handles/text.h"
#include "ml_webrtc/data_channel.h"

struct ml_channel {
    ml_pooled pooled;
    _Atomic(ml_connection *) connection; /* set before the handle is known to anyone */
    _Atomic uint64_t handle;             /* 0 once destroyed; changes under the connection's and the inbox's lock */
    uint64_t connection_handle;
    bool engine;   /* the engine still uses it */
    bool received; /* announced by the peer */
    bool closed;   /* its last event was delivered */
    bool has_callbacks;
    MLWebRTCDataChannelEventCallbacks callbacks;
    ml_event_list parked;   /* they wait for has_callbacks */
    _Atomic uint64_t bytes; /* of its undelivered events */
    bool reader_waits;      /* under the inbox's lock: the engine has a message that did not fit; ring the bell */
    ml_request bell;
    ml_text *label;
    ml_outbox outbox;
    struct ml_channel *previous; /* among the connection's */
    struct ml_channel *next;
    struct ml_channel *next_closed;
};

/* A channel of the living connection, or NULL with *why set. The engine owns a share. */
ml_channel *ml_channel_new(uint64_t connection_handle, const char *label, uint64_t label_size, bool received,
                           uint64_t *handle, MLResult *why);

/* Finds the channel and locks its connection; NULL if the handle is not alive. */
ml_channel *ml_channel_lock(uint64_t handle);
void ml_channel_unlock(ml_channel *channel);

MLResult ml_channel_set_callbacks(uint64_t handle, const MLWebRTCDataChannelEventCallbacks *callbacks);

/* As ml_connection_destroy, for one channel. WebRTCMismatchingHandle also when it is not the connection's. */
MLResult ml_channel_destroy(uint64_t connection_handle, uint64_t handle, const void *here, uint64_t deadline_ns);

uint64_t ml_channels_in_use(void);

/* Private to callbacks/, under the connection's lock. */
void ml_channel_retire(ml_channel *channel);
void ml_channel_note_closed(ml_channel *channel);

#endif
