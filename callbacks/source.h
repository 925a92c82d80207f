/*
 * The host's side of a source: its state, its track id, its two callbacks, which run inside the
 * host's own calls, and the pictures that go through it. Local sources are the host's; remote ones
 * are a connection's and end with it.
 */
#ifndef ML_SOURCE_H
#define ML_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "internal/picture/picture.h"
#include "internal/sound/sound.h"
#include "ml_webrtc/source.h"

typedef struct ml_source ml_source;
typedef struct ml_video_sink ml_video_sink;
typedef struct ml_audio_sink ml_audio_sink;

/* How many OnSetEnabled callbacks of one source may run at the same time. */
#define ML_SOURCE_RUNS 16

/* The longest track id that is taken, in bytes. */
#define ML_TRACK_ID_BYTES_MOST 1024
/* What a track id takes when each of its bytes had to be repaired, with the closing NUL. */
#define ML_TRACK_ID_ROOM (3 * ML_TRACK_ID_BYTES_MOST + 1)

/* An app-defined source of type; callbacks and track_id may be NULL (then it makes a unique id). */
MLResult ml_source_new(uint64_t epoch, int32_t type, const MLWebRTCAppDefinedSourceEventCallbacks *callbacks,
                       const char *track_id, uint64_t *handle);
/* A source that belongs to a connection. */
MLResult ml_source_new_remote(uint64_t epoch, int32_t type, uint64_t connection, const char *track_id,
                              uint64_t *handle);
bool ml_source_type(uint64_t handle, int32_t *type);
/* Whether handle names a source of that type. */
bool ml_source_is(uint64_t handle, int32_t type);
bool ml_source_is_local(uint64_t handle);
MLResult ml_source_set_enabled(uint64_t handle, bool enabled, const void *here);
MLResult ml_source_lend_track_id(uint64_t handle, char **track_id);
MLResult ml_source_return_track_id(uint64_t handle, const void *track_id);

/* For the engine: the track id of a source; out has ML_TRACK_ID_ROOM bytes. False: the source is gone. */
bool ml_source_copy_track_id(uint64_t handle, char *out);

/* A local source goes to a connection, so that the engine is told of its end. False: no such source. */
bool ml_source_note_added(uint64_t handle);

/* Ends the handle, waits for OnSetEnabled on other threads until the deadline, then calls
 * OnDestroyed. Silently: neither that, nor is the engine told. InvalidParam for a remote source. */
MLResult ml_source_destroy(uint64_t handle, bool silently, const void *here, uint64_t deadline_ns);

/* End a remote source, or all of a connection. */
bool ml_source_end_remote(uint64_t handle);
void ml_sources_end_of(uint64_t connection);

uint64_t ml_sources_in_use(void);

/* A picture of the host's for a local video source, whose reference it takes over: to the sinks, and to
 * the engine if that wants it. A disabled source drops it. */
MLResult ml_source_push(uint64_t handle, ml_picture *picture);

/* The same for the engine and a remote source. False: the source is gone. */
bool ml_source_publish(uint64_t handle, ml_picture *picture);

/* The engine's wish for what a local source is given. While it is fed with pictures, ML_OP_SOURCE_PICTURE rings for new
 * ones, and turning it on hands over the last one, if there was one. Sound waits to be taken from then on. False: no
 * such source. */
bool ml_source_feed(uint64_t handle, bool fed);

/* The newest picture that was not taken yet, with its reference; NULL: none, or the source is gone. */
ml_picture *ml_source_take(uint64_t handle);

/* Sound of the host's for a local audio source. Pending: too much waits, nothing is taken. While the engine doesn't
 * want it, it is checked and dropped. */
MLResult ml_source_push_sound(uint64_t handle, const MLAudioBuffer *buffer, const MLAudioBufferFormat *format);

/* Sound that waits in a source: from so many blocks (10 ms each) on, it takes no more. */
#define ML_SOURCE_SOUNDS_MOST 100u

/* Takes count blocks, ML_SOURCE_SOUNDS_MOST at most, the oldest first, with their references, and says how many are
 * left. False: there are fewer, none is taken, and ML_OP_SOURCE_SOUND rings once as soon as there are as many; or the
 * source is gone, and left is not set. */
bool ml_source_take_sounds(uint64_t handle, ml_sound **out, uint32_t count, uint32_t *left);

/* 10 ms of sound for the sinks of an audio source, local or remote, whose reference it takes over. A remote source that
 * is disabled gives as much silence. False: the source is gone. */
bool ml_source_publish_sound(uint64_t handle, ml_sound *sound);

/* Whether a sink is attached. When that changes for a source whose sinks the engine serves (a remote one, or a local
 * one of sound), ML_OP_SOURCE_WATCHED rings; ML_OP_SOURCE_DESTROYED tells the end of the local one. */
bool ml_source_watched(uint64_t handle);

/* For video_sink.c and audio_sink.c. False: no such source of that type. */
bool ml_source_attach(uint64_t handle, ml_video_sink *sink);
void ml_source_detach(uint64_t handle, ml_video_sink *sink);
bool ml_source_attach_audio(uint64_t handle, ml_audio_sink *sink);
void ml_source_detach_audio(uint64_t handle, ml_audio_sink *sink);

#endif
