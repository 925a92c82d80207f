/*
 * Pools of type-stable objects: memory that once was an object of a kind is only ever
 * used for objects of that kind, and is not given back to the system.
 */
#ifndef ML_POOL_H
#define ML_POOL_H

#include <stddef.h>
#include <stdint.h>

#include "internal/platform/platform.h"

/* The first member of each pooled object. */
typedef struct ml_pooled {
    struct ml_pooled *next_free;
} ml_pooled;

typedef struct ml_pool {
    size_t object_size;
    void (*prepare)(void *object); /* once for each piece of memory: zeroed, locks to be made */
    ml_mutex lock;
    ml_pooled *free;
    uint64_t in_use;
} ml_pool;

/* Before the pool's first use, from a constructor. */
void ml_pool_init(ml_pool *pool, size_t object_size, void (*prepare)(void *object));

/* An object as it was given back (its owner resets what it uses); NULL without memory. */
void *ml_pool_take(ml_pool *pool);
void ml_pool_give(ml_pool *pool, void *object);

/* How many objects were taken and not given back. */
uint64_t ml_pool_in_use(ml_pool *pool);

#endif
