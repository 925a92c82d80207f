/*
 * Sound of the host, as MLWebRTCSourceAppDefinedAudioSourcePushData takes it: any rate, any number of frames, made into
 * blocks.
 */
#ifndef ML_SOUND_IMPORT_H
#define ML_SOUND_IMPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "internal/sound/resample.h"
#include "internal/sound/samples.h"
#include "internal/sound/sound.h"
#include "ml_webrtc/types.h"

/* What one call may carry. */
#define ML_SOUND_PUSH_SECONDS_MOST 10u

/* A buffer of the host's that was checked. */
typedef struct ml_sound_buffer {
    const uint8_t *samples;
    uint32_t frames;
    uint32_t channels;
    uint32_t rate;
    ml_samples kind;
} ml_sound_buffer;

/* InvalidParam: no such format, no whole frames, too many of them, or no samples where there should be some. */
MLResult ml_sound_check(const MLAudioBuffer *buffer, const MLAudioBufferFormat *format, ml_sound_buffer *checked);

/* Blocks in a row, the oldest first, one reference to each. Zeroed it is empty. */
typedef struct ml_sound_row {
    ml_sound *first;
    ml_sound *last;
    uint32_t count;
} ml_sound_row;

void ml_sound_row_add(ml_sound_row *row, ml_sound *sound);
void ml_sound_row_join(ml_sound_row *row, ml_sound_row *more); /* which is empty afterwards */
ml_sound *ml_sound_row_take(ml_sound_row *row);                /* NULL: it is empty */
void ml_sound_row_clear(ml_sound_row *row);

/* What is kept between the calls for one source. Zeroed it is new. */
typedef struct ml_sound_intake {
    uint32_t channels; /* 0: nothing was taken yet */
    uint32_t rate;
    ml_resampler *resampler; /* NULL: the rate is the blocks' own */
    ml_sound *partial;       /* NULL: the next frame begins a block */
    uint32_t filled;         /* frames of it */
    int64_t end_ns;          /* of the last whole block */
} ml_sound_intake;

/* Takes all of a buffer, whose last frame was recorded at now_ns, or as much silence. Adds the blocks that became whole
 * to row. False: no memory, nothing is taken, and the intake is as new. */
bool ml_sound_intake_take(ml_sound_intake *intake, const ml_sound_buffer *buffer, bool silent, uint64_t now_ns,
                          ml_sound_row *row);

void ml_sound_intake_reset(ml_sound_intake *intake);

#endif
