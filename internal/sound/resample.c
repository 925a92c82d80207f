#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "internal/sound/resample.h"
#include "internal/sound/sound.h"

/* The resampler alone, under its usual names. */
#define OUTSIDE_SPEEX
#define RANDOM_PREFIX speex
#include <speex/speex_resampler.h>

/* 80 taps: about 100 dB of attenuation, flat to 0.92 of the lower rate's half, late by 40 samples of it. */
#define QUALITY 5

#define SCRATCH_FRAMES 64u

struct ml_resampler {
    uint32_t channels;
    SpeexResamplerState *speex; /* NULL: the rates are equal */
};

static bool rate_fits(uint32_t rate) { return rate >= ML_RESAMPLER_RATE_LEAST && rate <= ML_RESAMPLER_RATE_MOST; }

ml_resampler *ml_resampler_new(uint32_t channels, uint32_t from_rate, uint32_t to_rate) {
    if (channels < 1 || channels > ML_SOUND_CHANNELS_MOST || !rate_fits(from_rate) || !rate_fits(to_rate)) {
        return NULL;
    }
    ml_resampler *resampler = calloc(1, sizeof *resampler);
    if (resampler == NULL) {
        return NULL;
    }
    resampler->channels = channels;
    if (from_rate == to_rate) {
        return resampler;
    }
    resampler->speex = speex_resampler_init(channels, from_rate, to_rate, QUALITY, NULL);
    if (resampler->speex == NULL) {
        free(resampler);
        return NULL;
    }
    speex_resampler_skip_zeros(resampler->speex);
    return resampler;
}

void ml_resampler_free(ml_resampler *resampler) {
    if (resampler != NULL) {
        if (resampler->speex != NULL) {
            speex_resampler_destroy(resampler->speex);
        }
        free(resampler);
    }
}

void ml_resampler_run(ml_resampler *resampler, const float *in, uint32_t *in_frames, float *out, uint32_t *out_frames) {
    if (resampler->speex != NULL) {
        speex_resampler_process_interleaved_float(resampler->speex, in, in_frames, out, out_frames);
        return;
    }
    uint32_t frames = *in_frames < *out_frames ? *in_frames : *out_frames;
    if (frames > 0) {
        memcpy(out, in, (size_t)frames * resampler->channels * sizeof *out);
    }
    *in_frames = frames;
    *out_frames = frames;
}

/* speexdsp's own reset forgets the first channels only, so what they all heard is washed out before. */
static void wash(ml_resampler *resampler) {
    float scratch[SCRATCH_FRAMES * ML_SOUND_CHANNELS_MOST];
    uint32_t left = 2 * (uint32_t)speex_resampler_get_input_latency(resampler->speex);
    while (left > 0) {
        uint32_t taken = left;
        uint32_t given = SCRATCH_FRAMES;
        speex_resampler_process_interleaved_float(resampler->speex, NULL, &taken, scratch, &given);
        left -= taken;
    }
}

void ml_resampler_reset(ml_resampler *resampler) {
    if (resampler->speex != NULL) {
        wash(resampler);
        speex_resampler_reset_mem(resampler->speex);
        speex_resampler_skip_zeros(resampler->speex);
    }
}

void ml_resampler_prime(ml_resampler *resampler) {
    if (resampler->speex != NULL) {
        speex_resampler_reset_mem(resampler->speex); /* all of it is silence: only its place is set */
    }
}
