/* libvpx as the library uses it: one call per frame, real-time settings. */
#ifndef ML_VPX_H
#define ML_VPX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "internal/picture/picture.h"

typedef enum ml_vpx_codec { ML_VPX_VP8, ML_VPX_VP9 } ml_vpx_codec;

typedef struct ml_vpx_encoder ml_vpx_encoder;
typedef struct ml_vpx_decoder ml_vpx_decoder;

typedef struct ml_vpx_settings {
    ml_vpx_codec codec;
    uint32_t width;
    uint32_t height;
    uint32_t threads;
    uint32_t bitrate_kbps;
    double frame_rate; /* 1 to 1000 */
} ml_vpx_settings;

typedef struct ml_vpx_frame {
    const void *data; /* the encoder's, until its next call; NULL: the picture was dropped */
    size_t size;
    bool key;
    int quantizer; /* 0 to 63 */
} ml_vpx_frame;

/* NULL: libvpx refuses the settings, or no memory. */
ml_vpx_encoder *ml_vpx_encoder_new(const ml_vpx_settings *settings);
/* 0, or libvpx's error. */
int ml_vpx_encode(ml_vpx_encoder *encoder, const ml_picture *picture, uint64_t timestamp, bool key,
                  ml_vpx_frame *frame);
int ml_vpx_set_rate(ml_vpx_encoder *encoder, uint32_t bitrate_kbps, double frame_rate);
void ml_vpx_encoder_free(ml_vpx_encoder *encoder);

ml_vpx_decoder *ml_vpx_decoder_new(ml_vpx_codec codec, uint32_t threads);
/* 0 with a picture, or with none for a frame that shows nothing; else an error: libvpx's, or one of
 * ours, for frames that are not 8-bit 4:2:0 or too large, and if there is no memory. */
int ml_vpx_decode(ml_vpx_decoder *decoder, const void *data, size_t size, ml_picture **picture);
void ml_vpx_decoder_free(ml_vpx_decoder *decoder);

/* What an error means. */
const char *ml_vpx_error(int error);

#endif
