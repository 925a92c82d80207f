#include "capi/sink.h"

#include "handles/pool.h"

typedef struct ml_sink {
    ml_pooled pooled;
} ml_sink;

static ml_pool pool;

static void prepare(void *object) { (void)object; }

__attribute__((constructor(102))) static void sinks_init(void) { ml_pool_init(&pool, sizeof(ml_sink), prepare); }

uint64_t ml_sinks_in_use(void) { return ml_pool_in_use(&pool); }

MLResult ml_sink_new(uint64_t epoch, ml_kind kind, MLHandle *handle) {
    ml_sink *sink = ml_pool_take(&pool);
    if (sink == NULL) {
        return MLResult_AllocFailed;
    }
    uint64_t made = ml_handle_new(epoch, kind, sink);
    if (made == 0) {
        ml_pool_give(&pool, sink);
        return MLResult_AllocFailed;
    }
    *handle = made;
    return MLResult_Ok;
}

bool ml_sink_destroy(uint64_t handle) {
    ml_sink *sink = ml_handle_find(handle, (ml_kind)(handle >> (ML_HANDLE_INDEX_BITS + ML_HANDLE_GENERATION_BITS)));
    if (sink == NULL || !ml_handle_retire(handle)) {
        return false;
    }
    ml_pool_give(&pool, sink);
    return true;
}
