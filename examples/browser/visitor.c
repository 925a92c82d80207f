#include "visitor.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "examples/c/peer.h"

/* A page that does not ask for its messages for so long has gone. */
#define GONE_SECONDS 30
#define MESSAGES_BYTES_MOST (4u << 20)

static visitor visitors[VISITORS_MOST];

static char *append(char *text, const char *more) {
    size_t size = text != NULL ? strlen(text) : 0;
    char *longer = realloc(text, size + strlen(more) + 1);
    if (longer == NULL) {
        abort();
    }
    strcpy(longer + size, more);
    return longer;
}

/* As a JSON string; to be freed. */
static char *quoted(const char *text) {
    char *out = malloc(6 * strlen(text) + 3), *to = out;
    if (out == NULL) {
        abort();
    }
    *to++ = '"';
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c < 0x20) {
            to += sprintf(to, "\\u%04x", c);
        } else {
            if (c == '"' || c == '\\') {
                *to++ = '\\';
            }
            *to++ = (char)c;
        }
    }
    strcpy(to, "\"");
    return out;
}

static void tell(visitor *to, const char *message) {
    if (to->messages != NULL && strlen(to->messages) > MESSAGES_BYTES_MOST) {
        return; /* nobody fetches them */
    }
    if (to->waiting++ > 0) {
        to->messages = append(to->messages, ",");
    }
    to->messages = append(to->messages, message);
}

static void tell_description(visitor *to, const char *type, const char *sdp) {
    char *text = quoted(sdp), *message = append(NULL, "{\"type\":\"");
    message = append(append(append(append(message, type), "\",\"sdp\":"), text), "}");
    tell(to, message);
    free(message);
    free(text);
}

static void on_offer(const char *sdp, void *context) { tell_description(context, "offer", sdp); }

static void on_answer(const char *sdp, void *context) { tell_description(context, "answer", sdp); }

static void on_candidate(const MLWebRTCConnectionIceCandidate *found, void *context) {
    char *candidate = quoted(found->candidate), *mid = quoted(found->sdp_mid), number[32];
    snprintf(number, sizeof number, "%d", found->sdp_mline_index);
    char *message = append(append(NULL, "{\"type\":\"candidate\",\"candidate\":"), candidate);
    message = append(append(append(message, ",\"sdpMid\":"), mid), ",\"sdpMLineIndex\":");
    message = append(append(message, number), "}");
    tell(context, message);
    free(message);
    free(candidate);
    free(mid);
}

static void on_connected(void *context) {
    visitor *self = context;
    self->connected = 1;
    printf("page %d is connected\n", self->id);
}

static void on_disconnected(void *context) {
    visitor *self = context;
    self->connected = 0;
    printf("page %d is disconnected\n", self->id);
}

static void on_error(const char *message, void *context) { printf("page %d: %s\n", ((visitor *)context)->id, message); }

static void say(const visitor *to, const char *text) {
    MLWebRTCDataChannelMessage message = {.version = 1, .data = text, .data_size = strlen(text)};
    if (to->chat != ML_INVALID_HANDLE) {
        MLWebRTCDataChannelSendMessage(to->chat, &message); /* a line that does not get through is no harm here */
    }
}

static void on_message(const MLWebRTCDataChannelMessage *got, void *context) {
    const visitor *self = context;
    char line[600], said[512];
    snprintf(said, sizeof said, "%.*s", (int)(got->data_size < 500 ? got->data_size : 500), (const char *)got->data);
    printf("page %d says: %s\n", self->id, said);
    snprintf(line, sizeof line, "I heard: %s", said);
    say(self, line);
}

static void on_open(void *context) { say(context, "Hello! What you type here comes to a program in C."); }

static void on_channel(MLHandle channel, void *context) {
    visitor *self = context;
    self->chat = channel;
    MLWebRTCDataChannelEventCallbacks callbacks = {
        .version = 1, .context = self, .on_open = on_open, .on_message = on_message};
    check(MLWebRTCDataChannelSetEventCallbacks(channel, &callbacks), "SetEventCallbacks");
}

static void on_track(const MLWebRTCSource *track, uint32_t stream_count, const char *const *streams, void *context) {
    visitor *self = context;
    (void)stream_count, (void)streams;
    if (track->type == MLWebRTCSourceType_Audio) {
        check(MLWebRTCAudioSinkSetSource(self->sound_sink, track->handle), "AudioSinkSetSource");
    } else {
        check(MLWebRTCVideoSinkSetSource(self->picture_sink, track->handle), "VideoSinkSetSource");
    }
}

/* On a thread of the library. */
static void on_sound(const MLAudioBuffer *buffer, const MLAudioBufferFormat *format, void *context) {
    recorder_sound(((visitor *)context)->recorded, buffer->ptr, buffer->size / 2 / format->channel_count,
                   format->channel_count);
}

