#include "bench/video/footage.h"

#include <stdlib.h>

#include "bench/c/measure.h"
#include "bench/c/pair.h"

static picture pictures[FOOTAGE];

void footage_begin(void) {
    for (unsigned at = 0; at < FOOTAGE; at++) {
        pictures[at] = picture_create(WIDTH, HEIGHT);
        if (pictures[at].plane[0] == NULL) {
            abort();
        }
        pattern_draw(&pictures[at], at);
    }
}

void footage_end(void) {
    for (unsigned at = 0; at < FOOTAGE; at++) {
        picture_destroy(&pictures[at]);
    }
}

picture *footage_at(unsigned number) {
    unsigned at = number % (2 * FOOTAGE - 2);
    picture *shown = &pictures[at < FOOTAGE ? at : 2 * FOOTAGE - 2 - at];
    pattern_write_number(shown, number);
    return shown;
}

MLWebRTCFramePlanes describe(const picture *shown) {
    MLWebRTCFramePlanes planes = {.plane_count = 3};
    for (int plane = 0; plane < 3; plane++) {
        uint32_t width = (uint32_t)(plane == 0 ? shown->width : (shown->width + 1) / 2);
        uint32_t height = (uint32_t)(plane == 0 ? shown->height : (shown->height + 1) / 2);
        planes.image_planes[plane] =
            (ImagePlaneInfoNative){width, height, width, 1, shown->plane[plane], width * height};
    }
    return planes;
}

void push_picture(MLHandle source, const picture *shown) {
    MLWebRTCFramePlanes planes = describe(shown);
    MLWebRTCFrame frame = {
        .version = 2, .frame_data = &planes, .time_stamp = now_ns() / 1000, .format = MLWebRTCOutputFormat_YUV_420_888};
    must(MLWebRTCSourceAppDefinedVideoSourcePushFrame(source, &frame), "PushFrame");
}
