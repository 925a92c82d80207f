/* How sound begins and ends without a click: within the first 5 ms of a block. */
#ifndef ML_FADE_H
#define ML_FADE_H

#include <stdint.h>

/* A block of interleaved samples. From silence on. */
void ml_fade_in(int16_t *samples, uint32_t channels);
/* To silence, which the rest of the block is. */
void ml_fade_out(int16_t *samples, uint32_t channels);
/* As if the last frame of the block before lasted, and faded out. */
void ml_fade_out_from(int16_t *samples, const int16_t *last_frame, uint32_t channels);

#endif
