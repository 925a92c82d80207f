/* SPDX-License-Identifier: MIT */

/* Sinks on sources of this process: which frame waits, which frames are lent and for how long, and what is destroyed
 * first. */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "ml_webrtc_test.h"
#include "support/preview.h"
#include "support/video.h"

static MLHandle sink_on(MLHandle source) {
    MLHandle sink = 0;
    CHECK_OK(MLWebRTCVideoSinkCreate(&sink));
    CHECK_OK(MLWebRTCVideoSinkSetSource(sink, source));
    return sink;
}

/* A frame of one colour, which says its number. */
static void push(MLHandle source, unsigned number) {
    picture shown;
    picture_create(&shown, 16 + number % 5, 12 + number % 3);
    picture_fill(&shown, (uint8_t)(number % 200 + 16), (uint8_t)number, (uint8_t)(number >> 8));
    source_push(source, &shown, (layout)(number % LAYOUT_RGBA), 1000 + number);
    picture_destroy(&shown);
}

static void check_nothing_waits(MLHandle sink) {
    MLHandle frame = 0;
    CHECK(!frame_waits(sink));
    CHECK_RESULT(MLWebRTCVideoSinkAcquireNextAvailableFrame(sink, &frame), MLResult_Pending);
    CHECK_HANDLE(frame, ML_INVALID_HANDLE);
}

/* Every pixel of a lent frame is what push made of this number. */
static void check_shows(MLHandle frame, unsigned number) {
    uint64_t time_stamp = 0;
    picture lent = frame_picture(frame, &time_stamp);
    CHECK_EQ(time_stamp, 1000 + number);
    CHECK_EQ(lent.width, 16 + number % 5);
    CHECK_EQ(lent.height, 12 + number % 3);
    for (size_t at = 0; at < (size_t)lent.width * lent.height; at++) {
        CHECK_EQ(lent.y[at], number % 200 + 16);
    }
    for (size_t at = 0; at < (size_t)chroma_width(&lent) * chroma_height(&lent); at++) {
        CHECK_EQ(lent.u[at], (uint8_t)number);
        CHECK_EQ(lent.v[at], (uint8_t)(number >> 8));
    }
}

static void check_gone(MLHandle sink, MLHandle frame) {
    MLWebRTCFrame out = {.version = 2, .frame_data = &out};
    CHECK_RESULT(MLWebRTCFrameGetData(frame, &out), MLResult_WebRTCMismatchingHandle);
    CHECK(out.frame_data == NULL);
    CHECK_RESULT(MLWebRTCVideoSinkReleaseFrame(sink, frame), MLResult_WebRTCMismatchingHandle);
}

/* The newest wins, and is given once; each sink has its own. */
static void newest_wins(void) {
    MLHandle source = source_create();
    MLHandle early = sink_on(source);
    push(source, 1);
    MLHandle late = sink_on(source);
    check_nothing_waits(late);
    push(source, 2);
    push(source, 3);
    for (unsigned at = 0; at < 2; at++) {
        MLHandle sink = at == 0 ? early : late;
        MLHandle frame = next_frame(sink);
        check_shows(frame, 3);
        check_nothing_waits(sink);
        CHECK_OK(MLWebRTCVideoSinkReleaseFrame(sink, frame));
    }
    CHECK_OK(MLWebRTCVideoSinkDestroy(early));
    CHECK_OK(MLWebRTCVideoSinkDestroy(late));
    CHECK_OK(MLWebRTCSourceDestroy(source));
}

