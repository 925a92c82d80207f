/* SPDX-License-Identifier: MIT */

/* Pictures across a connection: all sizes and layouts arrive, sharp, in their colours, in order and in time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/sdp.h"
#include "support/statistics.h"
#include "support/video.h"

/* From here on the luma of a picture counts as sharp. */
#define SHARP_DB 30.0

/* A call in which one thread does everything: pushes, lets things happen, looks. */
typedef struct call {
    pair both;
    MLHandle source;
    MLHandle sink;
    uint64_t pushed_at;
    uint64_t time_stamp; /* of the last frame seen */
} call;

static void call_open(call *self) {
    memset(self, 0, sizeof *self);
    self->source = source_create();
    track *at_b = pair_open_video(&self->both, self->source);
    CHECK_OK(MLWebRTCVideoSinkCreate(&self->sink));
    CHECK_OK(MLWebRTCVideoSinkSetSource(self->sink, at_b->source));
}

static void call_close(call *self) {
    CHECK_OK(MLWebRTCVideoSinkDestroy(self->sink));
    CHECK_OK(MLWebRTCSourceDestroy(self->source));
    pair_destroy(&self->both);
}

/* Pushes a picture if it is time, and gives the frame that waits: ML_INVALID_HANDLE if there is none. */
static MLHandle call_step(call *self, const picture *shown, layout how, unsigned rate) {
    uint64_t now = microseconds_now();
    if (now - self->pushed_at >= 1000000 / rate) {
        self->pushed_at = now;
        source_push(self->source, shown, how, now);
    }
    pair_process(&self->both);
    MLHandle frame = ML_INVALID_HANDLE;
    MLResult result = MLWebRTCVideoSinkAcquireNextAvailableFrame(self->sink, &frame);
    CHECK(result == MLResult_Ok || result == MLResult_Pending);
    CHECK((result == MLResult_Ok) == (frame != ML_INVALID_HANDLE));
    return frame;
}

/* Frames of the size that is pushed must show what is pushed; when one does so sharply, it is kept, and lent. */
static MLHandle call_until_sharp(call *self, const picture *shown, layout how, unsigned rate) {
    uint64_t deadline = milliseconds_now() + PATIENCE_MS;
    double psnr = 0;
    picture seen = {0};
    while (milliseconds_now() < deadline) {
        MLHandle frame = call_step(self, shown, how, rate);
        if (frame == ML_INVALID_HANDLE) {
            continue;
        }
        uint64_t time_stamp = 0;
        seen = frame_picture(frame, &time_stamp);
        CHECK(time_stamp > self->time_stamp);
        self->time_stamp = time_stamp;
        if (seen.width == shown->width && seen.height == shown->height) {
            psnr = picture_psnr(&seen, shown);
            if (psnr >= SHARP_DB) {
                return frame;
            }
        }
        CHECK_OK(MLWebRTCVideoSinkReleaseFrame(self->sink, frame));
    }
    fprintf(stderr, "%ux%u was pushed, the last frame is %ux%u with %.1f dB\n", shown->width, shown->height, seen.width,
            seen.height, psnr);
    CHECK(!"a sharp picture in time");
    return ML_INVALID_HANDLE;
}

/* Two by two pixels and full HD, odd and even, growing and shrinking from one frame to the next. */
static void sizes(void) {
    static const unsigned list[][2] = {{2, 2},       {3, 5},     {16, 16},   {17, 31},    {64, 48},    {175, 143},
                                       {320, 240},   {333, 217}, {641, 361}, {1280, 720}, {1279, 719}, {1920, 1080},
                                       {1919, 1079}, {1, 1},     {240, 320}, {8, 600},    {600, 8}};
    call call;
    call_open(&call);
    for (size_t at = 0; at < sizeof list / sizeof *list; at++) {
        check_about("%ux%u", list[at][0], list[at][1]);
        picture shown;
        picture_create(&shown, list[at][0], list[at][1]);
        pattern_draw(&shown, at % STREAMS_MOST, 100 + (unsigned)at);
        unsigned rate = shown.width > 640 ? 10 : 30;
        MLHandle frame = call_until_sharp(&call, &shown, LAYOUT_PLANAR, rate);
        CHECK_OK(MLWebRTCVideoSinkReleaseFrame(call.sink, frame));
        picture_destroy(&shown);
    }
    call_close(&call);
}

