/* Samples as hosts have them, and as blocks have them: floats of -1 to 1. */
#ifndef ML_SAMPLES_H
#define ML_SAMPLES_H

#include <stddef.h>
#include <stdint.h>

typedef enum ml_samples {
    ML_SAMPLES_S16,
    ML_SAMPLES_S32,
    ML_SAMPLES_F32 /* what is no number becomes silence, what is beyond -1 to 1 is clipped */
} ml_samples;

/* What one sample occupies. */
static inline uint32_t ml_samples_bytes(ml_samples kind) { return kind == ML_SAMPLES_S16 ? 2 : 4; }

/* from need not be aligned. */
void ml_samples_to_float(float *to, ml_samples kind, const void *from, size_t count);

/* What came from 16 bits gives the same 16 bits again. */
void ml_samples_to_s16(int16_t *to, const float *from, size_t count);

#endif
