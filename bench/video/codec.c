#include "bench/video/codec.h"

#include <stdio.h>
#include <stdlib.h>
#include <vpx/vp8dx.h>
#include <vpx/vpx_decoder.h>

#include "bench/c/measure.h"
#include "bench/video/footage.h"
#include "internal/codec/vpx/vpx.h"

#define CLOCK_RATE 90000
#define WARM_UP 10

struct codec {
    ml_vpx_encoder *encoder;
    vpx_codec_ctx_t decoder;
    unsigned number;
    int64_t timestamp;
};

static void fail(const char *what) {
    fprintf(stderr, "libvpx: %s\n", what);
    exit(1);
}

codec *codec_new(void) {
    ml_vpx_settings settings = {ML_VPX_VP8, WIDTH, HEIGHT, 1, 2000, RATE};
    codec *self = calloc(1, sizeof *self);
    vpx_codec_dec_cfg_t config = {.threads = 1};
    if (self == NULL || (self->encoder = ml_vpx_encoder_new(&settings)) == NULL ||
        vpx_codec_dec_init(&self->decoder, vpx_codec_vp8_dx(), &config, 0) != VPX_CODEC_OK) {
        fail("no codec");
    }
    return self;
}

void codec_free(codec *self) {
    ml_vpx_encoder_free(self->encoder);
    vpx_codec_destroy(&self->decoder);
    free(self);
}

static void pass(codec *self, double frame_rate, work *done) {
    const picture *shown = footage_at(self->number);
    ml_picture wrapped = {
        .width = WIDTH, .height = HEIGHT, .y = shown->plane[0], .u = shown->plane[1], .v = shown->plane[2]};
    ml_vpx_frame frame;
    self->timestamp += (int64_t)(CLOCK_RATE / frame_rate);
    if (ml_vpx_encode(self->encoder, &wrapped, self->timestamp, self->number == 0, &frame) != 0) {
        fail("a picture can't be encoded");
    }
    self->number++;
    if (frame.data == NULL) {
        return; /* the rate control left it out */
    }
    done->pictures++;
    done->bytes += frame.size;
    vpx_codec_iter_t at = NULL;
    if (vpx_codec_decode(&self->decoder, frame.data, (unsigned)frame.size, NULL, 0) != VPX_CODEC_OK ||
        vpx_codec_get_frame(&self->decoder, &at) == NULL) {
        fail("a frame can't be decoded");
    }
}

void codec_run(codec *self, double seconds, unsigned kilobits, double frame_rate, work *done) {
    if (ml_vpx_set_rate(self->encoder, kilobits, frame_rate) != 0) {
        fail("an impossible rate");
    }
    work uncounted = {0};
    for (int at = 0; at < WARM_UP; at++) {
        pass(self, frame_rate, &uncounted);
    }
    uint64_t begin = now_ns(), cpu_begin = cpu_ns();
    while (now_ns() - begin < (uint64_t)(seconds * 1e9)) {
        pass(self, frame_rate, done);
    }
    done->ns += now_ns() - begin;
    done->cpu_ns += cpu_ns() - cpu_begin;
}
