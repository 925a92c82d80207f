#include "handles/handles.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "internal/platform/platform.h"

#define INDEX_MASK (ML_HANDLES_MOST - 1)
#define GENERATION_MOST ((UINT64_C(1) << ML_HANDLE_GENERATION_BITS) - 1)
#define KIND_SHIFT (ML_HANDLE_INDEX_BITS + ML_HANDLE_GENERATION_BITS)
#define CHUNK_BITS 10
#define CHUNK_SLOTS (UINT32_C(1) << CHUNK_BITS)
#define CHUNKS (ML_HANDLES_MOST / CHUNK_SLOTS)
#define NO_SLOT UINT32_MAX

struct slot {
    _Atomic uint64_t handle; /* 0 while free */
    _Atomic(void *) object;
    _Atomic uint32_t flags;
    uint32_t next_free;  /* under the table's lock */
    uint64_t generation; /* under the table's lock */
};

/* Chunks are only ever added, so readers need no lock. */
static struct {
    _Atomic(struct slot *) chunks[CHUNKS];
    _Atomic uint64_t epoch;
    _Atomic uint32_t counts[ML_KIND_COUNT];
    ml_mutex lock;
    uint64_t last_epoch;
    uint32_t used; /* slots that were ever handed out */
    uint32_t free_head;
    uint32_t free_tail;
} table = {.free_head = NO_SLOT, .free_tail = NO_SLOT};

__attribute__((constructor(102))) static void table_init(void) { ml_mutex_init(&table.lock); }

static struct slot *slot_at(uint32_t index) {
    struct slot *chunk = atomic_load_explicit(&table.chunks[index >> CHUNK_BITS], memory_order_acquire);
    return chunk == NULL ? NULL : &chunk[index & (CHUNK_SLOTS - 1)];
}

static struct slot *slot_of(uint64_t handle, ml_kind kind) {
    if (handle >> KIND_SHIFT != (uint64_t)kind) {
        return NULL;
    }
    return slot_at((uint32_t)handle & INDEX_MASK);
}

uint64_t ml_handles_open(void) {
    ml_mutex_lock(&table.lock);
    uint64_t epoch = ++table.last_epoch;
    atomic_store_explicit(&table.epoch, epoch, memory_order_release);
    ml_mutex_unlock(&table.lock);
    return epoch;
}

void ml_handles_close(void) {
    ml_mutex_lock(&table.lock);
    atomic_store_explicit(&table.epoch, 0, memory_order_release);
    ml_mutex_unlock(&table.lock);
}

uint64_t ml_handles_epoch(void) { return atomic_load_explicit(&table.epoch, memory_order_acquire); }

bool ml_handles_is_open(void) { return ml_handles_epoch() != 0; }

/* Free slots are reused in the order in which they became free, which spreads the
 * generations and so postpones the reuse of an index. */
static uint32_t take_free_slot(void) {
    if (table.free_head != NO_SLOT) {
        uint32_t index = table.free_head;
        table.free_head = slot_at(index)->next_free;
        if (table.free_head == NO_SLOT) {
            table.free_tail = NO_SLOT;
        }
        return index;
    }
    if (table.used == ML_HANDLES_MOST) {
        return NO_SLOT;
    }
    if (slot_at(table.used) == NULL) {
        struct slot *chunk = calloc(CHUNK_SLOTS, sizeof *chunk);
        if (chunk == NULL) {
            return NO_SLOT;
        }
        atomic_store_explicit(&table.chunks[table.used >> CHUNK_BITS], chunk, memory_order_release);
    }
    return table.used++;
}

static void give_back_slot(uint32_t index) {
    slot_at(index)->next_free = NO_SLOT;
    if (table.free_tail == NO_SLOT) {
        table.free_head = index;
    } else {
        slot_at(table.free_tail)->next_free = index;
    }
    table.free_tail = index;
}

