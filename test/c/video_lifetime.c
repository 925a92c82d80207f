/* SPDX-License-Identifier: MIT */

/* Whatever is destroyed first: frames that are lent stay as they are, and nothing is left. */
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include "support/video.h"

/* Frames that flow from a source of a to a sink at b. */
typedef struct stream {
    pair both;
    MLHandle source;
    MLHandle remote;
    pusher pushed;
    viewer view;
} stream;

static void stream_open(stream *self) {
    memset(self, 0, sizeof *self);
    self->source = source_create();
    self->remote = pair_open_video(&self->both, self->source)->source;
    viewer_create(&self->view, self->remote, 8);
    pusher_start(&self->pushed, self->source, 8);
    pair_view(&self->both, &self->view, 5);
}

/* A frame that was acquired, and what it must go on looking like. */
typedef struct held {
    MLHandle frame;
    uint64_t time_stamp;
    uint64_t checksum;
    picture shown;
} held;

static held hold(stream *self) {
    held kept = {.frame = ML_INVALID_HANDLE};
    WAIT_UNTIL_STEP(MLWebRTCVideoSinkAcquireNextAvailableFrame(self->view.sink, &kept.frame) == MLResult_Ok,
                    pair_process(&self->both));
    kept.shown = frame_picture(kept.frame, &kept.time_stamp);
    kept.checksum = picture_checksum(&kept.shown);
    return kept;
}

/* By the pointer of old, and by asking again. */
static void check_unchanged(const held *kept) {
    CHECK(picture_checksum(&kept->shown) == kept->checksum);
    uint64_t time_stamp = 0;
    picture again = frame_picture(kept->frame, &time_stamp);
    CHECK(time_stamp == kept->time_stamp);
    CHECK(again.y == kept->shown.y && again.u == kept->shown.u && again.v == kept->shown.v);
}

static void wait_for(stream *self, uint64_t milliseconds) {
    uint64_t end = milliseconds_now() + milliseconds;
    WAIT_UNTIL_STEP(milliseconds_now() >= end, pair_process(&self->both));
}

/* In which order things go, by their first letters: Source, View (sink), a, b, Frame. */
static void destroy_in(stream *self, const char *order, held *kept) {
    for (const char *what = order; *what != '\0'; what++) {
        switch (*what) {
        case 'S':
            CHECK_OK(MLWebRTCSourceDestroy(self->source));
            break;
        case 'V':
            viewer_destroy(&self->view);
            break;
        case 'a':
            peer_destroy(&self->both.a);
            break;
        case 'b':
            peer_destroy(&self->both.b);
            break;
        default:
            break;
        }
        wait_for(self, 100);
        check_unchanged(kept);
    }
}

/* Frames are pushed all the while, by a thread that doesn't know. */
static void orders(void) {
    static const char *const list[] = {"SVab", "VSba", "abSV", "baVS", "bVaS", "aSbV"};
    static stream stream;
    for (size_t at = 0; at < sizeof list / sizeof *list; at++) {
        check_about("%s", list[at]);
        stream_open(&stream);
        held kept = hold(&stream);
        MLHandle sink = stream.view.sink;
        stream.pushed.may_fail = true;
        destroy_in(&stream, list[at], &kept);
        pusher_stop(&stream.pushed);
        check_unchanged(&kept);
        /* The frame outlives its sink, and can be given back to it. */
        CHECK_OK(MLWebRTCVideoSinkReleaseFrame(sink, kept.frame));
        CHECK_RESULT(MLWebRTCVideoSinkReleaseFrame(sink, kept.frame), MLResult_WebRTCMismatchingHandle);
    }
}

