/* The rules for callbacks that a single thread, or two, can show (ABI.md section 3). */
#include <pthread.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "callbacks/channel.h"
#include "callbacks/connection.h"
#include "callbacks/source.h"
#include "check.h"
#include "engine.h"
#include "ml_webrtc.h"

static MLHandle connection, channel;
static jmp_buf escape;

static struct {
    unsigned opened, messages, offers;
    uint8_t last;
    enum { STAY, THROW, REENTER, DESTROY_CHANNEL, DESTROY_CONNECTION, BLOCK } action;
    _Atomic int blocked, release;
    uint64_t order_broken;
} seen;

static void act(void) {
    switch (seen.action) {
    case STAY:
        break;
    case THROW:
        longjmp(escape, 1);
    case REENTER: {
        unsigned before = seen.messages;
        CHECK_EQUAL(MLWebRTCConnectionProcessEvents(connection), MLResult_Ok);
        CHECK_EQUAL(seen.messages, before);
        break;
    }
    case DESTROY_CHANNEL:
        CHECK_EQUAL(MLWebRTCDataChannelDestroy(connection, channel), MLResult_Ok);
        break;
    case DESTROY_CONNECTION:
        CHECK_EQUAL(MLWebRTCConnectionDestroy(connection), MLResult_Ok);
        break;
    case BLOCK:
        seen.blocked = 1;
        while (!seen.release) {
            nanosleep(&(struct timespec){0, 1000000}, NULL);
        }
        break;
    }
}

static void on_open(void *context) {
    CHECK(context == &seen);
    seen.opened++;
}

static void on_offer(const char *sdp, void *context) {
    CHECK(strcmp(sdp, "v=0") == 0 && context == &seen);
    seen.offers++;
    act();
}

static void on_message(const MLWebRTCDataChannelMessage *message, void *context) {
    CHECK(context == &seen && message->data != NULL);
    uint8_t value = message->data_size > 0 ? *(const uint8_t *)message->data : 0;
    seen.order_broken += value != (uint8_t)(seen.last + 1);
    seen.last = value;
    seen.messages++;
    act();
}

static void begin(void) {
    memset(&seen, 0, sizeof seen);
    MLWebRTCConnectionConfig config = {0};
    MLWebRTCConnectionEventCallbacks callbacks = {.context = &seen, .on_local_offer_created = on_offer};
    MLWebRTCDataChannelEventCallbacks channel_callbacks = {
        .context = &seen, .on_open = on_open, .on_message = on_message};
    CHECK_EQUAL(MLWebRTCInstanceCreate(), MLResult_Ok);
    CHECK_EQUAL(MLWebRTCConnectionCreate(&config, &callbacks, &connection), MLResult_Ok);
    CHECK_EQUAL(MLWebRTCDataChannelCreate(connection, "label", &channel), MLResult_Ok);
    CHECK_EQUAL(MLWebRTCDataChannelSetEventCallbacks(channel, &channel_callbacks), MLResult_Ok);
}

static void send_messages(unsigned count) {
    static uint8_t next;
    next = seen.last;
    for (unsigned at = 0; at < count; at++) {
        next++;
        MLWebRTCDataChannelMessage message = {.data = &next, .data_size = 1, .is_binary = 1};
        CHECK_EQUAL(MLWebRTCDataChannelSendMessage(channel, &message), MLResult_Ok);
    }
}

/* Waits until the engine has given back so many, without fetching them. */
static void await_queued(unsigned count) {
    for (unsigned queued = 0; queued < count;) {
        nanosleep(&(struct timespec){0, 100000}, NULL);
        ml_connection *object = ml_connection_lock(connection);
        ml_mutex_lock(&object->inbox.lock);
        queued = 0;
        for (ml_event *event = object->inbox.events.head; event != NULL; event = event->next) {
            queued += event->kind == ML_EVENT_CHANNEL_MESSAGE;
        }
        ml_mutex_unlock(&object->inbox.lock);
        ml_mutex_unlock(&object->lock);
    }
}

static void end(void) {
    CHECK_EQUAL(MLWebRTCInstanceDestroy(), MLResult_Ok);
    CHECK_EQUAL(ml_connections_in_use(), 0);
    CHECK_EQUAL(ml_channels_in_use(), 0);
    CHECK_EQUAL(ml_sources_in_use(), 0);
    CHECK_EQUAL(ml_events_alive(), 0);
}

/* As a managed exception does, from stacks of different depths. */
__attribute__((noinline)) static void process_throwing(unsigned depth) {
    volatile char room[256];
    room[0] = (char)depth;
    if (depth > 0) {
        process_throwing(depth - 1);
    } else if (setjmp(escape) == 0) {
        CHECK_EQUAL(MLWebRTCConnectionProcessEvents(connection), MLResult_Ok);
    }
    CHECK(room[0] == (char)depth);
}

