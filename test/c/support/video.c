/* SPDX-License-Identifier: MIT */
#include "video.h"

#include <string.h>

MLHandle source_create(void) {
    MLHandle source = ML_INVALID_HANDLE;
    CHECK_OK(MLWebRTCSourceCreateAppDefinedVideoSource(NULL, &source));
    CHECK(source != 0 && source != ML_INVALID_HANDLE);
    return source;
}

void source_push(MLHandle source, const picture *shown, layout how, uint64_t time_stamp) {
    laid out = {0};
    laid_set(&out, shown, how, time_stamp);
    CHECK_OK(MLWebRTCSourceAppDefinedVideoSourcePushFrame(source, &out.frame));
    memset(out.memory, 0xDD, out.size);
    laid_destroy(&out);
}

void source_push_pattern(MLHandle source, unsigned width, unsigned height, unsigned stream, unsigned number) {
    picture shown;
    picture_create(&shown, width, height);
    pattern_draw(&shown, stream, number);
    source_push(source, &shown, LAYOUT_PLANAR, microseconds_now());
    picture_destroy(&shown);
}

static void *push_steadily(void *argument) {
    pusher *self = argument;
    picture shown;
    picture_create(&shown, self->width, self->height);
    laid out = {0};
    uint64_t tick = microseconds_now() * self->rate / 1000000;
    while (self->running) {
        /* A tick that was missed is left out: time goes on. */
        uint64_t now = microseconds_now();
        uint64_t due = now * self->rate / 1000000;
        tick = due > tick ? due : tick + 1;
        sleep_until_microseconds((tick * 1000000 + self->rate - 1) / self->rate);
        pattern_draw(&shown, self->stream, self->still ? 0 : (unsigned)tick & NUMBER_MASK);
        laid_set(&out, &shown, self->how, microseconds_now());
        MLResult result = MLWebRTCSourceAppDefinedVideoSourcePushFrame(self->source, &out.frame);
        if (!self->may_fail) {
            CHECK_OK(result);
        }
        self->pushed++;
    }
    laid_destroy(&out);
    picture_destroy(&shown);
    return NULL;
}

void pusher_run(pusher *self) {
    self->running = true;
    self->pushed = 0;
    CHECK(pthread_create(&self->thread, NULL, push_steadily, self) == 0);
}

void pusher_start(pusher *self, MLHandle source, unsigned stream) {
    memset(self, 0, sizeof *self);
    self->source = source;
    self->stream = stream;
    self->width = 320;
    self->height = 240;
    self->rate = 30;
    pusher_run(self);
}

void pusher_stop(pusher *self) {
    self->running = false;
    CHECK(pthread_join(self->thread, NULL) == 0);
}

void pair_negotiate(pair *self, peer *offerer) {
    unsigned offers = offerer->count[ON_OFFER];
    unsigned answers = offerer->other->count[ON_ANSWER];
    CHECK_OK(MLWebRTCConnectionCreateOffer(offerer->connection));
    PUMP_UNTIL(self, offerer->count[ON_OFFER] > offers && offerer->other->count[ON_ANSWER] > answers);
    /* The answer is applied before what is asked for next. */
    for (int call = 0; call < 2; call++) {
        pair_process(self);
    }
    CHECK_EQ(self->a.count[ON_ERROR] + self->b.count[ON_ERROR], 0);
}

void peer_add_video(peer *self, MLHandle source, const char *id) {
    const char *const streams[] = {"stream"};
    MLWebRTCTrackInfo info = {.version = 1, .stream_count = 1, .streams = streams, .track_id = id};
    CHECK_OK(MLWebRTCConnectionAddLocalSourceTrackEx(self->connection, source, &info));
}

track *pair_open_video(pair *self, MLHandle source) {
    pair_create(self);
    peer_add_video(&self->a, source, "picture");
    pair_connect(self);
    track *added = peer_track(&self->b, "picture");
    CHECK(added != NULL);
    CHECK_EQ(added->type, MLWebRTCSourceType_Video);
    return added;
}

void pair_view(pair *self, viewer *of, unsigned frames) {
    unsigned wanted = of->frames + frames;
    VIEW_UNTIL(self, of, of->frames >= wanted);
}

void pair_view_for(pair *self, viewer *of, uint64_t milliseconds) {
    uint64_t end = milliseconds_now() + milliseconds;
    WAIT_UNTIL_STEP(milliseconds_now() >= end, (pair_process(self), viewer_poll(of)));
}
