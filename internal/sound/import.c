#include "internal/sound/import.h"

#include <string.h>

/* Of samples on their way to the resampler, on the stack of the host's thread. */
#define SCRATCH_SAMPLES 1024u

#define BLOCK_NS INT64_C(10000000)
/* The next block begins that much later than the last one ended: the host has paused. */
#define PAUSE_NS INT64_C(60000000)
/* How far a block's length may be off on the way to the right time. */
#define LATER_NS_MOST INT64_C(50000)
#define EARLIER_NS_MOST INT64_C(500000)

MLResult ml_sound_check(const MLAudioBuffer *buffer, const MLAudioBufferFormat *format, ml_sound_buffer *checked) {
    if (format->bits_per_sample == 16) {
        checked->kind = ML_SAMPLES_S16;
    } else if (format->bits_per_sample == 32 && format->sample_format == MLAudioSampleFormat_Int) {
        checked->kind = ML_SAMPLES_S32;
    } else if (format->bits_per_sample == 32 && format->sample_format == MLAudioSampleFormat_Float) {
        checked->kind = ML_SAMPLES_F32;
    } else {
        return MLResult_InvalidParam;
    }
    if (format->channel_count < 1 || format->channel_count > ML_SOUND_CHANNELS_MOST ||
        format->samples_per_second < ML_RESAMPLER_RATE_LEAST || format->samples_per_second > ML_RESAMPLER_RATE_MOST) {
        return MLResult_InvalidParam;
    }
    uint32_t frame_bytes = format->channel_count * ml_samples_bytes(checked->kind);
    checked->samples = buffer->ptr;
    checked->frames = buffer->size / frame_bytes;
    checked->channels = format->channel_count;
    checked->rate = format->samples_per_second;
    bool whole = buffer->size % frame_bytes == 0 && (buffer->size == 0 || buffer->ptr != NULL);
    bool bearable = checked->frames <= ML_SOUND_PUSH_SECONDS_MOST * checked->rate;
    return whole && bearable ? MLResult_Ok : MLResult_InvalidParam;
}

void ml_sound_row_add(ml_sound_row *row, ml_sound *sound) {
    sound->next = NULL;
    if (row->first == NULL) {
        row->first = sound;
    } else {
        row->last->next = sound;
    }
    row->last = sound;
    row->count++;
}

void ml_sound_row_join(ml_sound_row *row, ml_sound_row *more) {
    if (more->first == NULL) {
        return;
    }
    if (row->first == NULL) {
        row->first = more->first;
    } else {
        row->last->next = more->first;
    }
    row->last = more->last;
    row->count += more->count;
    *more = (ml_sound_row){0};
}

ml_sound *ml_sound_row_take(ml_sound_row *row) {
    ml_sound *sound = row->first;
    if (sound != NULL) {
        row->first = sound->next;
        row->count--;
        sound->next = NULL;
    }
    return sound;
}

void ml_sound_row_clear(ml_sound_row *row) {
    ml_sound *sound;
    while ((sound = ml_sound_row_take(row)) != NULL) {
        ml_sound_release(sound);
    }
}

void ml_sound_intake_reset(ml_sound_intake *intake) {
    ml_resampler_free(intake->resampler);
    ml_sound_release(intake->partial);
    *intake = (ml_sound_intake){0};
}

/* The partial block, or a new one; NULL: no memory. */
static ml_sound *partial(ml_sound_intake *intake) {
    if (intake->partial == NULL) {
        intake->partial = ml_sound_new(intake->channels);
        intake->filled = 0;
    }
    return intake->partial;
}

static float *end_of_partial(ml_sound_intake *intake) {
    return intake->partial->samples + (size_t)intake->filled * intake->channels;
}

static void filled(ml_sound_intake *intake, uint32_t frames, ml_sound_row *row) {
    intake->filled += frames;
    if (intake->filled == ML_SOUND_FRAMES) {
        ml_sound_row_add(row, intake->partial);
        intake->partial = NULL;
        intake->filled = 0;
    }
}

/* What was taken so far ends: the begun block is filled up with silence. */
static bool change(ml_sound_intake *intake, const ml_sound_buffer *buffer, ml_sound_row *row) {
    if (intake->channels == buffer->channels && intake->rate == buffer->rate) {
        return true;
    }
    if (intake->partial != NULL) {
        uint32_t frames = ML_SOUND_FRAMES - intake->filled;
        memset(end_of_partial(intake), 0, (size_t)frames * intake->channels * sizeof(float));
        filled(intake, frames, row);
    }
    ml_resampler_free(intake->resampler);
    intake->resampler = NULL;
    intake->channels = buffer->channels;
    intake->rate = buffer->rate;
    if (intake->rate == ML_SOUND_RATE) {
        return true;
    }
    intake->resampler = ml_resampler_new(intake->channels, intake->rate, ML_SOUND_RATE);
    if (intake->resampler != NULL) {
        /* Each call gives what it brings, so that nothing but the filter's delay is held back. */
        ml_resampler_prime(intake->resampler);
    }
    return intake->resampler != NULL;
}

