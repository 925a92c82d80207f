/* The handle table against a model, with random operations, then with readers in parallel. */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "check.h"
#include "handles/handles.h"

#define OPERATIONS 200000
#define MODEL 3000
#define READERS 3

typedef struct named {
    uint64_t handle;
    ml_kind kind;
    void *object;
    uint32_t flags;
} named;

static uint64_t state = 88172645463325252u;

static uint64_t random_number(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static void expect(const named *entry, bool alive) {
    for (ml_kind kind = 1; kind < ML_KIND_COUNT; kind++) {
        bool named_so = alive && kind == entry->kind;
        uint32_t flags = 99;
        CHECK(ml_handle_find(entry->handle, kind) == (named_so ? entry->object : NULL));
        CHECK(ml_handle_flags(entry->handle, kind, &flags) == named_so);
        CHECK(!named_so || flags == entry->flags);
    }
}

static void against_model(void) {
    static named alive[MODEL], gone[MODEL];
    static uint64_t highest[ML_HANDLES_MOST]; /* generation seen, by index */
    int count = 0, gone_count = 0;
    uint32_t by_kind[ML_KIND_COUNT] = {0};
    uint64_t epoch = ml_handles_open();
    CHECK_EQUAL(ml_handle_new(epoch + 1, ML_KIND_SOURCE, &count), 0);
    for (int step = 0; step < OPERATIONS; step++) {
        uint64_t dice = random_number() % 100;
        if (dice < 40 && count < MODEL) {
            ml_kind kind = 1 + (ml_kind)(random_number() % (ML_KIND_COUNT - 1));
            named *entry = &alive[count++];
            *entry = (named){.kind = kind, .object = (char *)alive + step};
            entry->handle = ml_handle_new(epoch, kind, entry->object);
            CHECK(entry->handle != 0 && entry->handle != UINT64_MAX);
            uint64_t index = entry->handle & (ML_HANDLES_MOST - 1);
            uint64_t generation =
                entry->handle >> ML_HANDLE_INDEX_BITS & ((UINT64_C(1) << ML_HANDLE_GENERATION_BITS) - 1);
            CHECK(generation > highest[index]);
            highest[index] = generation;
            by_kind[kind]++;
        } else if (dice < 60 && count > 0) {
            int at = (int)(random_number() % (uint64_t)count);
            CHECK(ml_handle_retire(alive[at].handle));
            CHECK(!ml_handle_retire(alive[at].handle));
            by_kind[alive[at].kind]--;
            gone[gone_count++ % MODEL] = alive[at];
            alive[at] = alive[--count];
        } else if (dice < 70 && count > 0) {
            named *entry = &alive[random_number() % (uint64_t)count];
            uint32_t set = (uint32_t)random_number() & 7, clear = (uint32_t)random_number() & 24;
            ml_handle_set_flags(entry->handle, set, clear);
            entry->flags = (entry->flags & ~clear) | set;
        } else if (dice < 85 && count > 0) {
            expect(&alive[random_number() % (uint64_t)count], true);
        } else if (gone_count > 0) {
            int known = gone_count < MODEL ? gone_count : MODEL;
            expect(&gone[random_number() % (uint64_t)known], false);
        } else {
            named random = {.handle = random_number()};
            expect(&random, false);
        }
    }
    for (ml_kind kind = 1; kind < ML_KIND_COUNT; kind++) {
        CHECK_EQUAL(ml_handles_count(kind), by_kind[kind]);
    }
    while (count > 0) {
        CHECK(ml_handle_retire(alive[--count].handle));
    }
    ml_handles_close();
    CHECK(!ml_handles_is_open());
    CHECK_EQUAL(ml_handle_new(epoch, ML_KIND_SOURCE, &count), 0);
}

/* Readers never see an object that the handle did not name. */
static _Atomic uint64_t shared_handles[64];
static _Atomic int stop;
static char objects[64][ML_KIND_COUNT];
static _Atomic uint64_t found[READERS];

static void *read_handles(void *argument) {
    _Atomic uint64_t *count = argument;
    while (!stop) {
        for (int at = 0; at < 64; at++) {
            uint64_t handle = shared_handles[at];
            ml_kind kind = 1 + (ml_kind)(at % (ML_KIND_COUNT - 1));
            char *object = ml_handle_find(handle, kind);
            CHECK(object == NULL || object == &objects[at][kind]);
            CHECK(ml_handle_find(handle, kind == ML_KIND_FRAME ? ML_KIND_SOURCE : ML_KIND_FRAME) == NULL);
            *count += object != NULL;
        }
    }
    return NULL;
}

static void with_readers(void) {
    uint64_t epoch = ml_handles_open();
    pthread_t readers[READERS];
    for (int at = 0; at < READERS; at++) {
        pthread_create(&readers[at], NULL, read_handles, &found[at]);
    }
    /* Long enough for every reader to have met living handles. */
    for (int step = 0; step < 100000 || found[0] == 0 || found[1] == 0 || found[2] == 0; step++) {
        int at = (int)(random_number() % 64);
        ml_kind kind = 1 + (ml_kind)(at % (ML_KIND_COUNT - 1));
        uint64_t old = shared_handles[at];
        shared_handles[at] = ml_handle_new(epoch, kind, &objects[at][kind]);
        CHECK(old == 0 || ml_handle_retire(old));
    }
    stop = 1;
    for (int at = 0; at < READERS; at++) {
        pthread_join(readers[at], NULL);
    }
    for (int at = 0; at < 64; at++) {
        CHECK(shared_handles[at] == 0 || ml_handle_retire(shared_handles[at]));
    }
    ml_handles_close();
}

int main(void) {
    against_model();
    with_readers();
    for (ml_kind kind = 1; kind < ML_KIND_COUNT; kind++) {
        CHECK_EQUAL(ml_handles_count(kind), 0);
    }
    printf("OK: handles\n");
    return 0;
}
