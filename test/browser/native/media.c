/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "native.h"
#include "sinks.h"
#include "sources.h"

/* The source of this side with that track id, which must be there. */
static source *own(char **rest) { return sources_find(next_word(rest)); }

static MLResult add(MLHandle handle, const char *id, const char *stream) {
    MLWebRTCTrackInfo info = {.version = 1, .stream_count = 1, .streams = &stream, .track_id = id};
    return MLWebRTCConnectionAddLocalSourceTrackEx(connection, handle, &info);
}

/* TRACK STREAM WIDTH HEIGHT */
static MLResult video(char *rest) {
    const char *id = next_word(&rest), *stream = next_word(&rest);
    unsigned width = (unsigned)next_number(&rest), height = (unsigned)next_number(&rest);
    return add(sources_add_video(id, width, height), id, stream);
}

/* TRACK STREAM HERTZ */
static MLResult audio(char *rest) {
    const char *id = next_word(&rest), *stream = next_word(&rest);
    return add(sources_add_audio(id, (unsigned)next_number(&rest)), id, stream);
}

/* TRACK 0|1 */
static MLResult enable(char *rest) {
    const source *of = own(&rest);
    return MLWebRTCSourceSetEnabled(of->handle, next_number(&rest) != 0);
}

static MLResult take_off(char *rest) {
    source *of = own(&rest);
    MLResult result = MLWebRTCConnectionRemoveLocalSourceTrack(connection, of->handle);
    sources_end(of);
    return result;
}

void on_track_added(const MLWebRTCSource *track, uint32_t stream_count, const char *const *streams, void *context) {
    (void)context;
    char *id;
    MLWebRTCSourceGetTrackId(track->handle, &id);
    sinks_add(track, id);
    json_begin("track");
    json_text("id", id);
    json_text("kind", track->type == MLWebRTCSourceType_Audio ? "audio" : "video");
    json_text("stream", stream_count > 0 ? streams[0] : "");
    json_end();
    MLWebRTCSourceReleaseTrackId(track->handle, id);
}

void on_track_removed(MLHandle track, void *context) {
    (void)context;
    json_begin("removed");
    json_text("id", sinks_remove(track));
    json_end();
}

void media_forget(void) {
    sources_forget();
    sinks_forget();
}

void media_run(void) {
    sources_run();
    sinks_run();
}

/* TRACK: what is seen of it. */
static MLResult look(char *rest) { return sinks_look(next_word(&rest)); }

/* TRACK HERTZ: what is heard of it. */
static MLResult hear(char *rest) {
    const char *id = next_word(&rest);
    return sinks_hear(id, (unsigned)next_number(&rest));
}

/* TRACK PATH */
static MLResult snapshot(char *rest) {
    const char *id = next_word(&rest);
    return sinks_snapshot(id, rest);
}

const verb media_verbs[] = {{"video", video}, {"audio", audio}, {"enable", enable},     {"remove", take_off},
                            {"look", look},   {"hear", hear},   {"snapshot", snapshot}, {NULL, NULL}};