/* A sink moves from source to source; what waited of the one before is gone. */
static void moves(void) {
    MLHandle sources[2] = {source_create(), source_create()};
    MLHandle sink = sink_on(sources[0]);
    for (unsigned round = 0; round < 6; round++) {
        MLHandle here = sources[round % 2];
        MLHandle there = sources[(round + 1) % 2];
        push(there, 99);
        check_nothing_waits(sink);
        push(here, round);
        CHECK_OK(MLWebRTCVideoSinkSetSource(sink, here)); /* no change */
        CHECK(frame_waits(sink));
        MLHandle frame = next_frame(sink);
        push(here, 50);
        CHECK_OK(MLWebRTCVideoSinkSetSource(sink, there));
        check_nothing_waits(sink);
        check_shows(frame, round);
        CHECK_OK(MLWebRTCVideoSinkReleaseFrame(sink, frame));
    }
    push(sources[0], 7);
    CHECK_OK(MLWebRTCVideoSinkSetSource(sink, ML_INVALID_HANDLE));
    check_nothing_waits(sink);
    CHECK_OK(MLWebRTCVideoSinkSetSource(sink, ML_INVALID_HANDLE));
    push(sources[0], 8);
    push(sources[1], 9);
    check_nothing_waits(sink);
    CHECK_OK(MLWebRTCVideoSinkDestroy(sink));
    CHECK_OK(MLWebRTCSourceDestroy(sources[0]));
    CHECK_OK(MLWebRTCSourceDestroy(sources[1]));
}

/* Four are lent; the fifth takes the oldest back, and only that. */
static void five_acquires(void) {
    MLHandle source = source_create();
    MLHandle sink = sink_on(source);
    MLHandle frames[12];
    for (unsigned at = 0; at < 12; at++) {
        push(source, at);
        frames[at] = next_frame(sink);
        for (unsigned before = 0; before < at; before++) {
            CHECK(frames[before] != frames[at]);
            if (before + 4 <= at) {
                check_gone(sink, frames[before]);
            } else {
                check_shows(frames[before], before);
            }
        }
    }
    /* One that was given back makes room. */
    CHECK_OK(MLWebRTCVideoSinkReleaseFrame(sink, frames[9]));
    push(source, 12);
    MLHandle next = next_frame(sink);
    check_shows(frames[8], 8);
    check_shows(frames[10], 10);
    check_shows(frames[11], 11);
    check_shows(next, 12);
    CHECK_OK(MLWebRTCVideoSinkDestroy(sink));
    CHECK_OK(MLWebRTCSourceDestroy(source));
}

/* Held, in both formats, while hundreds of others pass. */
static void held_for_long(void) {
    MLHandle source = source_create();
    MLHandle sink = sink_on(source);
    push(source, 5);
    MLHandle held = next_frame(sink);
    uint64_t time_stamp = 0;
    picture shown = frame_picture(held, &time_stamp);
    const uint8_t *rgba = frame_rgba(held, shown.width, shown.height);
    uint8_t pixel[4];
    memcpy(pixel, rgba, sizeof pixel);
    for (unsigned at = 100; at < 500; at++) {
        push(source, at);
        MLHandle passes = next_frame(sink);
        check_shows(passes, at);
        if (at % 2 == 0) {
            frame_rgba(passes, 16 + at % 5, 12 + at % 3);
        }
        CHECK_OK(MLWebRTCVideoSinkReleaseFrame(sink, passes));
    }
    check_shows(held, 5);
    picture again = frame_picture(held, &time_stamp);
    CHECK(again.y == shown.y && again.u == shown.u && again.v == shown.v);
    CHECK(frame_rgba(held, shown.width, shown.height) == rgba);
    for (size_t at = 0; at < (size_t)4 * shown.width * shown.height; at++) {
        CHECK_EQ(rgba[at], pixel[at % 4]);
    }
    CHECK_OK(MLWebRTCVideoSinkReleaseFrame(sink, held));
    CHECK_OK(MLWebRTCVideoSinkDestroy(sink));
    CHECK_OK(MLWebRTCSourceDestroy(source));
}

/* The source goes first: what waits can still be had. */
static void source_first(void) {
    MLHandle source = source_create();
    MLHandle sink = sink_on(source);
    push(source, 1);
    MLHandle lent = next_frame(sink);
    push(source, 2);
    CHECK_OK(MLWebRTCSourceDestroy(source));
    check_shows(lent, 1);
    MLHandle last = next_frame(sink);
    check_shows(last, 2);
    check_nothing_waits(sink);
    MLHandle next = source_create();
    CHECK_OK(MLWebRTCVideoSinkSetSource(sink, next));
    push(next, 3);
    MLHandle newest = next_frame(sink);
    check_shows(newest, 3);
    check_shows(lent, 1);
    CHECK_OK(MLWebRTCVideoSinkDestroy(sink));
    CHECK_OK(MLWebRTCSourceDestroy(next));
}

