#include "handles/pool.h"

#include <stdlib.h>

void ml_pool_init(ml_pool *pool, size_t object_size, void (*prepare)(void *object)) {
    pool->object_size = object_size;
    pool->prepare = prepare;
    ml_mutex_init(&pool->lock);
}

void *ml_pool_take(ml_pool *pool) {
    ml_mutex_lock(&pool->lock);
    ml_pooled *object = pool->free;
    if (object != NULL) {
        pool->free = object->next_free;
    } else {
        object = calloc(1, pool->object_size);
        if (object != NULL) {
            pool->prepare(object);
        }
    }
    if (object != NULL) {
        pool->in_use++;
    }
    ml_mutex_unlock(&pool->lock);
    return object;
}

void ml_pool_give(ml_pool *pool, void *object) {
    ml_pooled *pooled = object;
    ml_mutex_lock(&pool->lock);
    pooled->next_free = pool->free;
    pool->free = pooled;
    pool->in_use--;
    ml_mutex_unlock(&pool->lock);
}

uint64_t ml_pool_in_use(ml_pool *pool) {
    ml_mutex_lock(&pool->lock);
    uint64_t in_use = pool->in_use;
    ml_mutex_unlock(&pool->lock);
    return in_use;
}
