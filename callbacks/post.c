#include "callbacks/post.h"

#include <stddef.h>
#include <string.h>

#include "callbacks/channel.h"
#include "callbacks/connection.h"
#include "callbacks/source.h"
#include "handles/handles.h"
#include "handles/utf8.h"

/* Under the inbox's lock: puts the event behind the others. */
static void append(ml_inbox *inbox, ml_channel *channel, ml_event *event) {
    uint64_t cost = ml_event_cost(event);
    event->order = ++inbox->last_order;
    inbox->bytes += cost;
    if (channel != NULL) {
        channel->bytes += cost;
    } else {
        inbox->control_bytes += cost;
    }
    if (inbox->events.head == NULL) {
        ml_handle_set_flags(inbox->handle, ML_FLAG_EVENTS, 0);
    }
    ml_event_append(&inbox->events, event);
}

/* Under the inbox's lock; else the engine waits for room. */
static bool has_room_for_control(ml_inbox *inbox, const ml_event *event) {
    if (inbox->control_bytes != 0 && inbox->control_bytes + ml_event_cost(event) > ML_CONTROL_BYTES) {
        inbox->engine_waits = true;
        return false;
    }
    return true;
}

static ml_posted post_control(ml_connection *connection, ml_event *event, uint32_t set, uint32_t clear) {
    if (event == NULL) {
        return ML_POST_FULL;
    }
    ml_inbox *inbox = &connection->inbox;
    ml_posted posted = ML_POSTED;
    ml_mutex_lock(&inbox->lock);
    if (inbox->handle == 0) {
        posted = ML_POST_GONE;
    } else {
        if ((set | clear) != 0) {
            ml_handle_set_flags(inbox->handle, set, clear);
        }
        if (has_room_for_control(inbox, event)) {
            append(inbox, NULL, event);
        } else {
            posted = ML_POST_FULL;
        }
    }
    ml_mutex_unlock(&inbox->lock);
    if (posted != ML_POSTED) {
        ml_event_free(event);
    }
    return posted;
}

/* Text for the host is valid UTF-8 without NULs inside. */
static uint64_t put_text(char *out, const char *text, uint64_t size) {
    uint64_t written = ml_utf8_repair(out, text, (size_t)size);
    for (char *nul = out; (nul = memchr(nul, '\0', (size_t)(out + written - nul))) != NULL;) {
        *nul = ' ';
    }
    return written;
}

static uint64_t text_room(const char *text, uint64_t size) {
    return ml_utf8_valid_prefix(text, (size_t)size) == size ? size : 3 * size;
}

ml_posted ml_post(ml_connection *connection, ml_event_kind kind, const char *text, uint64_t size) {
    ml_event *event = ml_event_new(kind, 0, text_room(text, size));
    if (event != NULL) {
        event->size = put_text(event->data, text, size);
    }
    uint32_t set = kind == ML_EVENT_CONNECTED ? ML_FLAG_CONNECTED : 0;
    uint32_t clear = kind == ML_EVENT_CONNECTED      ? ML_FLAG_FAILED
                     : kind == ML_EVENT_DISCONNECTED ? ML_FLAG_CONNECTED
                                                     : 0;
    return post_control(connection, event, set, clear);
}

ml_posted ml_post_candidate(ml_connection *connection, const char *candidate, uint64_t size, const char *mid,
                            uint64_t mid_size, int32_t mline_index) {
    uint64_t first = text_room(candidate, size) + 1;
    ml_event *event = ml_event_new(ML_EVENT_LOCAL_CANDIDATE, 0, first + text_room(mid, mid_size));
    if (event != NULL) {
        put_text(event->data, candidate, size);
        event->mid_at = (uint32_t)first;
        put_text(event->data + first, mid, mid_size);
        event->mline_index = mline_index;
    }
    return post_control(connection, event, 0, 0);
}

void ml_post_failed(ml_connection *connection) {
    ml_mutex_lock(&connection->inbox.lock);
    if (connection->inbox.handle != 0) {
        ml_handle_set_flags(connection->inbox.handle, ML_FLAG_FAILED, ML_FLAG_CONNECTED);
    }
    ml_mutex_unlock(&connection->inbox.lock);
}

ml_posted ml_post_channel(ml_channel *channel) {
    ml_event *event = ml_event_new(ML_EVENT_DATA_CHANNEL, channel->handle, 0);
    return post_control(channel->connection, event, 0, 0);
}

/* The event's data: pointers to the stream ids, then their texts, then the track id. */
static ml_event *track_event(int32_t type, const char *track_id, uint64_t track_id_size, const char *const *stream_ids,
                             const uint64_t *stream_id_sizes, uint32_t count, const char **id) {
    uint64_t pointers = (uint64_t)count * sizeof(char *);
    uint64_t size = pointers + text_room(track_id, track_id_size) + 1;
    for (uint32_t at = 0; at < count; at++) {
        size += text_room(stream_ids[at], stream_id_sizes[at]) + 1;
    }
    ml_event *event = ml_event_new(ML_EVENT_TRACK_ADDED, 0, size);
    if (event == NULL) {
        return NULL;
    }
    event->source_type = type;
    event->count = count;
    char *text = event->data + pointers;
    for (uint32_t at = 0; at < count; at++) {
        memcpy(event->data + at * sizeof text, &text, sizeof text);
        text += put_text(text, stream_ids[at], stream_id_sizes[at]) + 1;
    }
    put_text(text, track_id, track_id_size);
    *id = text;
    return event;
}

