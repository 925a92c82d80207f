#include "bench/video/call.h"

#include <stdio.h>
#include <stdlib.h>

#include "bench/video/footage.h"

#define FRAME_NS (UINT64_C(1000000000) / RATE)
#define PATIENCE_NS (UINT64_C(20) * 1000000000)

void call_push(call *self) {
    const picture *shown = footage_at(self->pushed);
    self->pushed_at[self->pushed % REMEMBERED] = now_ns();
    push_picture(self->source, shown);
    self->pushed++;
}

int call_take(call *self) {
    MLHandle handle;
    MLResult result = MLWebRTCVideoSinkAcquireNextAvailableFrame(self->sink, &handle);
    if (result == MLResult_Pending) {
        return -1;
    }
    must(result, "AcquireNextAvailableFrame");
    MLWebRTCFrame frame = {.version = 2, .format = MLWebRTCOutputFormat_YUV_420_888};
    must(MLWebRTCFrameGetData(handle, &frame), "FrameGetData");
    const ImagePlaneInfoNative *luma = ((const MLWebRTCFramePlanes *)frame.frame_data)->image_planes;
    int number = pattern_read_number(luma->image_data_ptr, (int)luma->width, (int)luma->height);
    self->smaller += luma->width < WIDTH;
    must(MLWebRTCVideoSinkReleaseFrame(self->sink, handle), "ReleaseFrame");
    if (number < 0) {
        fprintf(stderr, "a picture came whose number can't be read\n");
        exit(1);
    }
    return number;
}

static void negotiate(call *self) {
    pair_create(&self->both);
    must(MLWebRTCVideoSinkCreate(&self->sink), "VideoSinkCreate");
    self->both.bob.sink = self->sink;
    must(MLWebRTCSourceCreateAppDefinedVideoSource(NULL, &self->source), "CreateAppDefinedVideoSource");
    must(MLWebRTCConnectionAddLocalSourceTrackEx(self->both.alice.connection, self->source,
                                                 &(MLWebRTCTrackInfo){.version = 1}),
         "AddLocalSourceTrackEx");
    must(MLWebRTCConnectionCreateOffer(self->both.alice.connection), "CreateOffer");
}

void call_begin(call *self) {
    *self = (call){.pushed = 0};
    negotiate(self);
    uint64_t begin = now_ns();
    while (call_run(self, 1.0 / RATE, NULL) == 0) {
        if (now_ns() - begin > PATIENCE_NS) {
            fprintf(stderr, "no picture after 20 s\n");
            exit(1);
        }
    }
}

void call_end(call *self) {
    if (self->smaller > 0) {
        fprintf(stderr, "%u pictures came out smaller: the machine is too slow or too busy\n", self->smaller);
    }
    pair_destroy(&self->both);
    must(MLWebRTCSourceDestroy(self->source), "SourceDestroy");
    must(MLWebRTCVideoSinkDestroy(self->sink), "VideoSinkDestroy");
}

unsigned call_run(call *self, double seconds, samples *latencies) {
    uint64_t begin = now_ns(), due = begin, end = begin + (uint64_t)(seconds * 1e9);
    unsigned taken = 0;
    for (uint64_t now = begin; now < end; now = now_ns()) {
        if (now >= due) {
            call_push(self);
            due += FRAME_NS;
        }
        pump(&self->both.alice);
        pump(&self->both.bob);
        int number = call_take(self);
        if (number < 0) {
            nap();
            continue;
        }
        taken++;
        if (latencies != NULL) {
            samples_add(latencies, (double)(now_ns() - self->pushed_at[(unsigned)number % REMEMBERED]) / 1e6);
        }
    }
    return taken;
}
