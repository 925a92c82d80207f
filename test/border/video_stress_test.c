/* Threads that push, show, acquire, read, release, disable, add, remove and destroy the same sources, sinks and
 * connections, in any order; for the sanitizers to look at. */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "callbacks/connection.h"
#include "callbacks/source.h"
#include "callbacks/video_sink.h"
#include "check.h"
#include "engine.h"
#include "internal/picture/picture.h"
#include "ml_webrtc.h"

#define THREADS 4
#define STEPS 4000
#define SHARED 3

/* What all threads use, while any of them may replace it. */
static _Atomic MLHandle sources[SHARED], sinks[SHARED], connections[SHARED], remotes[SHARED];
static _Atomic uint64_t shown, announced, taken_away;

static unsigned next(uint32_t *state, unsigned below) {
    *state = *state * 1664525u + 1013904223u;
    return (*state >> 8) % below;
}

static void on_added(const MLWebRTCSource *source, uint32_t count, const char *const *ids, void *context) {
    CHECK(count == 1 && strcmp(ids[0], "stream") == 0 && context != NULL);
    remotes[announced++ % SHARED] = source->handle;
}

static void on_removed(MLHandle source, void *context) {
    CHECK(source != 0 && context != NULL);
    taken_away++;
}

static const MLWebRTCConnectionConfig config;
static MLWebRTCConnectionEventCallbacks callbacks = {
    .context = &shown, .on_track_added = on_added, .on_track_removed = on_removed};

/* Planes of one value each, whose sum says whether they are whole. */
static void push(MLHandle source, uint8_t value) {
    uint8_t pixels[24 * 18 * 3 / 2];
    uint32_t width = 8 + value % 16;
    uint32_t height = 8 + value % 10;
    uint32_t half = (width + 1) / 2;
    uint32_t low = (height + 1) / 2;
    memset(pixels, value, sizeof pixels);
    MLWebRTCFramePlanes planes = {.plane_count = 3,
                                  .image_planes = {{width, height, width, 1, pixels, width * height},
                                                   {half, low, half, 1, pixels, half * low},
                                                   {half, low, half, 1, pixels, half * low}}};
    MLWebRTCFrame frame = {.version = 2, .frame_data = &planes, .time_stamp = value};
    MLResult result = MLWebRTCSourceAppDefinedVideoSourcePushFrame(source, &frame);
    CHECK(result == MLResult_Ok || result == MLResult_WebRTCMismatchingHandle ||
          result == MLResult_WebRTCInstanceNotCreated);
}

/* Nobody else releases this frame, but others may acquire so many that it is taken back, and its memory used again. */
static void look_at(MLHandle sink, MLHandle frame, bool alone) {
    MLWebRTCFrame yuv = {.version = 2, .format = MLWebRTCOutputFormat_YUV_420_888};
    MLWebRTCFrame rgba = {.version = 2, .format = MLWebRTCOutputFormat_RGBA_8888};
    MLResult result = MLWebRTCFrameGetData(frame, &yuv);
    CHECK((result == MLResult_Ok) == (yuv.frame_data != NULL) && (!alone || result == MLResult_Ok));
    if (alone) {
        const MLWebRTCFramePlanes *planes = yuv.frame_data;
        const uint8_t *luma = planes->image_planes[0].image_data_ptr;
        const uint8_t *v = planes->image_planes[2].image_data_ptr;
        for (uint32_t at = 1; at < planes->image_planes[0].size; at++) {
            CHECK(luma[at] == luma[0]);
        }
        CHECK(v[0] == luma[0] || (luma[0] == 16 && v[0] == 128));
        shown++;
    }
    result = MLWebRTCFrameGetData(frame, &rgba);
    CHECK((result == MLResult_Ok) == (rgba.frame_data != NULL));
    result = MLWebRTCVideoSinkReleaseFrame(sink, frame);
    CHECK(result == MLResult_Ok || !alone);
}

static void renew_source(unsigned at) {
    MLHandle made = ML_INVALID_HANDLE;
    MLWebRTCSourceCreateAppDefinedVideoSource(NULL, &made);
    MLWebRTCSourceDestroy(atomic_exchange(&sources[at], made));
}

static void renew_sink(unsigned at) {
    MLHandle made = ML_INVALID_HANDLE;
    if (MLWebRTCVideoSinkCreate(&made) == MLResult_Ok) {
        MLWebRTCVideoSinkSetSource(made, sources[at]);
    }
    MLWebRTCVideoSinkDestroy(atomic_exchange(&sinks[at], made));
}

static void renew_connection(unsigned at) {
    MLHandle made = ML_INVALID_HANDLE;
    MLWebRTCConnectionCreate(&config, &callbacks, &made);
    MLWebRTCConnectionDestroy(atomic_exchange(&connections[at], made));
}

