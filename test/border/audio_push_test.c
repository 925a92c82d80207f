/* Sound that the host pushes, as the engine takes it: every format, nothing lost, and when it was recorded. */
#include <math.h>
#include <string.h>

#include "callbacks/connection.h"
#include "callbacks/source.h"
#include "check.h"
#include "engine.h"
#include "internal/sound/import.h"
#include "ml_webrtc.h"

#define MS INT64_C(1000000)

static MLHandle source;

static void begin(void) {
    CHECK_EQUAL(MLWebRTCInstanceCreate(), MLResult_Ok);
    CHECK_EQUAL(MLWebRTCSourceCreateAppDefinedAudioSource(NULL, &source), MLResult_Ok);
}

static void end(void) {
    CHECK_EQUAL(MLWebRTCInstanceDestroy(), MLResult_Ok);
    CHECK_EQUAL(ml_sources_in_use(), 0);
    CHECK_EQUAL(ml_sounds_alive(), 0);
}

static MLAudioBufferFormat format_of(uint32_t channels, uint32_t rate, uint32_t bits, uint32_t kind) {
    return (MLAudioBufferFormat){.channel_count = channels,
                                 .samples_per_second = rate,
                                 .bits_per_sample = bits,
                                 .valid_bits_per_sample = bits,
                                 .sample_format = kind};
}

static MLResult push_to(MLHandle to, const void *samples, uint32_t size, MLAudioBufferFormat format) {
    MLAudioBuffer buffer = {samples, size};
    return MLWebRTCSourceAppDefinedAudioSourcePushData(to, &buffer, &format);
}

static MLResult push(const void *samples, uint32_t size, MLAudioBufferFormat format) {
    return push_to(source, samples, size, format);
}

static bool take(ml_sound **out, uint32_t count) {
    uint32_t left = 0;
    return ml_source_take_sounds(source, out, count, &left);
}

/* Blocks that wait. */
static uint32_t take_all(ml_sound **out) {
    uint32_t count = 0;
    while (count < ML_SOURCE_SOUNDS_MOST && take(out + count, 1)) {
        count++;
    }
    return count;
}

static void release_all(ml_sound **blocks, uint32_t count) {
    for (uint32_t at = 0; at < count; at++) {
        ml_sound_release(blocks[at]);
    }
}

static void drop_all(void) {
    ml_sound *blocks[ML_SOURCE_SOUNDS_MOST];
    release_all(blocks, take_all(blocks));
}

static double level_of(uint32_t channel) { return (channel % 2 == 0 ? 0.1 : -0.1) * (channel + 1); }

static void store(uint8_t *to, uint32_t bits, uint32_t kind, double level) {
    int16_t low = (int16_t)lrint(level * 32768);
    int32_t high = (int32_t)lrint(level * 2147483648.0);
    float real = (float)level;
    const void *from = bits == 16 ? (const void *)&low : kind == MLAudioSampleFormat_Int ? (const void *)&high : &real;
    memcpy(to, from, bits / 8);
}

/* 100 ms of a constant level for each channel, at an address that may be odd, and exactly as long as it is said to be.
 */
static void check_format(uint32_t channels, uint32_t rate, uint32_t bits, uint32_t kind, uint32_t odd) {
    uint32_t samples = rate / 10 * channels;
    uint32_t size = samples * bits / 8;
    uint8_t *memory = malloc(size + odd);
    CHECK(memory != NULL);
    for (uint32_t at = 0; at < samples; at++) {
        store(memory + odd + (size_t)at * bits / 8, bits, kind, level_of(at % channels));
    }
    CHECK_EQUAL(push(memory + odd, size, format_of(channels, rate, bits, kind)), MLResult_Ok);
    free(memory);
    ml_sound *blocks[ML_SOURCE_SOUNDS_MOST];
    uint32_t count = take_all(blocks);
    /* What a format before this one left is filled up with silence, and the last block may be about to become whole. */
    CHECK(count >= 9 && count <= 11);
    const ml_sound *last = blocks[count - 1];
    CHECK_EQUAL(last->channels, channels);
    for (uint32_t at = 0; at < channels * ML_SOUND_FRAMES; at++) {
        CHECK(fabs(last->samples[at] - level_of(at % channels)) < 0.0005);
    }
    release_all(blocks, count);
}

