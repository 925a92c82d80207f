#include "engine.h"

#include <stdlib.h>

#include "callbacks/channel.h"
#include "callbacks/connection.h"
#include "callbacks/post.h"
#include "callbacks/source.h"
#include "capi/engine.h"
#include "internal/platform/platform.h"
#include "internal/request/request.h"
#include "tracks.h"

#define SERVERS 2

typedef struct echo {
    struct echo *next;
    ml_channel *channel;
    uint64_t handle;
    uint64_t connection;
    ml_outgoing *batch; /* fetched */
    ml_outgoing *at;    /* first of the batch that is not given back yet */
} echo;

typedef struct link {
    struct link *next;
    ml_connection *connection;
    uint64_t handle;
} link;

static ml_mutex lock;
static echo *echoes;
static link *links;

static echo *find_echo(uint64_t handle) {
    echo *found = echoes;
    while (found != NULL && found->handle != handle) {
        found = found->next;
    }
    return found;
}

/* Gives back what waits, as far as there is room. */
static void give_back(echo *from) {
    for (;;) {
        while (from->at != NULL) {
            if (ml_post_message(from->channel, from->at->data, from->at->size, from->at->is_binary) == ML_POST_FULL) {
                return;
            }
            from->at = from->at->next;
        }
        ml_channel_release(from->channel, from->batch);
        from->batch = from->at = ml_channel_take(from->channel);
        if (from->batch == NULL) {
            return;
        }
    }
}

static void end_echo(echo **at) {
    echo *gone = *at;
    *at = gone->next;
    ml_channel_release(gone->channel, gone->batch);
    ml_channel_engine_done(gone->channel);
    free(gone);
}

static void end_channels(uint64_t connection) {
    for (echo **at = &echoes; *at != NULL;) {
        if (connection == 0 || (*at)->connection == connection) {
            end_echo(at);
        } else {
            at = &(*at)->next;
        }
    }
}

static void end_links(uint64_t handle) {
    for (link **at = &links; *at != NULL;) {
        if (handle == 0 || (*at)->handle == handle) {
            link *gone = *at;
            *at = gone->next;
            end_channels(gone->handle);
            tracks_end(gone->handle);
            ml_connection_engine_done(gone->connection);
            free(gone);
        } else {
            at = &(*at)->next;
        }
    }
}

static void create_channel(const ml_work *work) {
    const ml_in_channel *in = work->in;
    echo *made = calloc(1, sizeof *made);
    made->channel = in->channel;
    made->handle = in->handle;
    made->connection = work->handle;
    made->next = echoes;
    echoes = made;
    ml_post_open(made->channel, ML_MESSAGE_BYTES_MOST);
}

static link *find_link(uint64_t handle) {
    link *found = links;
    while (found != NULL && found->handle != handle) {
        found = found->next;
    }
    return found;
}

static void create_link(const ml_work *work) {
    const ml_in_connection *in = work->in;
    link *made = calloc(1, sizeof *made);
    made->connection = in->connection;
    made->handle = work->handle;
    made->next = links;
    links = made;
}

static MLResult answer(const ml_work *work) {
    echo *channel = find_echo(work->handle);
    link *connection = find_link(work->handle);
    switch (work->op) {
    case ML_OP_INSTANCE_DESTROY:
        end_links(0);
        break;
    case ML_OP_CONNECTION_CREATE:
        create_link(work);
        break;
    case ML_OP_CONNECTION_DESTROY:
        end_links(work->handle);
        break;
    case ML_OP_CHANNEL_CREATE:
        if (connection == NULL) {
            return MLResult_WebRTCMismatchingHandle;
        }
        create_channel(work);
        break;
    case ML_OP_CREATE_OFFER:
        if (connection != NULL) {
            ml_post(connection->connection, ML_EVENT_LOCAL_OFFER, "v=0", 3);
        }
        break;
    case ML_OP_TRACK_ADD:
        return connection == NULL ? MLResult_WebRTCMismatchingHandle : tracks_add(work, connection->connection);
    case ML_OP_TRACK_REMOVE:
        return tracks_remove(work);
    case ML_OP_SOURCE_DESTROYED:
        tracks_source_destroyed(work->handle);
        break;
    case ML_OP_SOURCE_PICTURE:
        tracks_pass_picture(work->handle);
        break;
    case ML_OP_SOURCE_SOUND:
        tracks_pass_sound(work->handle);
        break;
    case ML_OP_SOURCE_WATCHED:
        tracks_source_watched(work->handle);
        break;
    case ML_OP_CHANNEL_DESTROY:
        for (echo **at = &echoes; *at != NULL; at = &(*at)->next) {
            if (*at == channel) {
                end_echo(at);
                break;
            }
        }
        break;
    case ML_OP_CHANNEL_SEND:
    case ML_OP_CHANNEL_ROOM:
        if (channel != NULL) {
            give_back(channel);
        }
        break;
    default:
        break;
    }
    return MLResult_Ok;
}

static void serve(void *argument) {
    (void)argument;
    for (;;) {
        ml_work work;
        ml_work_next(&work);
        ml_mutex_lock(&lock);
        MLResult result = answer(&work);
        ml_mutex_unlock(&lock);
        ml_work_done(work.request, result);
    }
}

void engine_start(void) {
    ml_mutex_init(&lock);
    for (int at = 0; at < SERVERS; at++) {
        if (!ml_thread_start(serve, NULL)) {
            abort();
        }
    }
}
