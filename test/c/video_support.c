/* SPDX-License-Identifier: MIT */

/* The tests' own measures: what they call alike, legible or black must be so, and must not be when it is not. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "support/video.h"

/* Adds noise of this amplitude, the same in every run. */
static void add_noise(picture *to, int amplitude) {
    uint32_t state = 1;
    for (size_t at = 0; at < (size_t)to->width * to->height; at++) {
        state = state * 1664525u + 1013904223u;
        int value = to->y[at] + (int)(state >> 16) % (2 * amplitude + 1) - amplitude;
        to->y[at] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
    }
}

/* What a coder at its limit does: 8x8 blocks become flat. */
static void make_blocky(picture *of) {
    for (unsigned top = 0; top + 8 <= of->height; top += 8) {
        for (unsigned left = 0; left + 8 <= of->width; left += 8) {
            unsigned sum = 0;
            for (unsigned at = 0; at < 64; at++) {
                sum += of->y[(size_t)(top + at / 8) * of->width + left + at % 8];
            }
            for (unsigned at = 0; at < 64; at++) {
                of->y[(size_t)(top + at / 8) * of->width + left + at % 8] = (uint8_t)(sum / 64);
            }
        }
    }
}

static void check_legible(const picture *shown, unsigned stream, unsigned number) {
    unsigned read_stream = STREAMS_MOST;
    unsigned read_number = NUMBER_MASK + 1;
    CHECK(pattern_read(shown, &read_stream, &read_number));
    CHECK_EQ(read_stream, stream);
    CHECK_EQ(read_number, number);
}

static void numbers(void) {
    static const unsigned sizes[][2] = {{80, 64},   {81, 65},    {175, 143},  {320, 240},
                                        {641, 361}, {1280, 720}, {1919, 1079}};
    static const unsigned shown_numbers[] = {0, 1, 2, 3, 1000, 32767, 32768, 43690, 65534, 65535};
    for (size_t size = 0; size < sizeof sizes / sizeof *sizes; size++) {
        picture shown;
        picture smaller = {0};
        picture_create(&shown, sizes[size][0], sizes[size][1]);
        for (unsigned at = 0; at < sizeof shown_numbers / sizeof *shown_numbers; at++) {
            unsigned number = shown_numbers[at];
            check_about("%ux%u, number %u", shown.width, shown.height, number);
            pattern_draw(&shown, at % STREAMS_MOST, number);
            check_legible(&shown, at % STREAMS_MOST, number);
            picture_shrink(&smaller, &shown, (shown.width + 1) / 2, (shown.height + 1) / 2);
            check_legible(&smaller, at % STREAMS_MOST, number);
            if (shown.width >= 320) {
                picture_shrink(&smaller, &shown, shown.width / 4, shown.height / 4);
                check_legible(&smaller, at % STREAMS_MOST, number);
            }
            add_noise(&shown, 60);
            make_blocky(&shown);
            if (shown.width >= 320) {
                check_legible(&shown, at % STREAMS_MOST, number);
            }
        }
        picture_destroy(&shown);
        picture_destroy(&smaller);
    }
}

/* Neither grey nor black nor a scene without a number is taken for one that has a number. */
static void illegible(void) {
    unsigned stream = 0;
    unsigned number = 0;
    picture shown;
    picture_create(&shown, 320, 240);
    picture_fill(&shown, 16, 128, 128);
    CHECK(!pattern_read(&shown, &stream, &number));
    CHECK(picture_is_black(&shown));
    picture_fill(&shown, 128, 128, 128);
    CHECK(!pattern_read(&shown, &stream, &number));
    CHECK(!picture_is_black(&shown));
    chart_draw(&shown);
    CHECK(!pattern_read(&shown, &stream, &number));
    picture_destroy(&shown);
}

/* Neighbours, streams and damage can be told from the original. */
static void likeness(void) {
    picture shown;
    picture other;
    picture_create(&shown, 640, 360);
    picture_create(&other, 640, 360);
    pattern_draw(&shown, 1, 500);
    pattern_draw(&other, 1, 500);
    CHECK(isinf(picture_psnr(&shown, &other)));
    CHECK(picture_checksum(&shown) == picture_checksum(&other));
    other.y[0] ^= 1;
    CHECK(picture_psnr(&shown, &other) > 90);
    CHECK(picture_checksum(&shown) != picture_checksum(&other));
    pattern_draw(&other, 1, 502);
    double neighbour = picture_psnr(&shown, &other);
    pattern_draw(&other, 1, 530);
    double second = picture_psnr(&shown, &other);
    pattern_draw(&other, 2, 500);
    double stream = picture_psnr(&shown, &other);
    pattern_draw(&other, 1, 500);
    make_blocky(&other);
    double blocky = picture_psnr(&shown, &other);
    pattern_draw(&other, 1, 500);
    add_noise(&other, 10);
    double noisy = picture_psnr(&shown, &other);
    printf("PSNR: two frames later %.1f, a second later %.1f, other stream %.1f, blocky %.1f, noisy %.1f dB\n",
           neighbour, second, stream, blocky, noisy);
    CHECK(second < 20 && stream < 20);
    CHECK(neighbour < 30);
    CHECK(noisy > 30 && noisy < 37);
    picture_destroy(&shown);
    picture_destroy(&other);
}

