/* SPDX-License-Identifier: MIT */

/* A call between two platforms: platforms COMMAND... starts this program's build for another one by a command, with
 * "answer" behind it. Messages, pictures and sound go both ways at once; each side checks what it gets. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/audio.h"
#include "support/remote.h"
#include "support/socket.h"
#include "support/video.h"

enum { MESSAGES = 1000, PICTURES = 60, BLOCKS = 100, HEARD = 20, COMMAND_MOST = 16 };

typedef struct side {
    const char *name;
    unsigned stream; /* of what it sends; the other side's is 3 less this */
    peer local;
    remote_signals signals;
    pusher pushed;
    speaker spoken;
    viewer view;
    listener ear;
    unsigned sent;
    unsigned said_done;
} side;

static side here;

static void step(void) {
    CHECK(remote_step(&here.signals, &here.local));
    if (here.view.sink != ML_INVALID_HANDLE) {
        viewer_poll(&here.view);
    }
}

static void check_number(channel *self, const MLWebRTCDataChannelMessage *received) {
    uint32_t number = 0;
    if (received->is_binary) {
        CHECK_EQ(received->data_size, sizeof number);
        memcpy(&number, received->data, sizeof number);
        CHECK_EQ(number, self->received);
    } else {
        CHECK(received->data_size == 4 && memcmp(received->data, "done", 4) == 0);
        here.said_done++;
    }
}

static void count_in(peer *self, channel *of, event_kind kind) {
    (void)self;
    if (kind == ON_CHANNEL) {
        of->on_message = check_number;
    }
}

static void begin(const char *name, unsigned stream, int socket) {
    memset(&here, 0, sizeof here);
    here.name = name;
    here.stream = stream;
    here.view.sink = ML_INVALID_HANDLE;
    here.signals.socket = socket;
    CHECK_OK(MLWebRTCInstanceCreate());
    peer_create(&here.local, name);
    here.local.hook = count_in;
    MLHandle pictures = source_create();
    MLHandle sound = audio_source_create();
    peer_add_video(&here.local, pictures, "pictures");
    peer_add_audio(&here.local, sound, "sound");
    test_signal said = signal_tones(stream);
    pusher_start(&here.pushed, pictures, stream);
    speaker_start(&here.spoken, sound, &said, 1);
}

/* The tone of the other side, and little else, for a fifth of a second. */
static bool hears_the_other(void) {
    test_signal said = signal_tones(3 - here.stream);
    unsigned hertz = signal_tone(&said, 0);
    unsigned count = listener_count(&here.ear);
    if (count < BLOCKS) {
        return false;
    }
    double amplitude = 0;
    double *sound = listener_sound(&here.ear, count - HEARD, HEARD, 0);
    double quality = sound_fit_tones(sound, (size_t)HEARD * BLOCK_FRAMES, &hertz, 1, &amplitude);
    free(sound);
    return quality > 15 && amplitude > 0.1;
}

static void send_some(channel *to) {
    while (here.sent < MESSAGES) {
        uint32_t number = here.sent;
        MLResult result = channel_send(to, &number, sizeof number, true);
        if (result == MLResult_Pending) {
            return;
        }
        CHECK_OK(result);
        here.sent++;
    }
}

static void talk(channel *with) {
    with->on_message = check_number;
    WAIT_UNTIL_STEP(peer_track(&here.local, "pictures") != NULL && peer_track(&here.local, "sound") != NULL, step());
    viewer_create(&here.view, peer_track(&here.local, "pictures")->source, 3 - here.stream);
    here.view.other_clock = true;
    listener_open(&here.ear, peer_audio(&here.local, "sound")->source);
    WAIT_UNTIL_STEP(with->received >= MESSAGES && here.sent == MESSAGES, {
        send_some(with);
        step();
    });
    WAIT_UNTIL_STEP(here.view.frames >= PICTURES, step());
    WAIT_UNTIL_STEP(hears_the_other(), step());
    printf("%s: %u messages, %u blocks of sound\n", here.name, (unsigned)with->received, listener_count(&here.ear));
    viewer_print(&here.view, here.name);
    CHECK_OK(channel_send(with, "done", 4, false));
    WAIT_UNTIL_STEP(here.said_done == 1, step());
    CHECK_EQ(here.local.count[ON_DISCONNECTED] + here.local.count[ON_ERROR], 0);
}

static void finish(void) {
    pusher_stop(&here.pushed);
    speaker_stop(&here.spoken);
    viewer_destroy(&here.view);
    listener_destroy(&here.ear);
    peer_destroy(&here.local);
    CHECK_OK(MLWebRTCInstanceDestroy());
    check_nothing_left();
}

static int offer(int count, char **command) {
    static char answer[] = "answer";
    char *whole[COMMAND_MOST + 2] = {NULL};
    CHECK(count <= COMMAND_MOST);
    memcpy(whole, command, (size_t)count * sizeof *command);
    whole[count] = answer;
    int socket = -1;
    pid_t process = remote_start_command(whole, &socket);
    begin("offerer", 1, socket);
    channel *made = peer_open_channel(&here.local, "both ways");
    CHECK_OK(MLWebRTCConnectionCreateOffer(here.local.connection));
    WAIT_UNTIL_STEP(made->opened, step());
    talk(made);
    /* The other side closes first. */
    WAIT_UNTIL_STEP(made->closed && here.local.count[ON_DISCONNECTED] == 1, CHECK_OK(peer_process(&here.local)));
    finish();
    CHECK_EQ(remote_exit_code(process, PATIENCE_MS), 0);
    socket_close(socket);
    return 0;
}

static int answer(void) {
    begin("answerer", 2, remote_socket());
    WAIT_UNTIL_STEP(here.local.channel_count == 1 && here.local.channels[0]->opened, step());
    talk(here.local.channels[0]);
    finish();
    return 0;
}

int main(int argc, char **argv) {
    CHECK(argc > 1);
    return strcmp(argv[1], "answer") == 0 ? answer() : offer(argc - 1, argv + 1);
}