ml_posted ml_post_track_added(ml_connection *connection, int32_t type, const char *track_id, uint64_t track_id_size,
                              const char *const *stream_ids, const uint64_t *stream_id_sizes, uint32_t stream_count,
                              uint64_t *source) {
    *source = 0;
    const char *id;
    ml_event *event = track_event(type, track_id, track_id_size, stream_ids, stream_id_sizes, stream_count, &id);
    if (event == NULL) {
        return ML_POST_FULL;
    }
    ml_inbox *inbox = &connection->inbox;
    ml_posted posted = ML_POSTED;
    /* Made under this lock, so that the end of the connection finds it. */
    ml_mutex_lock(&inbox->lock);
    if (inbox->handle == 0) {
        posted = ML_POST_GONE;
    } else if (!has_room_for_control(inbox, event) ||
               ml_source_new_remote(ml_handles_epoch(), type, inbox->handle, id, &event->channel) != MLResult_Ok) {
        posted = ML_POST_FULL;
    } else {
        *source = event->channel;
        append(inbox, NULL, event);
    }
    ml_mutex_unlock(&inbox->lock);
    if (posted != ML_POSTED) {
        ml_event_free(event);
    }
    return posted;
}

ml_posted ml_post_track_removed(ml_connection *connection, uint64_t source) {
    return post_control(connection, ml_event_new(ML_EVENT_TRACK_REMOVED, source, 0), 0, 0);
}

static bool has_room(const ml_inbox *inbox, const ml_channel *channel, uint64_t cost) {
    uint64_t of_channel = channel->bytes;
    uint64_t of_all = inbox->bytes;
    if (of_channel + cost <= ML_CHANNEL_BYTES_ALWAYS) {
        return true;
    }
    if (cost > ML_CONNECTION_BYTES) {
        return false;
    }
    return (of_channel == 0 || of_channel + cost <= ML_CHANNEL_BYTES) &&
           (of_all == 0 || of_all + cost <= ML_CONNECTION_BYTES);
}

/* Under the inbox's lock. The host takes bytes off without it and looks at readers_waiting only
 * afterwards, so who waits looks at the bytes once more. */
static bool wait_for_room(ml_inbox *inbox, ml_channel *channel, uint64_t cost) {
    if (!channel->reader_waits) {
        channel->reader_waits = true;
        inbox->readers_waiting++;
    }
    if (!has_room(inbox, channel, cost)) {
        return true;
    }
    channel->reader_waits = false;
    inbox->readers_waiting--;
    return false;
}

/* Opening and closing always fit: there are two of them. */
static ml_posted post_to_channel(ml_channel *channel, ml_event *event) {
    ml_inbox *inbox = &((ml_connection *)channel->connection)->inbox;
    ml_posted posted = ML_POSTED;
    ml_mutex_lock(&inbox->lock);
    if (channel->handle == 0) {
        posted = ML_POST_GONE;
    } else if (event == NULL) {
        /* No memory: the next ProcessEvents has the engine try again. */
        wait_for_room(inbox, channel, UINT64_MAX / 2);
        ml_handle_set_flags(inbox->handle, ML_FLAG_EVENTS, 0);
        posted = ML_POST_FULL;
    } else if (event->kind == ML_EVENT_CHANNEL_MESSAGE && !has_room(inbox, channel, ml_event_cost(event)) &&
               wait_for_room(inbox, channel, ml_event_cost(event))) {
        posted = ML_POST_FULL;
    } else {
        event->channel = channel->handle;
        if (event->kind == ML_EVENT_CHANNEL_OPEN) {
            ml_handle_set_flags(channel->handle, ML_FLAG_OPEN, 0);
        } else if (event->kind == ML_EVENT_CHANNEL_CLOSED) {
            ml_handle_set_flags(channel->handle, 0, ML_FLAG_OPEN);
        }
        append(inbox, channel, event);
    }
    ml_mutex_unlock(&inbox->lock);
    if (posted != ML_POSTED) {
        ml_event_free(event);
    }
    return posted;
}

ml_posted ml_post_open(ml_channel *channel, uint64_t message_most) {
    ml_outbox_open(&channel->outbox, message_most);
    return post_to_channel(channel, ml_event_new(ML_EVENT_CHANNEL_OPEN, 0, 0));
}

ml_posted ml_post_message(ml_channel *channel, const void *data, uint64_t size, bool is_binary) {
    ml_event *event = ml_event_new(ML_EVENT_CHANNEL_MESSAGE, 0, size);
    if (event != NULL) {
        event->is_binary = is_binary;
        if (size > 0) {
            memcpy(event->data, data, (size_t)size);
        }
        if (!is_binary && ml_utf8_valid_prefix(event->data, (size_t)size) != size) {
            ml_event *repaired = ml_event_new(ML_EVENT_CHANNEL_MESSAGE, 0, 3 * size);
            if (repaired != NULL) {
                repaired->size = ml_utf8_repair(repaired->data, event->data, (size_t)size);
            }
            ml_event_free(event);
            event = repaired;
        }
    }
    return post_to_channel(channel, event);
}

ml_posted ml_post_closed(ml_channel *channel) {
    ml_outbox_shut(&channel->outbox);
    return post_to_channel(channel, ml_event_new(ML_EVENT_CHANNEL_CLOSED, 0, 0));
}

ml_channel *ml_channel_received(uint64_t connection_handle, const char *label, uint64_t label_size, uint64_t *handle) {
    MLResult why;
    return ml_channel_new(connection_handle, label, label_size, true, handle, &why);
}

ml_outgoing *ml_channel_take(ml_channel *channel) { return ml_outbox_take(&channel->outbox); }

void ml_channel_release(ml_channel *channel, ml_outgoing *batch) { ml_outbox_release(&channel->outbox, batch); }