uint64_t ml_handle_new(uint64_t epoch, ml_kind kind, void *object) {
    uint64_t handle = 0;
    ml_mutex_lock(&table.lock);
    uint32_t index = NO_SLOT;
    if (epoch != 0 && epoch == ml_handles_epoch()) {
        index = take_free_slot();
    }
    if (index != NO_SLOT) {
        struct slot *slot = slot_at(index);
        slot->generation++;
        handle = (uint64_t)kind << KIND_SHIFT | slot->generation << ML_HANDLE_INDEX_BITS | index;
        atomic_store_explicit(&slot->object, object, memory_order_relaxed);
        atomic_store_explicit(&slot->flags, 0, memory_order_relaxed);
        atomic_store_explicit(&slot->handle, handle, memory_order_release);
        atomic_fetch_add_explicit(&table.counts[kind], 1, memory_order_relaxed);
    }
    ml_mutex_unlock(&table.lock);
    return handle;
}

/* A handle that is the same before and after a read was alive in between, because no
 * handle is used twice. The fields are atomics; the fence orders the second look. */
static bool still(struct slot *slot, uint64_t handle) {
    atomic_thread_fence(memory_order_acquire);
    return atomic_load_explicit(&slot->handle, memory_order_relaxed) == handle;
}

void *ml_handle_find(uint64_t handle, ml_kind kind) {
    struct slot *slot = slot_of(handle, kind);
    if (slot == NULL || atomic_load_explicit(&slot->handle, memory_order_acquire) != handle) {
        return NULL;
    }
    void *object = atomic_load_explicit(&slot->object, memory_order_relaxed);
    return still(slot, handle) ? object : NULL;
}

bool ml_handle_flags(uint64_t handle, ml_kind kind, uint32_t *flags) {
    struct slot *slot = slot_of(handle, kind);
    if (slot == NULL || atomic_load_explicit(&slot->handle, memory_order_acquire) != handle) {
        return false;
    }
    *flags = atomic_load_explicit(&slot->flags, memory_order_acquire);
    return still(slot, handle);
}

void ml_handle_set_flags(uint64_t handle, uint32_t set, uint32_t clear) {
    struct slot *slot = slot_at((uint32_t)handle & INDEX_MASK);
    if (slot == NULL) {
        return;
    }
    uint32_t flags = atomic_load_explicit(&slot->flags, memory_order_relaxed);
    uint32_t wanted;
    do {
        wanted = (flags & ~clear) | set;
    } while (!atomic_compare_exchange_weak_explicit(&slot->flags, &flags, wanted, memory_order_release,
                                                    memory_order_relaxed));
}

bool ml_handle_retire(uint64_t handle) {
    uint32_t index = (uint32_t)handle & INDEX_MASK;
    struct slot *slot = slot_at(index);
    if (handle == 0 || slot == NULL) {
        return false;
    }
    uint64_t expected = handle;
    if (!atomic_compare_exchange_strong_explicit(&slot->handle, &expected, 0, memory_order_acq_rel,
                                                 memory_order_relaxed)) {
        return false;
    }
    atomic_fetch_sub_explicit(&table.counts[handle >> KIND_SHIFT], 1, memory_order_relaxed);
    ml_mutex_lock(&table.lock);
    if (slot->generation < GENERATION_MOST) {
        give_back_slot(index);
    }
    ml_mutex_unlock(&table.lock);
    return true;
}

void ml_handles_visit(ml_kind kind, void (*visit)(uint64_t handle, void *argument), void *argument) {
    ml_mutex_lock(&table.lock);
    uint32_t used = table.used;
    ml_mutex_unlock(&table.lock);
    for (uint32_t index = 0; index < used; index++) {
        uint64_t handle = atomic_load_explicit(&slot_at(index)->handle, memory_order_acquire);
        if (handle != 0 && handle >> KIND_SHIFT == (uint64_t)kind) {
            visit(handle, argument);
        }
    }
}

uint32_t ml_handles_count(ml_kind kind) { return atomic_load_explicit(&table.counts[kind], memory_order_relaxed); }
