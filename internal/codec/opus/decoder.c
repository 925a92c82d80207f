#include <opus/opus.h>
#include <stdlib.h>
#include <string.h>

#include "internal/codec/opus/opus.h"

struct ml_opus_decoder {
    OpusDecoder *opus;
    int32_t channels;
    float clip[2]; /* what opus_pcm_soft_clip carries over, per channel */
};

ml_opus_decoder *ml_opus_decoder_new(int32_t channels) {
    ml_opus_decoder *decoder = calloc(1, sizeof *decoder);
    if (decoder == NULL) {
        return NULL;
    }
    decoder->channels = channels;
    decoder->opus = opus_decoder_create(ML_OPUS_RATE, channels, NULL);
    if (decoder->opus == NULL) {
        free(decoder);
        return NULL;
    }
    return decoder;
}

void ml_opus_decoder_free(ml_opus_decoder *decoder) {
    if (decoder != NULL) {
        opus_decoder_destroy(decoder->opus);
        free(decoder);
    }
}

/* What is louder than full scale is bent, not cut off. */
static int32_t decode(ml_opus_decoder *decoder, const uint8_t *payload, int32_t size, float *out, int32_t frames,
                      int fec) {
    int32_t decoded = opus_decode_float(decoder->opus, payload, size, out, frames, fec);
    if (decoded > 0) {
        opus_pcm_soft_clip(out, decoded, decoder->channels, decoder->clip);
    }
    return decoded;
}

int32_t ml_opus_decode(ml_opus_decoder *decoder, const uint8_t *payload, int32_t size, float *out, int32_t frames) {
    return decode(decoder, payload, size, out, frames, 0);
}

int32_t ml_opus_recover(ml_opus_decoder *decoder, const uint8_t *payload, int32_t size, float *out, int32_t frames) {
    return decode(decoder, payload, size, out, frames, 1);
}

int32_t ml_opus_conceal(ml_opus_decoder *decoder, float *out, int32_t frames) {
    return decode(decoder, NULL, 0, out, frames, 0);
}

void ml_opus_reset(ml_opus_decoder *decoder) {
    opus_decoder_ctl(decoder->opus, OPUS_RESET_STATE);
    memset(decoder->clip, 0, sizeof decoder->clip);
}

const char *ml_opus_error(int error) { return opus_strerror(error); }
