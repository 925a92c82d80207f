/* libopus as the library uses it: 48 kHz, floats, one call per packet. */
#ifndef ML_OPUS_H
#define ML_OPUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ML_OPUS_RATE 48000
/* The largest payload that is made: with all headers around it, a datagram stays below 1280 bytes. */
#define ML_OPUS_PAYLOAD_MOST 1160

typedef struct ml_opus_encoder ml_opus_encoder;
typedef struct ml_opus_decoder ml_opus_decoder;

typedef struct ml_opus_settings {
    int32_t channels; /* 1 or 2 */
    int32_t bitrate;  /* bits per second */
    int32_t playback_rate;
    bool fec;
    bool dtx;
    bool constant;
} ml_opus_settings;

/* NULL: no memory, or libopus refuses the settings. */
ml_opus_encoder *ml_opus_encoder_new(const ml_opus_settings *settings);
/* Gives the payload's size, 0 if there is none to be sent, or libopus's error (below 0). The payload is the
 * encoder's, until its next call. */
int32_t ml_opus_encode(ml_opus_encoder *encoder, const float *samples, int32_t frames, const uint8_t **payload);
/* 0, or libopus's error. */
int ml_opus_set_bitrate(ml_opus_encoder *encoder, int32_t bitrate);
int ml_opus_set_loss(ml_opus_encoder *encoder, int32_t percent);
/* NULL is harmless. */
void ml_opus_encoder_free(ml_opus_encoder *encoder);

ml_opus_decoder *ml_opus_decoder_new(int32_t channels);
/* Gives how many frames were written, frames at most, or libopus's error (below 0). What is written is within -1 to 1.
 */
int32_t ml_opus_decode(ml_opus_decoder *decoder, const uint8_t *payload, int32_t size, float *out, int32_t frames);
/* What was before payload, from the copy in it. */
int32_t ml_opus_recover(ml_opus_decoder *decoder, const uint8_t *payload, int32_t size, float *out, int32_t frames);
int32_t ml_opus_conceal(ml_opus_decoder *decoder, float *out, int32_t frames);
void ml_opus_reset(ml_opus_decoder *decoder);
/* NULL is harmless. */
void ml_opus_decoder_free(ml_opus_decoder *decoder);

/* What an error means. */
const char *ml_opus_error(int error);

#endif