static void formats(void) {
    static const uint32_t rates[] = {8000, 11025, 44100, 48000, 96000, 192000};
    begin();
    CHECK(ml_source_feed(source, true));
    for (uint32_t channels = 1; channels <= 8; channels++) {
        for (size_t at = 0; at < sizeof rates / sizeof *rates; at++) {
            uint32_t odd = (channels + (uint32_t)at) % 4;
            check_format(channels, rates[at], 16, MLAudioSampleFormat_Int, odd);
            check_format(channels, rates[at], 16, MLAudioSampleFormat_Float, odd);
            check_format(channels, rates[at], 16, 77, odd);
            check_format(channels, rates[at], 32, MLAudioSampleFormat_Int, odd);
            check_format(channels, rates[at], 32, MLAudioSampleFormat_Float, odd);
        }
    }
    end();
}

static void check_refused(const void *samples, uint32_t size, MLAudioBufferFormat format) {
    CHECK_EQUAL(push(samples, size, format), MLResult_InvalidParam);
    ml_sound *block;
    CHECK(!take(&block, 1));
}

static void check_refusals(void) {
    static const int16_t samples[960];
    const MLAudioBufferFormat fine = format_of(1, 48000, 16, MLAudioSampleFormat_Int);
    const uint32_t bits[] = {0, 8, 15, 17, 24, 31, 33, 64, UINT32_MAX};
    for (size_t at = 0; at < sizeof bits / sizeof *bits; at++) {
        check_refused(samples, 960, format_of(1, 48000, bits[at], MLAudioSampleFormat_Int));
    }
    check_refused(samples, 960, format_of(1, 48000, 32, 2));
    check_refused(samples, 960, format_of(1, 48000, 32, UINT32_MAX));
    const uint32_t channels[] = {0, 9, 480, UINT32_MAX, 0x80000000};
    for (size_t at = 0; at < sizeof channels / sizeof *channels; at++) {
        check_refused(samples, 960, format_of(channels[at], 48000, 16, MLAudioSampleFormat_Int));
        check_refused(NULL, 0, format_of(channels[at], 48000, 16, MLAudioSampleFormat_Int));
    }
    const uint32_t rates[] = {0, 1, 7999, 192001, UINT32_MAX};
    for (size_t at = 0; at < sizeof rates / sizeof *rates; at++) {
        check_refused(samples, 960, format_of(1, rates[at], 16, MLAudioSampleFormat_Int));
    }
    check_refused(samples, 959, fine);
    check_refused(samples, 1, fine);
    check_refused(samples, 962, format_of(2, 48000, 16, MLAudioSampleFormat_Int));
    check_refused(NULL, 960, fine);
    /* Nobody reads so much. */
    check_refused(samples, 2 * (10 * 48000 + 1), fine);
    check_refused(samples, UINT32_MAX - 1, fine);
    CHECK_EQUAL(push(NULL, 0, fine), MLResult_Ok);
    CHECK_EQUAL(push(samples, 0, fine), MLResult_Ok);
    MLAudioBuffer buffer = {samples, 960};
    CHECK_EQUAL(MLWebRTCSourceAppDefinedAudioSourcePushData(source, NULL, &fine), MLResult_InvalidParam);
    CHECK_EQUAL(MLWebRTCSourceAppDefinedAudioSourcePushData(source, &buffer, NULL), MLResult_InvalidParam);
    CHECK_EQUAL(MLWebRTCSourceAppDefinedAudioSourcePushData(0, NULL, NULL), MLResult_InvalidParam);
}

