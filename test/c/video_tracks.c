/* SPDX-License-Identifier: MIT */

/* Tracks and negotiation: what is added arrives under its ids, what is removed goes, while frames flow. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/sdp.h"
#include "support/video.h"

/* The longest time without a frame that goes by as fluent here; wide, for machines that are busy. */
#define STALL_MS UINT64_C(3000)

static unsigned first_of(const peer *of, event_kind kind) {
    unsigned at = 0;
    while (at < of->logged && of->log[at] != kind) {
        at++;
    }
    return at;
}

static void check_track(const track *added, const char *id, const char *const *streams, unsigned count) {
    CHECK(added != NULL);
    CHECK_TEXT(added->id, id);
    CHECK_EQ(added->type, MLWebRTCSourceType_Video);
    CHECK_EQ(added->stream_count, count);
    for (unsigned at = 0; at < count; at++) {
        CHECK_TEXT(added->streams[at], streams[at]);
    }
}

static char *track_id(MLHandle source) {
    static char copy[256];
    char *id = NULL;
    CHECK_OK(MLWebRTCSourceGetTrackId(source, &id));
    CHECK(strlen(id) > 0 && strlen(id) < sizeof copy);
    strcpy(copy, id);
    CHECK_OK(MLWebRTCSourceReleaseTrackId(source, id));
    return copy;
}

/* All streams in their order, an id of the application's or the source's own, by both functions. */
static void ids(void) {
    static const char *const plain[] = {"one", "two", "three"};
    pair both;
    pair_create(&both);
    MLHandle sources[4];
    for (unsigned at = 0; at < 4; at++) {
        sources[at] = source_create();
    }
    MLWebRTCTrackInfo info = {.version = 1, .stream_count = 3, .streams = plain, .track_id = "overridden"};
    CHECK_OK(MLWebRTCConnectionAddLocalSourceTrackEx(both.a.connection, sources[0], &info));
    info = (MLWebRTCTrackInfo){.version = 1};
    CHECK_OK(MLWebRTCConnectionAddLocalSourceTrackEx(both.a.connection, sources[1], &info));
    CHECK_OK(MLWebRTCConnectionAddLocalSourceTrack(both.a.connection, sources[2], 2, plain));
    /* What no line of a description can hold is refused, or carried without breaking the description. */
    info = (MLWebRTCTrackInfo){.version = 1, .stream_count = 3, .streams = plain, .track_id = "x y\r\na=evil:1"};
    MLResult odd = MLWebRTCConnectionAddLocalSourceTrackEx(both.a.connection, sources[3], &info);
    CHECK(odd == MLResult_Ok || odd == MLResult_InvalidParam);
    char own[256];
    strcpy(own, track_id(sources[1]));
    CHECK(strcmp(own, track_id(sources[2])) != 0);

    pair_connect(&both);
    CHECK(strstr(both.a.offer, "\na=evil") == NULL);
    CHECK_EQ(both.b.track_count, odd == MLResult_Ok ? 4 : 3);
    check_track(peer_track(&both.b, "overridden"), "overridden", plain, 3);
    check_track(peer_track(&both.b, own), own, NULL, 0);
    check_track(peer_track(&both.b, track_id(sources[2])), track_id(sources[2]), plain, 2);
    /* The override is the connection's affair: the source keeps its own id. */
    CHECK(strcmp(track_id(sources[0]), "overridden") != 0);
    CHECK_EQ(both.a.track_count, 0);
    pair_destroy(&both);
    for (unsigned at = 0; at < 4; at++) {
        CHECK_OK(MLWebRTCSourceDestroy(sources[at]));
    }
}

/* No candidate is passed on, so no packet can come: the tracks are announced all the same, and before the answer. */
static void at_description_time(void) {
    pair both;
    pair_create(&both);
    both.a.holds_candidates = true;
    both.b.holds_candidates = true;
    MLHandle at_a = source_create();
    MLHandle at_b = source_create();
    peer_add_video(&both.a, at_a, "from-a");
    peer_add_video(&both.b, at_b, "from-b");
    CHECK_OK(MLWebRTCConnectionCreateOffer(both.a.connection));
    PUMP_UNTIL(&both, both.b.count[ON_ANSWER] == 1);
    CHECK(peer_track(&both.b, "from-a") != NULL);
    CHECK(first_of(&both.b, ON_TRACK_ADDED) < first_of(&both.b, ON_ANSWER));
    PUMP_UNTIL(&both, both.a.track_count == 1);
    CHECK(peer_track(&both.a, "from-b") != NULL);
    CHECK_EQ(both.a.count[ON_CONNECTED] + both.b.count[ON_CONNECTED], 0);
    pair_destroy(&both);
    CHECK_OK(MLWebRTCSourceDestroy(at_a));
    CHECK_OK(MLWebRTCSourceDestroy(at_b));
}

