#include <stdlib.h>
#include <string.h>
#include <vpx/vp8cx.h>
#include <vpx/vpx_encoder.h>

#include "internal/codec/vpx/vpx.h"

#define CLOCK_RATE 90000

struct ml_vpx_encoder {
    vpx_codec_ctx_t context;
    vpx_codec_enc_cfg_t config;
    ml_vpx_codec codec;
    double frame_rate;
    bool begun;
    uint64_t last_timestamp; /* the caller's, of the picture before */
    int64_t clock;           /* what libvpx is told instead */
};

static uint64_t pixels(const ml_vpx_settings *settings) { return (uint64_t)settings->width * settings->height; }

/* How little effort is spent per picture: more of it on small ones, which are cheap. */
static int speed(const ml_vpx_settings *settings) {
    if (settings->codec == ML_VPX_VP8) {
        return pixels(settings) <= 352 * 288 ? -6 : -8;
    }
    if (pixels(settings) >= 1920 * 1080) {
        return 9;
    }
    return pixels(settings) <= 352 * 288 ? 7 : 8;
}

/* How large a key frame may be, in percent of a frame's average share: half of the buffer's
 * optimal fill, as it would otherwise stand in the way of a second's worth of pictures. */
static unsigned key_frame_percent(const vpx_codec_enc_cfg_t *config, double frame_rate) {
    double percent = config->rc_buf_optimal_sz * 0.5 * frame_rate / 10;
    return percent < 300 ? 300 : (unsigned)percent;
}

static void configure(vpx_codec_enc_cfg_t *config, const ml_vpx_settings *settings) {
    config->g_w = settings->width;
    config->g_h = settings->height;
    config->g_threads = settings->threads;
    config->g_timebase = (vpx_rational_t){1, CLOCK_RATE};
    config->g_pass = VPX_RC_ONE_PASS;
    config->g_lag_in_frames = 0;
    config->g_error_resilient = 0;
    config->rc_end_usage = VPX_CBR;
    config->rc_target_bitrate = settings->bitrate_kbps;
    /* libvpx allows no more bits than the raw pictures have, which for tiny ones is less than a
     * frame's headers: nothing but the key frame would come out. */
    config->rc_dropframe_thresh = pixels(settings) < 64 * 64 ? 0 : 30;
    config->rc_resize_allowed = 0;
    config->rc_min_quantizer = 2;
    config->rc_max_quantizer = settings->codec == ML_VPX_VP8 ? 56 : 52;
    config->rc_undershoot_pct = settings->codec == ML_VPX_VP8 ? 100 : 50;
    config->rc_overshoot_pct = settings->codec == ML_VPX_VP8 ? 15 : 50;
    config->rc_buf_sz = 1000;
    config->rc_buf_initial_sz = 500;
    config->rc_buf_optimal_sz = 600;
    /* Key frames come on demand only. */
    config->kf_mode = VPX_KF_DISABLED;
}

static unsigned log2_floor(unsigned value) {
    unsigned log = 0;
    while (value >>= 1) {
        log++;
    }
    return log;
}

static bool control(ml_vpx_encoder *encoder, const ml_vpx_settings *settings) {
    vpx_codec_ctx_t *context = &encoder->context;
    unsigned key_percent = key_frame_percent(&encoder->config, settings->frame_rate);
    bool fine = vpx_codec_control(context, VP8E_SET_CPUUSED, speed(settings)) == VPX_CODEC_OK &&
                vpx_codec_control(context, VP8E_SET_MAX_INTRA_BITRATE_PCT, key_percent) == VPX_CODEC_OK &&
                vpx_codec_control(context, VP8E_SET_STATIC_THRESHOLD, 1) == VPX_CODEC_OK;
    if (!fine) {
        return false;
    }
    unsigned parts = log2_floor(settings->threads);
    if (settings->codec == ML_VPX_VP8) {
        return vpx_codec_control(context, VP8E_SET_NOISE_SENSITIVITY, 0) == VPX_CODEC_OK &&
               vpx_codec_control(context, VP8E_SET_TOKEN_PARTITIONS, (int)parts) == VPX_CODEC_OK;
    }
    /* Without parallel decoding, the probabilities adapt to the pictures. It would only help a decoder
     * that misses some, and ours and browsers ask for a key frame then. */
    return vpx_codec_control(context, VP9E_SET_NOISE_SENSITIVITY, 0) == VPX_CODEC_OK &&
           vpx_codec_control(context, VP9E_SET_TILE_COLUMNS, (int)parts) == VPX_CODEC_OK &&
           vpx_codec_control(context, VP9E_SET_ROW_MT, settings->threads > 1 ? 1U : 0U) == VPX_CODEC_OK &&
           vpx_codec_control(context, VP9E_SET_AQ_MODE, 3U) == VPX_CODEC_OK &&
           /* Where nothing is said browsers guess, by the size, and show other colours. */
           vpx_codec_control(context, VP9E_SET_COLOR_SPACE, (int)VPX_CS_BT_601) == VPX_CODEC_OK &&
           vpx_codec_control(context, VP9E_SET_COLOR_RANGE, (int)VPX_CR_STUDIO_RANGE) == VPX_CODEC_OK &&
           vpx_codec_control(context, VP9E_SET_FRAME_PARALLEL_DECODING, 0U) == VPX_CODEC_OK &&
           vpx_codec_control(context, VP9E_SET_FRAME_PERIODIC_BOOST, 0U) == VPX_CODEC_OK;
}