/* A source that goes away leaves the last picture or nothing; the connection goes on. */
static void source_first(void) {
    static stream stream;
    stream_open(&stream);
    stream.pushed.may_fail = true;
    CHECK_OK(MLWebRTCSourceDestroy(stream.source));
    pusher_stop(&stream.pushed);
    stream.view.may_be_black = true;
    pair_view_for(&stream.both, &stream.view, 500);
    unsigned before = stream.view.frames;
    pair_view_for(&stream.both, &stream.view, 500);
    CHECK_EQ(stream.view.frames, before);
    pair_check_alive(&stream.both);
    /* Its track goes with the next offer. */
    pair_negotiate(&stream.both, &stream.both.a);
    CHECK_EQ(stream.both.b.count[ON_TRACK_REMOVED], 1);
    /* Another one takes its place. */
    MLHandle next = source_create();
    peer_add_video(&stream.both.a, next, "next");
    pair_negotiate(&stream.both, &stream.both.a);
    viewer_attach(&stream.view, peer_track(&stream.both.b, "next")->source);
    pusher_start(&stream.pushed, next, 8);
    pair_view(&stream.both, &stream.view, 10);
    pusher_stop(&stream.pushed);
    viewer_destroy(&stream.view);
    pair_destroy(&stream.both);
    CHECK_OK(MLWebRTCSourceDestroy(next));
}

/* The local source survives the connection that it was on, and is taken by another. */
static void connection_first(void) {
    static stream stream;
    stream_open(&stream);
    pair_destroy(&stream.both);
    track *again = pair_open_video(&stream.both, stream.source);
    viewer_attach(&stream.view, again->source);
    pair_view(&stream.both, &stream.view, 10);
    pusher_stop(&stream.pushed);
    pair_destroy(&stream.both);
    viewer_destroy(&stream.view);
    CHECK_OK(MLWebRTCSourceDestroy(stream.source));
}

/* Everything is left behind, four frames too: nothing may be left in the library (run_cases looks). */
static void instance_first(void) {
    static stream stream;
    stream_open(&stream);
    held kept[4];
    for (unsigned at = 0; at < 4; at++) {
        kept[at] = hold(&stream);
    }
    stream.pushed.may_fail = true;
    CHECK_OK(MLWebRTCInstanceDestroy());
    MLWebRTCFrame out = {.version = 2};
    CHECK_RESULT(MLWebRTCFrameGetData(kept[0].frame, &out), MLResult_WebRTCInstanceNotCreated);
    pusher_stop(&stream.pushed);
}

/* Ten seconds, in which three hundred others pass. */
static void held_for_long(void) {
    static stream stream;
    stream_open(&stream);
    held kept = hold(&stream);
    stream.view.may_start_over = true;
    uint64_t end = milliseconds_now() + 10000;
    unsigned wanted = stream.view.frames + 300;
    VIEW_UNTIL(&stream.both, &stream.view, milliseconds_now() >= end && stream.view.frames >= wanted);
    check_unchanged(&kept);
    CHECK_OK(MLWebRTCVideoSinkReleaseFrame(stream.view.sink, kept.frame));
    viewer_print(&stream.view, "passed by");
    pusher_stop(&stream.pushed);
    viewer_destroy(&stream.view);
    pair_destroy(&stream.both);
    CHECK_OK(MLWebRTCSourceDestroy(stream.source));
}

/* The fifth frame takes the first back. */
static void fifth_frame(void) {
    static stream stream;
    stream_open(&stream);
    held kept[6];
    for (unsigned at = 0; at < 6; at++) {
        kept[at] = hold(&stream);
        for (unsigned before = at < 4 ? 0 : at - 3; before <= at; before++) {
            check_unchanged(&kept[before]);
        }
    }
    MLWebRTCFrame out = {.version = 2};
    for (unsigned at = 0; at < 6; at++) {
        MLResult expected = at < 2 ? MLResult_WebRTCMismatchingHandle : MLResult_Ok;
        CHECK_RESULT(MLWebRTCFrameGetData(kept[at].frame, &out), expected);
        CHECK_RESULT(MLWebRTCVideoSinkReleaseFrame(stream.view.sink, kept[at].frame), expected);
    }
    pusher_stop(&stream.pushed);
    pair_destroy(&stream.both);
    viewer_destroy(&stream.view);
    CHECK_OK(MLWebRTCSourceDestroy(stream.source));
}

/* --- inside the callbacks for tracks, and out of them ------------------------------------------------ */

typedef enum deed { DESTROY_CONNECTION, DESTROY_INSTANCE, DEEDS } deed;

static event_kind when;
static deed what;
static unsigned done;

