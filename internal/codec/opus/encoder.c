#include <opus/opus.h>
#include <stdlib.h>

#include "internal/codec/opus/opus.h"

/* The best but one: the last costs more time than it gives. */
#define COMPLEXITY 9

/* Without a copy of what was before where that would spoil music. */
#define FEC_FOR_SPEECH 2

/* A packet of this size says only that there is silence. */
#define SILENCE_SIZE 2

struct ml_opus_encoder {
    OpusEncoder *opus;
    bool dtx;
    bool silent; /* the receiver was told that there is silence */
    uint8_t payload[ML_OPUS_PAYLOAD_MOST];
};

static int bandwidth(int32_t playback_rate) {
    if (playback_rate <= 0 || playback_rate > 24000) {
        return OPUS_BANDWIDTH_FULLBAND;
    }
    if (playback_rate > 16000) {
        return OPUS_BANDWIDTH_SUPERWIDEBAND;
    }
    if (playback_rate > 12000) {
        return OPUS_BANDWIDTH_WIDEBAND;
    }
    return playback_rate > 8000 ? OPUS_BANDWIDTH_MEDIUMBAND : OPUS_BANDWIDTH_NARROWBAND;
}

static bool configure(OpusEncoder *opus, const ml_opus_settings *settings) {
    return opus_encoder_ctl(opus, OPUS_SET_COMPLEXITY(COMPLEXITY)) == OPUS_OK &&
           opus_encoder_ctl(opus, OPUS_SET_BITRATE(settings->bitrate)) == OPUS_OK &&
           opus_encoder_ctl(opus, OPUS_SET_VBR(settings->constant ? 0 : 1)) == OPUS_OK &&
           opus_encoder_ctl(opus, OPUS_SET_INBAND_FEC(settings->fec ? FEC_FOR_SPEECH : 0)) == OPUS_OK &&
           opus_encoder_ctl(opus, OPUS_SET_DTX(settings->dtx ? 1 : 0)) == OPUS_OK &&
           opus_encoder_ctl(opus, OPUS_SET_MAX_BANDWIDTH(bandwidth(settings->playback_rate))) == OPUS_OK;
}

ml_opus_encoder *ml_opus_encoder_new(const ml_opus_settings *settings) {
    ml_opus_encoder *encoder = calloc(1, sizeof *encoder);
    if (encoder == NULL) {
        return NULL;
    }
    encoder->dtx = settings->dtx;
    encoder->opus = opus_encoder_create(ML_OPUS_RATE, settings->channels, OPUS_APPLICATION_AUDIO, NULL);
    if (encoder->opus == NULL || !configure(encoder->opus, settings)) {
        ml_opus_encoder_free(encoder);
        return NULL;
    }
    return encoder;
}

void ml_opus_encoder_free(ml_opus_encoder *encoder) {
    if (encoder != NULL) {
        if (encoder->opus != NULL) {
            opus_encoder_destroy(encoder->opus);
        }
        free(encoder);
    }
}

/* The first packet of a silence is sent: it tells the receiver that what is missing from now on was not lost. */
int32_t ml_opus_encode(ml_opus_encoder *encoder, const float *samples, int32_t frames, const uint8_t **payload) {
    *payload = encoder->payload;
    int32_t size = opus_encode_float(encoder->opus, samples, frames, encoder->payload, sizeof encoder->payload);
    if (size < 0) {
        return size;
    }
    bool silent = encoder->dtx && size <= SILENCE_SIZE;
    bool known = silent && encoder->silent;
    encoder->silent = silent;
    return known ? 0 : size;
}

int ml_opus_set_bitrate(ml_opus_encoder *encoder, int32_t bitrate) {
    return opus_encoder_ctl(encoder->opus, OPUS_SET_BITRATE(bitrate));
}

int ml_opus_set_loss(ml_opus_encoder *encoder, int32_t percent) {
    return opus_encoder_ctl(encoder->opus, OPUS_SET_PACKET_LOSS_PERC(percent));
}
