/* SPDX-License-Identifier: MIT */
#include "peer.h"

#include <stdlib.h>
#include <string.h>

#define PEER_MAGIC UINT64_C(0x7065657270656572)
#define CHANNEL_MAGIC UINT64_C(0x6368616e6e656c73)
#define POISON 0xDD

/* The peer whose ProcessEvents runs on this thread. */
static _Thread_local const peer *processing;

const char *event_name(event_kind kind) {
    static const char *const names[ALL_EVENT_KINDS] = {"error",  "connected",   "disconnected", "channel", "offer",
                                                       "answer", "candidate",   "gathered",     "open",    "message",
                                                       "closed", "track added", "track removed"};
    return names[kind];
}

static char *copy_bytes(const char *data, uint64_t size) {
    char *copy = malloc((size_t)size + 1);
    CHECK(copy != NULL);
    if (size > 0) {
        memcpy(copy, data, (size_t)size);
    }
    copy[size] = '\0';
    return copy;
}

static void keep(char **slot, const char *text) {
    CHECK(text != NULL);
    CHECK(is_utf8(text, strlen(text)));
    free(*slot);
    *slot = copy_bytes(text, strlen(text));
}

static peer *enter(void *context, event_kind kind) {
    peer *self = context;
    CHECK(self != NULL && self->magic == PEER_MAGIC);
    CHECK(processing == self);
    if ((kind < ON_OPEN || kind >= EVENT_KINDS) && self->logged < LOGGED_MOST) {
        self->log[self->logged++] = kind;
    }
    self->count[kind]++;
    self->events++;
    return self;
}

static void leave(peer *self, channel *of, event_kind kind) {
    if (self->hook != NULL) {
        self->hook(self, of, kind);
    }
}

static bool can_signal(const peer *self) { return self->other != NULL && self->other->connection != ML_INVALID_HANDLE; }

static void on_error(const char *text, void *context) {
    peer *self = enter(context, ON_ERROR);
    keep(&self->error, text);
    CHECK(text[0] != '\0');
    leave(self, NULL, ON_ERROR);
}

static void on_connected(void *context) { leave(enter(context, ON_CONNECTED), NULL, ON_CONNECTED); }

static void on_disconnected(void *context) { leave(enter(context, ON_DISCONNECTED), NULL, ON_DISCONNECTED); }

static void on_offer(const char *offer, void *context) {
    peer *self = enter(context, ON_OFFER);
    keep(&self->offer, offer);
    if (can_signal(self)) {
        CHECK_OK(MLWebRTCConnectionSetRemoteOffer(self->other->connection, offer));
    }
    leave(self, NULL, ON_OFFER);
}

static void on_answer(const char *answer, void *context) {
    peer *self = enter(context, ON_ANSWER);
    keep(&self->answer, answer);
    if (can_signal(self)) {
        CHECK_OK(MLWebRTCConnectionSetRemoteAnswer(self->other->connection, answer));
    }
    leave(self, NULL, ON_ANSWER);
}

static void on_candidate(const MLWebRTCConnectionIceCandidate *found, void *context) {
    peer *self = enter(context, ON_CANDIDATE);
    CHECK(found != NULL && found->candidate != NULL && found->sdp_mid != NULL);
    CHECK_EQ(found->version, 1);
    CHECK(found->candidate[0] != '\0');
    CHECK(strstr(found->candidate, ".local") == NULL || getenv("ML_WEBRTC_MDNS") != NULL);
    CHECK(self->candidate_count < CANDIDATES_MOST);
    candidate *kept = &self->candidates[self->candidate_count++];
    keep(&kept->line, found->candidate);
    keep(&kept->mid, found->sdp_mid);
    kept->index = found->sdp_mline_index;
    if (can_signal(self) && !self->holds_candidates) {
        CHECK_OK(MLWebRTCConnectionAddRemoteIceCandidate(self->other->connection, found));
    }
    leave(self, NULL, ON_CANDIDATE);
}

static void on_gathered(void *context) { leave(enter(context, ON_GATHERED), NULL, ON_GATHERED); }

static void on_channel(MLHandle handle, void *context) {
    peer *self = enter(context, ON_CHANNEL);
    CHECK(self->channel_count < CHANNELS_MOST);
    channel *received = channel_new(self, handle);
    self->channels[self->channel_count++] = received;
    if (!self->ignores_channels) {
        channel_subscribe(received);
    }
    leave(self, received, ON_CHANNEL);
}

