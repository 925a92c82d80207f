/* What requests carry to the engine (ml_request.in), by op. All of it lies on the stack of
 * the waiting thread or belongs to the host; the engine copies what it keeps. */
#ifndef ML_ENGINE_H
#define ML_ENGINE_H

#include <stdint.h>

#include "callbacks/post.h"
#include "internal/request/request.h"
#include "ml_webrtc/connection.h"

/* Limits that are checked before the engine sees anything. */
#define ML_SDP_BYTES_MOST (UINT32_C(1) << 20)
#define ML_CANDIDATE_BYTES_MOST UINT32_C(4096)
#define ML_LABEL_BYTES_MOST UINT32_C(8000)
#define ML_ICE_SERVERS_MOST UINT32_C(64)
#define ML_STREAMS_MOST UINT32_C(64)
#define ML_STREAM_ID_BYTES_MOST UINT32_C(1024)
#define ML_URI_BYTES_MOST UINT32_C(4096)
#define ML_PROXY_TEXT_BYTES_MOST (UINT32_C(1) << 16)

/* ML_OP_CONNECTION_CREATE */
typedef struct ml_in_connection {
    ml_connection *connection; /* the engine's share, if it succeeds */
    const MLWebRTCConnectionConfig *config;
} ml_in_connection;

/* ML_OP_SET_REMOTE_OFFER, ML_OP_SET_REMOTE_ANSWER */
typedef struct ml_in_text {
    const char *text;
    uint64_t size;
} ml_in_text;

/* ML_OP_CHANNEL_CREATE */
typedef struct ml_in_channel {
    ml_channel *channel; /* the engine's share, if it succeeds */
    uint64_t handle;
    const char *label;
    uint64_t label_size;
} ml_in_channel;

/* ML_OP_TRACK_ADD, and ML_OP_TRACK_REMOVE with the source alone. The handle is the connection's. */
typedef struct ml_in_track {
    uint64_t source;
    int32_t type;         /* an MLWebRTCSourceType */
    const char *track_id; /* NULL or empty: the source's own */
    uint32_t stream_count;
    const char *const *streams;
} ml_in_track;

/* ML_OP_SOURCE_DESTROYED carries nothing: its handle is the source's, which has ended.
 * ML_OP_ADD_REMOTE_CANDIDATE carries the MLWebRTCConnectionIceCandidate itself;
 * ML_OP_CHANNEL_DESTROY nothing: its handle is the channel's; ML_OP_INSTANCE_CREATE the
 * log level as uint32_t. */

#endif