static void thrown_callbacks(void) {
    begin();
    send_messages(40);
    await_queued(40);
    seen.action = THROW;
    for (unsigned at = 0; at < 40; at++) {
        process_throwing(at * 7 % 11);
        CHECK_EQUAL(seen.messages, at + 1);
    }
    CHECK_EQUAL(seen.opened, 1);
    CHECK_EQUAL(seen.order_broken, 0);
    /* And a Destroy after one that never returned. */
    send_messages(2);
    await_queued(2);
    process_throwing(3);
    CHECK_EQUAL(MLWebRTCConnectionDestroy(connection), MLResult_Ok);
    end();
}

static void reentry(void) {
    begin();
    send_messages(5);
    await_queued(5);
    seen.action = REENTER;
    CHECK_EQUAL(MLWebRTCConnectionProcessEvents(connection), MLResult_Ok);
    CHECK_EQUAL(seen.messages, 5);
    end();
}

static void destroy_inside(void) {
    begin();
    send_messages(5);
    await_queued(5);
    seen.action = DESTROY_CHANNEL;
    CHECK_EQUAL(MLWebRTCConnectionProcessEvents(connection), MLResult_Ok);
    CHECK_EQUAL(seen.messages, 1);
    end();

    begin();
    send_messages(5);
    await_queued(5);
    seen.action = DESTROY_CONNECTION;
    CHECK_EQUAL(MLWebRTCConnectionProcessEvents(connection), MLResult_Ok);
    CHECK_EQUAL(seen.messages, 1);
    CHECK_EQUAL(MLWebRTCConnectionProcessEvents(connection), MLResult_WebRTCMismatchingHandle);
    end();
}

static void *process_elsewhere(void *argument) {
    (void)argument;
    CHECK_EQUAL(MLWebRTCConnectionProcessEvents(connection), MLResult_Ok);
    return NULL;
}

static void destroy_elsewhere(void) {
    begin();
    send_messages(5);
    await_queued(5);
    seen.action = BLOCK;
    pthread_t other;
    pthread_create(&other, NULL, process_elsewhere, NULL);
    while (!seen.blocked) {
        nanosleep(&(struct timespec){0, 1000000}, NULL);
    }
    /* A second drain finds one at work and delivers nothing. */
    CHECK_EQUAL(MLWebRTCConnectionProcessEvents(connection), MLResult_Ok);
    CHECK_EQUAL(seen.messages, 1);
    uint64_t before = ml_clock_ns();
    CHECK_EQUAL(MLWebRTCDataChannelDestroy(connection, channel), MLResult_Ok);
    CHECK(ml_clock_ns() - before >= ML_CALLBACK_PATIENCE_NS);
    seen.release = 1;
    pthread_join(other, NULL);
    CHECK_EQUAL(seen.messages, 1);
    end();
}

static void late_callbacks(void) {
    begin();
    MLHandle second;
    MLWebRTCDataChannelEventCallbacks callbacks = {.context = &seen, .on_open = on_open, .on_message = on_message};
    CHECK_EQUAL(MLWebRTCDataChannelCreate(connection, "second", &second), MLResult_Ok);
    channel = second;
    send_messages(3);
    await_queued(3);
    CHECK_EQUAL(MLWebRTCConnectionProcessEvents(connection), MLResult_Ok);
    CHECK_EQUAL(seen.opened, 1);
    CHECK_EQUAL(seen.messages, 0);
    CHECK_EQUAL(MLWebRTCDataChannelSetEventCallbacks(second, &callbacks), MLResult_Ok);
    CHECK_EQUAL(seen.messages, 0);
    CHECK_EQUAL(MLWebRTCConnectionProcessEvents(connection), MLResult_Ok);
    CHECK_EQUAL(seen.opened, 2);
    CHECK_EQUAL(seen.messages, 3);
    CHECK_EQUAL(seen.order_broken, 0);
    end();
}

/* What nobody fetches is bounded on both ways, and none of it is lost. */
static void bounds(void) {
    begin();
    static uint8_t piece[65536];
    MLWebRTCDataChannelMessage message = {.data = piece, .data_size = sizeof piece, .is_binary = 1};
    unsigned taken = 0;
    MLResult result;
    unsigned refused = 0;
    while (refused < 200) {
        piece[0] = (uint8_t)(taken + 1);
        result = MLWebRTCDataChannelSendMessage(channel, &message);
        CHECK(result == MLResult_Ok || result == MLResult_Pending);
        taken += result == MLResult_Ok;
        refused = result == MLResult_Ok ? 0 : refused + 1;
        nanosleep(&(struct timespec){0, 100000}, NULL);
        CHECK(taken < 100);
    }
    CHECK((uint64_t)taken * sizeof piece <= ML_OUTBOX_BYTES + ML_CHANNEL_BYTES + ML_OUTBOX_BATCH_BYTES);
    while (seen.messages < taken) {
        CHECK_EQUAL(MLWebRTCConnectionProcessEvents(connection), MLResult_Ok);
    }
    CHECK_EQUAL(seen.order_broken, 0);
    end();
}

int main(void) {
    engine_start();
    thrown_callbacks();
    reentry();
    destroy_inside();
    destroy_elsewhere();
    late_callbacks();
    bounds();
    printf("OK: rules of callbacks\n");
    return 0;
}
