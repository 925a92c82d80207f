/* SPDX-License-Identifier: MIT */
#include "statistics.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static statistic sent;
static statistic received;

/* Lines may carry the name of their scope before the text. */
static bool parse(const char *text, const char *prefix, statistic *out, int *used) {
    const char *at = strstr(text, prefix);
    statistic heard = {0};
    if (at == NULL || sscanf(at + strlen(prefix), " %ux%u %15s %lf frame/s %u kbit/s%n", &heard.width, &heard.height,
                             heard.codec, &heard.rate, &heard.kilobits, used) != 5) {
        return false;
    }
    *used += (int)(at + strlen(prefix) - text);
    heard.lines = out->lines + 1;
    *out = heard;
    return true;
}

static void on_message(uint32_t level, const char *message, void *context) {
    (void)context;
    if (getenv("ML_TEST_LOG") != NULL) {
        fprintf(stderr, "%u %s\n", level, message);
    }
    int used = 0;
    double quantizer = 0;
    pthread_mutex_lock(&lock);
    if (parse(message, "video sent:", &sent, &used)) {
        sscanf(message + used, " quantizer %lf target %u", &quantizer, &sent.target);
    } else if (parse(message, "video received:", &received, &used)) {
        sscanf(message + used, " lost %u recovered %u dropped %u key frames %u", &received.lost, &received.recovered,
               &received.dropped, &received.key_frames);
    }
    pthread_mutex_unlock(&lock);
}

void statistics_start(void) {
    MLWebRTCDebugUtils utils = {.version = 1, .log_level = MLWebRTCLogLevel_Debug, .on_debug_message = on_message};
    CHECK_OK(MLWebRTCInstanceCreateWithDebugUtils(&utils));
    pthread_mutex_lock(&lock);
    memset(&sent, 0, sizeof sent);
    memset(&received, 0, sizeof received);
    pthread_mutex_unlock(&lock);
}

static statistic copy_of(const statistic *from) {
    pthread_mutex_lock(&lock);
    statistic copy = *from;
    pthread_mutex_unlock(&lock);
    return copy;
}

statistic statistics_sent(void) { return copy_of(&sent); }

statistic statistics_received(void) { return copy_of(&received); }