/* Whether the engine listens or not. And what comes after is whole. */
static void refusals(void) {
    static const int16_t samples[960];
    const MLAudioBufferFormat fine = format_of(2, 48000, 16, MLAudioSampleFormat_Int);
    begin();
    check_refusals();
    CHECK(ml_source_feed(source, true));
    check_refusals();
    ml_sound *block;
    CHECK_EQUAL(push(samples, sizeof samples, fine), MLResult_Ok);
    CHECK(take(&block, 1));
    ml_sound_release(block);
    MLHandle video, sink;
    CHECK_EQUAL(MLWebRTCSourceCreateAppDefinedVideoSource(NULL, &video), MLResult_Ok);
    CHECK_EQUAL(MLWebRTCAudioSinkCreate(&sink), MLResult_Ok);
    const MLHandle wrong[] = {0, ML_INVALID_HANDLE, video, sink, source + 1};
    for (size_t at = 0; at < sizeof wrong / sizeof *wrong; at++) {
        CHECK_EQUAL(push_to(wrong[at], samples, sizeof samples, fine), MLResult_WebRTCMismatchingHandle);
        /* The handle is looked at before what is in the structs. */
        CHECK_EQUAL(push_to(wrong[at], NULL, 5, format_of(0, 0, 0, 0)), MLResult_WebRTCMismatchingHandle);
    }
    CHECK_EQUAL(MLWebRTCSourceDestroy(source), MLResult_Ok);
    CHECK_EQUAL(push(samples, sizeof samples, fine), MLResult_WebRTCMismatchingHandle);
    CHECK(!ml_source_feed(source, true));
    CHECK(!take(&block, 1));
    end();
    CHECK_EQUAL(push(samples, sizeof samples, fine), MLResult_WebRTCInstanceNotCreated);
}

/* Chunks of all sizes: what is taken is what was accepted, sample for sample, however often it was Pending. */
static void nothing_lost(void) {
    static const uint32_t chunks[] = {1, 7, 480, 1013, 64, 4799, 479, 10000};
    enum { FRAMES = 480 * 1000 };
    begin();
    CHECK(ml_source_feed(source, true));
    ml_sound *blocks[ML_SOURCE_SOUNDS_MOST];
    int16_t samples[10000];
    uint16_t said = 0, heard = 0;
    uint32_t refused = 0, most = 0;
    for (uint32_t taken = 0, pushed = 0, turn = 0; taken < FRAMES; turn++) {
        uint32_t frames = chunks[turn % 8];
        for (uint32_t at = 0; at < frames; at++) {
            samples[at] = (int16_t)(said + at);
        }
        MLResult result = push(samples, 2 * frames, format_of(1, 48000, 16, MLAudioSampleFormat_Int));
        if (result == MLResult_Ok) {
            said = (uint16_t)(said + frames);
            pushed += frames;
            continue;
        }
        CHECK_EQUAL(result, MLResult_Pending);
        refused++;
        uint32_t count = take_all(blocks);
        CHECK(count >= ML_SOURCE_SOUNDS_MOST);
        for (uint32_t at = 0; at < count; at++) {
            for (uint32_t frame = 0; frame < ML_SOUND_FRAMES; frame++, heard++) {
                CHECK_EQUAL(lrintf(blocks[at]->samples[frame] * 32768), (int16_t)heard);
            }
        }
        release_all(blocks, count);
        taken += count * ML_SOUND_FRAMES;
        most = pushed - taken > most ? pushed - taken : most;
    }
    CHECK(refused > 5 && most < 2 * 10000);
    end();
}

