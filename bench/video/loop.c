#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/video/call.h"
#include "bench/video/codec.h"
#include "bench/video/video.h"

/* A machine is not equally fast all the time, so both take turns. After its pause the library
 * has a moment to get going again. */
#define TURN_SECONDS 0.5
#define WARM_UP_SECONDS 3
#define AGAIN_SECONDS 0.2
/* Pictures on the way at a time: while one is encoded, the next one waits, and the one before is decoded. */
#define ON_THE_WAY 2
/* When nothing comes out for so long, a picture was dropped on the way. */
#define STALLED_NS (UINT64_C(50) * 1000000)
/* When to look again for a picture that could be ready: rarely, since each look is taken from what is measured. */
#define LOOK_AGAIN_NS (UINT64_C(500) * 1000)

static atomic_uint kilobits;
static atomic_uint frame_rate; /* in tenths */

void loop_on_debug(uint32_t level, const char *message, void *context) {
    (void)level;
    (void)context;
    unsigned width, height, rate;
    char name[16];
    double frames;
    const char *line = strstr(message, "video sent: ");
    if (line != NULL &&
        sscanf(line, "video sent: %ux%u %15s %lf frame/s %u kbit/s", &width, &height, name, &frames, &rate) == 5) {
        kilobits = rate;
        frame_rate = (unsigned)(frames * 10);
    }
}

static void sleep_ns(uint64_t time) { nanosleep(&(struct timespec){0, (long)time}, NULL); }

/* Pushes as fast as pictures come out. */
static void run(call *own, double seconds, work *done) {
    uint64_t begin = now_ns(), cpu_begin = cpu_ns(), last = begin;
    unsigned next = own->pushed, taken = 0;
    for (uint64_t now = begin; now - begin < (uint64_t)(seconds * 1e9); now = now_ns()) {
        pump(&own->both.alice);
        pump(&own->both.bob);
        int number = call_take(own);
        if (number >= 0) {
            next = (unsigned)number + 1;
            taken++;
            last = now;
        }
        uint64_t usual = taken > 0 ? (now - begin) / taken : 0;
        bool push = own->pushed - next < ON_THE_WAY || now - last > STALLED_NS;
        if (push) {
            call_push(own);
            last = now;
        }
        /* Nothing can be ready yet. And two pictures pushed at once would be one for the encoder: it takes the newest. */
        sleep_ns(push && usual < STALLED_NS ? usual / 2 : LOOK_AGAIN_NS);
    }
    done->pictures += taken;
    done->ns += now_ns() - begin;
    done->cpu_ns += cpu_ns() - cpu_begin;
}

static void print_work(const work *done, const char *suffix) {
    char key[64];
    snprintf(key, sizeof key, "loop_rate%s", suffix);
    print_figure(key, done->pictures * 1e9 / (double)done->ns);
    snprintf(key, sizeof key, "loop_cpu_ms%s", suffix);
    print_figure(key, (double)done->cpu_ns / 1e6 / done->pictures);
}

void measure_loop(double seconds) {
    call own;
    work uncounted = {0}, library = {0}, bare = {0};
    double kilobytes = 0;
    codec *alone = codec_new();
    call_begin(&own);
    run(&own, WARM_UP_SECONDS, &uncounted);
    int turns = seconds > TURN_SECONDS ? (int)(seconds / TURN_SECONDS) : 1;
    for (int turn = 0; turn < turns; turn++) {
        run(&own, AGAIN_SECONDS, &uncounted);
        run(&own, TURN_SECONDS, &library);
        if (frame_rate == 0 || library.pictures == 0) {
            fprintf(stderr, "no pictures, or no word of the bit rate\n");
            exit(1);
        }
        kilobytes += kilobits / 8.0 / (frame_rate / 10.0) / turns;
        codec_run(alone, TURN_SECONDS, kilobits, frame_rate / 10.0, &bare);
    }
    call_end(&own);
    codec_free(alone);
    if (own.smaller > 0) {
        return; /* other work than that of libvpx beside it, so no figure */
    }
    print_work(&library, "");
    print_work(&bare, ":bare");
    print_figure("loop_frame_kb", kilobytes);
    print_figure("loop_frame_kb:bare", (double)bare.bytes / bare.pictures / 1000);
}
