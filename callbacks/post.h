/*
 * The engine's side of connections and channels: how it tells the host what happened, and
 * fetches what the host sends. Each call copies what it is given. After the host has
 * destroyed an object, posts do nothing; the memory stays until the engine is done.
 */
#ifndef ML_POST_H
#define ML_POST_H

#include <stdbool.h>
#include <stdint.h>

#include "callbacks/event.h"
#include "ml_webrtc/types.h"

typedef struct ml_connection ml_connection;
typedef struct ml_channel ml_channel;
typedef struct ml_outgoing ml_outgoing;

typedef enum ml_posted {
    ML_POSTED,
    ML_POST_FULL, /* nothing taken; the bell rings when there is room */
    ML_POST_GONE  /* the host has destroyed the object */
} ml_posted;

/* ERROR, LOCAL_OFFER, LOCAL_ANSWER with a text; GATHERING_COMPLETED, CONNECTED and DISCONNECTED
 * (which also set the state that IsConnected reports) with none. */
ml_posted ml_post(ml_connection *connection, ml_event_kind kind, const char *text, uint64_t size);
ml_posted ml_post_candidate(ml_connection *connection, const char *candidate, uint64_t size, const char *mid,
                            uint64_t mid_size, int32_t mline_index);
/* Sets what HasFailed reports. */
void ml_post_failed(ml_connection *connection);

/* Announces a received channel. */
ml_posted ml_post_channel(ml_channel *channel);
/* Opens the outbox for messages of up to message_most bytes. */
ml_posted ml_post_open(ml_channel *channel, uint64_t message_most);
ml_posted ml_post_message(ml_channel *channel, const void *data, uint64_t size, bool is_binary);
ml_posted ml_post_closed(ml_channel *channel);

/* A channel that the peer has made, or NULL: the connection is gone or has too many. */
ml_channel *ml_channel_received(uint64_t connection_handle, const char *label, uint64_t label_size, uint64_t *handle);

/* Announces a track of the peer by a source that belongs to the connection. The ids are repaired to
 * UTF-8. Unless ML_POSTED nothing is made. */
ml_posted ml_post_track_added(ml_connection *connection, int32_t type, const char *track_id, uint64_t track_id_size,
                              const char *const *stream_ids, const uint64_t *stream_id_sizes, uint32_t stream_count,
                              uint64_t *source);
/* The peer took a track away: its source ends when the host has been told. */
ml_posted ml_post_track_removed(ml_connection *connection, uint64_t source);

/* A message on its way out, in a batch. */
struct ml_outgoing {
    struct ml_outgoing *next;
    uint64_t size;
    uint8_t is_binary;
    char data[];
};

/* Where data starts; cgo has no name for a flexible array. */
#define ML_OUTGOING_HEADER 17

/* The next batch of a channel's messages, or NULL, and then the bell rings for the next one. */
ml_outgoing *ml_channel_take(ml_channel *channel);
/* Frees a batch. */
void ml_channel_release(ml_channel *channel, ml_outgoing *batch);

/* The engine will not touch the object again. */
void ml_channel_engine_done(ml_channel *channel);
void ml_connection_engine_done(ml_connection *connection);

#endif
