#include "internal/sound/fade.h"

#include <string.h>

#include "internal/sound/sound.h"

#define FADE_FRAMES (int32_t)(ML_SOUND_FRAMES / 2)

static int16_t part(int16_t sample, int32_t frames) { return (int16_t)(sample * frames / FADE_FRAMES); }

void ml_fade_in(int16_t *samples, uint32_t channels) {
    for (int32_t frame = 0; frame < FADE_FRAMES; frame++) {
        for (uint32_t channel = 0; channel < channels; channel++, samples++) {
            *samples = part(*samples, frame);
        }
    }
}

void ml_fade_out(int16_t *samples, uint32_t channels) {
    for (int32_t frame = 0; frame < (int32_t)ML_SOUND_FRAMES; frame++) {
        for (uint32_t channel = 0; channel < channels; channel++, samples++) {
            *samples = part(*samples, frame < FADE_FRAMES ? FADE_FRAMES - frame : 0);
        }
    }
}

void ml_fade_out_from(int16_t *samples, const int16_t *last_frame, uint32_t channels) {
    for (uint32_t frame = 0; frame < ML_SOUND_FRAMES; frame++) {
        memcpy(samples + (size_t)frame * channels, last_frame, channels * sizeof *samples);
    }
    ml_fade_out(samples, channels);
}
