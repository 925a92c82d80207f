#include "sound.h"

#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "peer.h"

#define RATE 48000
#define CHUNK (RATE / 100) /* 10 ms */
#define CHANNELS 2
#define SECONDS_MOST 20
#define TONE_HZ 440
#define LEVEL 0.3
#define PI 3.14159265358979323846

#define DELAY_MOST (RATE / 2)
#define COMPARED (RATE / 10)
#define COARSE 6 /* of these samples one is compared: 8 kHz */

#define SNR_LEAST 30 /* dB */

/* What the sink has heard. */
static struct {
    pthread_mutex_t lock;
    int16_t samples[SECONDS_MOST * RATE][CHANNELS];
    double at[SECONDS_MOST * RATE / CHUNK]; /* when each 10 ms came */
    int chunks;
} heard = {.lock = PTHREAD_MUTEX_INITIALIZER};

static double begun = -1; /* when the first sample was recorded */
static int pushed;        /* chunks */

/* Harmonics of a pitch that glides, three times a second a syllable; no half second is like another. */
static double voice(double time) {
    double pitch = 120 * time + 8 * sin(2.1 * time) + 3 * sin(7.7 * time);
    double syllable = 0.55 - 0.45 * cos(2 * PI * 3 * time + sin(1.3 * time));
    double sum = 0;
    for (int harmonic = 1; harmonic <= 12; harmonic++) {
        double hertz = 120.0 * harmonic;
        double formants =
            exp(-pow((hertz - 500) / 300, 2)) + 0.5 * exp(-pow((hertz - 1300 - 200 * sin(time)) / 250, 2));
        sum += formants * sin(2 * PI * pitch * harmonic);
    }
    return LEVEL * syllable * sum / 3;
}

static double tone(double time) { return LEVEL * sin(2 * PI * TONE_HZ * time); }

/* The samples are copied during the call. When it says Pending the library has a second of sound already. */
void sound_push(MLHandle source, double time) {
    if (begun < 0) {
        begun = time;
    }
    for (; (double)(pushed + 1) * CHUNK / RATE <= time - begun; pushed++) {
        int16_t samples[CHUNK][CHANNELS];
        for (int at = 0; at < CHUNK; at++) {
            double moment = ((double)pushed * CHUNK + at) / RATE;
            samples[at][0] = (int16_t)lrint(32767 * tone(moment));
            samples[at][1] = (int16_t)lrint(32767 * voice(moment));
        }
        MLAudioBuffer buffer = {.ptr = samples, .size = sizeof samples};
        MLAudioBufferFormat format = {.channel_count = CHANNELS,
                                      .samples_per_second = RATE,
                                      .bits_per_sample = 16,
                                      .valid_bits_per_sample = 16,
                                      .sample_format = MLAudioSampleFormat_Int};
        check(MLWebRTCSourceAppDefinedAudioSourcePushData(source, &buffer, &format), "PushData");
    }
}

static void on_data(const MLAudioBuffer *buffer, const MLAudioBufferFormat *format, void *context) {
    (void)context;
    pthread_mutex_lock(&heard.lock);
    if (format->channel_count == CHANNELS && buffer->size == CHUNK * sizeof heard.samples[0] &&
        heard.chunks < SECONDS_MOST * RATE / CHUNK) {
        memcpy(heard.samples[(size_t)heard.chunks * CHUNK], buffer->ptr, buffer->size);
        heard.at[heard.chunks++] = now();
    }
    pthread_mutex_unlock(&heard.lock);
}

MLHandle sound_listen(void) {
    MLHandle sink;
    MLWebRTCAudioSinkParams params = {
        .version = 1, .mode = MLWebRTCBufferNotifyMode_NotifyOnly, .audio_sink_callback = on_data};
    check(MLWebRTCAudioSinkCreateEx(&params, &sink), "AudioSinkCreateEx");
    return sink;
}

/* How much the voice that was heard from a chunk on is like what was said, of which every COARSE-th sample is there; 1:
 * the same. */
