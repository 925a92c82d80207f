/* SPDX-License-Identifier: MIT */

/* One end of a connection, which records every event and checks the rules that hold for all of them. */
#ifndef SUPPORT_PEER_H
#define SUPPORT_PEER_H

#include "check.h"

#ifdef __cplusplus
extern "C" {
typedef unsigned event_count;
#else
typedef _Atomic unsigned event_count;
#endif

typedef enum event_kind {
    ON_ERROR,
    ON_CONNECTED,
    ON_DISCONNECTED,
    ON_CHANNEL,
    ON_OFFER,
    ON_ANSWER,
    ON_CANDIDATE,
    ON_GATHERED,
    ON_OPEN, /* from here on: of a data channel */
    ON_MESSAGE,
    ON_CLOSED,
    EVENT_KINDS, /* what every connection with a channel meets; the rest is met by those with tracks */
    ON_TRACK_ADDED = EVENT_KINDS,
    ON_TRACK_REMOVED,
    ALL_EVENT_KINDS
} event_kind;

const char *event_name(event_kind kind);

typedef struct candidate {
    char *line;
    char *mid;
    int32_t index;
} candidate;

typedef struct message {
    char *data; /* with a NUL behind it */
    uint64_t size;
    bool is_binary;
} message;

struct peer;

/* The context of a data channel. */
typedef struct channel {
    uint64_t magic;
    struct peer *peer;
    MLHandle handle;
    event_count opened;
    event_count closed;
    event_count received;
    bool subscribed; /* SetEventCallbacks has returned */
    message *messages;
    size_t room;
    /* Instead of keeping messages. */
    void (*on_message)(struct channel *, const MLWebRTCDataChannelMessage *);
    void *user;
} channel;

/* A track of the other side, as it was announced. */
typedef struct track {
    MLHandle source;
    int32_t type;
    unsigned stream_count;
    char **streams;
    char *id;
    bool removed;
} track;

#define LOGGED_MOST 256
#define CANDIDATES_MOST 64
#define CHANNELS_MOST 64
#define TRACKS_MOST 256

/* The context of a connection. */
typedef struct peer {
    uint64_t magic;
    const char *name;
    MLHandle connection;
    struct peer *other;          /* gets what is to be signalled, from inside the callbacks; NULL: it is only kept */
    bool holds_candidates;       /* keeps them and does not pass them on */
    bool ignores_channels;       /* does not subscribe to received channels */
    event_kind log[LOGGED_MOST]; /* of the connection's own events, the first ones */
    unsigned logged;
    event_count count[ALL_EVENT_KINDS];
    event_count events;
    char *offer; /* the last one */
    char *answer;
    char *error;
    candidate candidates[CANDIDATES_MOST];
    unsigned candidate_count;
    channel *channels[CHANNELS_MOST]; /* received */
    unsigned channel_count;
    track tracks[TRACKS_MOST];
    unsigned track_count;
    /* The last thing that happens in each callback; it may destroy and poison the peer. */
    void (*hook)(struct peer *, channel *, event_kind);
    void *user;
} peer;

/* Creates a connection without servers. */
void peer_create(peer *self, const char *name);
void peer_create_with(peer *self, const char *name, const MLWebRTCConnectionConfig *config);

/* As peer_create, for other configs. */
MLWebRTCConnectionEventCallbacks peer_callbacks(peer *self);
MLWebRTCDataChannelEventCallbacks channel_callbacks(channel *self);

/* Destroys the connection; its contexts are overwritten, as if the application had freed them. */
void peer_destroy(peer *self);
/* Only the overwriting. */
void peer_poison(peer *self);
void channel_poison(channel *self);

/* ProcessEvents, after which the peer knows on which thread callbacks are due. */
MLResult peer_process(peer *self);
/* A callback was left by a jump or an exception: this thread is in no ProcessEvents any more. */
void peer_left_callback(void);

/* A data channel made by this peer, subscribed to. */
channel *peer_open_channel(peer *self, const char *label);
/* The context for a handle; not subscribed yet. */
channel *channel_new(peer *self, MLHandle handle);
void channel_subscribe(channel *self);

MLResult channel_send(channel *self, const void *data, uint64_t size, bool is_binary);
bool channel_is_open(const channel *self);
void channel_destroy(channel *self);

bool peer_is_connected(const peer *self);
bool peer_has_failed(const peer *self);

/* The last track announced under this id; NULL: there is none, or it was removed. */
track *peer_track(peer *self, const char *id);

/* Passes a kept candidate on. */
MLResult peer_give_candidate(peer *to, const candidate *given);

/* A copy of sdp without the lines that start with prefix. */
char *sdp_without(const char *sdp, const char *prefix);

/* Strict UTF-8 (RFC 3629). */
bool is_utf8(const char *text, uint64_t size);

#ifdef __cplusplus
}
#endif

#endif
