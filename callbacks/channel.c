#include "callbacks/channel.h"

#include <stddef.h>

#include "handles/handles.h"

static ml_pool pool;

static void prepare(void *object) { ml_outbox_init(&((ml_channel *)object)->outbox); }

__attribute__((constructor(102))) static void channels_init(void) { ml_pool_init(&pool, sizeof(ml_channel), prepare); }

uint64_t ml_channels_in_use(void) { return ml_pool_in_use(&pool); }

static void link_to(ml_connection *connection, ml_channel *channel) {
    channel->previous = NULL;
    channel->next = connection->channels;
    if (channel->next != NULL) {
        channel->next->previous = channel;
    }
    connection->channels = channel;
    connection->channel_count++;
}

static void unlink_from(ml_connection *connection, ml_channel *channel) {
    if (channel->previous != NULL) {
        channel->previous->next = channel->next;
    } else {
        connection->channels = channel->next;
    }
    if (channel->next != NULL) {
        channel->next->previous = channel->previous;
    }
    connection->channel_count--;
}

ml_channel *ml_channel_new(uint64_t connection_handle, const char *label, uint64_t label_size, bool received,
                           uint64_t *handle, MLResult *why) {
    ml_connection *connection = ml_connection_lock(connection_handle);
    if (connection == NULL) {
        *why = MLResult_WebRTCMismatchingHandle;
        return NULL;
    }
    *why = MLResult_AllocFailed;
    ml_channel *channel = NULL;
    if (connection->channel_count < ML_CHANNELS_MOST && connection->inbox.bytes <= ML_CONNECTION_BYTES) {
        channel = ml_pool_take(&pool);
    }
    if (channel != NULL) {
        channel->label = ml_text_new(label, (size_t)label_size);
        channel->connection = connection;
        channel->connection_handle = connection_handle;
        channel->received = received;
        channel->closed = false;
        channel->has_callbacks = false;
        channel->bytes = 0;
        channel->reader_waits = false;
        *handle = 0;
        if (channel->label != NULL) {
            *handle = ml_handle_new(ml_handles_epoch(), ML_KIND_DATA_CHANNEL, channel);
        }
        if (*handle == 0) {
            ml_text_drop(channel->label);
            ml_pool_give(&pool, channel);
            channel = NULL;
        } else {
            channel->engine = true;
            channel->handle = *handle;
            ml_outbox_reset(&channel->outbox, *handle);
            link_to(connection, channel);
            *why = MLResult_Ok;
        }
    }
    ml_mutex_unlock(&connection->lock);
    return channel;
}

ml_channel *ml_channel_lock(uint64_t handle) {
    ml_channel *channel = ml_handle_find(handle, ML_KIND_DATA_CHANNEL);
    if (channel == NULL) {
        return NULL;
    }
    /* If the channel was recycled meanwhile, this may be another connection (or a stale
     * one), whose lock does no harm; the handle then differs. */
    ml_connection *connection = channel->connection;
    ml_mutex_lock(&connection->lock);
    if (channel->handle != handle) {
        ml_mutex_unlock(&connection->lock);
        return NULL;
    }
    return channel;
}

void ml_channel_unlock(ml_channel *channel) { ml_mutex_unlock(&channel->connection->lock); }

MLResult ml_channel_set_callbacks(uint64_t handle, const MLWebRTCDataChannelEventCallbacks *callbacks) {
    ml_channel *channel = ml_channel_lock(handle);
    if (channel == NULL) {
        return MLResult_WebRTCMismatchingHandle;
    }
    ml_connection *connection = channel->connection;
    channel->callbacks = *callbacks;
    channel->has_callbacks = true;
    if (channel->parked.head != NULL) {
        /* The caller subscribes to what the callbacks forward right after this call, so only a
         * drain that this call is part of may go on with these events. */
        uint64_t self = ml_thread_token();
        bool inside = connection->running.id != 0 && connection->running.thread == self;
        bool first = connection->resumed.head == NULL;
        connection->resumed_by = inside && (first || connection->resumed_by == self) ? self : 0;
        ml_event_merge(&connection->resumed, &channel->parked);
        ml_connection_update_flag(connection);
    }
    ml_mutex_unlock(&connection->lock);
    return MLResult_Ok;
}

static void recycle_if_unowned(ml_channel *channel) {
    if (channel->handle == 0 && !channel->engine) {
        ml_outbox_release(&channel->outbox, ml_outbox_take_all(&channel->outbox));
        ml_pool_give(&pool, channel);
    }
}

static void unlink_closed(ml_connection *connection, ml_channel *channel) {
    ml_channel **at = &connection->closed_head;
    ml_channel *previous = NULL;
    while (*at != channel) {
        previous = *at;
        at = &previous->next_closed;
    }
    *at = channel->next_closed;
    if (connection->closed_tail == channel) {
        connection->closed_tail = previous;
    }
    connection->closed_count--;
}

void ml_channel_retire(ml_channel *channel) {
    ml_connection *connection = channel->connection;
    ml_mutex_lock(&connection->inbox.lock);
    ml_handle_retire(channel->handle);
    channel->handle = 0;
    if (channel->reader_waits) {
        channel->reader_waits = false;
        connection->inbox.readers_waiting--;
    }
    ml_mutex_unlock(&connection->inbox.lock);
    ml_outbox_detach(&channel->outbox);
    unlink_from(connection, channel);
    if (channel->closed && channel->received) {
        unlink_closed(connection, channel);
    }
    ml_event *event;
    while ((event = ml_event_pop(&channel->parked)) != NULL) {
        ml_connection_account(connection, NULL, event);
        ml_event_free(event);
    }
    ml_text_drop(channel->label);
    channel->label = NULL;
    recycle_if_unowned(channel);
}

void ml_channel_note_closed(ml_channel *channel) {
    ml_connection *connection = channel->connection;
    channel->closed = true;
    if (!channel->received) {
        return;
    }
    channel->next_closed = NULL;
    if (connection->closed_tail == NULL) {
        connection->closed_head = channel;
    } else {
        connection->closed_tail->next_closed = channel;
    }
    connection->closed_tail = channel;
    if (++connection->closed_count > ML_CLOSED_CHANNELS_KEPT) {
        ml_channel_retire(connection->closed_head);
    }
}

MLResult ml_channel_destroy(uint64_t connection_handle, uint64_t handle, const void *here, uint64_t deadline_ns) {
    ml_channel *channel = ml_channel_lock(handle);
    if (channel == NULL) {
        return MLResult_WebRTCMismatchingHandle;
    }
    ml_connection *connection = channel->connection;
    if (connection->handle != connection_handle) {
        ml_mutex_unlock(&connection->lock);
        return MLResult_WebRTCMismatchingHandle;
    }
    ml_channel_retire(channel);
    ml_connection_wake_readers(connection);
    ml_connection_wait_quiet(connection, handle, here, deadline_ns);
    ml_connection_unlock_or_recycle(connection);
    return MLResult_Ok;
}

void ml_channel_engine_done(ml_channel *channel) {
    ml_connection *connection = channel->connection;
    ml_mutex_lock(&connection->lock);
    channel->engine = false;
    recycle_if_unowned(channel);
    ml_mutex_unlock(&connection->lock);
}