static void read_frames(const ml_sound_buffer *buffer, uint32_t first, uint32_t frames, bool silent, float *to) {
    size_t count = (size_t)frames * buffer->channels;
    if (silent) {
        memset(to, 0, count * sizeof *to);
        return;
    }
    size_t frame_bytes = (size_t)buffer->channels * ml_samples_bytes(buffer->kind);
    ml_samples_to_float(to, buffer->kind, buffer->samples + first * frame_bytes, count);
}

static bool take_as_it_is(ml_sound_intake *intake, const ml_sound_buffer *buffer, bool silent, ml_sound_row *row) {
    for (uint32_t at = 0; at < buffer->frames;) {
        if (partial(intake) == NULL) {
            return false;
        }
        uint32_t frames = ML_SOUND_FRAMES - intake->filled;
        frames = frames < buffer->frames - at ? frames : buffer->frames - at;
        read_frames(buffer, at, frames, silent, end_of_partial(intake));
        filled(intake, frames, row);
        at += frames;
    }
    return true;
}

static bool resample(ml_sound_intake *intake, const float *samples, uint32_t frames, ml_sound_row *row) {
    while (frames > 0) {
        if (partial(intake) == NULL) {
            return false;
        }
        uint32_t taken = frames;
        uint32_t given = ML_SOUND_FRAMES - intake->filled;
        float *to = end_of_partial(intake);
        ml_resampler_run(intake->resampler, samples, &taken, to, &given);
        /* The filter overshoots where the signal leaps. */
        ml_samples_to_float(to, ML_SAMPLES_F32, to, (size_t)given * intake->channels);
        samples += (size_t)taken * intake->channels;
        frames -= taken;
        filled(intake, given, row);
    }
    return true;
}

static bool take_resampled(ml_sound_intake *intake, const ml_sound_buffer *buffer, bool silent, ml_sound_row *row) {
    float scratch[SCRATCH_SAMPLES];
    uint32_t most = SCRATCH_SAMPLES / buffer->channels;
    for (uint32_t at = 0; at < buffer->frames;) {
        uint32_t frames = buffer->frames - at < most ? buffer->frames - at : most;
        read_frames(buffer, at, frames, silent, scratch);
        if (!resample(intake, scratch, frames, row)) {
            return false;
        }
        at += frames;
    }
    return true;
}

/*
 * A call tells when its last frame was recorded, at the earliest: hosts are held up, and hand over late what they
 * recorded in time. So a block begins where the last one ended, and yields quickly to what says that it is earlier,
 * slowly to what says that it is later. Only a pause is a leap.
 */
static void stamp(ml_sound_intake *intake, const ml_sound_row *row, uint64_t now_ns) {
    int64_t frames = (int64_t)row->count * ML_SOUND_FRAMES + intake->filled;
    int64_t told_ns = (int64_t)now_ns - frames * INT64_C(1000000000) / ML_SOUND_RATE;
    for (ml_sound *block = row->first; block != NULL; block = block->next) {
        int64_t off_ns = told_ns - intake->end_ns;
        if (intake->end_ns == 0 || off_ns > PAUSE_NS) {
            intake->end_ns = told_ns;
        } else if (off_ns > 0) {
            intake->end_ns += off_ns < LATER_NS_MOST ? off_ns : LATER_NS_MOST;
        } else {
            intake->end_ns -= -off_ns < EARLIER_NS_MOST ? -off_ns : EARLIER_NS_MOST;
        }
        block->time_ns = intake->end_ns > 0 ? (uint64_t)intake->end_ns : 0;
        intake->end_ns += BLOCK_NS;
        told_ns += BLOCK_NS;
    }
}

bool ml_sound_intake_take(ml_sound_intake *intake, const ml_sound_buffer *buffer, bool silent, uint64_t now_ns,
                          ml_sound_row *row) {
    if (buffer->frames == 0) {
        return true;
    }
    ml_sound_row whole = {0};
    bool taken = change(intake, buffer, &whole);
    if (taken) {
        taken = intake->resampler == NULL ? take_as_it_is(intake, buffer, silent, &whole)
                                          : take_resampled(intake, buffer, silent, &whole);
    }
    if (!taken) {
        ml_sound_row_clear(&whole);
        ml_sound_intake_reset(intake);
        return false;
    }
    stamp(intake, &whole, now_ns);
    ml_sound_row_join(row, &whole);
    return true;
}