static void check_near(int actual, int expected, int tolerance) {
    if (abs(actual - expected) > tolerance) {
        CHECK_EQ(actual, expected);
    }
}

/* Colours survive a way through all layouts, and the fields of the chart are where they are looked for. */
static void colours(void) {
    picture chart;
    picture_create(&chart, 161, 121);
    chart_draw(&chart);
    uint8_t *rgba = malloc((size_t)4 * chart.width * chart.height);
    CHECK(rgba != NULL);
    picture_to_rgba(&chart, rgba, (size_t)4 * chart.width);
    for (unsigned field = 0; field < CHART_ROWS * CHART_COLUMNS; field++) {
        check_about("field %u", field);
        yuv expected = yuv_of(chart_colours[field]);
        yuv is = chart_field(&chart, field % CHART_COLUMNS, field / CHART_COLUMNS);
        CHECK(is.y == expected.y && is.u == expected.u && is.v == expected.v);
        colour seen = chart_rgba_field(rgba, chart.width, chart.height, field % CHART_COLUMNS, field / CHART_COLUMNS);
        check_near(seen.red, chart_colours[field].red, 3);
        check_near(seen.green, chart_colours[field].green, 3);
        check_near(seen.blue, chart_colours[field].blue, 3);
    }
    free(rgba);
    picture_destroy(&chart);
}

static void shrinking(void) {
    picture large;
    picture small = {0};
    picture_create(&large, 7, 5);
    picture_fill(&large, 77, 88, 99);
    picture_shrink(&small, &large, 3, 4);
    CHECK(picture_checksum(&small) != 0);
    for (unsigned at = 0; at < 12; at++) {
        CHECK_EQ(small.y[at], 77);
    }
    CHECK_EQ(small.u[0], 88);
    CHECK_EQ(small.v[3], 99);
    picture_resize(&large, 4, 2);
    static const uint8_t pixels[] = {10, 20, 30, 40, 50, 60, 70, 80};
    for (unsigned at = 0; at < 8; at++) {
        large.y[at] = pixels[at];
    }
    picture_shrink(&small, &large, 2, 1);
    CHECK_EQ(small.y[0], 35);
    CHECK_EQ(small.y[1], 55);
    picture_destroy(&large);
    picture_destroy(&small);
}

/* A local source shows what was pushed: the layouts are laid out as the interface has it, and a viewer can tell. */
static void layouts(void) {
    static const unsigned sizes[][2] = {{2, 2}, {3, 5}, {80, 64}, {175, 143}, {640, 360}};
    MLHandle source = source_create();
    for (size_t at = 0; at < sizeof sizes / sizeof *sizes; at++) {
        for (layout how = 0; how < LAYOUTS; how++) {
            check_about("%s, %ux%u", layout_name(how), sizes[at][0], sizes[at][1]);
            viewer view;
            viewer_create(&view, source, 4);
            view.width = sizes[at][0];
            view.height = sizes[at][1];
            CHECK_EQ(viewer_poll(&view), SAW_NOTHING);
            picture shown;
            picture_create(&shown, view.width, view.height);
            pattern_draw(&shown, 4, number_now(30));
            source_push(source, &shown, how, microseconds_now());
            CHECK_EQ(viewer_poll(&view), SAW_PATTERN);
            CHECK(how >= LAYOUT_RGBA ? view.psnr > 38 : isinf(view.psnr));
            picture_destroy(&shown);
            viewer_destroy(&view);
        }
    }
    CHECK_OK(MLWebRTCSourceDestroy(source));
}

static void cost(void) {
    picture shown;
    picture_create(&shown, 1280, 720);
    pattern_draw(&shown, 0, 0);
    uint64_t start = microseconds_now();
    for (unsigned number = 0; number < 50; number++) {
        pattern_draw(&shown, 0, number);
    }
    uint64_t drawn = microseconds_now();
    double sum = 0;
    for (unsigned number = 0; number < 50; number++) {
        sum += isinf(picture_psnr(&shown, &shown));
    }
    CHECK(sum == 50);
    printf("1280x720: drawn in %" PRIu64 " us, compared in %" PRIu64 " us\n", (drawn - start) / 50,
           (microseconds_now() - drawn) / 50);
    picture_destroy(&shown);
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"numbers", numbers},     {"illegible", illegible}, {"likeness", likeness}, {"colours", colours},
        {"shrinking", shrinking}, {"layouts", layouts},     {"cost", cost},
    };
    return RUN_CASES(cases, argc, argv);
}