ml_vpx_encoder *ml_vpx_encoder_new(const ml_vpx_settings *settings) {
    vpx_codec_iface_t *interface = settings->codec == ML_VPX_VP8 ? vpx_codec_vp8_cx() : vpx_codec_vp9_cx();
    ml_vpx_encoder *encoder = calloc(1, sizeof *encoder);
    if (encoder == NULL) {
        return NULL;
    }
    encoder->codec = settings->codec;
    encoder->frame_rate = settings->frame_rate;
    if (vpx_codec_enc_config_default(interface, &encoder->config, 0) != VPX_CODEC_OK) {
        free(encoder);
        return NULL;
    }
    configure(&encoder->config, settings);
    if (vpx_codec_enc_init(&encoder->context, interface, &encoder->config, 0) != VPX_CODEC_OK) {
        free(encoder);
        return NULL;
    }
    if (!control(encoder, settings)) {
        ml_vpx_encoder_free(encoder);
        return NULL;
    }
    return encoder;
}

void ml_vpx_encoder_free(ml_vpx_encoder *encoder) {
    if (encoder != NULL) {
        vpx_codec_destroy(&encoder->context);
        free(encoder);
    }
}

int ml_vpx_set_rate(ml_vpx_encoder *encoder, uint32_t bitrate_kbps, double frame_rate) {
    encoder->frame_rate = frame_rate;
    encoder->config.rc_target_bitrate = bitrate_kbps;
    int error = vpx_codec_enc_config_set(&encoder->context, &encoder->config);
    if (error == VPX_CODEC_OK) {
        unsigned percent = key_frame_percent(&encoder->config, frame_rate);
        error = vpx_codec_control(&encoder->context, VP8E_SET_MAX_INTRA_BITRATE_PCT, percent);
    }
    return error;
}

/* libvpx reads the picture where it lies. */
static void describe(vpx_image_t *image, const ml_picture *picture) {
    *image = (vpx_image_t){.fmt = VPX_IMG_FMT_I420,
                           .cs = VPX_CS_BT_601,
                           .range = VPX_CR_STUDIO_RANGE,
                           .w = picture->width,
                           .h = picture->height,
                           .bit_depth = 8,
                           .d_w = picture->width,
                           .d_h = picture->height,
                           .x_chroma_shift = 1,
                           .y_chroma_shift = 1,
                           .bps = 12};
    image->planes[VPX_PLANE_Y] = picture->y;
    image->planes[VPX_PLANE_U] = picture->u;
    image->planes[VPX_PLANE_V] = picture->v;
    image->stride[VPX_PLANE_Y] = (int)picture->width;
    image->stride[VPX_PLANE_U] = (int)ml_picture_chroma(picture->width);
    image->stride[VPX_PLANE_V] = (int)ml_picture_chroma(picture->width);
}

/* libvpx measures the frame rate by its own clock and grants bits by it: after a gap, the next
 * picture would earn those of all that were not there, and flood the link. So its clock follows the
 * caller's only as far as the rate that was told may be a little off. */
static void advance(ml_vpx_encoder *encoder, uint64_t timestamp, uint64_t interval) {
    if (encoder->begun) {
        uint64_t slack = interval / 12;
        uint64_t step = timestamp > encoder->last_timestamp ? timestamp - encoder->last_timestamp : 0;
        step = step < interval - slack ? interval - slack : step;
        encoder->clock += (int64_t)(step > interval + slack ? interval + slack : step);
    }
    encoder->begun = true;
    encoder->last_timestamp = timestamp;
}

int ml_vpx_encode(ml_vpx_encoder *encoder, const ml_picture *picture, uint64_t timestamp, bool key,
                  ml_vpx_frame *frame) {
    *frame = (ml_vpx_frame){0};
    if (picture == NULL || picture->width != encoder->config.g_w || picture->height != encoder->config.g_h) {
        return VPX_CODEC_INVALID_PARAM;
    }
    vpx_image_t image;
    describe(&image, picture);
    unsigned long interval = (unsigned long)(CLOCK_RATE / encoder->frame_rate);
    advance(encoder, timestamp, interval);
    vpx_enc_frame_flags_t flags = key ? VPX_EFLAG_FORCE_KF : 0;
    int error = vpx_codec_encode(&encoder->context, &image, encoder->clock, interval, flags, VPX_DL_REALTIME);
    if (error != VPX_CODEC_OK) {
        return error;
    }
    vpx_codec_iter_t at = NULL;
    const vpx_codec_cx_pkt_t *packet;
    while ((packet = vpx_codec_get_cx_data(&encoder->context, &at)) != NULL) {
        if (packet->kind == VPX_CODEC_CX_FRAME_PKT && frame->data == NULL) {
            frame->data = packet->data.frame.buf;
            frame->size = packet->data.frame.sz;
            frame->key = (packet->data.frame.flags & VPX_FRAME_IS_KEY) != 0;
        }
    }
    return vpx_codec_control(&encoder->context, VP8E_GET_LAST_QUANTIZER_64, &frame->quantizer);
}