static void check_stale(MLHandle source) {
    int32_t type = -1;
    CHECK_RESULT(MLWebRTCSourceGetType(source, &type), MLResult_WebRTCMismatchingHandle);
    CHECK_RESULT(MLWebRTCSourceDestroy(source), MLResult_WebRTCMismatchingHandle);
    MLHandle sink = ML_INVALID_HANDLE;
    CHECK_OK(MLWebRTCVideoSinkCreate(&sink));
    CHECK_RESULT(MLWebRTCVideoSinkSetSource(sink, source), MLResult_WebRTCMismatchingHandle);
    CHECK_OK(MLWebRTCVideoSinkDestroy(sink));
}

static void add_and_remove(void) {
    pair both;
    MLHandle source = source_create();
    MLHandle other = source_create();
    MLHandle picture = pair_open_video(&both, source)->source;
    const MLWebRTCTrackInfo info = {.version = 1};
    CHECK_RESULT(MLWebRTCConnectionAddLocalSourceTrackEx(both.a.connection, source, &info), MLResult_InvalidParam);
    CHECK_RESULT(MLWebRTCConnectionAddLocalSourceTrack(both.a.connection, source, 0, NULL), MLResult_InvalidParam);
    CHECK_RESULT(MLWebRTCConnectionRemoveLocalSourceTrack(both.a.connection, other), MLResult_InvalidParam);
    CHECK_RESULT(MLWebRTCConnectionRemoveLocalSourceTrack(both.b.connection, source), MLResult_InvalidParam);
    /* Nothing changes at the other side before the next offer. */
    CHECK_OK(MLWebRTCConnectionRemoveLocalSourceTrack(both.a.connection, source));
    CHECK_RESULT(MLWebRTCConnectionRemoveLocalSourceTrack(both.a.connection, source), MLResult_InvalidParam);
    pair_check_alive(&both);
    CHECK_EQ(both.b.count[ON_TRACK_REMOVED], 0);
    pair_negotiate(&both, &both.a);
    CHECK_EQ(both.b.count[ON_TRACK_REMOVED], 1);
    check_stale(picture);
    /* Again, under the same id: another handle. */
    peer_add_video(&both.a, source, "picture");
    pair_check_alive(&both);
    CHECK_EQ(both.b.track_count, 1);
    pair_negotiate(&both, &both.a);
    CHECK_EQ(both.b.track_count, 2);
    CHECK(peer_track(&both.b, "picture")->source != picture);
    /* Added and taken off again between two offers: nobody hears of it. */
    peer_add_video(&both.a, other, "short");
    CHECK_OK(MLWebRTCConnectionRemoveLocalSourceTrack(both.a.connection, other));
    pair_negotiate(&both, &both.a);
    pair_check_alive(&both);
    CHECK_EQ(both.b.track_count, 2);
    CHECK_EQ(both.b.count[ON_TRACK_REMOVED], 1);
    MLHandle second = peer_track(&both.b, "picture")->source;
    pair_destroy(&both);
    check_stale(second);
    CHECK_OK(MLWebRTCSourceDestroy(source));
    CHECK_OK(MLWebRTCSourceDestroy(other));
}

/* A remote source is the connection's. */
static void remote_rules(void) {
    pair both;
    MLHandle source = source_create();
    track *at_b = pair_open_video(&both, source);
    MLHandle remote = at_b->source;
    MLWebRTCBool enabled = 2;
    CHECK_OK(MLWebRTCSourceIsEnabled(remote, &enabled));
    CHECK_EQ(enabled, 1);
    CHECK_RESULT(MLWebRTCSourceDestroy(remote), MLResult_InvalidParam);
    picture shown;
    picture_create(&shown, 32, 32);
    picture_fill(&shown, 100, 128, 128);
    laid out = {0};
    laid_set(&out, &shown, LAYOUT_PLANAR, 1);
    CHECK_RESULT(MLWebRTCSourceAppDefinedVideoSourcePushFrame(remote, &out.frame), MLResult_WebRTCMismatchingHandle);
    laid_destroy(&out);
    picture_destroy(&shown);
    const MLWebRTCTrackInfo info = {.version = 1};
    CHECK_RESULT(MLWebRTCConnectionAddLocalSourceTrackEx(both.b.connection, remote, &info),
                 MLResult_WebRTCMismatchingHandle);
    CHECK_RESULT(MLWebRTCConnectionAddLocalSourceTrack(both.a.connection, remote, 0, NULL),
                 MLResult_WebRTCMismatchingHandle);
    CHECK_RESULT(MLWebRTCConnectionRemoveLocalSourceTrack(both.b.connection, remote), MLResult_WebRTCMismatchingHandle);
    CHECK_TEXT(track_id(remote), "picture");
    pair_destroy(&both);
    check_stale(remote);
    CHECK_OK(MLWebRTCSourceDestroy(source));
}

/* What flows from a to b all the time, and what comes and goes beside it. */
typedef struct stage {
    pair both;
    MLHandle steady;
    MLHandle passing; /* a's or b's in turn */
    pusher steady_push;
    pusher passing_push;
    viewer steady_view;
    viewer passing_view;
} stage;

#define STAGE_UNTIL(self, condition) WAIT_UNTIL_STEP(condition, stage_step(self))

