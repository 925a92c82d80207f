// clang-format off
//go:build mltest

#include "capi/testing.h"

#include "callbacks/audio_sink.h"
#include "callbacks/channel.h"
#include "callbacks/connection.h"
#include "callbacks/event.h"
#include "callbacks/source.h"
#include "callbacks/video_sink.h"
#include "capi/check.h"
#include "internal/picture/picture.h"
#include "internal/sound/sound.h"

MLResult MLWebRTCTestGetAlive(MLWebRTCTestAlive *alive) {
    ML_CHECK_PARAM(alive != NULL);
    ml_connections_sweep(ML_HERE);
    *alive = (MLWebRTCTestAlive){0};
    for (ml_kind kind = ML_KIND_CONNECTION; kind < ML_KIND_COUNT; kind++) {
        alive->handles += ml_handles_count(kind);
    }
    alive->connections = (uint32_t)ml_connections_in_use();
    alive->channels = (uint32_t)ml_channels_in_use();
    alive->sources = (uint32_t)ml_sources_in_use();
    alive->sinks = (uint32_t)(ml_audio_sinks_in_use() + ml_video_sinks_in_use());
    alive->frames = (uint32_t)ml_frames_in_use();
    alive->events = ml_events_alive();
    alive->pictures = ml_pictures_alive();
    alive->sounds = ml_sounds_alive();
    ml_in_test in = {.alive = alive};
    return ml_request_call(ML_OP_TEST, 0, &in);
}

MLResult MLWebRTCTestPanic(int32_t where) {
    ml_in_test in = {.panic_where = where};
    return ml_request_call(ML_OP_TEST, 0, &in);
}

MLResult MLWebRTCTestGetAllocations(MLWebRTCTestAllocations *allocations) {
    ML_CHECK_PARAM(allocations != NULL);
    ml_in_test in = {.allocations = allocations};
    return ml_request_call(ML_OP_TEST, 0, &in);
}
