#include <libyuv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/video/call.h"
#include "bench/video/footage.h"
#include "bench/video/video.h"

/* An application draws into several frames in turn. */
#define FRAMES 4
#define LUMA (WIDTH * HEIGHT)
#define CHROMA (LUMA / 4)
#define HALF (WIDTH / 2)

typedef enum layout { PLANAR, SEMI_PLANAR, RGBA, LAYOUTS } layout;

static const char *const names[LAYOUTS] = {"i420", "nv12", "rgba"};

/* One picture as the application has it. */
typedef struct application_frame {
    MLWebRTCFrame frame;
    MLWebRTCFramePlanes planes;
    uint8_t *pixels;
} application_frame;

static application_frame frames[FRAMES];
static uint8_t *bare; /* where the bare conversions go */

static ImagePlaneInfoNative plane(const uint8_t *pixels, uint32_t width, uint32_t height, uint32_t step,
                                  uint32_t size) {
    return (ImagePlaneInfoNative){width, height, width * step, step, pixels, size};
}

static void lay_out(application_frame *of, layout how, const picture *shown) {
    uint8_t *pixels = of->pixels, *chroma = pixels + LUMA;
    uint8_t *const *from = shown->plane;
    of->planes = (MLWebRTCFramePlanes){.plane_count = how == RGBA ? 1 : 3};
    ImagePlaneInfoNative *planes = of->planes.image_planes;
    planes[0] = plane(pixels, WIDTH, HEIGHT, 1, LUMA);
    switch (how) {
    case PLANAR:
        I420Copy(from[0], WIDTH, from[1], HALF, from[2], HALF, pixels, WIDTH, chroma, HALF, chroma + CHROMA, HALF,
                 WIDTH, HEIGHT);
        planes[1] = plane(chroma, HALF, HEIGHT / 2, 1, CHROMA);
        planes[2] = plane(chroma + CHROMA, HALF, HEIGHT / 2, 1, CHROMA);
        break;
    case SEMI_PLANAR:
        I420ToNV12(from[0], WIDTH, from[1], HALF, from[2], HALF, pixels, WIDTH, chroma, WIDTH, WIDTH, HEIGHT);
        planes[1] = plane(chroma, HALF, HEIGHT / 2, 2, 2 * CHROMA);
        planes[2] = plane(chroma + 1, HALF, HEIGHT / 2, 2, 2 * CHROMA - 1);
        break;
    default:
        I420ToABGR(from[0], WIDTH, from[1], HALF, from[2], HALF, pixels, 4 * WIDTH, WIDTH, HEIGHT);
        planes[0] = plane(pixels, WIDTH, HEIGHT, 4, 4 * LUMA);
    }
    of->frame =
        (MLWebRTCFrame){.version = 2,
                        .frame_data = &of->planes,
                        .format = how == RGBA ? MLWebRTCOutputFormat_RGBA_8888 : MLWebRTCOutputFormat_YUV_420_888};
}

/* The least that taking over such a frame can cost. */
static void convert(const application_frame *of, layout how) {
    const uint8_t *pixels = of->pixels, *chroma = pixels + LUMA;
    uint8_t *u = bare + LUMA, *v = u + CHROMA;
    switch (how) {
    case PLANAR:
        I420Copy(pixels, WIDTH, chroma, HALF, chroma + CHROMA, HALF, bare, WIDTH, u, HALF, v, HALF, WIDTH, HEIGHT);
        break;
    case SEMI_PLANAR:
        NV12ToI420(pixels, WIDTH, chroma, WIDTH, bare, WIDTH, u, HALF, v, HALF, WIDTH, HEIGHT);
        break;
    default:
        ABGRToI420(pixels, 4 * WIDTH, bare, WIDTH, u, HALF, v, HALF, WIDTH, HEIGHT);
    }
}

static void push(MLHandle source, application_frame *of) {
    of->frame.time_stamp = now_ns() / 1000;
    must(MLWebRTCSourceAppDefinedVideoSourcePushFrame(source, &of->frame), "PushFrame");
}

/* Both in turns, each with a frame of its own, with a pause before each. */
static void measure(MLHandle source, layout how, const char *where, unsigned times, uint64_t pause_ns) {
    samples pushes, conversions;
    samples_begin(&pushes, times);
    samples_begin(&conversions, times);
    struct timespec pause = {0, (long)pause_ns};
    for (unsigned at = 0; at < times; at++) {
        nanosleep(&pause, NULL);
        uint64_t begin = now_ns();
        push(source, &frames[at % FRAMES]);
        samples_add(&pushes, (double)(now_ns() - begin) / 1000);
        nanosleep(&pause, NULL);
        begin = now_ns();
        convert(&frames[(at + FRAMES / 2) % FRAMES], how);
        samples_add(&conversions, (double)(now_ns() - begin) / 1000);
    }
    char key[64];
    snprintf(key, sizeof key, "push_%s_%s_p90_us", names[how], where);
    print_figure(key, samples_at(&pushes, 0.9));
    snprintf(key, sizeof key, "push_%s_%s_us", names[how], where);
    print_figure(key, samples_at(&pushes, 0.5));
    strcat(key, ":bare");
    print_figure(key, samples_at(&conversions, 0.5));
    samples_end(&pushes);
    samples_end(&conversions);
}

static void *room(size_t bytes) {
    void *memory = calloc(1, bytes);
    if (memory == NULL) {
        abort();
    }
    return memory;
}

static void lay_out_all(layout how) {
    for (unsigned at = 0; at < FRAMES; at++) {
        lay_out(&frames[at], how, footage_at(at));
    }
}

static void measure_alone(void) {
    MLHandle source;
    must(MLWebRTCSourceCreateAppDefinedVideoSource(NULL, &source), "CreateAppDefinedVideoSource");
    for (layout how = PLANAR; how < LAYOUTS; how++) {
        lay_out_all(how);
        measure(source, how, "alone", 500, 0);
    }
    must(MLWebRTCSourceDestroy(source), "SourceDestroy");
}

static void measure_sending(double seconds) {
    call own;
    call_begin(&own);
    call_run(&own, 1, NULL);
    for (layout how = PLANAR; how < LAYOUTS; how++) {
        lay_out_all(how);
        measure(own.source, how, "sending", (unsigned)(seconds * RATE), UINT64_C(500000000) / RATE);
    }
    call_end(&own);
}

void measure_push(double seconds) {
    bare = room(LUMA + 2 * CHROMA);
    for (unsigned at = 0; at < FRAMES; at++) {
        frames[at].pixels = room(4 * LUMA);
    }
    measure_alone();
    measure_sending(seconds);
    for (unsigned at = 0; at < FRAMES; at++) {
        free(frames[at].pixels);
    }
    free(bare);
}
