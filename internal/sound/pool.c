#include <stdbool.h>
#include <stdlib.h>

#include "internal/platform/platform.h"
#include "internal/sound/sound.h"

/* What is kept for reuse: blocks come and go a hundred times a second for each stream, so a few are always on
 * their way, and a source that is paused leaves a second's worth behind. */
#define FREE_MOST 256
#define FREE_BYTES_MOST (UINT64_C(2) << 20)
/* Samples begin where vector instructions like it, as malloc's memory does. */
#define HEADER ((sizeof(ml_sound) + 15) & ~(size_t)15)

/* One list per number of channels, the one that was freed last first: it is still in the caches. */
static struct {
    ml_mutex lock;
    ml_sound *free[ML_SOUND_CHANNELS_MOST + 1];
    unsigned count;
    uint64_t bytes;
    _Atomic uint64_t alive;
} pool;

__attribute__((constructor(102))) static void pool_init(void) { ml_mutex_init(&pool.lock); }

uint64_t ml_sounds_alive(void) { return atomic_load_explicit(&pool.alive, memory_order_relaxed); }

static size_t size_of(uint32_t channels) { return (size_t)channels * ML_SOUND_FRAMES * sizeof(float); }

static ml_sound *take(uint32_t channels) {
    ml_mutex_lock(&pool.lock);
    ml_sound *found = pool.free[channels];
    if (found != NULL) {
        pool.free[channels] = found->next;
        pool.count--;
        pool.bytes -= size_of(channels);
    }
    ml_mutex_unlock(&pool.lock);
    return found;
}

/* False: enough are kept already. */
static bool keep(ml_sound *sound) {
    ml_mutex_lock(&pool.lock);
    uint64_t bytes = pool.bytes + size_of(sound->channels);
    bool fits = pool.count < FREE_MOST && bytes <= FREE_BYTES_MOST;
    if (fits) {
        sound->next = pool.free[sound->channels];
        pool.free[sound->channels] = sound;
        pool.count++;
        pool.bytes = bytes;
    }
    ml_mutex_unlock(&pool.lock);
    return fits;
}

ml_sound *ml_sound_new(uint32_t channels) {
    if (channels == 0 || channels > ML_SOUND_CHANNELS_MOST) {
        return NULL;
    }
    ml_sound *sound = take(channels);
    if (sound == NULL) {
        sound = malloc(HEADER + size_of(channels));
        if (sound == NULL) {
            return NULL;
        }
        sound->channels = channels;
        sound->samples = (float *)(void *)((char *)sound + HEADER);
    }
    sound->next = NULL;
    sound->time_ns = 0;
    atomic_store_explicit(&sound->references, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&pool.alive, 1, memory_order_relaxed);
    return sound;
}

ml_sound *ml_sound_share(ml_sound *sound) {
    atomic_fetch_add_explicit(&sound->references, 1, memory_order_relaxed);
    return sound;
}

void ml_sound_release(ml_sound *sound) {
    if (sound == NULL || atomic_fetch_sub_explicit(&sound->references, 1, memory_order_acq_rel) != 1) {
        return;
    }
    atomic_fetch_sub_explicit(&pool.alive, 1, memory_order_relaxed);
    if (!keep(sound)) {
        free(sound);
    }
}

void ml_sounds_trim(void) {
    ml_mutex_lock(&pool.lock);
    ml_sound *all = NULL;
    for (uint32_t channels = 1; channels <= ML_SOUND_CHANNELS_MOST; channels++) {
        while (pool.free[channels] != NULL) {
            ml_sound *sound = pool.free[channels];
            pool.free[channels] = sound->next;
            sound->next = all;
            all = sound;
        }
    }
    pool.count = 0;
    pool.bytes = 0;
    ml_mutex_unlock(&pool.lock);
    while (all != NULL) {
        ml_sound *next = all->next;
        free(all);
        all = next;
    }
}
