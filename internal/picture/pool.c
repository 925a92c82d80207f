#include <stdlib.h>

#include "internal/picture/picture.h"
#include "internal/platform/platform.h"

/* What is kept for reuse: enough for a few streams, since fresh memory of a picture's size costs
 * as many page faults as the picture has pages. */
#define FREE_MOST 32
#define FREE_BYTES_MOST (UINT64_C(128) << 20)
/* A block serves pictures down to half its size. */
#define WASTE_MOST 2
/* Of the pixels: what the widest vector instructions like. */
#define ALIGNMENT 64

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

static bool is_size(uint32_t width, uint32_t height) {
    return width > 0 && height > 0 && width <= ML_PICTURE_SIDE_MOST && height <= ML_PICTURE_SIDE_MOST;
}

/* With room for so many bytes at y. */
static ml_picture *make(uint32_t width, uint32_t height, uint64_t bytes) {
    ml_picture *picture = take(bytes);
    if (picture == NULL) {
        picture = malloc(sizeof *picture + ALIGNMENT + (size_t)bytes);
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
    picture->y = (uint8_t *)(((uintptr_t)(picture + 1) + ALIGNMENT - 1) & ~(uintptr_t)(ALIGNMENT - 1));
    picture->u = NULL;
    picture->v = NULL;
    atomic_fetch_add_explicit(&pool.alive, 1, memory_order_relaxed);
    return picture;
}

ml_picture *ml_picture_new(uint32_t width, uint32_t height) {
    if (!is_size(width, height)) {
        return NULL;
    }
    uint64_t luma = (uint64_t)width * height;
    uint64_t chroma = (uint64_t)ml_picture_chroma(width) * ml_picture_chroma(height);
    ml_picture *picture = make(width, height, luma + 2 * chroma);
    if (picture != NULL) {
        picture->u = picture->y + luma;
        picture->v = picture->u + chroma;
    }
    return picture;
}

ml_picture *ml_picture_new_rgba(uint32_t width, uint32_t height) {
    return is_size(width, height) ? make(width, height, UINT64_C(4) * width * height) : NULL;
}

static void free_all(ml_picture *list) {
    while (list != NULL) {
        ml_picture *next = list->next;
        free(list);
        list = next;
    }
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
    free_all(keep(picture));
}

void ml_pictures_trim(void) {
    ml_mutex_lock(&pool.lock);
    ml_picture *all = pool.free;
    pool.free = NULL;
    pool.count = 0;
    pool.bytes = 0;
    ml_mutex_unlock(&pool.lock);
    free_all(all);
}
