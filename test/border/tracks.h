/*
 * The stand-in's tracks: whoever adds a source to a connection gets it back as a remote source of that
 * same connection. Sound also goes to the sinks of the local source. All under the engine's lock.
 */
#ifndef FAKE_TRACKS_H
#define FAKE_TRACKS_H

#include "callbacks/post.h"
#include "internal/request/request.h"
#include "ml_webrtc/types.h"

MLResult tracks_add(const ml_work *work, ml_connection *connection);
MLResult tracks_remove(const ml_work *work);
/* All of a connection, whose sources end by themselves; 0: of every one. */
void tracks_end(uint64_t connection);
void tracks_source_destroyed(uint64_t source);
void tracks_pass_picture(uint64_t source);
void tracks_pass_sound(uint64_t source);
void tracks_source_watched(uint64_t source);

#endif
