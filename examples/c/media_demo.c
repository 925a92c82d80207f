/*
 * The media demo: alice pushes a moving picture and sound into sources of her own, bob gets them decoded from
 * a video sink and an audio sink. Both are known at every moment, so latency and quality can be measured.
 * Usage: media_demo [LAST-FRAME.png]
 */
#include <ml_webrtc.h>

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pattern.h"
#include "peer.h"
#include "png.h"
#include "sound.h"

#define WIDTH 1280
#define HEIGHT 720
#define RATE 30
#define FRAMES (8 * RATE)
#define PSNR_LEAST 30 /* in dB: what is worse does not look like the original */

/* What came out of the sink in some stretch of time. */
typedef struct tally {
    int frames;
    double latency[FRAMES]; /* of each frame, in ms */
    double error;           /* the frames' mean squared errors, added up */
    double worst;           /* the largest of them */
} tally;

static MLHandle source, sound_source; /* alice's */
static MLHandle sink, sound_sink;     /* bob's */
static picture scene;
static double pushed_at[FRAMES]; /* by number */
static MLHandle last_frame = ML_INVALID_HANDLE;
static int last_number = -1;
static unsigned last_width, last_height;
static tally all, second;   /* second: since the last line of progress */
static atomic_int kilobits; /* a second; 0: not known yet */

/* The library's log, on a thread of the library. Once a second it says what is sent, in the form
 * "video sent: 1280x720 VP8 30.0 frame/s 1985 kbit/s ...". */
static void on_debug(uint32_t level, const char *message, void *context) {
    (void)level;
    (void)context;
    unsigned width, height, rate;
    char codec[16];
    double frames;
    const char *line = strstr(message, "video sent: ");
    if (line != NULL &&
        sscanf(line, "video sent: %ux%u %15s %lf frame/s %u kbit/s", &width, &height, codec, &frames, &rate) == 5) {
        kilobits = (int)rate;
    }
}

/* Bob learns of alice's tracks with her offer: whatever comes on them goes to his sinks. */
static void on_track(const MLWebRTCSource *track, uint32_t stream_count, const char *const *streams, void *context) {
    const peer *self = context;
    char *id;
    check(MLWebRTCSourceGetTrackId(track->handle, &id), "GetTrackId");
    printf("%s gets the track \"%s\" of the stream \"%s\"\n", self->name, id, stream_count > 0 ? streams[0] : "");
    check(MLWebRTCSourceReleaseTrackId(track->handle, id), "ReleaseTrackId");
    if (track->type == MLWebRTCSourceType_Audio) {
        check(MLWebRTCAudioSinkSetSource(sound_sink, track->handle), "AudioSinkSetSource");
    } else {
        check(MLWebRTCVideoSinkSetSource(sink, track->handle), "VideoSinkSetSource");
    }
}

static ImagePlaneInfoNative describe_plane(const picture *of, int plane) {
    uint32_t width = (uint32_t)(plane == 0 ? of->width : (of->width + 1) / 2);
    uint32_t height = (uint32_t)(plane == 0 ? of->height : (of->height + 1) / 2);
    return (ImagePlaneInfoNative){.width = width,
                                  .height = height,
                                  .stride = width,
                                  .bytes_per_pixel = 1,
                                  .image_data_ptr = of->plane[plane],
                                  .size = width * height};
}

/* The pixels are copied during the call: the next picture can be drawn over them at once. */
static void push_frame(int number) {
    pattern_draw(&scene, (unsigned)number);
    MLWebRTCFramePlanes planes = {.plane_count = 3};
    for (int plane = 0; plane < 3; plane++) {
        planes.image_planes[plane] = describe_plane(&scene, plane);
    }
    pushed_at[number] = now();
    MLWebRTCFrame frame = {.version = 2,
                           .format = MLWebRTCOutputFormat_YUV_420_888,
                           .frame_data = &planes,
                           .time_stamp = (uint64_t)(pushed_at[number] * 1e6)};
    check(MLWebRTCSourceAppDefinedVideoSourcePushFrame(source, &frame), "PushFrame");
}