static void check_near(int actual, int expected, int tolerance) {
    if (abs(actual - expected) > tolerance) {
        CHECK_EQ(actual, expected);
    }
}

static void check_chart(const picture *seen, const uint8_t *rgba) {
    for (unsigned field = 0; field < CHART_ROWS * CHART_COLUMNS; field++) {
        const colour *pushed = &chart_colours[field];
        yuv expected = yuv_of(*pushed);
        yuv is = chart_field(seen, field % CHART_COLUMNS, field / CHART_COLUMNS);
        check_near(is.y, expected.y, 5);
        check_near(is.u, expected.u, 6);
        check_near(is.v, expected.v, 6);
        colour shows = chart_rgba_field(rgba, seen->width, seen->height, field % CHART_COLUMNS, field / CHART_COLUMNS);
        check_near(shows.red, pushed->red, 12);
        check_near(shows.green, pushed->green, 12);
        check_near(shows.blue, pushed->blue, 12);
    }
}

/* In every layout the chart arrives in its colours, as YUV and as RGBA of one and the same frame. */
static void colours(void) {
    call call;
    call_open(&call);
    for (layout how = 0; how < LAYOUTS; how++) {
        for (unsigned odd = 0; odd < 2; odd++) {
            check_about("%s, %s size", layout_name(how), odd ? "odd" : "even");
            picture shown;
            /* Another size each time, so that what is seen is of this layout. */
            picture_create(&shown, 240 + 16 * how + odd, 180 + 16 * how + odd);
            chart_draw(&shown);
            MLHandle frame = call_until_sharp(&call, &shown, how, 30);
            CHECK_OK(MLWebRTCVideoSinkReleaseFrame(call.sink, frame));
            frame = call_until_sharp(&call, &shown, how, 30);
            uint64_t time_stamp = 0;
            picture seen = frame_picture(frame, &time_stamp);
            const uint8_t *rgba = frame_rgba(frame, seen.width, seen.height);
            check_chart(&seen, rgba);
            for (size_t at = 3; at < (size_t)4 * seen.width * seen.height; at += 4) {
                CHECK_EQ(rgba[at], 255);
            }
            CHECK_OK(MLWebRTCVideoSinkReleaseFrame(call.sink, frame));
            picture_destroy(&shown);
        }
    }
    call_close(&call);
}

static pusher pushed;
static viewer seen;

static void watch(pair *both, MLHandle source, unsigned width, unsigned height, unsigned rate) {
    track *at_b = pair_open_video(both, source);
    viewer_create(&seen, at_b->source, 3);
    seen.width = width;
    seen.height = height;
    seen.rate = rate;
    pushed = (pusher){.source = source, .stream = 3, .width = width, .height = height, .rate = rate};
    pusher_run(&pushed);
}

static void end(pair *both, MLHandle source) {
    pusher_stop(&pushed);
    viewer_destroy(&seen);
    CHECK_OK(MLWebRTCSourceDestroy(source));
    pair_destroy(both);
}

/* The library bounds the bitrate of 720p at 2.5 Mbit/s: with that, and after a second to get there, the scene is sharp.
 */
static void quality_720p(void) {
    statistics_start();
    MLHandle source = source_create();
    pair both;
    watch(&both, source, 1280, 720, 30);
    pair_view(&both, &seen, 1);
    pair_view_for(&both, &seen, 1500);
    viewer_reset(&seen);
    pair_view_for(&both, &seen, 5000);
    viewer_print(&seen, "720p");
    statistic sent = statistics_sent();
    printf("sent %.1f frame/s, %u kbit/s\n", sent.rate, sent.kilobits);
    /* A machine that does other things as well may leave frames out; it may not blur them. */
    CHECK(seen.frames >= 20);
    CHECK(viewer_mean(&seen) > SHARP_DB);
    CHECK_EQ(seen.seen.width, 1280);
    CHECK_EQ(seen.seen.height, 720);
    CHECK(sent.lines > 0 && sent.kilobits < 2900);
    end(&both, source);
}

