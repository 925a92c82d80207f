/* SPDX-License-Identifier: MIT */

/* Destroy from inside each kind of callback, and silence afterwards: the contexts are overwritten at once, so that any
 * later callback ends the test. */
#include <stdio.h>
#include <string.h>

#include "support/pair.h"

typedef enum destroyed { THE_CONNECTION, THE_CHANNEL, THE_OTHER_CONNECTION, THE_INSTANCE, DESTROYED_KINDS } destroyed;

static const char *const destroyed_names[] = {"the connection", "the channel", "the other connection", "the instance"};

typedef struct plan {
    pair both;
    event_kind when;
    destroyed what;
    bool done;
} plan;

static plan now;

static void destroy_now(peer *self, channel *of, event_kind kind) {
    if (kind != now.when || now.done) {
        return;
    }
    switch (now.what) {
    case THE_CONNECTION:
        now.done = true;
        peer_destroy(self);
        break;
    case THE_CHANNEL: {
        /* The one the callback is about, or for a callback of the connection the first there is. */
        channel *first = self == &now.both.a ? now.both.at_a : self->channel_count > 0 ? self->channels[0] : NULL;
        channel *target = of != NULL ? of : first;
        if (target != NULL) {
            now.done = true;
            channel_destroy(target);
        }
        break;
    }
    case THE_OTHER_CONNECTION:
        now.done = true;
        if (self->other->connection != ML_INVALID_HANDLE) {
            peer_destroy(self->other);
        }
        break;
    default:
        now.done = true;
        CHECK_OK(MLWebRTCInstanceDestroy());
        peer_poison(&now.both.a);
        peer_poison(&now.both.b);
        break;
    }
}

/* What makes the event happen at b, or at a if it is only known there. */
static void provoke(event_kind kind) {
    pair *both = &now.both;
    both->at_a = peer_open_channel(&both->a, "first");
    CHECK_OK(MLWebRTCConnectionCreateOffer(both->a.connection));
    if (kind == ON_ERROR) {
        pair_provoke_error(both);
    }
    if (kind < ON_OPEN && kind != ON_DISCONNECTED) {
        return;
    }
    PUMP_UNTIL(both, now.done || (both->at_a->opened && both->b.channel_count > 0 && both->b.channels[0]->opened));
    if (now.done) {
        return;
    }
    switch (kind) {
    case ON_MESSAGE:
        for (int at = 0; at < 100; at++) {
            CHECK_OK(channel_send(both->at_a, "x", 1, false));
        }
        break;
    case ON_DISCONNECTED:
        peer_destroy(&both->a);
        break;
    case ON_CLOSED:
        CHECK_OK(channel_send(both->at_a, "x", 1, false));
        channel_destroy(both->at_a);
        both->at_a = NULL;
        break;
    default:
        break;
    }
}

static bool lives(const peer *one) { return one->connection != ML_INVALID_HANDLE; }

/* The one that is left still works: it notices, and it can be destroyed. */
static void go_on(void) {
    pair *both = &now.both;
    if (now.what == THE_INSTANCE) {
        CHECK_RESULT(MLWebRTCInstanceDestroy(), MLResult_WebRTCInstanceNotCreated);
        return;
    }
    for (int call = 0; call < 20; call++) {
        pair_process(both);
    }
    peer *left = lives(&both->a) ? &both->a : &both->b;
    if (now.what == THE_CONNECTION && lives(left) && left->count[ON_CONNECTED] > 0) {
        PUMP_UNTIL(both, left->count[ON_DISCONNECTED] == 1);
    }
    pair_destroy(both);
}

/* Whose callback it is; NULL: there is no such case. b gets all but the offer, but its channel comes late. */
static peer *whose(event_kind when, destroyed what) {
    bool before_channel = when == ON_CANDIDATE || when == ON_GATHERED || when == ON_CONNECTED;
    if (what == THE_CHANNEL && (when == ON_ERROR || when == ON_ANSWER)) {
        return NULL;
    }
    return when == ON_OFFER || (what == THE_CHANNEL && before_channel) ? &now.both.a : &now.both.b;
}

static void each_callback(void) {
    CHECK_OK(MLWebRTCInstanceDestroy());
    for (event_kind when = ON_ERROR; when < EVENT_KINDS; when++) {
        for (destroyed what = THE_CONNECTION; what < DESTROYED_KINDS; what++) {
            if (whose(when, what) == NULL) {
                continue;
            }
            check_about("%s inside the callback for %s", destroyed_names[what], event_name(when));
            CHECK_OK(MLWebRTCInstanceCreate());
            memset(&now, 0, sizeof now);
            now.when = when;
            now.what = what;
            pair_create(&now.both);
            whose(when, what)->hook = destroy_now;
            provoke(when);
            PUMP_UNTIL(&now.both, now.done);
            go_on();
            CHECK_RESULT(MLWebRTCInstanceDestroy(),
                         what == THE_INSTANCE ? MLResult_WebRTCInstanceNotCreated : MLResult_Ok);
            check_nothing_left();
        }
    }
    CHECK_OK(MLWebRTCInstanceCreate());
}

