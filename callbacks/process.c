/* ProcessEvents: hands out what is queued, one event after the other. */
#include <stddef.h>

#include "callbacks/channel.h"
#include "callbacks/connection.h"
#include "callbacks/invoke.h"
#include "callbacks/source.h"
#include "handles/handles.h"

/* The source of a track that was taken away ends when the host has been told. */
static void end_removed_track(const ml_event *event) {
    if (event != NULL && event->kind == ML_EVENT_TRACK_REMOVED) {
        ml_source_end_remote(event->channel);
    }
}

/* The run is over without its frame: thrown through, or given up. Its event may still be
 * read by a callback that only is slow, so only a frame known to be gone frees it. */
static void end_run(ml_connection *connection, bool frame_is_gone) {
    ml_event *event = connection->current;
    end_removed_track(event);
    if (event != NULL && frame_is_gone) {
        ml_event_free(event);
    } else if (event != NULL) {
        event->order = connection->running.id;
        ml_event_append(&connection->lent, event);
    }
    connection->current = NULL;
    connection->running_target = 0;
    connection->running.id = 0;
    if (connection->waiters > 0) {
        ml_cond_broadcast(&connection->quiet);
    }
}

/* A callback that was slow came back after all: its event is not read any more. */
static void take_back(ml_connection *connection, uint64_t run, ml_event *event) {
    ml_event_list rest = {0};
    ml_event *lent;
    while ((lent = ml_event_pop(&connection->lent)) != NULL) {
        if (lent == event && lent->order == run) {
            ml_event_free(lent);
        } else {
            ml_event_append(&rest, lent);
        }
    }
    connection->lent = rest;
}

void ml_connection_wait_quiet(ml_connection *connection, uint64_t target, const void *here, uint64_t deadline_ns) {
    if (connection->running.id == 0 || (target != 0 && connection->running_target != target)) {
        return;
    }
    ml_running_state state = ml_running_look(&connection->running, here);
    if (state == ML_RUNNING_NOT) {
        end_run(connection, true);
    }
    if (state != ML_RUNNING_ELSEWHERE) {
        return;
    }
    uint64_t run = connection->running.id;
    const ml_event *event = connection->current;
    connection->waiters++;
    while (connection->running.id == run && connection->current == event &&
           ml_cond_wait_until(&connection->quiet, &connection->lock, deadline_ns)) {
    }
    connection->waiters--;
}

/* Whether this thread may drain now: nobody else does, or who did will not come back. */
static bool may_drain(ml_connection *connection, const void *here) {
    switch (ml_running_look(&connection->running, here)) {
    case ML_RUNNING_NOT:
        if (connection->running.id != 0) {
            end_run(connection, true);
        }
        return true;
    case ML_RUNNING_AROUND:
        return false;
    case ML_RUNNING_ELSEWHERE:
        break;
    }
    uint64_t now = ml_clock_ns();
    uint64_t order = connection->current == NULL ? 0 : connection->current->order;
    if (connection->seen_run != connection->running.id || connection->seen_order != order) {
        connection->seen_run = connection->running.id;
        connection->seen_order = order;
        connection->seen_since_ns = now;
    }
    if (now - connection->seen_since_ns < ML_CALLBACK_PATIENCE_NS) {
        return false;
    }
    end_run(connection, false);
    return true;
}

void ml_connection_wake_readers(ml_connection *connection) {
    ml_inbox *inbox = &connection->inbox;
    ml_mutex_lock(&inbox->lock);
    for (ml_channel *channel = connection->channels; channel != NULL && inbox->readers_waiting > 0;
         channel = channel->next) {
        bool room = channel->bytes <= ML_CHANNEL_BYTES_ALWAYS / 2 ||
                    (channel->bytes <= ML_CHANNEL_BYTES / 2 && inbox->bytes <= ML_CONNECTION_BYTES / 2);
        if (channel->reader_waits && room) {
            channel->reader_waits = false;
            inbox->readers_waiting--;
            ml_bell_ring(&channel->bell, ML_OP_CHANNEL_ROOM, channel->handle);
        }
    }
    ml_mutex_unlock(&inbox->lock);
}