/* The sink goes first: what it has lent stays, and can still be given back to it, once. */
static void sink_first(void) {
    MLHandle source = source_create();
    MLHandle sink = sink_on(source);
    MLHandle frames[4];
    for (unsigned at = 0; at < 4; at++) {
        push(source, at);
        frames[at] = next_frame(sink);
    }
    push(source, 4);
    CHECK_OK(MLWebRTCVideoSinkDestroy(sink));
    CHECK_RESULT(MLWebRTCVideoSinkDestroy(sink), MLResult_WebRTCMismatchingHandle);
    push(source, 5);
    MLHandle other = sink_on(source);
    push(source, 6);
    for (unsigned at = 0; at < 4; at++) {
        check_shows(frames[at], at);
        CHECK_RESULT(MLWebRTCVideoSinkReleaseFrame(other, frames[at]), MLResult_WebRTCMismatchingHandle);
        check_shows(frames[at], at);
    }
    for (unsigned at = 0; at < 4; at++) {
        CHECK_OK(MLWebRTCVideoSinkReleaseFrame(sink, frames[at]));
        check_gone(sink, frames[at]);
    }
    CHECK_OK(MLWebRTCVideoSinkDestroy(other));
    CHECK_OK(MLWebRTCSourceDestroy(source));
}

/* A host that gives nothing back, and makes sinks for ever. */
static void nothing_given_back(void) {
    MLHandle source = source_create();
    MLHandle frames[4] = {0};
    MLWebRTCTestAlive alive;
    for (unsigned round = 0; round < 200; round++) {
        MLHandle sink = sink_on(source);
        for (unsigned at = 0; at < 4; at++) {
            push(source, at);
            frames[at] = next_frame(sink);
        }
        CHECK_OK(MLWebRTCVideoSinkDestroy(sink));
        for (unsigned at = 0; at < 4; at++) {
            check_shows(frames[at], at);
        }
    }
    CHECK_OK(MLWebRTCTestGetAlive(&alive));
    CHECK(alive.frames <= 32);
    CHECK(alive.pictures <= 40);
    for (unsigned at = 0; at < 4; at++) {
        check_shows(frames[at], at);
    }
    CHECK_OK(MLWebRTCSourceDestroy(source));
}

/* A disabled source shows black once, takes frames and drops them; enabled, it shows the next one. */
static void disabled(void) {
    MLHandle source = source_create();
    MLHandle sink = sink_on(source);
    CHECK_OK(MLWebRTCSourceSetEnabled(source, 0));
    check_nothing_waits(sink);
    push(source, 1);
    check_nothing_waits(sink);
    CHECK_OK(MLWebRTCSourceSetEnabled(source, 1));
    check_nothing_waits(sink);
    for (unsigned round = 2; round < 12; round += 2) {
        push(source, round);
        uint64_t shown_at = 0;
        uint64_t time_stamp = 0;
        MLHandle frame = next_frame(sink);
        check_shows(frame, round);
        picture before = frame_picture(frame, &shown_at);
        CHECK_OK(MLWebRTCSourceSetEnabled(source, 0));
        MLHandle black = next_frame(sink);
        picture lent = frame_picture(black, &time_stamp);
        CHECK(time_stamp > shown_at);
        CHECK(lent.width == before.width && lent.height == before.height);
        CHECK(picture_is_black(&lent));
        for (size_t at = 0; at < (size_t)chroma_width(&lent) * chroma_height(&lent); at++) {
            CHECK(lent.u[at] == 128 && lent.v[at] == 128);
        }
        CHECK_OK(MLWebRTCSourceSetEnabled(source, 0));
        push(source, round + 1);
        check_nothing_waits(sink);
        MLWebRTCFrame wrong = {.version = 2, .frame_data = &wrong, .format = 9};
        CHECK_RESULT(MLWebRTCSourceAppDefinedVideoSourcePushFrame(source, &wrong), MLResult_WebRTCInvalidFrameFormat);
        check_shows(frame, round);
        CHECK_OK(MLWebRTCSourceSetEnabled(source, 1));
        check_nothing_waits(sink);
        CHECK_OK(MLWebRTCVideoSinkReleaseFrame(sink, frame));
        CHECK_OK(MLWebRTCVideoSinkReleaseFrame(sink, black));
    }
    CHECK_OK(MLWebRTCVideoSinkDestroy(sink));
    CHECK_OK(MLWebRTCSourceDestroy(source));
}

