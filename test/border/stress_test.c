/* Threads that make, use and destroy connections, channels and sources, each its own and all
 * of them a shared one; for the sanitizers to look at. */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "callbacks/channel.h"
#include "callbacks/connection.h"
#include "callbacks/source.h"
#include "check.h"
#include "engine.h"
#include "ml_webrtc.h"

#define THREADS 4
#define ROUNDS 150

static _Atomic MLHandle shared_connection, shared_channel, shared_source;
static _Atomic uint64_t delivered;

static void on_message(const MLWebRTCDataChannelMessage *message, void *context) {
    uint64_t sum = 0;
    for (uint64_t at = 0; at < message->data_size; at++) {
        sum += ((const uint8_t *)message->data)[at];
    }
    CHECK(sum == message->data_size && context != NULL);
    delivered++;
}

static void on_set_enabled(MLWebRTCBool enabled, void *context) { CHECK(enabled <= 1 && context != NULL); }

static const MLWebRTCConnectionConfig config;
static MLWebRTCConnectionEventCallbacks callbacks = {.context = &delivered};
static MLWebRTCDataChannelEventCallbacks channel_callbacks = {.context = &delivered, .on_message = on_message};
static MLWebRTCAppDefinedSourceEventCallbacks source_callbacks = {.context = &delivered,
                                                                  .on_set_enabled = on_set_enabled};

static void use(MLHandle connection, MLHandle channel) {
    uint8_t data[100];
    memset(data, 1, sizeof data);
    MLWebRTCBool flag;
    char *label = NULL;
    for (unsigned at = 0; at < 20; at++) {
        MLWebRTCDataChannelMessage message = {.data = data, .data_size = at * 5, .is_binary = (uint8_t)(at & 2)};
        MLWebRTCDataChannelSendMessage(channel, &message);
        MLWebRTCConnectionProcessEvents(connection);
        MLWebRTCConnectionIsConnected(connection, &flag);
        MLWebRTCDataChannelIsOpen(channel, &flag);
        if (MLWebRTCDataChannelGetLabel(channel, &label) == MLResult_Ok) {
            MLWebRTCDataChannelReleaseLabelMemory(channel, label);
        }
        MLWebRTCConnectionCreateOffer(connection);
        MLWebRTCDataChannelSetEventCallbacks(channel, &channel_callbacks);
    }
}

/* Replaces what all threads share; the one that was there is used by others at this moment. */
static void renew_shared(unsigned round) {
    MLHandle connection, channel, source;
    if (MLWebRTCConnectionCreate(&config, &callbacks, &connection) != MLResult_Ok) {
        return;
    }
    CHECK_EQUAL(MLWebRTCDataChannelCreate(connection, "shared", &channel), MLResult_Ok);
    CHECK_EQUAL(MLWebRTCSourceCreateAppDefinedVideoSource(&source_callbacks, &source), MLResult_Ok);
    MLHandle old_channel = atomic_exchange(&shared_channel, channel);
    MLHandle old = atomic_exchange(&shared_connection, connection);
    if (round % 2 == 0) {
        MLWebRTCDataChannelDestroy(old, old_channel);
    }
    MLWebRTCConnectionDestroy(old);
    MLWebRTCSourceDestroy(atomic_exchange(&shared_source, source));
}

static void *work(void *argument) {
    unsigned number = (unsigned)(uintptr_t)argument;
    for (unsigned round = 0; round < ROUNDS; round++) {
        MLHandle connection, channel;
        CHECK_EQUAL(MLWebRTCConnectionCreate(&config, &callbacks, &connection), MLResult_Ok);
        CHECK_EQUAL(MLWebRTCDataChannelCreate(connection, "own", &channel), MLResult_Ok);
        use(connection, channel);
        use(shared_connection, shared_channel);
        MLWebRTCSourceSetEnabled(shared_source, (uint8_t)round);
        if ((round + number) % 3 == 0) {
            renew_shared(round);
        }
        CHECK_EQUAL(MLWebRTCConnectionDestroy(connection), MLResult_Ok);
    }
    return NULL;
}

static void *instances(void *argument) {
    (void)argument;
    for (unsigned round = 0; round < ROUNDS; round++) {
        MLHandle connection, channel, source;
        CHECK_EQUAL(MLWebRTCInstanceCreate(), MLResult_Ok);
        if (MLWebRTCConnectionCreate(&config, &callbacks, &connection) == MLResult_Ok) {
            MLWebRTCDataChannelCreate(connection, "short-lived", &channel);
            use(connection, channel);
        }
        MLWebRTCSourceCreateAppDefinedAudioSource(&source_callbacks, &source);
        MLWebRTCInstanceDestroy();
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
    run(work);
    CHECK_EQUAL(MLWebRTCInstanceDestroy(), MLResult_Ok);
    CHECK(delivered > 0);
    run(instances);
    MLWebRTCInstanceDestroy();
    CHECK_EQUAL(ml_connections_in_use(), 0);
    CHECK_EQUAL(ml_channels_in_use(), 0);
    CHECK_EQUAL(ml_sources_in_use(), 0);
    CHECK_EQUAL(ml_events_alive(), 0);
    printf("OK: stress, %" PRIu64 " messages delivered\n", (uint64_t)delivered);
    return 0;
}
