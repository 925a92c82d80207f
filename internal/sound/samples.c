#include "internal/sound/samples.h"

#include <math.h>
#include <string.h>

#define SCALE_S16 32768.0f
#define SCALE_S32 2147483648.0f

static void from_s16(float *to, const uint8_t *from, size_t count) {
    for (size_t at = 0; at < count; at++) {
        int16_t sample;
        memcpy(&sample, from + at * sizeof sample, sizeof sample);
        to[at] = (float)sample * (1 / SCALE_S16);
    }
}

static void from_s32(float *to, const uint8_t *from, size_t count) {
    for (size_t at = 0; at < count; at++) {
        int32_t sample;
        memcpy(&sample, from + at * sizeof sample, sizeof sample);
        to[at] = (float)sample * (1 / SCALE_S32);
    }
}

static void from_f32(float *to, const uint8_t *from, size_t count) {
    for (size_t at = 0; at < count; at++) {
        float sample;
        memcpy(&sample, from + at * sizeof sample, sizeof sample);
        sample = isfinite(sample) ? sample : 0;
        sample = sample < -1 ? -1 : sample;
        to[at] = sample > 1 ? 1 : sample;
    }
}

void ml_samples_to_float(float *to, ml_samples kind, const void *from, size_t count) {
    switch (kind) {
    case ML_SAMPLES_S16:
        from_s16(to, from, count);
        break;
    case ML_SAMPLES_S32:
        from_s32(to, from, count);
        break;
    case ML_SAMPLES_F32:
        from_f32(to, from, count);
        break;
    }
}

void ml_samples_to_s16(int16_t *to, const float *from, size_t count) {
    for (size_t at = 0; at < count; at++) {
        float sample = from[at] * SCALE_S16;
        /* In this order what is no number ends up in bounds as well. */
        sample = sample > -SCALE_S16 ? sample : -SCALE_S16;
        sample = sample < SCALE_S16 - 1 ? sample : SCALE_S16 - 1;
        to[at] = (int16_t)lrintf(sample);
    }
}