static void destroy_now(peer *self, channel *of, event_kind kind) {
    (void)of;
    if (kind != when || done > 0) {
        return;
    }
    done = 1;
    if (what == DESTROY_CONNECTION) {
        peer_destroy(self);
        return;
    }
    peer *other = self->other;
    CHECK_OK(MLWebRTCInstanceDestroy());
    peer_poison(self);
    peer_poison(other);
}

static void destroy_inside(void) {
    static pair both;
    CHECK_OK(MLWebRTCInstanceDestroy());
    for (unsigned round = 0; round < 2 * DEEDS; round++) {
        when = round % 2 == 0 ? ON_TRACK_ADDED : ON_TRACK_REMOVED;
        what = (deed)(round / 2);
        done = 0;
        check_about("%s, deed %d", event_name(when), (int)what);
        CHECK_OK(MLWebRTCInstanceCreate());
        MLHandle source = source_create();
        pair_create(&both);
        both.b.hook = destroy_now;
        peer_add_video(&both.a, source, "picture");
        if (when == ON_TRACK_ADDED) {
            CHECK_OK(MLWebRTCConnectionCreateOffer(both.a.connection));
        } else {
            pair_connect(&both);
            CHECK_OK(MLWebRTCConnectionRemoveLocalSourceTrack(both.a.connection, source));
            CHECK_OK(MLWebRTCConnectionCreateOffer(both.a.connection));
        }
        PUMP_UNTIL(&both, done);
        pair_destroy(&both);
        CHECK_RESULT(MLWebRTCInstanceDestroy(),
                     what == DESTROY_INSTANCE ? MLResult_WebRTCInstanceNotCreated : MLResult_Ok);
        check_nothing_left();
    }
    CHECK_OK(MLWebRTCInstanceCreate());
}

static jmp_buf way_out;
static unsigned left;

static void leave(peer *self, channel *of, event_kind kind) {
    (void)self, (void)of;
    if (kind == ON_TRACK_ADDED || kind == ON_TRACK_REMOVED) {
        left++;
        longjmp(way_out, 1);
    }
}

static void process_guarded(pair *both) {
    if (setjmp(way_out) == 0) {
        pair_process(both);
    } else {
        peer_left_callback();
    }
}

/* A callback that never returns, as when an exception leaves it: the events behind it come all the same, and the handle
 * of a removed track ends. */
static void callbacks_left(void) {
    static pair both;
    MLHandle source = source_create();
    pair_create(&both);
    both.b.hook = leave;
    left = 0;
    peer_add_video(&both.a, source, "picture");
    both.at_a = peer_open_channel(&both.a, "first");
    CHECK_OK(MLWebRTCConnectionCreateOffer(both.a.connection));
    WAIT_UNTIL_STEP(both.at_a->opened && both.b.channel_count > 0 && both.b.channels[0]->opened,
                    process_guarded(&both));
    both.at_b = both.b.channels[0];
    CHECK_EQ(left, 1);
    MLHandle remote = peer_track(&both.b, "picture")->source;
    CHECK_OK(MLWebRTCConnectionRemoveLocalSourceTrack(both.a.connection, source));
    CHECK_OK(MLWebRTCConnectionCreateOffer(both.a.connection));
    WAIT_UNTIL_STEP(both.b.count[ON_TRACK_REMOVED] == 1 && both.b.count[ON_ANSWER] == 2, process_guarded(&both));
    CHECK_EQ(left, 2);
    int32_t type = 0;
    WAIT_UNTIL_STEP(MLWebRTCSourceGetType(remote, &type) == MLResult_WebRTCMismatchingHandle, process_guarded(&both));
    both.b.hook = NULL;
    pair_check_alive(&both);
    pair_destroy(&both);
    CHECK_OK(MLWebRTCSourceDestroy(source));
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"orders", orders},
        {"source_first", source_first},
        {"connection_first", connection_first},
        {"instance_first", instance_first},
        {"held_for_long", held_for_long},
        {"fifth_frame", fifth_frame},
        {"destroy_inside_track_callbacks", destroy_inside},
        {"track_callbacks_left", callbacks_left},
    };
    return RUN_CASES(cases, argc, argv);
}