/* The engine is told when there is as much as it waits for. */
static void limits(void) {
    static const int16_t second[48000];
    const MLAudioBufferFormat format = format_of(1, 48000, 16, MLAudioSampleFormat_Int);
    begin();
    ml_sound *blocks[ML_SOURCE_SOUNDS_MOST];
    /* Nobody wants it: it is dropped, and that forever. */
    for (unsigned at = 0; at < 5; at++) {
        CHECK_EQUAL(push(second, sizeof second, format), MLResult_Ok);
    }
    CHECK_EQUAL(ml_sounds_alive(), 0);
    CHECK(ml_source_feed(source, true));
    CHECK(!take(blocks, 1));
    CHECK_EQUAL(push(second, sizeof second - 960, format), MLResult_Ok);
    CHECK_EQUAL(push(second, 959 * 2, format), MLResult_Ok); /* one frame less than two blocks */
    CHECK_EQUAL(push(second, 2, format), MLResult_Pending);
    CHECK(!take(blocks, ML_SOURCE_SOUNDS_MOST + 1));
    CHECK(take(blocks, ML_SOURCE_SOUNDS_MOST));
    release_all(blocks, ML_SOURCE_SOUNDS_MOST);
    CHECK(!take(blocks, 1));
    CHECK_EQUAL(push(second, 2, format), MLResult_Ok);
    CHECK(take(blocks, 1));
    ml_sound_release(blocks[0]);
    /* Most of what one call may carry. */
    static int16_t much[10 * 48000];
    CHECK_EQUAL(push(much, sizeof much, format), MLResult_Ok);
    CHECK_EQUAL(push(second, 2, format), MLResult_Pending);
    CHECK_EQUAL(ml_sounds_alive(), 1000);
    /* What waits goes with the wish for it, and what was begun too. */
    uint32_t left = 0;
    CHECK(ml_source_take_sounds(source, blocks, 100, &left));
    CHECK_EQUAL(left, 900);
    release_all(blocks, 100);
    CHECK(ml_source_feed(source, false));
    CHECK_EQUAL(ml_sounds_alive(), 0);
    CHECK(ml_source_feed(source, true));
    CHECK_EQUAL(push(second, 958, format), MLResult_Ok);
    CHECK(ml_source_feed(source, false));
    CHECK(ml_source_feed(source, true));
    CHECK_EQUAL(push(second, 958, format), MLResult_Ok);
    CHECK(!take(blocks, 1));
    CHECK_EQUAL(push(second, 2, format), MLResult_Ok);
    CHECK(take(blocks, 1));
    ml_sound_release(blocks[0]);
    end();
}

/* Silence instead of what is pushed, and as long. */
static void disabled(void) {
    int16_t loud[480];
    for (int at = 0; at < 480; at++) {
        loud[at] = 12345;
    }
    const MLAudioBufferFormat format = format_of(1, 48000, 16, MLAudioSampleFormat_Int);
    begin();
    CHECK(ml_source_feed(source, true));
    uint64_t last_ns = 0;
    for (unsigned turn = 0; turn < 6; turn++) {
        bool on = turn % 2 == 0;
        CHECK_EQUAL(MLWebRTCSourceSetEnabled(source, on), MLResult_Ok);
        for (unsigned at = 0; at < 3; at++) {
            ml_sound *block;
            CHECK_EQUAL(push(loud, sizeof loud, format), MLResult_Ok);
            CHECK(take(&block, 1));
            CHECK(block->time_ns > last_ns);
            last_ns = block->time_ns;
            for (unsigned frame = 0; frame < 480; frame++) {
                CHECK(fabs(block->samples[frame] - (on ? 12345 / 32768.0 : 0)) < 1e-6);
            }
            ml_sound_release(block);
        }
    }
    end();
}

/* What is no number is silent, what is too loud is as loud as can be. */
static void floats(void) {
    static const struct {
        float is, should;
    } cases[] = {{NAN, 0},   {-NAN, 0},    {INFINITY, 0},    {-INFINITY, 0}, {1.5f, 1}, {-1.5f, -1},
                 {3e38f, 1}, {-3e38f, -1}, {1e-40f, 1e-40f}, {1, 1},         {-1, -1},  {0.5f, 0.5f}};
    begin();
    CHECK(ml_source_feed(source, true));
    for (size_t which = 0; which < sizeof cases / sizeof *cases; which++) {
        float samples[480];
        ml_sound *block;
        for (unsigned at = 0; at < 480; at++) {
            samples[at] = cases[which].is;
        }
        CHECK_EQUAL(push(samples, sizeof samples, format_of(1, 48000, 32, MLAudioSampleFormat_Float)), MLResult_Ok);
        CHECK(take(&block, 1));
        for (unsigned at = 0; at < 480; at++) {
            CHECK(block->samples[at] == cases[which].should);
        }
        ml_sound_release(block);
    }
    drop_all();
    /* Nor does a resampler get to see one. */
    static float mixed[192 * 50];
    for (unsigned at = 0; at < sizeof mixed / sizeof *mixed; at++) {
        mixed[at] = cases[at % 12].is;
    }
    CHECK_EQUAL(push(mixed, sizeof mixed, format_of(1, 192000, 32, MLAudioSampleFormat_Float)), MLResult_Ok);
    ml_sound *blocks[ML_SOURCE_SOUNDS_MOST];
    uint32_t count = take_all(blocks);
    CHECK(count >= 5);
    for (uint32_t at = 0; at < count * ML_SOUND_FRAMES; at++) {
        CHECK(fabs(blocks[at / ML_SOUND_FRAMES]->samples[at % ML_SOUND_FRAMES]) <= 1);
    }
    release_all(blocks, count);
    end();
}

