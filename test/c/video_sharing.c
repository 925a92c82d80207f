/* SPDX-License-Identifier: MIT */

/* Sources on several connections, several on one, several sinks, disabled and enabled again. */
#include <stdio.h>
#include <string.h>

#include "support/video.h"

#define QUICKLY_MS UINT64_C(3000)

enum { CONNECTIONS = 3 };

/* One source, three peers: each gets it, and one that goes takes nothing from the others. */
static void three_connections(void) {
    static pair pairs[CONNECTIONS];
    static viewer views[CONNECTIONS];
    static pusher pushed;
    MLHandle source = source_create();
    for (unsigned at = 0; at < CONNECTIONS; at++) {
        viewer_create(&views[at], pair_open_video(&pairs[at], source)->source, 5);
    }
    pusher_start(&pushed, source, 5);
    unsigned left = 0;
    for (unsigned first = 0; first < CONNECTIONS; first++) {
        for (unsigned at = first; at < CONNECTIONS; at++) {
            unsigned wanted = views[at].frames + 30;
            WAIT_UNTIL_STEP(views[at].frames >= wanted, {
                for (left = first; left < CONNECTIONS; left++) {
                    pair_process(&pairs[left]);
                    viewer_poll(&views[left]);
                }
            });
        }
        viewer_print(&views[first], "one of three");
        viewer_destroy(&views[first]);
        pair_destroy(&pairs[first]);
    }
    pusher_stop(&pushed);
    CHECK_OK(MLWebRTCSourceDestroy(source));
}

/* Two sources on one connection, and one in the other direction: none shows up in the place of another. */
static void two_sources(void) {
    static pair both;
    static pusher pushed[3];
    static viewer views[3];
    static const char *const ids[] = {"zero", "one", "back"};
    MLHandle sources[3];
    pair_create(&both);
    for (unsigned at = 0; at < 3; at++) {
        sources[at] = source_create();
        peer_add_video(at < 2 ? &both.a : &both.b, sources[at], ids[at]);
    }
    pair_connect(&both);
    for (unsigned at = 0; at < 3; at++) {
        track *arrived = peer_track(at < 2 ? &both.b : &both.a, ids[at]);
        CHECK(arrived != NULL);
        viewer_create(&views[at], arrived->source, at);
        pusher_start(&pushed[at], sources[at], at);
    }
    WAIT_UNTIL_STEP(views[0].frames >= 60 && views[1].frames >= 60 && views[2].frames >= 60, {
        pair_process(&both);
        for (unsigned at = 0; at < 3; at++) {
            viewer_poll(&views[at]);
        }
    });
    for (unsigned at = 0; at < 3; at++) {
        viewer_print(&views[at], ids[at]);
        pusher_stop(&pushed[at]);
        viewer_destroy(&views[at]);
        CHECK_OK(MLWebRTCSourceDestroy(sources[at]));
    }
    pair_destroy(&both);
}

static void check_enabled(MLHandle source, bool expected) {
    MLWebRTCBool enabled = 2;
    CHECK_OK(MLWebRTCSourceIsEnabled(source, &enabled));
    CHECK_EQ(enabled, expected);
}

/* A disabled source shows black or nothing, and enabled again it shows the scene at once. */
static void toggle(pair *both, viewer *view, MLHandle source) {
    for (unsigned round = 0; round < 3; round++) {
        check_about("round %u", round);
        view->may_be_black = true;
        CHECK_OK(MLWebRTCSourceSetEnabled(source, 0));
        check_enabled(source, false);
        /* What was on the way has arrived; from then on nothing but black. */
        pair_view_for(both, view, 700);
        unsigned before = view->frames + view->repeats;
        pair_view_for(both, view, 1000);
        CHECK_EQ(view->frames + view->repeats, before);
        CHECK_OK(MLWebRTCSourceSetEnabled(source, 1));
        check_enabled(source, true);
        uint64_t start = milliseconds_now();
        pair_view(both, view, 1);
        uint64_t took = milliseconds_now() - start;
        printf("back after %u ms, %u black frames\n", (unsigned)took, view->blacks);
        CHECK(took < QUICKLY_MS);
        view->may_be_black = false;
        pair_view(both, view, 15);
    }
}

static void disabled_at_the_sender(void) {
    static pair both;
    static pusher pushed;
    static viewer view;
    MLHandle source = source_create();
    viewer_create(&view, pair_open_video(&both, source)->source, 6);
    pusher_start(&pushed, source, 6);
    pair_view(&both, &view, 15);
    toggle(&both, &view, source);
    pusher_stop(&pushed);
    viewer_destroy(&view);
    pair_destroy(&both);
    CHECK_OK(MLWebRTCSourceDestroy(source));
}

