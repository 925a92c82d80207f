/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "native.h"

enum { CHANNELS_MOST = 64, TEXT_TOLD_MOST = 4096 };

/* A data channel of either side, by the order in which they came. */
typedef struct channel {
    MLHandle handle;
    bool quiet;        /* its messages are counted and not told */
    uint64_t messages; /* received */
    uint64_t bytes;    /* likewise */
    uint64_t broken;   /* messages that are not the pattern */
    uint64_t left;     /* bytes that are still to be sent */
    uint64_t size;     /* of each of these messages */
    uint32_t number;   /* of the next one */
} channel;

static channel channels[CHANNELS_MOST];
static unsigned count;

/* The bytes of a message of the pattern depend on its number, which its first four bytes are. */
static uint8_t pattern_at(uint32_t number, uint64_t at) { return (uint8_t)(number * 7 + at * 31); }

static void fill(uint8_t *data, uint64_t size, uint32_t number) {
    for (uint64_t at = 0; at < size; at++) {
        data[at] = pattern_at(number, at);
    }
    memcpy(data, &number, size < sizeof number ? (size_t)size : sizeof number);
}

static bool is_pattern(const uint8_t *data, uint64_t size) {
    uint32_t number;
    if (size < sizeof number) {
        return false;
    }
    memcpy(&number, data, sizeof number);
    for (uint64_t at = sizeof number; at < size; at++) {
        if (data[at] != pattern_at(number, at)) {
            return false;
        }
    }
    return true;
}

static void tell(const char *event, const channel *of) {
    json_begin(event);
    json_number("id", (double)(of - channels));
    json_end();
}

static void on_open(void *context) { tell("open", context); }

static void on_closed(void *context) { tell("closed", context); }

static void on_message(const MLWebRTCDataChannelMessage *got, void *context) {
    channel *self = context;
    self->messages++;
    self->bytes += got->data_size;
    if (self->quiet) {
        self->broken += !is_pattern(got->data, got->data_size);
        return;
    }
    json_begin("message");
    json_number("id", (double)(self - channels));
    json_number("size", (double)got->data_size);
    json_number("binary", got->is_binary);
    if (got->is_binary) {
        json_number("pattern", is_pattern(got->data, got->data_size));
    } else if (got->data_size <= TEXT_TOLD_MOST) {
        json_string("text", got->data, got->data_size);
    }
    json_end();
}

static channel *adopt(MLHandle handle) {
    if (count == CHANNELS_MOST) {
        fprintf(stderr, "more than %d channels\n", CHANNELS_MOST);
        exit(1);
    }
    channel *self = &channels[count++];
    *self = (channel){.handle = handle};
    MLWebRTCDataChannelEventCallbacks callbacks = {
        .version = 1, .context = self, .on_open = on_open, .on_closed = on_closed, .on_message = on_message};
    MLResult result = MLWebRTCDataChannelSetEventCallbacks(handle, &callbacks);
    if (result != MLResult_Ok) {
        fprintf(stderr, "SetEventCallbacks: %s\n", MLWebRTCGetResultString(result));
        exit(1);
    }
    return self;
}

void on_channel_received(MLHandle handle, void *context) {
    (void)context;
    channel *self = adopt(handle);
    char *label;
    MLWebRTCDataChannelGetLabel(handle, &label);
    json_begin("channel");
    json_number("id", (double)(self - channels));
    json_text("label", label);
    json_end();
    MLWebRTCDataChannelReleaseLabelMemory(handle, label);
}

void channels_forget(void) { count = 0; }

static channel *next_channel(char **rest) {
    unsigned long id = next_number(rest);
    if (id >= count) {
        fprintf(stderr, "no channel %lu\n", id);
        exit(1);
    }
    return &channels[id];
}

static MLResult create(char *rest) {
    MLHandle handle;
    MLResult result = MLWebRTCDataChannelCreate(connection, rest, &handle);
    if (result == MLResult_Ok) {
        json_number("id", (double)(adopt(handle) - channels));
    }
    return result;
}

static MLResult send_text(char *rest) {
    const channel *to = next_channel(&rest);
    return MLWebRTCDataChannelSendMessage(
        to->handle, &(MLWebRTCDataChannelMessage){.version = 1, .data = rest, .data_size = strlen(rest)});
}

static MLResult send_pattern(channel *to, uint64_t size) {
    uint8_t *data = malloc(size + 1);
    if (data == NULL) {
        return MLResult_AllocFailed;
    }
    fill(data, size, to->number);
    MLResult result = MLWebRTCDataChannelSendMessage(
        to->handle, &(MLWebRTCDataChannelMessage){.version = 1, .data = data, .data_size = size, .is_binary = 1});
    free(data);
    to->number += result == MLResult_Ok;
    return result;
}

/* ID SIZE */
static MLResult send_binary(char *rest) {
    channel *to = next_channel(&rest);
    return send_pattern(to, next_number(&rest));
}

/* ID BYTES SIZE: so many in messages of that size, as fast as they are taken. */
static MLResult flood(char *rest) {
    channel *to = next_channel(&rest);
    to->left = next_number(&rest);
    to->size = next_number(&rest);
    return MLResult_Ok;
}

/* ID: messages of the pattern are counted from now on, and not told. */
static MLResult quiet(char *rest) {
    channel *of = next_channel(&rest);
    of->quiet = true;
    of->messages = of->bytes = of->broken = 0;
    return MLResult_Ok;
}

static MLResult received(char *rest) {
    const channel *of = next_channel(&rest);
    json_number("messages", (double)of->messages);
    json_number("bytes", (double)of->bytes);
    json_number("broken", (double)of->broken);
    json_number("left", (double)of->left);
    return MLResult_Ok;
}

static MLResult destroy(char *rest) { return MLWebRTCDataChannelDestroy(connection, next_channel(&rest)->handle); }

void channels_run(void) {
    for (unsigned at = 0; at < count; at++) {
        channel *to = &channels[at];
        while (to->left > 0) {
            MLResult result = send_pattern(to, to->left < to->size ? to->left : to->size);
            if (result == MLResult_Pending) {
                break;
            }
            if (result != MLResult_Ok) {
                fprintf(stderr, "SendMessage: %s\n", MLWebRTCGetResultString(result));
                exit(1);
            }
            to->left -= to->left < to->size ? to->left : to->size;
        }
    }
}

const verb channel_verbs[] = {
    {"channel", create}, {"send-text", send_text}, {"send-binary", send_binary}, {"flood", flood},
    {"quiet", quiet},    {"received", received},   {"destroy-channel", destroy}, {NULL, NULL}};