/* Pushes 10 ms that are said to end at a moment, and gives the stamp of the block that becomes whole. */
static int64_t stamp_at(ml_sound_intake *intake, int64_t now_ns) {
    static const int16_t samples[480];
    ml_sound_buffer buffer = {(const uint8_t *)samples, 480, 1, 48000, ML_SAMPLES_S16};
    ml_sound_row row = {0};
    CHECK(ml_sound_intake_take(intake, &buffer, false, (uint64_t)now_ns, &row));
    CHECK_EQUAL(row.count, 1);
    int64_t stamp = (int64_t)row.first->time_ns;
    ml_sound_row_clear(&row);
    return stamp;
}

/* Time goes by the samples: a host that is held up has recorded in time, one that pauses has not. */
static void stamps(void) {
    ml_sound_intake intake = {0};
    int64_t now = 1000000 * MS;
    CHECK_EQUAL(stamp_at(&intake, now), now - 10 * MS);
    for (unsigned at = 0; at < 100; at++) {
        now += 10 * MS;
        CHECK_EQUAL(stamp_at(&intake, now), now - 10 * MS);
    }
    /* Held up by 50 ms, then all at once: off by a quarter of a millisecond at most. */
    for (unsigned at = 0; at < 5; at++) {
        int64_t off = stamp_at(&intake, now + 50 * MS) - (now + (int64_t)at * 10 * MS);
        CHECK(off >= 0 && off <= MS / 4);
    }
    now += 50 * MS;
    int64_t last = 0;
    for (unsigned at = 0; at < 20; at++) {
        now += 10 * MS;
        int64_t stamp = stamp_at(&intake, now);
        CHECK(last == 0 || (stamp - last > 9 * MS && stamp - last < 11 * MS));
        last = stamp;
    }
    CHECK_EQUAL(last, now - 10 * MS);
    /* A card that runs 500 ppm fast is followed. */
    int64_t off = 0;
    for (unsigned at = 0; at < 10000; at++) {
        now += 10 * MS - 5000;
        off = stamp_at(&intake, now) - (now - 10 * MS);
        CHECK(off >= -MS && off <= MS);
    }
    /* A pause. */
    now += 500 * MS;
    CHECK_EQUAL(stamp_at(&intake, now), now - 10 * MS);
    ml_sound_intake_reset(&intake);
    CHECK_EQUAL(ml_sounds_alive(), 0);
}

/* One format after another: what was begun is filled up, and time goes on. */
static void changes(void) {
    int16_t samples[960];
    for (unsigned at = 0; at < 960; at++) {
        samples[at] = 16384;
    }
    begin();
    CHECK(ml_source_feed(source, true));
    ml_sound *blocks[ML_SOURCE_SOUNDS_MOST];
    CHECK_EQUAL(push(samples, 2 * 100, format_of(1, 48000, 16, MLAudioSampleFormat_Int)), MLResult_Ok);
    CHECK_EQUAL(push(samples, 2 * 960, format_of(2, 48000, 16, MLAudioSampleFormat_Int)), MLResult_Ok);
    CHECK_EQUAL(take_all(blocks), 2);
    CHECK_EQUAL(blocks[0]->channels, 1);
    CHECK_EQUAL(blocks[1]->channels, 2);
    CHECK(blocks[0]->samples[99] == 0.5 && blocks[0]->samples[100] == 0 && blocks[0]->samples[479] == 0);
    CHECK(blocks[1]->samples[0] == 0.5 && blocks[1]->samples[959] == 0.5);
    CHECK_EQUAL(blocks[1]->time_ns - blocks[0]->time_ns, 10 * MS);
    release_all(blocks, 2);
    end();
}

int main(void) {
    engine_start();
    formats();
    refusals();
    nothing_lost();
    limits();
    disabled();
    floats();
    stamps();
    changes();
    printf("OK: pushed sound\n");
    return 0;
}
