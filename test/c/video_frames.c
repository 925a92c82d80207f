/* SPDX-License-Identifier: MIT */

/* Pixels on their way from PushFrame through a sink on the local source: what goes in comes out, from every layout at
 * every size, in both formats. */
#include <stdlib.h>

#include "support/preview.h"
#include "support/video.h"

static const unsigned sizes[][2] = {{1, 1},     {2, 2},     {1, 2},     {2, 1},     {3, 3},       {1, 9},
                                    {9, 1},     {5, 4},     {4, 5},     {16, 16},   {17, 15},     {33, 66},
                                    {130, 127}, {175, 143}, {320, 240}, {641, 361}, {1919, 1079}, {1920, 1080}};
#define SIZES (sizeof sizes / sizeof *sizes)

/* YUV is copied byte by byte, whatever the layout. */
static void yuv_layouts(void) {
    preview shown;
    preview_open(&shown);
    for (size_t size = 0; size < SIZES; size++) {
        picture original;
        picture_create(&original, sizes[size][0], sizes[size][1]);
        for (layout how = LAYOUT_PLANAR; how < LAYOUT_RGBA; how++) {
            check_about("%ux%u %s", original.width, original.height, layout_name(how));
            picture_scatter(&original, (uint32_t)(size * LAYOUTS + how));
            uint64_t pushed_at = size * 1000 + how;
            source_push(shown.source, &original, how, pushed_at);
            uint64_t time_stamp = 0;
            MLHandle frame = next_frame(shown.sink);
            picture lent = frame_picture(frame, &time_stamp);
            CHECK_EQ(time_stamp, pushed_at);
            check_same(&lent, &original);
            CHECK_OK(MLWebRTCVideoSinkReleaseFrame(shown.sink, frame));
        }
        picture_destroy(&original);
    }
    preview_close(&shown);
}

static void check_plane(const uint8_t *pixels, unsigned width, unsigned height, uint8_t should) {
    for (size_t at = 0; at < (size_t)width * height; at++) {
        check_near(pixels[at], should, 2);
    }
}

/* A frame of one colour, of any size, is that colour in every pixel. */
static void rgba_sizes(void) {
    preview shown;
    preview_open(&shown);
    for (size_t size = 0; size < SIZES; size++) {
        picture original;
        picture_create(&original, sizes[size][0], sizes[size][1]);
        for (unsigned at = 0; at < 2 * CHART_ROWS * CHART_COLUMNS; at++) {
            yuv should = yuv_of(chart_colours[at / 2]);
            check_about("%ux%u colour %u", original.width, original.height, at / 2);
            picture_fill(&original, should.y, should.u, should.v);
            source_push(shown.source, &original, at % 2 == 0 ? LAYOUT_RGBA : LAYOUT_RGBA_PADDED, 7);
            uint64_t time_stamp = 0;
            MLHandle frame = next_frame(shown.sink);
            picture lent = frame_picture(frame, &time_stamp);
            CHECK_EQ(lent.width, original.width);
            CHECK_EQ(lent.height, original.height);
            check_plane(lent.y, lent.width, lent.height, should.y);
            check_plane(lent.u, chroma_width(&lent), chroma_height(&lent), should.u);
            check_plane(lent.v, chroma_width(&lent), chroma_height(&lent), should.v);
            CHECK_OK(MLWebRTCVideoSinkReleaseFrame(shown.sink, frame));
            if (original.width > 1000 && at > 2) {
                break; /* it has been seen, and takes long */
            }
        }
        picture_destroy(&original);
    }
    preview_close(&shown);
}

/* Fields of many colours, through every layout, are where they were, in both formats. */
static void chart(void) {
    static const unsigned chart_sizes[][2] = {{32, 24}, {161, 121}, {640, 480}};
    preview shown;
    preview_open(&shown);
    for (unsigned at = 0; at < 3 * LAYOUTS; at++) {
        picture original;
        layout how = (layout)(at % LAYOUTS);
        picture_create(&original, chart_sizes[at / LAYOUTS][0], chart_sizes[at / LAYOUTS][1]);
        chart_draw(&original);
        source_push(shown.source, &original, how, 1);
        uint64_t time_stamp = 0;
        MLHandle frame = next_frame(shown.sink);
        picture lent = frame_picture(frame, &time_stamp);
        const uint8_t *rgba = frame_rgba(frame, original.width, original.height);
        for (unsigned field = 0; field < CHART_ROWS * CHART_COLUMNS; field++) {
            unsigned column = field % CHART_COLUMNS;
            unsigned row = field / CHART_COLUMNS;
            check_about("%ux%u %s, field %u", original.width, original.height, layout_name(how), field);
            yuv should = yuv_of(chart_colours[field]);
            yuv is = chart_field(&lent, column, row);
            check_near(is.y, should.y, 2);
            check_near(is.u, should.u, 2);
            check_near(is.v, should.v, 2);
            colour seen = chart_rgba_field(rgba, original.width, original.height, column, row);
            check_near(seen.red, chart_colours[field].red, 6);
            check_near(seen.green, chart_colours[field].green, 6);
            check_near(seen.blue, chart_colours[field].blue, 6);
        }
        CHECK_OK(MLWebRTCVideoSinkReleaseFrame(shown.sink, frame));
        picture_destroy(&original);
    }
    preview_close(&shown);
}

/* RGBA out, pixel by pixel, opaque; asking for one format leaves the other as it is. */
static void rgba_out(void) {
    preview shown;
    preview_open(&shown);
    for (size_t size = 0; size < SIZES; size++) {
        picture original;
        picture_create(&original, sizes[size][0], sizes[size][1]);
        check_about("%ux%u", original.width, original.height);
        chart_draw(&original);
        size_t bytes = (size_t)4 * original.width * original.height;
        uint8_t *should = malloc(bytes);
        CHECK(should != NULL);
        picture_to_rgba(&original, should, (size_t)4 * original.width);
        source_push(shown.source, &original, LAYOUT_PLANAR, 5);
        MLHandle frame = next_frame(shown.sink);
        uint64_t time_stamp = 0;
        picture lent = frame_picture(frame, &time_stamp);
        const uint8_t *rgba = frame_rgba(frame, original.width, original.height);
        for (size_t at = 0; at < bytes; at++) {
            check_near(rgba[at], should[at], at % 4 == 3 ? 0 : 4);
        }
        CHECK(frame_rgba(frame, original.width, original.height) == rgba);
        picture again = frame_picture(frame, &time_stamp);
        CHECK(again.y == lent.y && again.u == lent.u && again.v == lent.v);
        check_same(&again, &original);
        CHECK_OK(MLWebRTCVideoSinkReleaseFrame(shown.sink, frame));
        free(should);
        picture_destroy(&original);
    }
    preview_close(&shown);
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"yuv_layouts", yuv_layouts},
        {"rgba_sizes", rgba_sizes},
        {"chart", chart},
        {"rgba_out", rgba_out},
    };
    return RUN_CASES(cases, argc, argv);
}
