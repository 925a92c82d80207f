/*
 * The messages of a data channel that the host sends: copied on the host's thread,
 * fetched in batches by the engine, bounded in bytes.
 */
#ifndef ML_OUTBOX_H
#define ML_OUTBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "callbacks/post.h"
#include "internal/platform/platform.h"
#include "internal/request/request.h"
#include "ml_webrtc/types.h"

/* What waits for the engine may take this much; one larger message is taken when nothing waits. */
#define ML_OUTBOX_BYTES (UINT64_C(2) << 20)

/* No message is larger, whatever the peer permits. */
#define ML_MESSAGE_BYTES_MOST (UINT64_C(16) << 20)

typedef struct ml_outbox {
    ml_mutex lock;
    uint64_t handle;       /* of its channel; 0 once the host may not send any more */
    uint64_t message_most; /* in bytes; meaningful while open */
    bool open;
    bool fetching; /* the engine looks in again by itself */
    ml_outgoing *head;
    ml_outgoing *tail;
    uint64_t bytes; /* of what waits, or was fetched and not released */
    ml_request bell;
} ml_outbox;

void ml_outbox_init(ml_outbox *outbox);                   /* once for a piece of memory */
void ml_outbox_reset(ml_outbox *outbox, uint64_t handle); /* for a new channel */
void ml_outbox_open(ml_outbox *outbox, uint64_t message_most);
void ml_outbox_shut(ml_outbox *outbox);   /* the channel is not open any more */
void ml_outbox_detach(ml_outbox *outbox); /* the host's handle has ended; what waits is still sent */

/* Copies a message in: Ok, Pending (full), WebRTCDataChannelIsClosed, InvalidParam (too large),
 * AllocFailed, WebRTCMismatchingHandle. */
MLResult ml_outbox_put(ml_outbox *outbox, uint64_t handle, const void *data, uint64_t size, bool is_binary);

/* One batch is about this much, so that the bound is given back in steps. */
#define ML_OUTBOX_BATCH_BYTES (UINT64_C(256) << 10)

/* For the engine: the next batch, or NULL, and then the bell rings for the next message. */
ml_outgoing *ml_outbox_take(ml_outbox *outbox);
/* All that waits, for nobody. */
ml_outgoing *ml_outbox_take_all(ml_outbox *outbox);
/* Frees what was taken. */
void ml_outbox_release(ml_outbox *outbox, ml_outgoing *batch);

#endif