/* The sink of a disabled remote source gets black; another connection's sink is not concerned. */
static void disabled_at_the_receiver(void) {
    static pair both;
    static pusher pushed;
    static viewer view;
    MLHandle source = source_create();
    MLHandle remote = pair_open_video(&both, source)->source;
    viewer_create(&view, remote, 6);
    pusher_start(&pushed, source, 6);
    pair_view(&both, &view, 15);
    toggle(&both, &view, remote);
    CHECK(view.blacks >= 1);
    check_enabled(source, true);
    pusher_stop(&pushed);
    viewer_destroy(&view);
    pair_destroy(&both);
    CHECK_OK(MLWebRTCSourceDestroy(source));
}

/* A source that is disabled when it is added shows nothing of its scene. */
static void disabled_from_the_start(void) {
    static pair both;
    static pusher pushed;
    static viewer view;
    MLHandle source = source_create();
    CHECK_OK(MLWebRTCSourceSetEnabled(source, 0));
    viewer_create(&view, pair_open_video(&both, source)->source, 6);
    view.may_be_black = true;
    pusher_start(&pushed, source, 6);
    pair_view_for(&both, &view, 1000);
    CHECK_EQ(view.frames, 0);
    CHECK_OK(MLWebRTCSourceSetEnabled(source, 1));
    pair_view(&both, &view, 15);
    pusher_stop(&pushed);
    viewer_destroy(&view);
    pair_destroy(&both);
    CHECK_OK(MLWebRTCSourceDestroy(source));
}

/* A sink that comes late gets a picture; several show the same; one that nobody polls has just the newest frame. */
static void sinks(void) {
    static pair both;
    static pusher pushed;
    static viewer view;
    static viewer late;
    static viewer lazy;
    MLHandle source = source_create();
    MLHandle remote = pair_open_video(&both, source)->source;
    pusher_start(&pushed, source, 7);
    /* Nobody watches for a while. */
    uint64_t end = milliseconds_now() + 1500;
    PUMP_UNTIL(&both, milliseconds_now() >= end);
    viewer_create(&lazy, remote, 7);
    viewer_create(&view, remote, 7);
    pair_view(&both, &view, 30);
    viewer_create(&late, remote, 7);
    pair_view(&both, &late, 15);
    pair_view(&both, &view, 60);
    /* The one frame in the lazy sink is a recent one. */
    CHECK_EQ(viewer_poll(&lazy), SAW_PATTERN);
    CHECK(frames_behind(lazy.number, 30) <= frames_behind(view.number, 30) + 2);
    MLHandle frame = 1;
    MLWebRTCBool waits = 2;
    CHECK_OK(MLWebRTCVideoSinkSetSource(lazy.sink, ML_INVALID_HANDLE));
    CHECK_OK(MLWebRTCVideoSinkIsNewFrameAvailable(lazy.sink, &waits));
    CHECK_EQ(waits, 0);
    CHECK_RESULT(MLWebRTCVideoSinkAcquireNextAvailableFrame(lazy.sink, &frame), MLResult_Pending);
    CHECK_HANDLE(frame, ML_INVALID_HANDLE);
    /* All detached for a while, and back again: a key frame is asked for. */
    CHECK_OK(MLWebRTCVideoSinkSetSource(view.sink, ML_INVALID_HANDLE));
    CHECK_OK(MLWebRTCVideoSinkSetSource(late.sink, ML_INVALID_HANDLE));
    end = milliseconds_now() + 1000;
    PUMP_UNTIL(&both, milliseconds_now() >= end);
    viewer_attach(&view, remote);
    pair_view(&both, &view, 15);
    /* From the remote source to the local one, unencoded, and back. */
    viewer_attach(&view, source);
    pair_view(&both, &view, 10);
    CHECK(view.psnr > 100);
    viewer_attach(&view, remote);
    pair_view(&both, &view, 10);
    CHECK(view.psnr < 100);
    pusher_stop(&pushed);
    viewer_destroy(&view);
    viewer_destroy(&late);
    viewer_destroy(&lazy);
    pair_destroy(&both);
    CHECK_OK(MLWebRTCSourceDestroy(source));
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"three_connections", three_connections},
        {"two_sources", two_sources},
        {"disabled_at_the_sender", disabled_at_the_sender},
        {"disabled_at_the_receiver", disabled_at_the_receiver},
        {"disabled_from_the_start", disabled_from_the_start},
        {"sinks", sinks},
    };
    return RUN_CASES(cases, argc, argv);
}