static void tally_add(tally *to, double latency, double error) {
    to->latency[to->frames++] = latency;
    to->error += error;
    to->worst = error > to->worst ? error : to->worst;
}

/* Which frame is it, how old, and how much like the one that was pushed? */
static void measure_frame(MLHandle handle, double time) {
    MLWebRTCFrame frame = {.version = 2, .format = MLWebRTCOutputFormat_YUV_420_888};
    check(MLWebRTCFrameGetData(handle, &frame), "FrameGetData");
    const MLWebRTCFramePlanes *planes = frame.frame_data;
    const ImagePlaneInfoNative *luma = &planes->image_planes[0];
    int width = (int)luma->width, height = (int)luma->height;
    int number = pattern_read_number(luma->image_data_ptr, width, height);
    if (number <= last_number || number >= FRAMES) {
        fprintf(stderr, "a frame came with the number %d after that with %d\n", number, last_number);
        exit(1);
    }
    pattern_draw(&scene, (unsigned)number);
    double error = pattern_luma_error(&scene, luma->image_data_ptr, width, height);
    tally_add(&second, 1000 * (time - pushed_at[number]), error);
    tally_add(&all, 1000 * (time - pushed_at[number]), error);
    last_number = number;
    last_width = luma->width;
    last_height = luma->height;
}

/* An application does this once for each picture that it shows itself. */
static void take_frame(void) {
    MLHandle frame;
    MLResult result = MLWebRTCVideoSinkAcquireNextAvailableFrame(sink, &frame);
    if (result == MLResult_Pending) {
        return; /* no new one yet */
    }
    check(result, "AcquireNextAvailableFrame");
    measure_frame(frame, now());
    if (last_frame != ML_INVALID_HANDLE) {
        check(MLWebRTCVideoSinkReleaseFrame(sink, last_frame), "ReleaseFrame");
    }
    last_frame = frame;
}

static int compare(const void *left, const void *right) {
    double difference = *(const double *)left - *(const double *)right;
    return (difference > 0) - (difference < 0);
}

/* Below which latency a fraction of the frames is. */
static double latency_at(tally *of, double fraction) {
    qsort(of->latency, (size_t)of->frames, sizeof(double), compare);
    return of->frames > 0 ? of->latency[(int)(fraction * (of->frames - 1))] : 0;
}

static void show_progress(double elapsed) {
    static double shown;
    if (elapsed - shown < 1) {
        return;
    }
    char bits[16] = "   ?";
    if (kilobits > 0) {
        snprintf(bits, sizeof bits, "%4d", kilobits);
    }
    char delay[16] = "  ?";
    if (sound_delay() >= 0) {
        snprintf(delay, sizeof delay, "%3.0f", sound_delay());
    }
    printf("%3.0f s  %4.1f frame/s  %s kbit/s  %ux%u  latency %5.1f ms  PSNR %4.1f dB  sound %s ms\n", elapsed,
           second.frames / (elapsed - shown), bits, last_width, last_height, latency_at(&second, 0.5),
           second.frames > 0 ? pattern_psnr(second.error / second.frames) : 0, delay);
    fflush(stdout);
    shown = elapsed;
    second = (tally){0};
}

static void save_last_frame(const char *path) {
    MLWebRTCFrame frame = {.version = 2, .format = MLWebRTCOutputFormat_RGBA_8888};
    check(MLWebRTCFrameGetData(last_frame, &frame), "FrameGetData");
    const MLWebRTCFramePlanes *planes = frame.frame_data;
    if (png_write(path, planes->image_planes[0].image_data_ptr, last_width, last_height) != 0) {
        perror(path);
        exit(1);
    }
    printf("the last frame is %s\n", path);
}

