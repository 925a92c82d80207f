/*
 * The library's audio side of the benchmark, beside libopus alone. Prints "key value" lines; those of libopus have
 * the same key with ":bare" behind it.
 * Usage: audio SECONDS
 */
#include <stdio.h>
#include <stdlib.h>

#include "bench/audio/talk.h"
#include "internal/codec/opus/opus.h"

#define PACKET (2 * CHUNK)
#define BITRATE 64000 /* for each channel, as the library has it where there is room */

static const char *const names[] = {"", "mono", "stereo"};

static void print(const char *what, unsigned channels, const char *suffix, double value) {
    char key[64];
    snprintf(key, sizeof key, "%s_%s%s", what, names[channels], suffix);
    print_figure(key, value);
}

static void fail(const char *what) {
    fprintf(stderr, "libopus: %s\n", what);
    exit(1);
}

/* The same sound through libopus: CPU time in seconds. */
static double code(unsigned channels, double seconds) {
    ml_opus_settings settings = {.channels = (int32_t)channels, .bitrate = (int32_t)(BITRATE * channels), .fec = true};
    ml_opus_encoder *encoder = ml_opus_encoder_new(&settings);
    ml_opus_decoder *decoder = ml_opus_decoder_new((int32_t)channels);
    int16_t *second = talk_second(channels);
    static float in[2 * PACKET], out[2 * PACKET];
    if (encoder == NULL || decoder == NULL) {
        fail("no codec");
    }
    uint64_t begin = cpu_ns();
    for (unsigned packet = 0; packet < (unsigned)(seconds * AUDIO_RATE / PACKET); packet++) {
        const int16_t *from = second + (size_t)(packet % (CHUNKS / 2)) * PACKET * channels;
        for (unsigned at = 0; at < PACKET * channels; at++) {
            in[at] = (float)from[at] / 32768;
        }
        const uint8_t *payload;
        int32_t size = ml_opus_encode(encoder, in, PACKET, &payload);
        if (size <= 0 || ml_opus_decode(decoder, payload, size, out, PACKET) != PACKET) {
            fail("it does not code");
        }
    }
    double took = (double)(cpu_ns() - begin) / 1e9;
    free(second);
    ml_opus_encoder_free(encoder);
    ml_opus_decoder_free(decoder);
    return took;
}

/* CPU time for a minute of a call, all threads and both ends. */
static void measure_call(unsigned channels, double seconds) {
    talk own;
    samples costs;
    samples_begin(&costs, 100000);
    talk_begin(&own, channels);
    uint64_t begin = cpu_ns(), from = now_ns();
    talk_run(&own, seconds, &costs);
    double took = (double)(cpu_ns() - begin) / 1e9, passed = (double)(now_ns() - from) / 1e9;
    print("audio_cpu", channels, "", took * 60 / passed);
    print("audio_push_us", channels, "", samples_at(&costs, 0.5));
    talk_end(&own);
    samples_end(&costs);
    print("audio_cpu", channels, ":bare", code(channels, seconds) * 60 / seconds);
}

/* PushData in a row while nobody listens. */
static void measure_alone(unsigned channels) {
    talk own = {.channels = channels, .second = talk_second(channels)};
    must(MLWebRTCSourceCreateAppDefinedAudioSource(NULL, &own.source), "CreateAppDefinedAudioSource");
    enum { TIMES = 20000 };
    uint64_t begin = now_ns();
    for (unsigned at = 0; at < TIMES; at++) {
        talk_push(&own);
    }
    print("audio_push_alone_ns", channels, "", (double)(now_ns() - begin) / TIMES);
    must(MLWebRTCSourceDestroy(own.source), "SourceDestroy");
    free(own.second);
}

int main(int argc, char **argv) {
    double seconds = argc > 1 ? atof(argv[1]) : 5;
    must(MLWebRTCInstanceCreate(), "InstanceCreate");
    for (unsigned channels = 1; channels <= 2; channels++) {
        measure_alone(channels);
        measure_call(channels, seconds);
    }
    must(MLWebRTCInstanceDestroy(), "InstanceDestroy");
    return 0;
}
