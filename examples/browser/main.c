/*
 * The browser demo: a page, the signalling for it, and a peer in C that it talks to. It uses nothing of the library but
 * its headers. Usage: browser_demo [--port PORT] [--record FOLDER] [--page FOLDER]
 *
 * The signalling is plain HTTP, so that any program can take the page's place:
 *   POST   /peers                                 makes a peer: {"id":ID}
 *   POST   /peers/ID/offer, /peers/ID/answer      a description, as JSON.stringify writes it
 *   POST   /peers/ID/candidate?mid=MID&index=N    a candidate, as text; an empty one is the end of them
 *   GET    /peers/ID/messages?from=N              {"first":N,"messages":[...]}: descriptions and candidates of the
 * peer. from is how many of them the asker has: they are forgotten DELETE /peers/ID good-bye; POST /peers/ID/bye does
 * the same
 */
#include <ml_webrtc.h>

#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "examples/c/pattern.h"
#include "examples/c/peer.h"
#include "http.h"
#include "visitor.h"

#define WIDTH 640
#define HEIGHT 360
#define PICTURES 30
#define SOUND_RATE 48000
#define CHUNK (SOUND_RATE / 100)
#define PI 3.14159265358979323846

static MLHandle picture_source, sound_source;
static const char *page_folder = "examples/browser/page", *record_folder;
static volatile sig_atomic_t stopped;

static void on_signal(int number) {
    (void)number;
    stopped = 1;
}

/* --- what the program sends ------------------------------------------------------------------------- */

static void push_picture(picture *scene, unsigned number) {
    pattern_draw(scene, number);
    MLWebRTCFramePlanes planes = {.plane_count = 3};
    for (int plane = 0; plane < 3; plane++) {
        uint32_t width = plane == 0 ? WIDTH : WIDTH / 2, height = plane == 0 ? HEIGHT : HEIGHT / 2;
        planes.image_planes[plane] =
            (ImagePlaneInfoNative){width, height, width, 1, scene->plane[plane], width * height};
    }
    MLWebRTCFrame frame = {.version = 2,
                           .format = MLWebRTCOutputFormat_YUV_420_888,
                           .frame_data = &planes,
                           .time_stamp = (uint64_t)(now() * 1e6)};
    check(MLWebRTCSourceAppDefinedVideoSourcePushFrame(picture_source, &frame), "PushFrame");
}

/* A chime of three notes, each second anew. */
static double chime(double time) {
    static const double notes[] = {523.25, 659.26, 783.99};
    double second = fmod(time, 1), sum = 0;
    for (int note = 0; note < 3; note++) {
        double age = second - 0.12 * note;
        sum += age > 0 ? exp(-5 * age) * sin(2 * PI * notes[note] * age) : 0;
    }
    return 0.2 * sum;
}

static void push_sound(unsigned number) {
    int16_t samples[CHUNK];
    for (unsigned at = 0; at < CHUNK; at++) {
        samples[at] = (int16_t)lrint(32767 * chime((double)(number * CHUNK + at) / SOUND_RATE));
    }
    MLAudioBuffer buffer = {samples, sizeof samples};
    MLAudioBufferFormat format = {.channel_count = 1, .samples_per_second = SOUND_RATE, .bits_per_sample = 16};
    MLResult result = MLWebRTCSourceAppDefinedAudioSourcePushData(sound_source, &buffer, &format);
    if (result != MLResult_Pending) { /* after the program was held up */
        check(result, "PushData");
    }
}

static void push_what_is_due(picture *scene, double begun) {
    static unsigned pictures, chunks;
    double time = now() - begun;
    if (time >= (double)pictures / PICTURES) {
        push_picture(scene, pictures);
        pictures = (unsigned)(time * PICTURES) + 1;
    }
    for (; time >= (double)chunks / 100; chunks++) {
        push_sound(chunks);
    }
}

/* --- the server ------------------------------------------------------------------------------------- */

static void serve_file(const char *name, const char *type, http_response *response) {
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", page_folder, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        response->status = 404;
        return;
    }
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    response->body = size >= 0 ? malloc((size_t)size + 1) : NULL;
    response->size = response->body != NULL ? fread(response->body, 1, (size_t)size, file) : 0;
    response->type = type;
    fclose(file);
}

static void welcome(http_response *response) {
    const visitor *new_one = visitor_welcome(picture_source, sound_source, record_folder);
    if (new_one == NULL) {
        response->status = 503;
        return;
    }
    char text[32];
    snprintf(text, sizeof text, "{\"id\":%d}", new_one->id);
    http_text(response, "application/json", text);
    response->status = 201;
}

static MLResult take_candidate(visitor *from, const http_request *request) {
    char mid[256], index[16];
    const char *number = http_parameter(request->query, "index", index, sizeof index);
    return visitor_candidate(from, request->body, http_parameter(request->query, "mid", mid, sizeof mid),
                             number != NULL ? atoi(number) : 0);
}

