/* SPDX-License-Identifier: MIT */

/* Sound and picture of one stream: a flash and a beep at the beginning of each half second, which the other side sees
 * and hears at the same time. */
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "support/audio.h"
#include "support/preview.h"
#include "support/video.h"

#define APART_MOST_MS 45.0

enum { RATE = 30, HALF_US = 500000, FLASHES = 12, FLASH_FRAMES = 3, BRIGHT = 200, DARK = 30 };

/* Pushes a frame at each 30th of a second of the clock, bright when a half second has begun. */
typedef struct lamp {
    MLHandle source;
    unsigned width;
    unsigned height;
    pthread_t thread;
    atomic_bool running;
} lamp;

static void *shine(void *argument) {
    lamp *self = argument;
    picture shown;
    picture_create(&shown, self->width, self->height);
    picture_fill(&shown, DARK, 128, 128);
    uint64_t number = microseconds_now() * RATE / 1000000 + 2;
    while (self->running) {
        uint64_t when = number * 1000000 / RATE;
        sleep_until_microseconds(when);
        uint8_t luma = number % (RATE / 2) < FLASH_FRAMES ? BRIGHT : DARK;
        for (size_t at = 0; at < (size_t)self->width * self->height; at++) {
            shown.y[at] = luma;
        }
        source_push(self->source, &shown, LAYOUT_PLANAR, when);
        number++;
    }
    picture_destroy(&shown);
    return NULL;
}

typedef struct moments {
    uint64_t at[FLASHES];
    unsigned count;
} moments;

/* When a bright frame is there to be shown. */
static void look(MLHandle sink, moments *flashes) {
    if (!frame_waits(sink)) {
        return;
    }
    uint64_t now = microseconds_now();
    uint64_t time_stamp;
    MLHandle frame = next_frame(sink);
    picture seen = frame_picture(frame, &time_stamp);
    bool bright = seen.y[0] > (BRIGHT + DARK) / 2;
    if (bright && flashes->count < FLASHES && (flashes->count == 0 || now - flashes->at[flashes->count - 1] > 200000)) {
        flashes->at[flashes->count++] = now;
    }
    CHECK_OK(MLWebRTCVideoSinkReleaseFrame(sink, frame));
}

/* When the beep begins, if each block is played as soon as it is handed over. */
static void listen(listener *ear, moments *beeps) {
    unsigned count = listener_count(ear);
    for (unsigned at = 0; at < count && beeps->count < FLASHES; at++) {
        heard block = listener_block(ear, at);
        double *sound = listener_sound(ear, at, 1, 0);
        for (unsigned frame = 0; frame < BLOCK_FRAMES; frame++) {
            uint64_t now = block.at + (uint64_t)frame * 1000000 / HEARD_RATE;
            bool is_later = beeps->count == 0 || now - beeps->at[beeps->count - 1] > 200000;
            if (fabs(sound[frame]) > 0.1 && is_later && beeps->count < FLASHES) {
                beeps->at[beeps->count++] = now;
            }
        }
        free(sound);
    }
}

/* How much later than its beep each flash comes, in ms. The first ones are not looked at. */
static void check_together(const moments *flashes, const moments *beeps, const char *name) {
    double values[FLASHES];
    unsigned count = 0;
    for (unsigned flash = 4; flash < flashes->count; flash++) {
        double nearest = HALF_US;
        for (unsigned beep = 0; beep < beeps->count; beep++) {
            double apart = ((double)flashes->at[flash] - (double)beeps->at[beep]) / 1000;
            nearest = fabs(apart) < fabs(nearest) ? apart : nearest;
        }
        values[count++] = nearest;
    }
    CHECK(count >= FLASHES / 2);
    double middle = quantile(values, count, 0.5);
    printf("%s: the picture comes %+.1f ms after the sound (%+.1f to %+.1f)\n", name, middle, values[0],
           values[count - 1]);
    fflush(stdout);
    CHECK(fabs(middle) < APART_MOST_MS);
    CHECK(fabs(quantile(values, count, 0.1)) < APART_MOST_MS && fabs(quantile(values, count, 0.9)) < APART_MOST_MS);
}

static void run(unsigned width, unsigned height, const char *name) {
    static audio_call call;
    static lamp flashing;
    static moments flashes, beeps;
    test_signal said = signal_of(SIGNAL_BEEPS);
    MLHandle sink = ML_INVALID_HANDLE;
    flashing = (lamp){.source = source_create(), .width = width, .height = height};
    flashes.count = beeps.count = 0;
    pair_create(&call.both);
    call.source = audio_source_create();
    peer_add_audio(&call.both.a, call.source, "sound");
    peer_add_video(&call.both.a, flashing.source, "picture");
    pair_connect(&call.both);
    PUMP_UNTIL(&call.both, call.both.b.count[ON_TRACK_ADDED] == 2);
    CHECK_OK(MLWebRTCVideoSinkCreate(&sink));
    CHECK_OK(MLWebRTCVideoSinkSetSource(sink, peer_track(&call.both.b, "picture")->source));
    listener_open(&call.ear, peer_audio(&call.both.b, "sound")->source);
    speaker_start(&call.spoken, call.source, &said, 1);
    flashing.running = true;
    CHECK(pthread_create(&flashing.thread, NULL, shine, &flashing) == 0);
    /* Both sides know each other's clocks after a few sender reports. */
    uint64_t settled = milliseconds_now() + 4000;
    WAIT_UNTIL_STEP(milliseconds_now() > settled, (pair_process(&call.both), look(sink, &flashes)));
    flashes.count = 0;
    listener_reset(&call.ear);
    WAIT_UNTIL_STEP(flashes.count == FLASHES, (pair_process(&call.both), look(sink, &flashes)));
    listener_rest(&call.both, 300); /* the last beep may be later than its flash */
    listen(&call.ear, &beeps);
    check_together(&flashes, &beeps, name);
    flashing.running = false;
    CHECK(pthread_join(flashing.thread, NULL) == 0);
    speaker_stop(&call.spoken);
    listener_destroy(&call.ear);
    CHECK_OK(MLWebRTCVideoSinkDestroy(sink));
    pair_destroy(&call.both);
    CHECK_OK(MLWebRTCSourceDestroy(call.source));
    CHECK_OK(MLWebRTCSourceDestroy(flashing.source));
}

static void small(void) { run(320, 240, "320x240"); }
static void large(void) { run(640, 480, "640x480"); }

int main(int argc, char **argv) {
    static const test_case cases[] = {{"small", small}, {"large", large}};
    return RUN_CASES(cases, argc, argv);
}