/* Sources: inside OnSetEnabled and inside OnDestroyed. */
typedef struct source_context {
    uint64_t magic;
    MLHandle handle;
    destroyed what;
    unsigned destroyed;
} source_context;

#define SOURCE_MAGIC UINT64_C(0x736f75726365)

static void end_of_source(source_context *self) {
    if (self->what == THE_INSTANCE) {
        CHECK_OK(MLWebRTCInstanceDestroy());
        memset(self, 0xDD, sizeof *self);
    }
}

static void on_set_enabled(MLWebRTCBool enabled, void *context) {
    source_context *self = context;
    CHECK(self->magic == SOURCE_MAGIC && enabled == 0);
    if (self->what == THE_INSTANCE) {
        end_of_source(self);
    } else {
        CHECK_OK(MLWebRTCSourceDestroy(self->handle));
        CHECK_EQ(self->destroyed, 1);
        memset(self, 0xDD, sizeof *self);
    }
}

static void on_destroyed(void *context) {
    source_context *self = context;
    CHECK(self->magic == SOURCE_MAGIC);
    self->destroyed++;
    CHECK_RESULT(MLWebRTCSourceDestroy(self->handle), MLResult_WebRTCMismatchingHandle);
    end_of_source(self);
}

static void source_callbacks(void) {
    for (int inside_destroyed = 0; inside_destroyed < 2; inside_destroyed++) {
        for (int instance = 0; instance < 2; instance++) {
            check_about("source, inside OnDestroyed %d, instance %d", inside_destroyed, instance);
            source_context context = {.magic = SOURCE_MAGIC, .what = instance ? THE_INSTANCE : THE_CONNECTION};
            MLWebRTCAppDefinedSourceEventCallbacks callbacks = {
                .version = 1, .context = &context, .on_set_enabled = on_set_enabled, .on_destroyed = on_destroyed};
            CHECK_OK(MLWebRTCInstanceCreate());
            CHECK_OK(MLWebRTCSourceCreateAppDefinedVideoSource(&callbacks, &context.handle));
            MLHandle handle = context.handle;
            CHECK_OK(inside_destroyed ? MLWebRTCSourceDestroy(handle) : MLWebRTCSourceSetEnabled(handle, 0));
            MLWebRTCBool enabled = 1;
            MLResult gone = instance ? MLResult_WebRTCInstanceNotCreated : MLResult_WebRTCMismatchingHandle;
            CHECK_RESULT(MLWebRTCSourceIsEnabled(handle, &enabled), gone);
            if (!instance) {
                CHECK_OK(MLWebRTCInstanceDestroy());
            }
            check_nothing_left();
        }
    }
    CHECK_OK(MLWebRTCInstanceCreate());
}

/* A debug message comes on a thread of the library: it may end the instance, too. */
typedef struct debug_context {
    event_count ended;
} debug_context;

static void on_debug_message(uint32_t level, const char *message, void *context) {
    debug_context *self = context;
    CHECK(level <= MLWebRTCLogLevel_Fatal && message != NULL);
    CHECK_EQ(self->ended, 0);
    CHECK_OK(MLWebRTCInstanceDestroy());
    self->ended = 1;
}

static void debug_message(void) {
    static debug_context context;
    MLWebRTCDebugUtils utils = {
        .version = 1, .context = &context, .log_level = MLWebRTCLogLevel_Verbose, .on_debug_message = on_debug_message};
    MLWebRTCConnectionConfig config = {.version = 1};
    MLWebRTCConnectionEventCallbacks callbacks = {.version = 1};
    MLHandle handle = 0;
    CHECK_OK(MLWebRTCInstanceCreateWithDebugUtils(&utils));
    WAIT_UNTIL_STEP(context.ended == 1, {
        if (MLWebRTCConnectionCreate(&config, &callbacks, &handle) == MLResult_Ok) {
            MLWebRTCConnectionCreateOffer(handle);
        }
        nap();
    });
    CHECK_RESULT(MLWebRTCInstanceDestroy(), MLResult_WebRTCInstanceNotCreated);
    check_nothing_left();
    CHECK_OK(MLWebRTCInstanceCreate());
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"each_callback", each_callback},
        {"source_callbacks", source_callbacks},
        {"debug_message", debug_message},
    };
    return RUN_CASES(cases, argc, argv);
}