static void serve_peer(visitor *of, const char *what, const http_request *request, http_response *response) {
    MLResult result = MLResult_Ok;
    response->status = 204;
    if (strcmp(request->method, "DELETE") == 0 || strcmp(what, "/bye") == 0) {
        visitor_leave(of);
    } else if (strcmp(what, "/offer") == 0) {
        result = visitor_offer(of, request->body);
    } else if (strcmp(what, "/answer") == 0) {
        result = visitor_answer(of, request->body);
    } else if (strcmp(what, "/candidate") == 0) {
        result = take_candidate(of, request);
    } else if (strcmp(what, "/messages") == 0) {
        char from[16] = "0";
        http_parameter(request->query, "from", from, sizeof from);
        response->body = visitor_messages(of, atoi(from));
        response->size = strlen(response->body);
        response->type = "application/json";
        response->status = 200;
    } else {
        response->status = 404;
    }
    if (result != MLResult_Ok) {
        http_text(response, "text/plain", MLWebRTCGetResultString(result));
        response->status = 400;
    }
}

static void serve(const http_request *request, http_response *response) {
    static const struct {
        const char *path, *name, *type;
    } files[] = {{"/", "index.html", "text/html; charset=utf-8"},
                 {"/style.css", "style.css", "text/css"},
                 {"/app.js", "app.js", "text/javascript"},
                 {"/plot.js", "plot.js", "text/javascript"}};
    for (size_t at = 0; at < sizeof files / sizeof *files; at++) {
        if (strcmp(request->path, files[at].path) == 0 && strcmp(request->method, "GET") == 0) {
            serve_file(files[at].name, files[at].type, response);
            return;
        }
    }
    if (strcmp(request->path, "/peers") == 0 && strcmp(request->method, "POST") == 0) {
        welcome(response);
        return;
    }
    char *rest = NULL;
    visitor *of =
        strncmp(request->path, "/peers/", 7) == 0 ? visitor_find((int)strtol(request->path + 7, &rest, 10)) : NULL;
    if (of == NULL) {
        response->status = 404;
        return;
    }
    serve_peer(of, rest, request, response);
}

/* --- the rest --------------------------------------------------------------------------------------- */

/* What is typed goes to all pages. */
static void read_chat(void) {
    static int ended;
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    char line[512];
    if (ended || poll(&in, 1, 0) <= 0) {
        return;
    }
    if (fgets(line, sizeof line, stdin) == NULL) {
        ended = 1;
        return;
    }
    line[strcspn(line, "\n")] = '\0';
    visitors_say(line);
}

static int read_options(int argc, char **argv) {
    int port = 8080;
    for (int at = 1; at < argc; at += 2) {
        const char *value = at + 1 < argc ? argv[at + 1] : NULL;
        if (value != NULL && strcmp(argv[at], "--port") == 0) {
            port = atoi(value);
        } else if (value != NULL && strcmp(argv[at], "--record") == 0) {
            record_folder = value;
        } else if (value != NULL && strcmp(argv[at], "--page") == 0) {
            page_folder = value;
        } else {
            fprintf(stderr, "usage: browser_demo [--port PORT] [--record FOLDER] [--page FOLDER]\n");
            exit(2);
        }
    }
    return port;
}

int main(int argc, char **argv) {
    int port = read_options(argc, argv);
    picture scene = picture_create(WIDTH, HEIGHT);
    check(MLWebRTCInstanceCreate(), "InstanceCreate");
    check(MLWebRTCSourceCreateAppDefinedVideoSource(NULL, &picture_source), "CreateAppDefinedVideoSource");
    check(MLWebRTCSourceCreateAppDefinedAudioSource(NULL, &sound_source), "CreateAppDefinedAudioSource");
    int listening = http_listen(port, serve);
    if (listening == 0) {
        perror("listening on 127.0.0.1");
        fprintf(stderr, "is port %d in use? --port takes another one\n", port);
        return 1;
    }
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    printf("Open http://localhost:%d/ in a browser and press Connect. What you type here is said to it; Ctrl-C ends.\n",
           listening);
    fflush(stdout);
    double begun = now(), reported = begun;
    while (!stopped) {
        http_serve(2);
        visitors_run();
        push_what_is_due(&scene, begun);
        read_chat();
        if (now() - reported >= 1) {
            reported = now();
            visitors_report();
        }
    }
    visitors_leave();
    http_close();
    check(MLWebRTCSourceDestroy(picture_source), "SourceDestroy");
    check(MLWebRTCSourceDestroy(sound_source), "SourceDestroy");
    check(MLWebRTCInstanceDestroy(), "InstanceDestroy");
    picture_destroy(&scene);
    printf("OK: ended\n");
    return 0;
}
