/* Threads that push sound, listen, move, disable, add, remove and destroy the same sources, sinks and connections, in
 * any order, also from inside the callbacks; for the sanitizers to look at. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>

#include "callbacks/audio_sink.h"
#include "callbacks/connection.h"
#include "callbacks/source.h"
#include "check.h"
#include "engine.h"
#include "ml_webrtc.h"

#define THREADS 4
#define STEPS 30000
#define SHARED 3
#define CONTEXTS 16384

/* What a host frees as soon as Destroy has returned: whose callback comes after that finds it dead. */
typedef struct context {
    _Atomic MLHandle sink;
    _Atomic bool dead;
    _Atomic unsigned calls;
    uint32_t random;
} context;

static context contexts[CONTEXTS];
static _Atomic unsigned contexts_used;

/* What all threads use, while any of them may replace it. */
static _Atomic MLHandle sources[SHARED], connections[SHARED], remotes[SHARED];
static _Atomic(context *) sinks[SHARED];
static _Atomic uint64_t heard, told, announced, ended_inside;

static unsigned next(uint32_t *state, unsigned below) {
    *state = *state * 1664525u + 1013904223u;
    return (*state >> 8) % below;
}

static void on_added(const MLWebRTCSource *source, uint32_t count, const char *const *ids, void *context) {
    (void)count, (void)ids, (void)context;
    remotes[announced++ % SHARED] = source->handle;
}

static const MLWebRTCConnectionConfig config;
static MLWebRTCConnectionEventCallbacks callbacks = {.on_track_added = on_added};

static void destroy(context *self) {
    if (self != NULL && MLWebRTCAudioSinkDestroy(self->sink) == MLResult_Ok) {
        self->dead = true;
    }
}

static void enter(context *self) {
    CHECK(!self->dead);
    self->calls++;
}

static void on_data(const MLAudioBuffer *buffer, const MLAudioBufferFormat *format, void *argument) {
    context *self = argument;
    enter(self);
    CHECK_EQUAL(buffer->size, 960 * format->channel_count);
    volatile int16_t last = ((const int16_t *)buffer->ptr)[480 * format->channel_count - 1];
    (void)last;
    heard++;
    switch (next(&self->random, 16)) {
    case 0:
        MLWebRTCAudioSinkSetSource(self->sink, sources[next(&self->random, SHARED)]);
        break;
    case 1:
        MLWebRTCAudioSinkSetSource(self->sink, remotes[next(&self->random, SHARED)]);
        break;
    case 2:
        if (next(&self->random, 4) == 0) {
            destroy(self);
            ended_inside++;
        }
    }
}

static void on_status(uint32_t status, void *argument) {
    context *self = argument;
    enter(self);
    CHECK(status <= MLWebRTCAudioServiceStatus_Stopped);
    told++;
    if (next(&self->random, 50) == 0) {
        destroy(self);
        ended_inside++;
    }
}

static context *make_sink(uint32_t *random) {
    unsigned at = contexts_used++;
    if (at >= CONTEXTS) {
        return NULL;
    }
    context *self = &contexts[at];
    self->random = next(random, 1000000);
    MLHandle made;
    MLWebRTCAudioSinkParams params = {.version = 1,
                                      .mode = next(random, 3),
                                      .user_context = self,
                                      .audio_sink_callback = next(random, 8) != 0 ? on_data : NULL,
                                      .audio_service_status_callback = next(random, 4) != 0 ? on_status : NULL};
    /* A status may come while it is being made, and would then destroy what it does not know yet. */
    self->sink = ML_INVALID_HANDLE;
    if (MLWebRTCAudioSinkCreateEx(&params, &made) != MLResult_Ok) {
        return NULL;
    }
    self->sink = made;
    MLWebRTCAudioSinkSetSource(made, sources[next(random, SHARED)]);
    return self;
}

static void push(MLHandle to, uint32_t *random) {
    static const uint8_t sound[64 * 1024];
    static const uint32_t rates[] = {48000, 48000, 16000, 44100};
    uint32_t bits = next(random, 2) == 0 ? 16 : 32;
    uint32_t channels = 1 + next(random, 3);
    uint32_t frames = next(random, 1500);
    MLAudioBufferFormat format = {channels, rates[next(random, 4)], bits, bits, next(random, 2), 0};
    MLAudioBuffer buffer = {sound + next(random, 4), frames * channels * bits / 8};
    MLResult result = MLWebRTCSourceAppDefinedAudioSourcePushData(to, &buffer, &format);
    CHECK(result == MLResult_Ok || result == MLResult_Pending || result == MLResult_WebRTCMismatchingHandle ||
          result == MLResult_WebRTCInstanceNotCreated);
}

