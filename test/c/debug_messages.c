/* SPDX-License-Identifier: MIT */

/* The library's log, as the host hears it. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "support/pair.h"

#define HEARD_MAGIC UINT64_C(0x6865617264)

typedef struct heard {
    uint64_t magic;
    uint32_t level;
    pthread_t host;
    event_count lines;
    event_count inside;
} heard;

static void on_message(uint32_t level, const char *message, void *context) {
    heard *self = context;
    CHECK(self->magic == HEARD_MAGIC);
    CHECK_EQ(self->inside++, 0);
    CHECK(level >= MLWebRTCLogLevel_Verbose && level <= MLWebRTCLogLevel_Fatal);
    CHECK(level >= self->level);
    CHECK(message != NULL && message[0] != '\0');
    CHECK(is_utf8(message, strlen(message)));
    CHECK(!pthread_equal(pthread_self(), self->host));
    self->lines++;
    self->inside--;
}

static void start(heard *self, uint32_t level) {
    memset(self, 0, sizeof *self);
    self->magic = HEARD_MAGIC;
    self->level = level <= MLWebRTCLogLevel_Default ? (uint32_t)MLWebRTCLogLevel_Info : level;
    self->host = pthread_self();
    MLWebRTCDebugUtils utils = {.version = 1, .context = self, .log_level = level, .on_debug_message = on_message};
    CHECK_OK(MLWebRTCInstanceCreateWithDebugUtils(&utils));
    memset(&utils, 0xDD, sizeof utils);
}

/* Much that is worth a line, of every weight. */
static void make_noise(void) {
    static const char *const labels[] = {"first", "Gr\xC3\xBCn", "cut \xC3", "%s%s%n", "a\nb"};
    pair both;
    pair_open(&both);
    for (size_t at = 0; at < sizeof labels / sizeof *labels; at++) {
        channel *received = NULL;
        pair_add_channel(&both, &both.a, labels[at], &received);
    }
    MLWebRTCConnectionSetRemoteOffer(both.a.connection, "nonsense \xFF %s%n");
    pair_provoke_error(&both);
    PUMP_UNTIL(&both, both.b.count[ON_ERROR] == 1);
    pair_destroy(&both);
}

/* The instance is gone: no line comes, so the context may go, too. */
static void stop(heard *self) {
    CHECK_OK(MLWebRTCInstanceDestroy());
    CHECK_EQ(self->inside, 0);
    memset(self, 0xDD, sizeof *self);
}

/* Lower levels say more; what is heard fits the level. */
static void levels(void) {
    static heard heard;
    start(&heard, MLWebRTCLogLevel_Verbose);
    make_noise();
    WAIT_UNTIL(heard.lines > 0);
    stop(&heard);
    for (uint32_t level = MLWebRTCLogLevel_Unknown; level <= MLWebRTCLogLevel_Fatal; level++) {
        check_about("level %u", level);
        start(&heard, level);
        make_noise();
        stop(&heard);
    }
    static const uint32_t silent[] = {MLWebRTCLogLevel_Silent, MLWebRTCLogLevel_Silent + 1, UINT32_MAX};
    for (size_t at = 0; at < sizeof silent / sizeof *silent; at++) {
        start(&heard, silent[at]);
        make_noise();
        CHECK_EQ(heard.lines, 0);
        stop(&heard);
    }
    CHECK_OK(MLWebRTCInstanceCreate());
}

/* A new instance over a living one: the old receiver hears nothing from then on. */
static void replaced(void) {
    static heard first;
    static heard second;
    start(&first, MLWebRTCLogLevel_Verbose);
    pair both;
    pair_open(&both);
    start(&second, MLWebRTCLogLevel_Verbose);
    memset(&first, 0xDD, sizeof first);
    peer_poison(&both.a);
    peer_poison(&both.b);
    make_noise();
    WAIT_UNTIL(second.lines > 0);
    CHECK_OK(MLWebRTCInstanceCreate());
    memset(&second, 0xDD, sizeof second);
    make_noise();
}

static void no_callback(void) {
    MLWebRTCDebugUtils utils = {.version = 1, .log_level = MLWebRTCLogLevel_Verbose};
    CHECK_OK(MLWebRTCInstanceCreateWithDebugUtils(&utils));
    make_noise();
}

/* A receiver that calls the library back, slowly. */
static void on_message_that_calls(uint32_t level, const char *message, void *context) {
    on_message(level, message, context);
    MLWebRTCConnectionConfig config = {.version = 1};
    MLWebRTCConnectionEventCallbacks callbacks = {.version = 1};
    MLHandle handle = 0;
    if (MLWebRTCConnectionCreate(&config, &callbacks, &handle) == MLResult_Ok) {
        MLResult result = MLWebRTCConnectionProcessEvents(handle);
        CHECK(result == MLResult_Ok || result == MLResult_WebRTCInstanceNotCreated);
        result = MLWebRTCConnectionDestroy(handle);
        CHECK(result == MLResult_Ok || result == MLResult_WebRTCInstanceNotCreated);
    }
}

static void calls_from_inside(void) {
    static heard heard;
    heard = (struct heard){.magic = HEARD_MAGIC, .level = MLWebRTCLogLevel_Verbose, .host = pthread_self()};
    MLWebRTCDebugUtils utils = {.version = 1,
                                .context = &heard,
                                .log_level = MLWebRTCLogLevel_Verbose,
                                .on_debug_message = on_message_that_calls};
    CHECK_OK(MLWebRTCInstanceCreateWithDebugUtils(&utils));
    make_noise();
    WAIT_UNTIL(heard.lines > 5);
    /* The callback that runs now may be in the middle of a call; this waits for it, and no other begins. */
    stop(&heard);
    CHECK_OK(MLWebRTCInstanceCreate());
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"levels", levels},
        {"replaced", replaced},
        {"no_callback", no_callback},
        {"calls_from_inside", calls_from_inside},
    };
    return RUN_CASES(cases, argc, argv);
}