static void show(unsigned what, unsigned at, unsigned other, uint8_t value) {
    MLHandle sink = sinks[at];
    MLHandle frame;
    MLWebRTCBool flag;
    switch (what) {
    case 0:
        renew_sink(at);
        break;
    case 1:
        MLWebRTCVideoSinkSetSource(sink, sources[other]);
        break;
    case 2:
        MLWebRTCVideoSinkSetSource(sink, remotes[other]);
        break;
    case 3:
        MLWebRTCVideoSinkSetSource(sink, ML_INVALID_HANDLE);
        break;
    default:
        MLWebRTCVideoSinkIsNewFrameAvailable(sink, &flag);
        if (MLWebRTCVideoSinkAcquireNextAvailableFrame(sink, &frame) == MLResult_Ok && value % 5 != 0) {
            look_at(sink, frame, false);
        }
    }
}

static void connect(unsigned what, unsigned at, unsigned other) {
    static const char *const streams[] = {"stream"};
    MLHandle connection = connections[at];
    switch (what) {
    case 0:
        renew_connection(at);
        break;
    case 1:
        MLWebRTCConnectionRemoveLocalSourceTrack(connection, sources[other]);
        break;
    case 2:
        MLWebRTCSourceSetEnabled(remotes[other], (uint8_t)(at % 2));
        CHECK(MLWebRTCSourceDestroy(remotes[other]) != MLResult_Ok);
        break;
    case 3:
        MLWebRTCConnectionAddLocalSourceTrack(connection, sources[other], 1, streams);
        break;
    default:
        MLWebRTCConnectionProcessEvents(connection);
    }
}

/* A sink of this thread's own on a source that all push to: its frames stay while it holds them. */
static void *work(void *argument) {
    uint32_t state = (uint32_t)(uintptr_t)argument * 77777 + 1;
    MLHandle own;
    CHECK_EQUAL(MLWebRTCVideoSinkCreate(&own), MLResult_Ok);
    for (unsigned step = 0; step < STEPS; step++) {
        unsigned at = next(&state, SHARED);
        unsigned other = next(&state, SHARED);
        uint8_t value = (uint8_t)next(&state, 256);
        MLHandle frame;
        switch (next(&state, 8)) {
        case 0:
            show(next(&state, 10), at, other, value);
            break;
        case 1:
            connect(next(&state, 10), at, other);
            break;
        case 2:
            MLWebRTCSourceSetEnabled(sources[at], next(&state, 4) != 0);
            if (next(&state, 20) == 0) {
                renew_source(at);
            }
            break;
        case 3:
            MLWebRTCVideoSinkSetSource(own, next(&state, 2) == 0 ? sources[at] : remotes[at]);
            break;
        case 4:
            if (MLWebRTCVideoSinkAcquireNextAvailableFrame(own, &frame) == MLResult_Ok) {
                look_at(own, frame, true);
            }
            break;
        default:
            push(sources[at], value);
        }
    }
    CHECK_EQUAL(MLWebRTCVideoSinkDestroy(own), MLResult_Ok);
    return NULL;
}

/* The same while instances come and go. */
static void *instances(void *argument) {
    uint32_t state = (uint32_t)(uintptr_t)argument + 99;
    for (unsigned step = 0; step < STEPS; step++) {
        unsigned at = next(&state, SHARED);
        unsigned other = next(&state, SHARED);
        switch (next(&state, 40)) {
        case 0:
            CHECK_EQUAL(MLWebRTCInstanceCreate(), MLResult_Ok);
            break;
        case 1:
            renew_source(at);
            break;
        default:
            show(next(&state, 10), at, other, (uint8_t)step);
            connect(next(&state, 10), at, other);
            push(sources[at], (uint8_t)step);
        }
    }
    return NULL;
}

static void run(void *(*thread)(void *)) {
    pthread_t threads[THREADS];
    for (unsigned at = 0; at < THREADS; at++) {
        pthread_create(&threads[at], NULL, thread, (void *)(uintptr_t)at);
    }
    for (unsigned at = 0; at < THREADS; at++) {
        pthread_join(threads[at], NULL);
    }
}

int main(void) {
    engine_start();
    CHECK_EQUAL(MLWebRTCInstanceCreate(), MLResult_Ok);
    for (unsigned at = 0; at < SHARED; at++) {
        renew_source(at);
        renew_sink(at);
        renew_connection(at);
    }
    run(work);
    CHECK(shown > 0 && announced > 0 && taken_away > 0);
    CHECK_EQUAL(MLWebRTCInstanceDestroy(), MLResult_Ok);
    run(instances);
    MLWebRTCInstanceDestroy();
    CHECK_EQUAL(ml_connections_in_use(), 0);
    CHECK_EQUAL(ml_sources_in_use(), 0);
    CHECK_EQUAL(ml_video_sinks_in_use(), 0);
    CHECK_EQUAL(ml_frames_in_use(), 0);
    CHECK_EQUAL(ml_pictures_alive(), 0);
    CHECK_EQUAL(ml_events_alive(), 0);
    printf("OK: video stress, %" PRIu64 " frames looked at, %" PRIu64 " tracks\n", (uint64_t)shown,
           (uint64_t)announced);
    return 0;
}
