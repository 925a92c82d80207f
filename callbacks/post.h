/*
 * How the engine tells the host what happened. Each call copies what it is given. After
 * the host has destroyed the object they do nothing.
 */
#ifndef ML_POST_H
#define ML_POST_H

#include "callbacks/channel.h"
#include "callbacks/connection.h"

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

#endif
