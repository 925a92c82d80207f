/* The host's side of a source: its state, its track id, and its two callbacks, which run
 * inside the host's own calls. */
#ifndef ML_SOURCE_H
#define ML_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "ml_webrtc/source.h"

/* How many OnSetEnabled callbacks of one source may run at the same time. */
#define ML_SOURCE_RUNS 16

/* The longest track id that is taken, in bytes. */
#define ML_TRACK_ID_BYTES_MOST 1024

/* An app-defined source of type; callbacks and track_id may be NULL (then it makes a unique id). */
MLResult ml_source_new(uint64_t epoch, int32_t type, const MLWebRTCAppDefinedSourceEventCallbacks *callbacks,
                       const char *track_id, uint64_t *handle);
bool ml_source_type(uint64_t handle, int32_t *type);
/* Whether handle names a source of that type. */
bool ml_source_is(uint64_t handle, int32_t type);
MLResult ml_source_set_enabled(uint64_t handle, bool enabled, const void *here);
MLResult ml_source_lend_track_id(uint64_t handle, char **track_id);
MLResult ml_source_return_track_id(uint64_t handle, const void *track_id);

/* Ends the handle, waits for OnSetEnabled on other threads until the deadline, then calls
 * OnDestroyed unless silently. */
bool ml_source_destroy(uint64_t handle, bool silently, const void *here, uint64_t deadline_ns);

uint64_t ml_sources_in_use(void);

#endif
