/*
 * Sound on its way: blocks of 10 ms of 48 kHz, interleaved floats of -1 to 1, immutable once somebody else
 * sees them and shared by reference, in memory that is recycled.
 */
#ifndef ML_SOUND_H
#define ML_SOUND_H

#include <stdatomic.h>
#include <stdint.h>

#define ML_SOUND_RATE 48000u
/* A frame is one sample of each channel. */
#define ML_SOUND_FRAMES 480u
#define ML_SOUND_CHANNELS_MOST 8u

typedef struct ml_sound {
    _Atomic uint32_t references;
    uint32_t channels;
    uint64_t time_ns; /* when its first frame was recorded, on the clock of ml_clock_ns */
    float *samples;   /* channels * ML_SOUND_FRAMES */
    /* Private, but for a queue's only reference. */
    struct ml_sound *next;
} ml_sound;

/* A block with one reference, whose samples are to be written before others see it. NULL: no memory, or
 * no such number of channels. */
ml_sound *ml_sound_new(uint32_t channels);
ml_sound *ml_sound_share(ml_sound *sound);
/* NULL is harmless. */
void ml_sound_release(ml_sound *sound);

/* How many blocks are in use. */
uint64_t ml_sounds_alive(void);
/* Gives back the memory of those that are not. */
void ml_sounds_trim(void);

#endif
