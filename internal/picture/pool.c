#include <stdlib.h>

#include "internal/picture/picture.h"
#include "internal/platform/platform.h"

/* What is kept for reuse: enough for a few streams, since fresh memory of a picture's size costs
 * as many page faults as the picture has pages. */
#define FREE_MOST 32
#define FREE_BYTES_MOST (UINT64_C(128) << 20)
/* A block serves pictures down to a quarter of its size. */
#define WASTE_MOST 4

static struct {
    ml_mutex lock;
    ml_picture *free; /* the one that was freed last comes first: it is still in the caches */
    unsigned count;
    uint64_t bytes;
    _Atomic uint64_t alive;
} pool;

__attribute__((constructor(102))) static void pool_init(void) { ml_mutex_init(&pool.lock); }

uint64_t ml_pictures_alive(void) { return atomic_load(&pool.alive); }

static ml_picture *take(uint64_t bytes) {
    ml_mutex_lock(&pool.lock);
    ml_picture **at = &pool.free;
    while (*at != NULL && ((*at)->capacity < bytes || (*at)->capacity / WASTE_MOST > bytes)) {
        at = &(*at)->next;
    }
    ml_picture *found = *at;
    if (found != NULL) {
        *at = found->next;
        pool.count--;
        pool.bytes -= found->capacity;
    }
    ml_mutex_unlock(&pool.lock);
    return found;
}

/* Puts a picture on top, and gives those at the bottom that are too many. */
static ml_picture *keep(ml_picture *picture) {
    ml_mutex_lock(&pool.lock);
    picture->next = pool.free;
    pool.free = picture;
    pool.count++;
    pool.bytes += picture->capacity;
    ml_picture *rest = NULL;
    if (pool.count > FREE_MOST || pool.bytes > FREE_BYTES_MOST) {
        unsigned count = 0;
        uint64_t bytes = 0;
        ml_picture **at = &pool.free;
        while (*at != NULL && count < FREE_MOST && bytes + (*at)->capacity <= FREE_BYTES_MOST) {
            count++;
            bytes += (*at)->capacity;
            at = &(*at)->next;
        }
        rest = *at;
        *at = NULL;
        pool.count = count;
        pool.bytes = bytes;
    }
    ml_mutex_unlock(&pool.lock);
    return rest;
}

ml_picture *ml_picture_new(uint32_t width, uint32_t height) {
    if (width == 0 || height == 0 || width > ML_PICTURE_SIDE_MOST || height > ML_PICTURE_SIDE_MOST) {
        return NULL;
    }
    uint64_t luma = (uint64_t)width * height;
    uint64_t chroma = (uint64_t)ml_picture_chroma(width) * ml_picture_chroma(height);
    uint64_t bytes = luma + 2 * chroma;
    ml_picture *picture = take(bytes);
    if (picture == NULL) {
        picture = malloc(sizeof *picture + (size_t)bytes);
        if (picture == NULL) {
            return NULL;
        }
        picture->capacity = bytes;
    }
    picture->next = NULL;
    atomic_store_explicit(&picture->references, 1, memory_order_relaxed);
    picture->flags = 0;
    picture->width = width;
    picture->height = height;
    picture->time_us = 0;
    picture->captured_ns = 0;
    picture->y = (uint8_t *)(picture + 1);
    picture->u = picture->y + luma;
    picture->v = picture->u + chroma;
    atomic_fetch_add_explicit(&pool.alive, 1, memory_order_relaxed);
    return picture;
}

ml_picture *ml_picture_share(ml_picture *picture) {
    atomic_fetch_add_explicit(&picture->references, 1, memory_order_relaxed);
    return picture;
}

void ml_picture_release(ml_picture *picture) {
    if (picture == NULL || atomic_fetch_sub_explicit(&picture->references, 1, memory_order_acq_rel) != 1) {
        return;
    }
    atomic_fetch_sub_explicit(&pool.alive, 1, memory_order_relaxed);
    ml_picture *rest = keep(picture);
    while (rest != NULL) {
        ml_picture *next = rest->next;
        free(rest);
        rest = next;
    }
}