static int report(const char *path) {
    if (all.frames == 0) {
        fprintf(stderr, "FAILED: no frame came out of the sink\n");
        return 1;
    }
    save_last_frame(path);
    double psnr = pattern_psnr(all.error / all.frames);
    printf("%d of %d frames; latency %.1f ms (median), %.1f ms (99th percentile); luma PSNR %.1f dB, worst frame %.1f "
           "dB\n",
           all.frames, FRAMES, latency_at(&all, 0.5), latency_at(&all, 0.99), psnr, pattern_psnr(all.worst));
    if (psnr < PSNR_LEAST) {
        fprintf(stderr, "FAILED: a PSNR below %d dB\n", PSNR_LEAST);
        return 1;
    }
    if (sound_report() != 0) {
        return 1;
    }
    printf("OK: video and sound arrived as they were sent\n");
    return 0;
}

static void create(peer *alice, peer *bob) {
    MLWebRTCDebugUtils debug = {.version = 1, .log_level = MLWebRTCLogLevel_Debug, .on_debug_message = on_debug};
    check(MLWebRTCInstanceCreateWithDebugUtils(&debug), "InstanceCreateWithDebugUtils");
    check(MLWebRTCVideoSinkCreate(&sink), "VideoSinkCreate");
    sound_sink = sound_listen();
    check(MLWebRTCSourceCreateAppDefinedVideoSource(NULL, &source), "CreateAppDefinedVideoSource");
    check(MLWebRTCSourceCreateAppDefinedAudioSource(NULL, &sound_source), "CreateAppDefinedAudioSource");
    peer_create(alice, bob, NULL, NULL);
    peer_create(bob, alice, NULL, on_track);
    const char *streams[] = {"scenery"};
    MLWebRTCTrackInfo info = {.version = 1, .track_id = "landscape", .streams = streams, .stream_count = 1};
    check(MLWebRTCConnectionAddLocalSourceTrackEx(alice->connection, source, &info), "AddLocalSourceTrackEx");
    info.track_id = "birds";
    check(MLWebRTCConnectionAddLocalSourceTrackEx(alice->connection, sound_source, &info), "AddLocalSourceTrackEx");
    check(MLWebRTCConnectionCreateOffer(alice->connection), "CreateOffer");
}

static void process(const peer *alice, const peer *bob) {
    peer_process(alice);
    peer_process(bob);
    nanosleep(&(struct timespec){0, 500 * 1000}, NULL);
}

static void run(const peer *alice, const peer *bob) {
    double begin = now();
    while (!alice->connected || !bob->connected) {
        process(alice, bob);
        if (now() - begin > 20) {
            fprintf(stderr, "FAILED: not connected after 20 s\n");
            exit(1);
        }
    }
    printf("%d frames of %dx%d, %d a second\n", FRAMES, WIDTH, HEIGHT, RATE);
    begin = now();
    /* The last frame has a second to come out. */
    for (int pushed = 0; last_number + 1 < FRAMES && now() - begin < FRAMES / RATE + 1;) {
        process(alice, bob);
        sound_push(sound_source, now());
        if (pushed < FRAMES && now() - begin >= (double)pushed / RATE) {
            push_frame(pushed++);
        }
        take_frame();
        show_progress(now() - begin);
    }
}

int main(int argc, char **argv) {
    scene = picture_create(WIDTH, HEIGHT);
    if (scene.plane[0] == NULL) {
        perror("picture_create");
        return 1;
    }
    pattern_draw(&scene, 0); /* the first time takes long */
    peer alice = {.name = "alice"}, bob = {.name = "bob"};
    create(&alice, &bob);
    run(&alice, &bob);
    int status = report(argc > 1 ? argv[1] : "last-frame.png");
    peer_destroy(&alice);
    peer_destroy(&bob);
    check(MLWebRTCSourceDestroy(source), "SourceDestroy");
    check(MLWebRTCSourceDestroy(sound_source), "SourceDestroy");
    check(MLWebRTCVideoSinkDestroy(sink), "VideoSinkDestroy");
    check(MLWebRTCAudioSinkDestroy(sound_sink), "AudioSinkDestroy");
    check(MLWebRTCInstanceDestroy(), "InstanceDestroy");
    picture_destroy(&scene);
    return status;
}
