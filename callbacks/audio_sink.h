/*
 * Audio sinks: blocks of a source's sound wait here for the host, whose callbacks are invoked every 10 ms on a thread
 * made in C.
 */
#ifndef ML_AUDIO_SINK_H
#define ML_AUDIO_SINK_H

#include <stdbool.h>
#include <stdint.h>

#include "callbacks/source.h"
#include "internal/sound/sound.h"
#include "ml_webrtc/audio_sink.h"

/* What a sink caches, in milliseconds. */
#define ML_AUDIO_CACHE_MS 200u
#define ML_AUDIO_CACHE_MS_LEAST 10u
#define ML_AUDIO_CACHE_MS_MOST 10000u

/* params may be NULL: a sink that plays and has no callbacks. *handle is set before the first callback. AllocFailed: no
 * memory, or no thread. */
MLResult ml_audio_sink_new(uint64_t epoch, const MLWebRTCAudioSinkParams *params, uint64_t *handle);
/* source is an audio source's handle, or ML_INVALID_HANDLE to detach. */
MLResult ml_audio_sink_set_source(uint64_t handle, uint64_t source);
/* False: no such sink. */
bool ml_audio_sink_set_cache(uint64_t handle, uint32_t milliseconds);
/* Waits for a callback that runs on another thread until the deadline. No callback begins from then on. False: no such
 * sink. */
bool ml_audio_sink_destroy(uint64_t handle, uint64_t deadline_ns);

uint64_t ml_audio_sinks_in_use(void);
/* Threads that serve sinks; those whose sinks are gone end soon. When the process ends they begin no callback any more.
 */
uint64_t ml_audio_threads_in_use(void);

/* For the source, under its lock: takes the reference over. */
void ml_audio_sink_hear(ml_audio_sink *sink, ml_sound *sound);
/* The source, or the attachment to it, has ended. */
void ml_audio_sink_lose(ml_audio_sink *sink);
ml_audio_sink **ml_audio_sink_next(ml_audio_sink *sink);

#endif
