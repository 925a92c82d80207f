/* SPDX-License-Identifier: MIT */
#include "meeting.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "socket.h"

/* --- configs ---------------------------------------------------------------------------------------- */

void servers_set(servers *self, const char *password, const char *const *uris) {
    memset(self, 0, sizeof *self);
    self->config = (MLWebRTCConnectionConfig){.version = 1, .ice_servers = self->list};
    for (; uris[self->config.num_ice_servers] != NULL; self->config.num_ice_servers++) {
        CHECK(self->config.num_ice_servers < SERVERS_MOST);
        self->list[self->config.num_ice_servers] = (MLWebRTCConnectionIceServer){
            .version = 1, .uri = uris[self->config.num_ice_servers], .user_name = "alice", .password = password};
    }
}

#define SAID_MOST 65536
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char said[SAID_MOST];
static size_t said_size;

static void on_message(uint32_t level, const char *message, void *context) {
    (void)level, (void)context;
    size_t size = strlen(message);
    pthread_mutex_lock(&lock);
    if (said_size + size + 2 < SAID_MOST) {
        memcpy(said + said_size, message, size);
        said_size += size;
        memcpy(said + said_size, "\n", 2);
        said_size++;
    }
    pthread_mutex_unlock(&lock);
    if (getenv("ML_TEST_LOG") != NULL) {
        fprintf(stderr, "%s\n", message);
    }
}

void instance_with(const char *variable, const char *value) {
    CHECK((value != NULL ? setenv(variable, value, 1) : unsetenv(variable)) == 0);
    pthread_mutex_lock(&lock);
    said_size = 0;
    said[0] = '\0';
    pthread_mutex_unlock(&lock);
    MLWebRTCDebugUtils utils = {.version = 1, .log_level = MLWebRTCLogLevel_Warn, .on_debug_message = on_message};
    if (getenv("ML_TEST_LOG") != NULL) {
        utils.log_level = MLWebRTCLogLevel_Debug;
    }
    CHECK_OK(MLWebRTCInstanceCreateWithDebugUtils(&utils));
}

bool instance_has_said(const char *text) {
    pthread_mutex_lock(&lock);
    bool found = strstr(said, text) != NULL;
    pthread_mutex_unlock(&lock);
    return found;
}

/* --- the two sides ---------------------------------------------------------------------------------- */

void meeting_begin(meeting *self, const char *namespace, const MLWebRTCConnectionConfig *config) {
    char file[64];
    memset(self, 0, sizeof *self);
    CHECK(snprintf(file, sizeof file, "/run/netns/%s", namespace) < (int)sizeof file);
    self->process = remote_start_in(file, "answer", &self->signals.socket);
    peer_create_with(&self->local, "offerer", config);
    self->made = peer_open_channel(&self->local, "meeting");
    self->start = milliseconds_now();
    CHECK_OK(MLWebRTCConnectionCreateOffer(self->local.connection));
}

static void step(meeting *self) { CHECK(remote_step(&self->signals, &self->local)); }

uint64_t meeting_connect(meeting *self) {
    WAIT_UNTIL_STEP(self->made->opened, step(self));
    CHECK_OK(channel_send(self->made, "hello", 5, false));
    WAIT_UNTIL_STEP(self->made->received == 1, step(self));
    CHECK_TEXT(self->made->messages[0].data, "hello");
    return milliseconds_now() - self->start;
}

unsigned meeting_gathered(meeting *self, const char *type) {
    WAIT_UNTIL_STEP(self->local.count[ON_GATHERED] > 0, step(self));
    unsigned count = 0;
    for (unsigned at = 0; at < self->local.candidate_count; at++) {
        count += strstr(self->local.candidates[at].line, type) != NULL;
    }
    return count;
}

const char *meeting_error(meeting *self) {
    WAIT_UNTIL_STEP(self->local.count[ON_ERROR] > 0, step(self));
    printf("    %s\n", self->local.error);
    return self->local.error;
}

void meeting_wait(meeting *self, uint64_t milliseconds) {
    WAIT_UNTIL_STEP(milliseconds_now() - self->start >= milliseconds, step(self));
}

void meeting_end(meeting *self) {
    peer_destroy(&self->local);
    socket_close(self->signals.socket);
    CHECK_EQ(remote_exit_code(self->process, PATIENCE_MS), 0);
}

int meeting_answer(void) {
    static peer local;
    const char *uri = getenv("ML_TEST_URI");
    CHECK_OK(MLWebRTCInstanceCreate());
    SERVERS(with, "secret", uri);
    peer_create_with(&local, "answerer", &with.config);
    remote_signals signals = {.socket = remote_socket()};
    unsigned echoed = 0;
    while (remote_step(&signals, &local)) {
        if (local.channel_count == 1 && local.channels[0]->received > echoed) {
            const message *last = &local.channels[0]->messages[echoed++];
            CHECK_OK(channel_send(local.channels[0], last->data, last->size, last->is_binary));
        }
    }
    peer_destroy(&local);
    CHECK_OK(MLWebRTCInstanceDestroy());
    return 0;
}