static void account_control(ml_connection *connection, uint64_t cost) {
    ml_inbox *inbox = &connection->inbox;
    ml_mutex_lock(&inbox->lock);
    inbox->control_bytes -= cost;
    if (inbox->engine_waits && inbox->control_bytes <= ML_CONTROL_BYTES / 2) {
        inbox->engine_waits = false;
        ml_bell_ring(&inbox->bell, ML_OP_CONNECTION_ROOM, connection->handle);
    }
    ml_mutex_unlock(&inbox->lock);
}

void ml_connection_account(ml_connection *connection, ml_channel *channel, const ml_event *event) {
    uint64_t cost = ml_event_cost(event);
    connection->inbox.bytes -= cost;
    if (event->kind < ML_EVENT_CHANNEL_OPEN) {
        account_control(connection, cost);
    } else if (channel != NULL) {
        channel->bytes -= cost;
        if (connection->inbox.readers_waiting > 0 && channel->bytes <= ML_CHANNEL_BYTES / 2) {
            ml_connection_wake_readers(connection);
        }
    }
}

static ml_channel *channel_of(const ml_event *event) {
    if (event->kind < ML_EVENT_CHANNEL_OPEN) {
        return NULL;
    }
    ml_channel *channel = ml_handle_find(event->channel, ML_KIND_DATA_CHANNEL);
    return channel != NULL && channel->handle == event->channel ? channel : NULL;
}

static void take_resumed(ml_connection *connection) {
    ml_event_merge(&connection->events, &connection->resumed);
    connection->resumed_by = 0;
}

/* Delivers the first event. False when the run is not this frame's any more; then the
 * connection is unlocked. */
static bool deliver_first(ml_connection *connection, uint64_t run) {
    ml_event *event = ml_event_pop(&connection->events);
    ml_channel *channel = channel_of(event);
    if (channel != NULL && !channel->has_callbacks) {
        ml_event_append(&channel->parked, event);
        return true;
    }
    bool closes = channel != NULL && event->kind == ML_EVENT_CHANNEL_CLOSED;
    ml_call call;
    if (event->kind < ML_EVENT_CHANNEL_OPEN) {
        call = ml_call_connection(&connection->callbacks, event);
    } else if (channel != NULL) {
        call = ml_call_channel(&channel->callbacks, event);
    } else {
        call = (ml_call){0};
    }
    if (call.invoke != NULL) {
        connection->current = event;
        connection->running_target = channel != NULL ? event->channel : connection->handle;
        ml_mutex_unlock(&connection->lock);
        call.invoke(&call);
        ml_mutex_lock(&connection->lock);
        if (connection->running.id != run) {
            take_back(connection, run, event);
            ml_mutex_unlock(&connection->lock);
            return false;
        }
        connection->current = NULL;
        connection->running_target = 0;
        if (connection->waiters > 0) {
            ml_cond_broadcast(&connection->quiet);
        }
    }
    end_removed_track(event);
    if (connection->handle != 0) {
        channel = channel_of(event);
        ml_connection_account(connection, channel, event);
        if (closes && channel != NULL) {
            ml_channel_note_closed(channel);
        }
        if (connection->resumed.head != NULL && connection->resumed_by == ml_thread_token()) {
            take_resumed(connection);
        }
    }
    ml_event_free(event);
    return true;
}

MLResult ml_connection_process(uint64_t handle, const void *here) {
    ml_mark mark;
    ml_connection *connection = ml_connection_lock(handle);
    if (connection == NULL) {
        return MLResult_WebRTCMismatchingHandle;
    }
    if (!may_drain(connection, here)) {
        ml_mutex_unlock(&connection->lock);
        return MLResult_Ok;
    }
    uint64_t run = ml_running_begin(&connection->running, &mark);
    /* What is posted from here on waits for the next call. */
    ml_connection_fetch(connection);
    take_resumed(connection);
    while (connection->events.head != NULL) {
        if (!deliver_first(connection, run)) {
            return MLResult_Ok;
        }
    }
    connection->running.id = 0;
    if (connection->inbox.readers_waiting > 0) {
        ml_connection_wake_readers(connection);
    }
    ml_connection_update_flag(connection);
    bool was_abandoned = connection->abandoned;
    ml_connection_unlock_or_recycle(connection);
    if (was_abandoned) {
        ml_connections_sweep(here);
    }
    return MLResult_Ok;
}