static void on_track_added(const MLWebRTCSource *source, uint32_t count, const char *const *streams, void *context) {
    peer *self = enter(context, ON_TRACK_ADDED);
    CHECK(source != NULL && source->handle != 0 && source->handle != ML_INVALID_HANDLE);
    CHECK_EQ(source->version, 1);
    CHECK(count == 0 || streams != NULL);
    CHECK(self->track_count < TRACKS_MOST);
    track *added = &self->tracks[self->track_count++];
    *added = (track){.source = source->handle, .type = source->type, .stream_count = count};
    added->streams = calloc(count + 1, sizeof *added->streams);
    CHECK(added->streams != NULL);
    for (uint32_t at = 0; at < count; at++) {
        keep(&added->streams[at], streams[at]);
    }
    int32_t type = -1;
    CHECK_OK(MLWebRTCSourceGetType(added->source, &type));
    CHECK_EQ(type, added->type);
    char *id = NULL;
    CHECK_OK(MLWebRTCSourceGetTrackId(added->source, &id));
    keep(&added->id, id);
    CHECK_OK(MLWebRTCSourceReleaseTrackId(added->source, id));
    leave(self, NULL, ON_TRACK_ADDED);
}

static void on_track_removed(MLHandle source, void *context) {
    peer *self = enter(context, ON_TRACK_REMOVED);
    unsigned at = 0;
    while (at < self->track_count && self->tracks[at].source != source) {
        at++;
    }
    CHECK(at < self->track_count);
    CHECK(!self->tracks[at].removed);
    self->tracks[at].removed = true;
    int32_t type = -1;
    CHECK_OK(MLWebRTCSourceGetType(source, &type));
    CHECK_EQ(type, self->tracks[at].type);
    leave(self, NULL, ON_TRACK_REMOVED);
}

track *peer_track(peer *self, const char *id) {
    for (unsigned at = self->track_count; at > 0; at--) {
        track *last = &self->tracks[at - 1];
        if (strcmp(last->id, id) == 0) {
            return last->removed ? NULL : last;
        }
    }
    return NULL;
}

static channel *enter_channel(void *context, event_kind kind) {
    channel *self = context;
    CHECK(self != NULL && self->magic == CHANNEL_MAGIC);
    enter(self->peer, kind);
    CHECK(self->subscribed);
    CHECK_EQ(self->opened, kind == ON_OPEN ? 0 : 1);
    CHECK_EQ(self->closed, 0);
    return self;
}

static void on_open(void *context) {
    channel *self = enter_channel(context, ON_OPEN);
    self->opened = 1;
    leave(self->peer, self, ON_OPEN);
}

static void on_closed(void *context) {
    channel *self = context;
    CHECK(self != NULL && self->magic == CHANNEL_MAGIC);
    enter(self->peer, ON_CLOSED);
    CHECK(self->subscribed);
    CHECK_EQ(self->closed, 0);
    self->closed = 1;
    leave(self->peer, self, ON_CLOSED);
}

static void on_message(const MLWebRTCDataChannelMessage *received, void *context) {
    channel *self = enter_channel(context, ON_MESSAGE);
    CHECK(received != NULL && received->data != NULL);
    CHECK_EQ(received->version, 1);
    CHECK(received->is_binary <= 1);
    CHECK(received->is_binary || is_utf8(received->data, received->data_size));
    if (self->on_message != NULL) {
        self->on_message(self, received);
    } else {
        if (self->received == self->room) {
            self->room = 2 * self->room + 16;
            self->messages = realloc(self->messages, self->room * sizeof *self->messages);
            CHECK(self->messages != NULL);
        }
        self->messages[self->received] = (message){.data = copy_bytes(received->data, received->data_size),
                                                   .size = received->data_size,
                                                   .is_binary = received->is_binary};
    }
    self->received++;
    leave(self->peer, self, ON_MESSAGE);
}

MLWebRTCConnectionEventCallbacks peer_callbacks(peer *self) {
    return (MLWebRTCConnectionEventCallbacks){
        .version = 1,
        .context = self,
        .on_error = on_error,
        .on_connected = on_connected,
        .on_disconnected = on_disconnected,
        .on_track_added = on_track_added,
        .on_track_removed = on_track_removed,
        .on_data_channel_received = on_channel,
        .on_local_offer_created = on_offer,
        .on_local_answer_created = on_answer,
        .on_local_ice_candidate_found = on_candidate,
        .on_ice_gathering_completed = on_gathered,
    };
}

MLWebRTCDataChannelEventCallbacks channel_callbacks(channel *self) {
    return (MLWebRTCDataChannelEventCallbacks){
        .version = 1, .context = self, .on_open = on_open, .on_closed = on_closed, .on_message = on_message};
}