static void connect(visitor *self, MLHandle picture_source, MLHandle sound_source) {
    MLWebRTCConnectionEventCallbacks callbacks = {.context = self,
                                                  .on_error = on_error,
                                                  .on_connected = on_connected,
                                                  .on_disconnected = on_disconnected,
                                                  .on_track_added = on_track,
                                                  .on_data_channel_received = on_channel,
                                                  .on_local_offer_created = on_offer,
                                                  .on_local_answer_created = on_answer,
                                                  .on_local_ice_candidate_found = on_candidate};
    check(MLWebRTCConnectionCreate(&(MLWebRTCConnectionConfig){0}, &callbacks, &self->connection), "ConnectionCreate");
    const char *streams[] = {"program"};
    MLWebRTCTrackInfo info = {.version = 1, .stream_count = 1, .streams = streams, .track_id = "landscape"};
    check(MLWebRTCConnectionAddLocalSourceTrackEx(self->connection, picture_source, &info), "AddLocalSourceTrackEx");
    info.track_id = "chime";
    check(MLWebRTCConnectionAddLocalSourceTrackEx(self->connection, sound_source, &info), "AddLocalSourceTrackEx");
    check(MLWebRTCVideoSinkCreate(&self->picture_sink), "VideoSinkCreate");
    MLWebRTCAudioSinkParams params = {.version = 1,
                                      .mode = MLWebRTCBufferNotifyMode_NotifyOnly,
                                      .user_context = self,
                                      .audio_sink_callback = on_sound};
    check(MLWebRTCAudioSinkCreateEx(&params, &self->sound_sink), "AudioSinkCreateEx");
}

visitor *visitor_welcome(MLHandle picture_source, MLHandle sound_source, const char *folder) {
    static int last;
    for (visitor *self = visitors; self < visitors + VISITORS_MOST; self++) {
        if (self->id == 0) {
            *self = (visitor){.id = ++last, .chat = ML_INVALID_HANDLE, .asked = now()};
            self->recorded = recorder_open(folder, self->id);
            connect(self, picture_source, sound_source);
            printf("page %d has come\n", self->id);
            return self;
        }
    }
    return NULL;
}

visitor *visitor_find(int id) {
    for (visitor *self = visitors; id > 0 && self < visitors + VISITORS_MOST; self++) {
        if (self->id == id) {
            self->asked = now();
            return self;
        }
    }
    return NULL;
}

void visitor_leave(visitor *self) {
    check(MLWebRTCConnectionDestroy(self->connection), "ConnectionDestroy");
    check(MLWebRTCVideoSinkDestroy(self->picture_sink), "VideoSinkDestroy");
    check(MLWebRTCAudioSinkDestroy(self->sound_sink), "AudioSinkDestroy"); /* no callback comes after it */
    recorder_close(self->recorded);
    free(self->messages);
    printf("page %d has gone\n", self->id);
    self->id = 0;
}

void visitors_leave(void) {
    for (visitor *self = visitors; self < visitors + VISITORS_MOST; self++) {
        if (self->id != 0) {
            visitor_leave(self);
        }
    }
}

/* The description as the page's JSON.stringify makes it: the library takes it like that. */
MLResult visitor_offer(visitor *self, const char *description) {
    return MLWebRTCConnectionSetRemoteOffer(self->connection, description);
}

MLResult visitor_answer(visitor *self, const char *description) {
    return MLWebRTCConnectionSetRemoteAnswer(self->connection, description);
}

MLResult visitor_candidate(visitor *self, const char *candidate, const char *mid, int index) {
    MLWebRTCConnectionIceCandidate found = {.candidate = candidate, .sdp_mid = mid, .sdp_mline_index = index};
    return MLWebRTCConnectionAddRemoteIceCandidate(self->connection, &found);
}

char *visitor_messages(visitor *self, int from) {
    char head[64];
    if (from >= self->first + self->waiting) { /* the page has them all */
        self->first += self->waiting;
        self->waiting = 0;
        free(self->messages);
        self->messages = NULL;
    }
    snprintf(head, sizeof head, "{\"first\":%d,\"messages\":[", self->first);
    return append(append(append(NULL, head), self->messages != NULL ? self->messages : ""), "]}");
}

static void take_picture(visitor *self) {
    MLHandle newest;
    if (MLWebRTCVideoSinkAcquireNextAvailableFrame(self->picture_sink, &newest) != MLResult_Ok) {
        return;
    }
    MLWebRTCFrame frame = {.version = 2, .format = MLWebRTCOutputFormat_YUV_420_888};
    check(MLWebRTCFrameGetData(newest, &frame), "FrameGetData");
    const MLWebRTCFramePlanes *planes = frame.frame_data;
    self->frames++;
    self->width = planes->image_planes[0].width;
    self->height = planes->image_planes[0].height;
    recorder_picture(self->recorded, planes, now());
    check(MLWebRTCVideoSinkReleaseFrame(self->picture_sink, newest), "ReleaseFrame");
}

void visitors_run(void) {
    for (visitor *self = visitors; self < visitors + VISITORS_MOST; self++) {
        if (self->id == 0) {
            continue;
        }
        check(MLWebRTCConnectionProcessEvents(self->connection), "ProcessEvents");
        take_picture(self);
        if (!self->connected && now() - self->asked > GONE_SECONDS) {
            visitor_leave(self);
        }
    }
}

void visitors_say(const char *text) {
    for (visitor *self = visitors; self < visitors + VISITORS_MOST; self++) {
        if (self->id != 0) {
            say(self, text);
        }
    }
}

void visitors_report(void) {
    for (visitor *self = visitors; self < visitors + VISITORS_MOST; self++) {
        if (self->id != 0 && self->connected) {
            printf("page %d: sees %ux%u at %d frames/s, hears %.0f dB\n", self->id, self->width, self->height,
                   self->frames, recorder_level(self->recorded));
            self->frames = 0;
        }
    }
    fflush(stdout);
}
