/* Sound of one sampling rate made into that of another, as it streams by. */
#ifndef ML_RESAMPLE_H
#define ML_RESAMPLE_H

#include <stdint.h>

#define ML_RESAMPLER_RATE_LEAST 8000u
#define ML_RESAMPLER_RATE_MOST 192000u

typedef struct ml_resampler ml_resampler;

/* NULL: no memory, or values out of bounds: 1 to 8 channels, 8000 to 192000 frames per second. */
ml_resampler *ml_resampler_new(uint32_t channels, uint32_t from_rate, uint32_t to_rate);
/* NULL is harmless. */
void ml_resampler_free(ml_resampler *resampler);
/* Interleaved, and the two don't overlap. Takes *in_frames and gives *out_frames at most; both are set to what was
 * taken and given. Either all is taken or as much as asked for is given. What is given begins with the first frame,
 * without silence before it, and so is less than what was taken by half of the filter (some milliseconds at most). */
void ml_resampler_run(ml_resampler *resampler, const float *in, uint32_t *in_frames, float *out, uint32_t *out_frames);
/* As if it was new. */
void ml_resampler_reset(ml_resampler *resampler);
/* For one that is new or was reset: begins with the silence that the filter needs. From then on all that is taken
 * gives what corresponds to it at once: as many frames, times the rates' ratio, later by half of the filter. */
void ml_resampler_prime(ml_resampler *resampler);

#endif