void peer_create_with(peer *self, const char *name, const MLWebRTCConnectionConfig *config) {
    memset(self, 0, sizeof *self);
    self->magic = PEER_MAGIC;
    self->name = name;
    MLWebRTCConnectionEventCallbacks callbacks = peer_callbacks(self);
    CHECK_OK(MLWebRTCConnectionCreate(config, &callbacks, &self->connection));
    memset(&callbacks, POISON, sizeof callbacks);
    CHECK(self->connection != 0 && self->connection != ML_INVALID_HANDLE);
}

void peer_create(peer *self, const char *name) {
    MLWebRTCConnectionConfig config = {.version = 1};
    peer_create_with(self, name, &config);
    memset(&config, POISON, sizeof config);
}

void channel_poison(channel *self) {
    for (size_t at = 0; self->messages != NULL && at < self->received; at++) {
        free(self->messages[at].data);
    }
    free(self->messages);
    memset(self, POISON, sizeof *self);
}

void peer_poison(peer *self) {
    if (self->magic != PEER_MAGIC) {
        return;
    }
    for (unsigned at = 0; at < self->channel_count; at++) {
        if (self->channels[at]->magic == CHANNEL_MAGIC) {
            channel_poison(self->channels[at]);
        }
    }
    for (unsigned at = 0; at < self->candidate_count; at++) {
        free(self->candidates[at].line);
        free(self->candidates[at].mid);
    }
    for (unsigned at = 0; at < self->track_count; at++) {
        for (unsigned stream = 0; stream < self->tracks[at].stream_count; stream++) {
            free(self->tracks[at].streams[stream]);
        }
        free(self->tracks[at].streams);
        free(self->tracks[at].id);
    }
    free(self->offer);
    free(self->answer);
    free(self->error);
    memset(self, POISON, sizeof *self);
    self->connection = ML_INVALID_HANDLE;
}

void peer_destroy(peer *self) {
    CHECK_OK(MLWebRTCConnectionDestroy(self->connection));
    peer_poison(self);
}

MLResult peer_process(peer *self) {
    const peer *outer = processing;
    processing = self;
    MLResult result = MLWebRTCConnectionProcessEvents(self->connection);
    processing = outer;
    return result;
}

void peer_left_callback(void) { processing = NULL; }

channel *channel_new(peer *self, MLHandle handle) {
    channel *fresh = calloc(1, sizeof *fresh);
    CHECK(fresh != NULL);
    CHECK(handle != 0 && handle != ML_INVALID_HANDLE);
    fresh->magic = CHANNEL_MAGIC;
    fresh->peer = self;
    fresh->handle = handle;
    return fresh;
}

void channel_subscribe(channel *self) {
    unsigned before = self->peer->events;
    MLWebRTCDataChannelEventCallbacks callbacks = channel_callbacks(self);
    CHECK_OK(MLWebRTCDataChannelSetEventCallbacks(self->handle, &callbacks));
    memset(&callbacks, POISON, sizeof callbacks);
    CHECK_EQ(self->peer->events, before);
    self->subscribed = true;
}

channel *peer_open_channel(peer *self, const char *label) {
    MLHandle handle = ML_INVALID_HANDLE;
    CHECK_OK(MLWebRTCDataChannelCreate(self->connection, label, &handle));
    channel *fresh = channel_new(self, handle);
    channel_subscribe(fresh);
    return fresh;
}

MLResult channel_send(channel *self, const void *data, uint64_t size, bool is_binary) {
    MLWebRTCDataChannelMessage sent = {.version = 1, .data = data, .data_size = size, .is_binary = is_binary};
    return MLWebRTCDataChannelSendMessage(self->handle, &sent);
}

bool channel_is_open(const channel *self) {
    MLWebRTCBool is = 2;
    CHECK_OK(MLWebRTCDataChannelIsOpen(self->handle, &is));
    CHECK(is <= 1);
    return is != 0;
}

void channel_destroy(channel *self) {
    CHECK_OK(MLWebRTCDataChannelDestroy(self->peer->connection, self->handle));
    channel_poison(self);
}

bool peer_is_connected(const peer *self) {
    MLWebRTCBool is = 2;
    CHECK_OK(MLWebRTCConnectionIsConnected(self->connection, &is));
    CHECK(is <= 1);
    return is != 0;
}

bool peer_has_failed(const peer *self) {
    MLWebRTCBool has = 2;
    CHECK_OK(MLWebRTCConnectionHasFailed(self->connection, &has));
    CHECK(has <= 1);
    return has != 0;
}

MLResult peer_give_candidate(peer *to, const candidate *given) {
    MLWebRTCConnectionIceCandidate native = {
        .version = 1, .candidate = given->line, .sdp_mid = given->mid, .sdp_mline_index = given->index};
    return MLWebRTCConnectionAddRemoteIceCandidate(to->connection, &native);
}
