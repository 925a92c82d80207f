/* The way of an audio source's sound: from the host to the engine, and from the engine to the sinks. */
#include "callbacks/source_private.h"

#include <string.h>

#include "handles/handles.h"

/* What a push finds. */
typedef struct ml_push_state {
    bool enabled;
    bool fed;
    uint32_t feed_number;
    uint32_t waiting;
} ml_push_state;

static bool is_enabled(uint64_t handle) {
    uint32_t flags;
    return ml_handle_flags(handle, ML_KIND_SOURCE, &flags) && (flags & ML_FLAG_ENABLED) != 0;
}

static bool look(uint64_t handle, ml_push_state *state) {
    ml_source *source = ml_source_lock(handle);
    if (source == NULL) {
        return false;
    }
    bool fits = source->connection == 0 && source->type == MLWebRTCSourceType_Audio;
    *state = (ml_push_state){is_enabled(handle), source->fed, source->feed_number, source->sounds.count};
    ml_mutex_unlock(&source->lock);
    return fits;
}

/* True: the engine is to be told. What it stopped to want meanwhile is dropped. */
static bool hand_over(uint64_t handle, uint32_t feed_number, ml_sound_row *made) {
    bool rung = false;
    ml_source *source = ml_source_lock(handle);
    if (source != NULL) {
        if (source->fed && source->feed_number == feed_number) {
            ml_sound_row_join(&source->sounds, made);
        }
        if (source->hungry != 0 && source->sounds.count >= source->hungry) {
            source->hungry = 0;
            rung = ml_bell_queue(&source->bell, ML_OP_SOURCE_SOUND, handle);
        }
        ml_mutex_unlock(&source->lock);
    }
    ml_sound_row_clear(made);
    return rung;
}

/* Under the push lock. */
static MLResult push(ml_source *source, uint64_t handle, const MLAudioBuffer *buffer, const MLAudioBufferFormat *format,
                     uint64_t now_ns, bool *rung) {
    ml_push_state state;
    ml_sound_buffer checked;
    if (!look(handle, &state)) {
        return MLResult_WebRTCMismatchingHandle;
    }
    if (ml_sound_check(buffer, format, &checked) != MLResult_Ok) {
        return MLResult_InvalidParam;
    }
    if (!state.fed || checked.frames == 0) {
        return MLResult_Ok;
    }
    if (state.waiting >= ML_SOURCE_SOUNDS_MOST) {
        return MLResult_Pending;
    }
    if (source->intake_feed != state.feed_number) {
        ml_sound_intake_reset(&source->intake);
        source->intake_feed = state.feed_number;
    }
    ml_sound_row made = {0};
    if (!ml_sound_intake_take(&source->intake, &checked, !state.enabled, now_ns, &made)) {
        return MLResult_AllocFailed;
    }
    *rung = hand_over(handle, state.feed_number, &made);
    return MLResult_Ok;
}

MLResult ml_source_push_sound(uint64_t handle, const MLAudioBuffer *buffer, const MLAudioBufferFormat *format) {
    uint64_t now_ns = ml_clock_ns();
    ml_source *source = ml_handle_find(handle, ML_KIND_SOURCE);
    if (source == NULL) {
        return MLResult_WebRTCMismatchingHandle;
    }
    bool rung = false;
    ml_mutex_lock(&source->push_lock);
    MLResult result = push(source, handle, buffer, format, now_ns, &rung);
    ml_mutex_unlock(&source->push_lock);
    if (rung) {
        ml_bell_sound();
    }
    return result;
}

bool ml_source_take_sounds(uint64_t handle, ml_sound **out, uint32_t count, uint32_t *left) {
    ml_source *source = ml_source_lock(handle);
    if (source == NULL) {
        return false;
    }
    bool enough = count > 0 && count <= source->sounds.count;
    for (uint32_t at = 0; enough && at < count; at++) {
        out[at] = ml_sound_row_take(&source->sounds);
    }
    source->hungry = enough ? 0 : count;
    *left = source->sounds.count;
    ml_mutex_unlock(&source->lock);
    return enough;
}

void ml_source_stop_feeding_sound(ml_source *source) {
    ml_sound_row_clear(&source->sounds);
    source->hungry = 0;
}

void ml_source_silence_sinks(ml_source *source) {
    for (ml_audio_sink *sink = source->audio_sinks; sink != NULL; sink = *ml_audio_sink_next(sink)) {
        ml_audio_sink_lose(sink);
    }
    source->audio_sinks = NULL;
}

void ml_source_drop_intake(ml_source *source) {
    ml_mutex_lock(&source->push_lock);
    ml_sound_intake_reset(&source->intake);
    ml_mutex_unlock(&source->push_lock);
}

/* As long as sound, whose reference it takes over; NULL: no memory. */
static ml_sound *silence_like(ml_sound *sound) {
    ml_sound *silence = ml_sound_new(sound->channels);
    if (silence != NULL) {
        silence->time_ns = sound->time_ns;
        memset(silence->samples, 0, (size_t)silence->channels * ML_SOUND_FRAMES * sizeof *silence->samples);
    }
    ml_sound_release(sound);
    return silence;
}

bool ml_source_publish_sound(uint64_t handle, ml_sound *sound) {
    ml_source *source = ml_source_lock(handle);
    if (source == NULL) {
        ml_sound_release(sound);
        return false;
    }
    /* What a local source was given is silent already, as far as it was disabled then. */
    if (source->connection != 0 && !is_enabled(handle)) {
        sound = silence_like(sound);
    }
    ml_audio_sink *sink = sound == NULL ? NULL : source->audio_sinks;
    for (; sink != NULL; sink = *ml_audio_sink_next(sink)) {
        ml_audio_sink_hear(sink, ml_sound_share(sound));
    }
    ml_mutex_unlock(&source->lock);
    ml_sound_release(sound);
    return true;
}

bool ml_source_attach_audio(uint64_t handle, ml_audio_sink *sink) {
    ml_source *source = ml_source_lock(handle);
    if (source == NULL) {
        return false;
    }
    bool fits = source->type == MLWebRTCSourceType_Audio;
    if (fits) {
        *ml_audio_sink_next(sink) = source->audio_sinks;
        source->audio_sinks = sink;
        if (*ml_audio_sink_next(sink) == NULL) {
            ml_source_tell_watched(source);
        }
    }
    ml_mutex_unlock(&source->lock);
    return fits;
}

void ml_source_detach_audio(uint64_t handle, ml_audio_sink *sink) {
    ml_source *source = ml_source_lock(handle);
    if (source == NULL) {
        return;
    }
    ml_audio_sink **at = &source->audio_sinks;
    while (*at != NULL && *at != sink) {
        at = ml_audio_sink_next(*at);
    }
    if (*at != NULL) {
        *at = *ml_audio_sink_next(sink);
        if (source->audio_sinks == NULL) {
            ml_source_tell_watched(source);
        }
    }
    ml_mutex_unlock(&source->lock);
}