/* Frames come at the pace at which they were pushed, and say so: order is checked by the viewer, frame by frame. */
static void time_stamps(void) {
    MLHandle source = source_create();
    pair both;
    watch(&both, source, 320, 240, 30);
    pair_view(&both, &seen, 10);
    uint64_t first_stamp = seen.time_stamp;
    unsigned first_number = seen.number;
    pair_view(&both, &seen, 60);
    double stamped = (double)(seen.time_stamp - first_stamp) / 1000000;
    double passed = (double)((seen.number - first_number) & NUMBER_MASK) / seen.rate;
    printf("%.3f s by time stamps, %.3f s by numbers\n", stamped, passed);
    /* PushFrame stamps a frame when its thread runs, so this is the machine's tolerance, not the library's. */
    CHECK(stamped > passed - 0.25 && stamped < passed + 0.25);
    /* The stamps are of this machine's clock. */
    uint64_t now = microseconds_now();
    printf("%.3f s old\n", ((double)now - (double)seen.time_stamp) / 1000000);
    CHECK(seen.time_stamp < now && seen.time_stamp + 5000000 > now);
    viewer_print(&seen, "320x240");
    end(&both, source);
}

/* Lets b see an offer of a that knows fewer codecs. */
static void connect_without(pair *both, MLHandle source, const char *codec) {
    pair_create(both);
    both->a.other = NULL;
    peer_add_video(&both->a, source, "picture");
    CHECK_OK(MLWebRTCConnectionCreateOffer(both->a.connection));
    PUMP_UNTIL(both, both->a.offer != NULL && both->a.count[ON_GATHERED] == 1);
    char *offer = sdp_without_codec(both->a.offer, codec);
    CHECK(strstr(both->a.offer, codec) != NULL && strstr(offer, codec) == NULL);
    CHECK_OK(MLWebRTCConnectionSetRemoteOffer(both->b.connection, offer));
    free(offer);
    for (unsigned at = 0; at < both->a.candidate_count; at++) {
        CHECK_OK(peer_give_candidate(&both->b, &both->a.candidates[at]));
    }
    PUMP_UNTIL(both, both->a.count[ON_CONNECTED] == 1 && both->b.count[ON_CONNECTED] == 1);
}

/* What both sides have is taken: VP8 where nothing else is said, VP9 if the offer has no VP8. */
static void codecs(void) {
    static const char *const without[] = {NULL, "VP9", "VP8"};
    static const char *const taken[] = {"VP8", "VP8", "VP9"};
    for (unsigned at = 0; at < 3; at++) {
        check_about("without %s", without[at] != NULL ? without[at] : "nothing");
        statistics_start();
        MLHandle source = source_create();
        pair both;
        if (without[at] == NULL) {
            pair_open_video(&both, source);
        } else {
            connect_without(&both, source, without[at]);
        }
        track *at_b = peer_track(&both.b, "picture");
        CHECK(at_b != NULL);
        pusher_start(&pushed, source, 3);
        viewer_create(&seen, at_b->source, 3);
        pair_view(&both, &seen, 20);
        VIEW_UNTIL(&both, &seen, statistics_sent().lines > 0 && statistics_received().lines > 0);
        CHECK_TEXT(statistics_sent().codec, taken[at]);
        CHECK_TEXT(statistics_received().codec, taken[at]);
        CHECK(viewer_mean(&seen) > SHARP_DB);
        CHECK_EQ(both.a.count[ON_ERROR] + both.b.count[ON_ERROR], 0);
        end(&both, source);
    }
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"sizes", sizes},   {"colours", colours}, {"quality_720p", quality_720p}, {"time_stamps", time_stamps},
        {"codecs", codecs},
    };
    return RUN_CASES(cases, argc, argv);
}