static double likeness(int chunk, const double *said) {
    double both = 0, own = 0, theirs = 0;
    for (int at = 0; at < COMPARED / COARSE; at++) {
        double is = heard.samples[chunk * CHUNK + at * COARSE][1], should = said[at];
        both += is * should;
        own += is * is;
        theirs += should * should;
    }
    return own > 0 && theirs > 0 ? both / sqrt(own * theirs) : 0;
}

/* The delay of what was heard from a chunk on. Without the lock: what was heard does not change. */
static double delay_at(int chunk) {
    static double said[(DELAY_MOST + COMPARED) / COARSE];
    /* When its first sample was handed over, on the clock of the recording. */
    double moment = heard.at[chunk] - begun, best = 0;
    int found = 0;
    for (int at = 0; at < (DELAY_MOST + COMPARED) / COARSE; at++) {
        said[at] = voice(moment + (double)(at * COARSE - DELAY_MOST) / RATE);
    }
    for (int back = 0; back <= DELAY_MOST / COARSE; back++) {
        double like = likeness(chunk, said + DELAY_MOST / COARSE - back);
        if (like > best) {
            best = like;
            found = back * COARSE;
        }
    }
    return best > 0.8 ? 1000.0 * found / RATE : -1;
}

double sound_delay(void) {
    pthread_mutex_lock(&heard.lock);
    int chunks = heard.chunks;
    pthread_mutex_unlock(&heard.lock);
    int last = chunks - COMPARED / CHUNK;
    return last > 0 ? delay_at(last) : -1;
}

/* The power of the tone and of what else is there in 10 ms, by fitting the tone. */
static void split(int chunk, double *signal, double *rest) {
    double s = 0, c = 0, ss = 0, cc = 0, sc = 0, power = 0;
    for (int at = 0; at < CHUNK; at++) {
        double value = heard.samples[chunk * CHUNK + at][0] / 32768.0, angle = 2 * PI * TONE_HZ * at / RATE;
        s += value * sin(angle);
        c += value * cos(angle);
        ss += sin(angle) * sin(angle);
        cc += cos(angle) * cos(angle);
        sc += sin(angle) * cos(angle);
        power += value * value;
    }
    double determinant = ss * cc - sc * sc;
    *signal = (s * (s * cc - c * sc) + c * (c * ss - s * sc)) / determinant / CHUNK;
    *rest = fmax(power / CHUNK - *signal, 1e-12);
}

static int compare(const void *left, const void *right) {
    double difference = *(const double *)left - *(const double *)right;
    return (difference > 0) - (difference < 0);
}

int sound_report(void) {
    static double ratios[SECONDS_MOST * RATE / CHUNK], delays[SECONDS_MOST];
    int chunks = heard.chunks, made_up = 0, count = 0;
    if (chunks < 100) {
        fprintf(stderr, "FAILED: %d ms of sound were heard\n", 10 * chunks);
        return 1;
    }
    for (int chunk = 0; chunk < chunks; chunk++) {
        double signal, rest;
        split(chunk, &signal, &rest);
        ratios[chunk] = 10 * log10(signal / rest);
        made_up += ratios[chunk] < 15; /* no part of the tone that was sent */
    }
    for (int chunk = 50; chunk + COMPARED / CHUNK < chunks && count < SECONDS_MOST; chunk += 97) {
        double delay = delay_at(chunk);
        if (delay >= 0) {
            delays[count++] = delay;
        }
    }
    qsort(ratios, (size_t)chunks, sizeof *ratios, compare);
    qsort(delays, (size_t)count, sizeof *delays, compare);
    double snr = ratios[chunks / 2], delay = count > 0 ? delays[count / 2] : -1;
    printf("%.1f s of stereo sound; signal to noise %.1f dB (median of 10 ms); delay %.0f ms (median); "
           "%d samples concealed or distorted\n",
           chunks / 100.0, snr, delay, made_up * CHUNK);
    if (snr < SNR_LEAST || delay < 0) {
        fprintf(stderr, "FAILED: less than %d dB, or the voice was not recognised\n", SNR_LEAST);
        return 1;
    }
    return 0;
}