static void stage_step(stage *self) {
    pair_process(&self->both);
    viewer_poll(&self->steady_view);
    if (self->passing_view.sink != ML_INVALID_HANDLE) {
        viewer_poll(&self->passing_view);
    }
}

static void stage_open(stage *self) {
    memset(self, 0, sizeof *self);
    self->steady = source_create();
    self->passing = source_create();
    track *at_b = pair_open_video(&self->both, self->steady);
    pusher_start(&self->steady_push, self->steady, 1);
    pusher_start(&self->passing_push, self->passing, 2);
    viewer_create(&self->steady_view, at_b->source, 1);
    self->passing_view.sink = ML_INVALID_HANDLE;
    pair_view(&self->both, &self->steady_view, 1);
    viewer_reset(&self->steady_view);
}

static void stage_close(stage *self) {
    pusher_stop(&self->steady_push);
    pusher_stop(&self->passing_push);
    viewer_destroy(&self->steady_view);
    pair_destroy(&self->both);
    CHECK_OK(MLWebRTCSourceDestroy(self->steady));
    CHECK_OK(MLWebRTCSourceDestroy(self->passing));
}

/* Negotiates while the frames are looked at. */
static void stage_negotiate(stage *self, peer *offerer) {
    unsigned answers = offerer->other->count[ON_ANSWER];
    CHECK_OK(MLWebRTCConnectionCreateOffer(offerer->connection));
    STAGE_UNTIL(self, offerer->other->count[ON_ANSWER] > answers);
    stage_step(self);
    stage_step(self);
    CHECK_EQ(self->both.a.count[ON_ERROR] + self->both.b.count[ON_ERROR], 0);
}

/* Fifty times a track comes, shows a frame, and goes, offered by either side in turn; the other track doesn't mind. */
static void rounds(void) {
    enum { ROUNDS = 50 };
    stage stage;
    stage_open(&stage);
    for (unsigned round = 0; round < ROUNDS; round++) {
        check_about("round %u", round);
        peer *from = round % 2 == 0 ? &stage.both.a : &stage.both.b;
        char id[32];
        snprintf(id, sizeof id, "passing-%u", round);
        peer_add_video(from, stage.passing, id);
        stage_negotiate(&stage, from);
        track *arrived = peer_track(from->other, id);
        CHECK(arrived != NULL);
        viewer_create(&stage.passing_view, arrived->source, 2);
        STAGE_UNTIL(&stage, stage.passing_view.frames > 0);
        CHECK_OK(MLWebRTCConnectionRemoveLocalSourceTrack(from->connection, stage.passing));
        stage_negotiate(&stage, from);
        CHECK(arrived->removed);
        check_stale(arrived->source);
        viewer_destroy(&stage.passing_view);
    }
    CHECK_EQ(stage.both.b.track_count, ROUNDS / 2 + 1);
    CHECK_EQ(stage.both.a.track_count, ROUNDS / 2);
    CHECK_EQ(stage.both.a.count[ON_TRACK_REMOVED] + stage.both.b.count[ON_TRACK_REMOVED], ROUNDS);
    /* What is gone makes room: descriptions don't grow with every track that ever was. */
    CHECK(sdp_count(stage.both.a.offer, "m=video") <= 4);
    CHECK(sdp_count(stage.both.b.offer, "m=video") <= 4);
    viewer_print(&stage.steady_view, "steady");
    CHECK(viewer_gap(&stage.steady_view) < STALL_MS);
    stage_close(&stage);
}

/* One track takes the place of another in one negotiation. */
static void replace(void) {
    stage stage;
    stage_open(&stage);
    for (unsigned round = 0; round < 4; round++) {
        check_about("round %u", round);
        bool passes = round % 2 == 0;
        MLHandle old = passes ? stage.steady : stage.passing;
        MLHandle fresh = passes ? stage.passing : stage.steady;
        const char *id = passes ? "replacement" : "picture";
        CHECK_OK(MLWebRTCConnectionRemoveLocalSourceTrack(stage.both.a.connection, old));
        peer_add_video(&stage.both.a, fresh, id);
        stage_negotiate(&stage, &stage.both.a);
        CHECK_EQ(stage.both.b.count[ON_TRACK_REMOVED], round + 1);
        CHECK_EQ(stage.both.b.track_count, round + 2);
        track *arrived = peer_track(&stage.both.b, id);
        CHECK(arrived != NULL);
        /* The frame that waits in the sink is of the old source. */
        viewer_attach(&stage.steady_view, arrived->source);
        stage.steady_view.stream = passes ? 2 : 1;
        unsigned wanted = stage.steady_view.frames + 10;
        STAGE_UNTIL(&stage, stage.steady_view.frames >= wanted);
    }
    CHECK(viewer_gap(&stage.steady_view) < STALL_MS);
    stage_close(&stage);
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"ids", ids},
        {"at_description_time", at_description_time},
        {"add_and_remove", add_and_remove},
        {"remote_rules", remote_rules},
        {"rounds", rounds},
        {"replace", replace},
    };
    return RUN_CASES(cases, argc, argv);
}
