/* Video and audio sinks as objects: made, found, ended. */
#ifndef ML_SINK_H
#define ML_SINK_H

#include <stdbool.h>
#include <stdint.h>

#include "handles/handles.h"
#include "ml_webrtc/types.h"

MLResult ml_sink_new(uint64_t epoch, ml_kind kind, MLHandle *handle);
bool ml_sink_destroy(uint64_t handle);
uint64_t ml_sinks_in_use(void);

#endif