static void renew_source(unsigned at) {
    MLHandle made = ML_INVALID_HANDLE;
    MLWebRTCSourceCreateAppDefinedAudioSource(NULL, &made);
    MLWebRTCSourceDestroy(atomic_exchange(&sources[at], made));
}

static void renew_connection(unsigned at) {
    MLHandle made = ML_INVALID_HANDLE;
    MLWebRTCConnectionCreate(&config, &callbacks, &made);
    MLWebRTCConnectionDestroy(atomic_exchange(&connections[at], made));
}

static void listen(unsigned at, unsigned other, uint32_t *random) {
    context *sink = sinks[at];
    MLHandle handle = sink == NULL ? 0 : (MLHandle)sink->sink;
    switch (next(random, 6)) {
    case 0:
        destroy(atomic_exchange(&sinks[at], make_sink(random)));
        break;
    case 1:
        MLWebRTCAudioSinkSetSource(handle, ML_INVALID_HANDLE);
        break;
    case 2:
        MLWebRTCAudioSinkSetCacheSize(handle, next(random, 300));
        break;
    case 3:
        MLWebRTCAudioSinkSetSource(handle, sources[other]);
        break;
    default:
        MLWebRTCAudioSinkSetSource(handle, remotes[other]);
    }
}

static void connect(unsigned at, unsigned other, uint32_t *random) {
    MLHandle connection = connections[at];
    switch (next(random, 8)) {
    case 0:
        renew_connection(at);
        break;
    case 1:
        MLWebRTCConnectionRemoveLocalSourceTrack(connection, sources[other]);
        break;
    case 2:
        MLWebRTCSourceSetEnabled(remotes[other], (uint8_t)(at % 2));
        break;
    case 3:
    case 4:
        MLWebRTCConnectionAddLocalSourceTrack(connection, sources[other], 0, NULL);
        break;
    default:
        MLWebRTCConnectionProcessEvents(connection);
    }
}

static void step(uint32_t *random) {
    unsigned at = next(random, SHARED);
    unsigned other = next(random, SHARED);
    switch (next(random, 8)) {
    case 0:
        listen(at, other, random);
        break;
    case 1:
        connect(at, other, random);
        break;
    case 2:
        MLWebRTCSourceSetEnabled(sources[at], next(random, 4) != 0);
        if (next(random, 20) == 0) {
            renew_source(at);
        }
        break;
    default:
        push(sources[at], random);
    }
}

static void *work(void *argument) {
    uint32_t random = (uint32_t)(uintptr_t)argument * 77777 + 1;
    for (unsigned at = 0; at < STEPS; at++) {
        step(&random);
    }
    return NULL;
}

/* The same while instances come and go. */
static void *instances(void *argument) {
    uint32_t random = (uint32_t)(uintptr_t)argument + 99;
    for (unsigned at = 0; at < STEPS; at++) {
        if (next(&random, 60) == 0) {
            CHECK_EQUAL(MLWebRTCInstanceCreate(), MLResult_Ok);
            renew_source(next(&random, SHARED));
        }
        step(&random);
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

/* After the end of an instance nobody is called, whatever still lives in the host. */
static void end_instance(void) {
    MLWebRTCInstanceDestroy();
    for (unsigned at = 0; at < CONTEXTS && at < contexts_used; at++) {
        contexts[at].dead = true;
    }
}

int main(void) {
    uint32_t random = 5;
    engine_start();
    CHECK_EQUAL(MLWebRTCInstanceCreate(), MLResult_Ok);
    for (unsigned at = 0; at < SHARED; at++) {
        renew_source(at);
        renew_connection(at);
        sinks[at] = make_sink(&random);
    }
    run(work);
    CHECK(heard > 0 && told > 0 && announced > 0 && ended_inside > 0);
    end_instance();
    run(instances);
    end_instance();
    uint64_t until = ml_clock_ns() + UINT64_C(20000000000);
    while (ml_audio_threads_in_use() > 0) {
        CHECK(ml_clock_ns() < until);
        sched_yield();
    }
    CHECK_EQUAL(ml_audio_sinks_in_use(), 0);
    CHECK_EQUAL(ml_sources_in_use(), 0);
    CHECK_EQUAL(ml_connections_in_use(), 0);
    CHECK_EQUAL(ml_sounds_alive(), 0);
    CHECK(contexts_used <= CONTEXTS);
    printf("OK: sound stress, %" PRIu64 " blocks heard, %" PRIu64 " statuses, %u sinks\n", (uint64_t)heard,
           (uint64_t)told, (unsigned)contexts_used);
    return 0;
}
