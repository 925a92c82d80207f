#include <libyuv.h>
#include <stdlib.h>
#include <vpx/vp8dx.h>
#include <vpx/vpx_decoder.h>

#include "internal/codec/vpx/vpx.h"

/* Apart from libvpx's own errors, one of which is -1. */
enum { UNSUPPORTED = -100, NO_MEMORY = -101, NO_KEY_FRAME = -102 };

struct ml_vpx_decoder {
    vpx_codec_ctx_t context;
    ml_vpx_codec codec;
    bool lost; /* nothing was decoded yet, or it broke: only a key frame helps */
};

static vpx_codec_iface_t *interface_of(ml_vpx_codec codec) {
    return codec == ML_VPX_VP8 ? vpx_codec_vp8_dx() : vpx_codec_vp9_dx();
}

ml_vpx_decoder *ml_vpx_decoder_new(ml_vpx_codec codec, uint32_t threads) {
    ml_vpx_decoder *decoder = calloc(1, sizeof *decoder);
    if (decoder == NULL) {
        return NULL;
    }
    decoder->codec = codec;
    decoder->lost = true;
    vpx_codec_dec_cfg_t config = {.threads = threads};
    if (vpx_codec_dec_init(&decoder->context, interface_of(codec), &config, 0) != VPX_CODEC_OK) {
        free(decoder);
        return NULL;
    }
    return decoder;
}

void ml_vpx_decoder_free(ml_vpx_decoder *decoder) {
    if (decoder != NULL) {
        vpx_codec_destroy(&decoder->context);
        free(decoder);
    }
}

const char *ml_vpx_error(int error) {
    switch (error) {
    case UNSUPPORTED:
        return "not 8-bit 4:2:0, or too large";
    case NO_MEMORY:
        return "no memory";
    case NO_KEY_FRAME:
        return "no key frame to begin with";
    default:
        return vpx_codec_err_to_string((vpx_codec_err_t)error);
    }
}

/* The size that a frame announces is looked at before libvpx takes memory for it. After an error only
 * key frames are let in: libvpx would go on with wrong probabilities and show what comes of them. */
static int admit(const ml_vpx_decoder *decoder, const void *data, size_t size, bool *key) {
    vpx_codec_stream_info_t info = {.sz = sizeof info};
    bool seen = size > 0 && size <= INT32_MAX &&
                vpx_codec_peek_stream_info(interface_of(decoder->codec), data, (unsigned)size, &info) == VPX_CODEC_OK;
    *key = seen && info.is_kf;
    if (seen && (info.w > ML_PICTURE_SIDE_MOST || info.h > ML_PICTURE_SIDE_MOST)) {
        return UNSUPPORTED;
    }
    return decoder->lost && !*key ? NO_KEY_FRAME : 0;
}

static ml_picture *copy(const vpx_image_t *image) {
    ml_picture *picture = ml_picture_new(image->d_w, image->d_h);
    if (picture != NULL) {
        int chroma = (int)ml_picture_chroma(image->d_w);
        I420Copy(image->planes[VPX_PLANE_Y], image->stride[VPX_PLANE_Y], image->planes[VPX_PLANE_U],
                 image->stride[VPX_PLANE_U], image->planes[VPX_PLANE_V], image->stride[VPX_PLANE_V], picture->y,
                 (int)image->d_w, picture->u, chroma, picture->v, chroma, (int)image->d_w, (int)image->d_h);
    }
    return picture;
}

/* A superframe may show several pictures: the last one counts. */
static vpx_image_t *shown(ml_vpx_decoder *decoder) {
    vpx_codec_iter_t at = NULL;
    vpx_image_t *last = NULL;
    vpx_image_t *image;
    while ((image = vpx_codec_get_frame(&decoder->context, &at)) != NULL) {
        last = image;
    }
    return last;
}

static int decode(ml_vpx_decoder *decoder, const void *data, size_t size, ml_picture **picture) {
    int error = vpx_codec_decode(&decoder->context, data, (unsigned)size, NULL, 0);
    if (error != VPX_CODEC_OK) {
        return error;
    }
    int corrupted = 0;
    if (vpx_codec_control(&decoder->context, VP8D_GET_FRAME_CORRUPTED, &corrupted) == VPX_CODEC_OK && corrupted) {
        return VPX_CODEC_CORRUPT_FRAME;
    }
    vpx_image_t *image = shown(decoder);
    if (image == NULL) {
        return 0;
    }
    if (image->fmt != VPX_IMG_FMT_I420 || image->d_w == 0 || image->d_h == 0 || image->d_w > ML_PICTURE_SIDE_MOST ||
        image->d_h > ML_PICTURE_SIDE_MOST) {
        return UNSUPPORTED;
    }
    *picture = copy(image);
    return *picture != NULL ? 0 : NO_MEMORY;
}

int ml_vpx_decode(ml_vpx_decoder *decoder, const void *data, size_t size, ml_picture **picture) {
    *picture = NULL;
    bool key = false;
    int error = admit(decoder, data, size, &key);
    if (error != 0) {
        decoder->lost = true;
        return error;
    }
    error = decode(decoder, data, size, picture);
    decoder->lost = error != 0;
    return error;
}
