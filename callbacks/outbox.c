#include "callbacks/outbox.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(offsetof(ml_outgoing, data) == ML_OUTGOING_HEADER, "the engine reads data there");

static uint64_t cost(uint64_t size) { return size + sizeof(ml_outgoing); }

void ml_outbox_init(ml_outbox *outbox) { ml_mutex_init(&outbox->lock); }

void ml_outbox_reset(ml_outbox *outbox, uint64_t handle) {
    ml_mutex_lock(&outbox->lock);
    outbox->handle = handle;
    outbox->open = false;
    outbox->fetching = false;
    ml_mutex_unlock(&outbox->lock);
}

void ml_outbox_open(ml_outbox *outbox, uint64_t message_most) {
    ml_mutex_lock(&outbox->lock);
    outbox->open = true;
    outbox->message_most = message_most < ML_MESSAGE_BYTES_MOST ? message_most : ML_MESSAGE_BYTES_MOST;
    ml_mutex_unlock(&outbox->lock);
}

void ml_outbox_shut(ml_outbox *outbox) {
    ml_mutex_lock(&outbox->lock);
    outbox->open = false;
    ml_mutex_unlock(&outbox->lock);
}

void ml_outbox_detach(ml_outbox *outbox) {
    ml_mutex_lock(&outbox->lock);
    outbox->handle = 0;
    ml_mutex_unlock(&outbox->lock);
}

static MLResult check_put(const ml_outbox *outbox, uint64_t handle, uint64_t size) {
    if (outbox->handle != handle) {
        return MLResult_WebRTCMismatchingHandle;
    }
    if (!outbox->open) {
        return MLResult_WebRTCDataChannelIsClosed;
    }
    if (size > outbox->message_most) {
        return MLResult_InvalidParam;
    }
    if (outbox->bytes != 0 && outbox->bytes + cost(size) > ML_OUTBOX_BYTES) {
        return MLResult_Pending;
    }
    return MLResult_Ok;
}

MLResult ml_outbox_put(ml_outbox *outbox, uint64_t handle, const void *data, uint64_t size, bool is_binary) {
    bool ring = false;
    ml_mutex_lock(&outbox->lock);
    MLResult result = check_put(outbox, handle, size);
    if (result == MLResult_Ok) {
        ml_outgoing *message = malloc(sizeof *message + (size_t)size);
        if (message == NULL) {
            result = MLResult_AllocFailed;
        } else {
            message->next = NULL;
            message->size = size;
            message->is_binary = is_binary;
            if (size > 0) {
                memcpy(message->data, data, (size_t)size);
            }
            if (outbox->tail == NULL) {
                outbox->head = message;
            } else {
                outbox->tail->next = message;
            }
            outbox->tail = message;
            outbox->bytes += cost(size);
            ring = !outbox->fetching;
            outbox->fetching = true;
        }
    }
    ml_mutex_unlock(&outbox->lock);
    if (ring) {
        ml_bell_ring(&outbox->bell, ML_OP_CHANNEL_SEND, handle);
    }
    return result;
}

ml_outgoing *ml_outbox_take(ml_outbox *outbox) {
    ml_mutex_lock(&outbox->lock);
    ml_outgoing *batch = outbox->head;
    outbox->fetching = batch != NULL;
    if (batch != NULL) {
        ml_outgoing *last = batch;
        uint64_t bytes = cost(last->size);
        while (last->next != NULL && bytes + cost(last->next->size) <= ML_OUTBOX_BATCH_BYTES) {
            last = last->next;
            bytes += cost(last->size);
        }
        outbox->head = last->next;
        if (outbox->head == NULL) {
            outbox->tail = NULL;
        }
        last->next = NULL;
    }
    ml_mutex_unlock(&outbox->lock);
    return batch;
}

ml_outgoing *ml_outbox_take_all(ml_outbox *outbox) {
    ml_mutex_lock(&outbox->lock);
    ml_outgoing *all = outbox->head;
    outbox->head = NULL;
    outbox->tail = NULL;
    ml_mutex_unlock(&outbox->lock);
    return all;
}

void ml_outbox_release(ml_outbox *outbox, ml_outgoing *batch) {
    uint64_t freed = 0;
    while (batch != NULL) {
        ml_outgoing *next = batch->next;
        freed += cost(batch->size);
        free(batch);
        batch = next;
    }
    ml_mutex_lock(&outbox->lock);
    outbox->bytes -= freed;
    ml_mutex_unlock(&outbox->lock);
}
