#include "tracks.h"

#include <stdlib.h>
#include <string.h>

#include "callbacks/source.h"
#include "capi/engine.h"

typedef struct track {
    struct track *next;
    ml_connection *connection;
    uint64_t connection_handle;
    uint64_t source;
    uint64_t remote;
} track;

static track *tracks;

static track **find(uint64_t connection, uint64_t source) {
    track **at = &tracks;
    while (*at != NULL && ((*at)->connection_handle != connection || (*at)->source != source)) {
        at = &(*at)->next;
    }
    return at;
}

static bool is_sent(uint64_t source) {
    track *at = tracks;
    while (at != NULL && at->source != source) {
        at = at->next;
    }
    return at != NULL;
}

static bool is_local_sound(uint64_t source) {
    return ml_source_is(source, MLWebRTCSourceType_Audio) && ml_source_is_local(source);
}

/* The sinks of a local source of sound are the engine's to serve. */
static bool is_wanted(uint64_t source) {
    return is_sent(source) || (is_local_sound(source) && ml_source_watched(source));
}

static void feed_or_not(uint64_t source) {
    ml_source_feed(source, is_wanted(source));
    tracks_pass_sound(source);
}

MLResult tracks_add(const ml_work *work, ml_connection *connection) {
    const ml_in_track *in = work->in;
    if (*find(work->handle, in->source) != NULL) {
        return MLResult_InvalidParam;
    }
    char own[ML_TRACK_ID_ROOM];
    if (!ml_source_copy_track_id(in->source, own)) {
        return MLResult_WebRTCMismatchingHandle;
    }
    const char *id = in->track_id == NULL || in->track_id[0] == '\0' ? own : in->track_id;
    uint64_t sizes[64];
    for (uint32_t at = 0; at < in->stream_count; at++) {
        sizes[at] = strlen(in->streams[at]);
    }
    track *made = calloc(1, sizeof *made);
    made->connection = connection;
    made->connection_handle = work->handle;
    made->source = in->source;
    if (ml_post_track_added(connection, in->type, id, strlen(id), in->streams, sizes, in->stream_count,
                            &made->remote) != ML_POSTED) {
        free(made);
        return MLResult_AllocFailed;
    }
    made->next = tracks;
    tracks = made;
    feed_or_not(in->source);
    return MLResult_Ok;
}

static void end(track **at, bool tell) {
    track *gone = *at;
    *at = gone->next;
    if (tell) {
        ml_post_track_removed(gone->connection, gone->remote);
    }
    feed_or_not(gone->source);
    free(gone);
}

MLResult tracks_remove(const ml_work *work) {
    const ml_in_track *in = work->in;
    track **at = find(work->handle, in->source);
    if (*at == NULL) {
        return MLResult_InvalidParam;
    }
    end(at, true);
    return MLResult_Ok;
}

void tracks_end(uint64_t connection) {
    for (track **at = &tracks; *at != NULL;) {
        if (connection == 0 || (*at)->connection_handle == connection) {
            end(at, false);
        } else {
            at = &(*at)->next;
        }
    }
}

void tracks_source_destroyed(uint64_t source) {
    for (track **at = &tracks; *at != NULL;) {
        if ((*at)->source == source) {
            end(at, true);
        } else {
            at = &(*at)->next;
        }
    }
}

void tracks_pass_picture(uint64_t source) {
    /* What nobody knows here is a test's own. */
    ml_picture *picture = is_wanted(source) ? ml_source_take(source) : NULL;
    for (track *at = tracks; picture != NULL && at != NULL; at = at->next) {
        if (at->source == source) {
            ml_source_publish(at->remote, ml_picture_share(picture));
        }
    }
    ml_picture_release(picture);
}

void tracks_source_watched(uint64_t source) {
    if (is_local_sound(source)) {
        feed_or_not(source);
    }
}

void tracks_pass_sound(uint64_t source) {
    ml_sound *sound;
    uint32_t left;
    while (is_wanted(source) && ml_source_take_sounds(source, &sound, 1, &left)) {
        for (track *at = tracks; at != NULL; at = at->next) {
            if (at->source == source) {
                ml_source_publish_sound(at->remote, ml_sound_share(sound));
            }
        }
        ml_source_publish_sound(source, sound);
    }
}