/* Time stamps are the application's, whatever they are. */
static void time_stamps(void) {
    static const uint64_t stamps[] = {0, 1, UINT64_MAX, 5, INT64_MAX, 0};
    MLHandle source = source_create();
    MLHandle sink = sink_on(source);
    picture shown;
    picture_create(&shown, 2, 2);
    picture_fill(&shown, 99, 1, 2);
    for (size_t at = 0; at < sizeof stamps / sizeof *stamps; at++) {
        uint64_t time_stamp = 77;
        source_push(source, &shown, LAYOUT_PLANAR, stamps[at]);
        frame_picture(next_frame(sink), &time_stamp);
        CHECK(time_stamp == stamps[at]);
    }
    picture_destroy(&shown);
    CHECK_OK(MLWebRTCVideoSinkDestroy(sink));
    CHECK_OK(MLWebRTCSourceDestroy(source));
}

/* --- several threads ---------------------------------------------------------------------------------- */

#define ACQUIRERS 2
#define PUSHED 3000u

static struct {
    MLHandle source;
    MLHandle sink;
    atomic_uint acquired;
    atomic_bool over;
    atomic_uint seen[PUSHED];
} shared;

/* Each frame goes to one of them. */
static void *acquire_shared(void *argument) {
    (void)argument;
    unsigned last = 0;
    while (!shared.over) {
        MLHandle frame = 0;
        MLResult result = MLWebRTCVideoSinkAcquireNextAvailableFrame(shared.sink, &frame);
        if (result == MLResult_Pending) {
            continue;
        }
        CHECK_OK(result);
        MLWebRTCFrame out = {.version = 2, .format = MLWebRTCOutputFormat_YUV_420_888};
        CHECK_OK(MLWebRTCFrameGetData(frame, &out));
        unsigned number = (unsigned)(out.time_stamp - 1000);
        CHECK(number < PUSHED && number >= last);
        last = number;
        check_shows(frame, number);
        CHECK_EQ(atomic_fetch_add(&shared.seen[number], 1), 0);
        CHECK_OK(MLWebRTCVideoSinkReleaseFrame(shared.sink, frame));
        shared.acquired++;
    }
    return NULL;
}

static void two_acquire(void) {
    memset(&shared, 0, sizeof shared);
    shared.source = source_create();
    shared.sink = sink_on(shared.source);
    pthread_t threads[ACQUIRERS];
    for (unsigned at = 0; at < ACQUIRERS; at++) {
        CHECK(pthread_create(&threads[at], NULL, acquire_shared, NULL) == 0);
    }
    for (unsigned number = 0; number < PUSHED; number++) {
        push(shared.source, number);
    }
    WAIT_UNTIL(!frame_waits(shared.sink));
    shared.over = true;
    for (unsigned at = 0; at < ACQUIRERS; at++) {
        pthread_join(threads[at], NULL);
    }
    CHECK_EQ(shared.seen[PUSHED - 1], 1);
    CHECK(shared.acquired > 0);
    CHECK_OK(MLWebRTCVideoSinkDestroy(shared.sink));
    CHECK_OK(MLWebRTCSourceDestroy(shared.source));
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"newest_wins", newest_wins},     {"moves", moves},
        {"five_acquires", five_acquires}, {"held_for_long", held_for_long},
        {"source_first", source_first},   {"sink_first", sink_first},
        {"disabled", disabled},           {"nothing_given_back", nothing_given_back},
        {"time_stamps", time_stamps},     {"two_acquire", two_acquire},
    };
    return RUN_CASES(cases, argc, argv);
}
