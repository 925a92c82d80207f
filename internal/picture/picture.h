/*
 * Pictures: raw video frames as the library keeps them, shared by reference between
 * sources, sinks, encoders and decoders. The pixels are I420 (planar, 4:2:0), BT.601,
 * limited range, in one tight block: stride = width, the chroma planes
 * (width + 1) / 2 x (height + 1) / 2. Nobody writes to a picture that others can see.
 */
#ifndef ML_PICTURE_H
#define ML_PICTURE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define ML_PICTURE_SIDE_MOST 8192

enum {
    /* An encoder begins anew with this picture: it does not continue the one before. */
    ML_PICTURE_KEY = 1u << 0,
};

typedef struct ml_picture {
    struct ml_picture *next; /* in the pool */
    _Atomic uint32_t references;
    uint32_t flags;
    uint32_t width;
    uint32_t height;
    uint64_t time_us;     /* as the application knows it: FrameGetData's TimeStamp */
    uint64_t captured_ns; /* ml_clock_ns() when it was pushed or received */
    uint64_t capacity;    /* of the block, in bytes */
    uint8_t *y;
    uint8_t *u;
    uint8_t *v;
} ml_picture;

/* A picture with uninitialised pixels and one reference; NULL without memory, or if a side is 0
 * or above ML_PICTURE_SIDE_MOST. Blocks are recycled. Any thread. */
ml_picture *ml_picture_new(uint32_t width, uint32_t height);
/* One whose pixels are interleaved R, G, B, A at y; u and v are NULL. */
ml_picture *ml_picture_new_rgba(uint32_t width, uint32_t height);
ml_picture *ml_picture_share(ml_picture *picture); /* one reference more; gives picture */
void ml_picture_release(ml_picture *picture);      /* one less; NULL is harmless */

static inline uint32_t ml_picture_chroma(uint32_t side) { return (side + 1) / 2; }

/* Pictures that are in use, for tests: nothing is left at the end. */
uint64_t ml_pictures_alive(void);
/* Gives the memory that is kept for reuse back to the system. */
void ml_pictures_trim(void);

/* Each makes a new picture with one reference; NULL without memory. The flags and times are
 * copied from the picture. */
ml_picture *ml_picture_scale(const ml_picture *picture, uint32_t width, uint32_t height);
ml_picture *ml_picture_rotate(const ml_picture *picture, int degrees_clockwise); /* 90, 180, 270 */
ml_picture *ml_picture_black(uint32_t width, uint32_t height);

/* Converts to interleaved R, G, B, A (alpha 255), tight. rgba has width x height x 4 bytes. */
void ml_picture_to_rgba(const ml_picture *picture, uint8_t *rgba);

#endif
