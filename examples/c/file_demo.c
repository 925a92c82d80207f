/*
 * The file demo: two connections of the library in one process negotiate, connect and pass a
 * file through a data channel. Usage: file_demo FILE
 */
#include <ml_webrtc.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "peer.h"
#include "sha256.h"

#define PIECE (64 * 1024)

typedef struct transfer {
    FILE *file;
    uint64_t size;
    MLHandle channel;
    int open;
    uint64_t sent;
    uint64_t received;
    sha256 sent_hash;
    sha256 received_hash;
    int finished; /* an empty message has come */
} transfer;

static transfer job;

static void on_open(void *context) {
    transfer *to = context;
    to->open = 1;
}

static void on_message(const MLWebRTCDataChannelMessage *message, void *context) {
    transfer *from = context;
    from->finished = message->data_size == 0;
    from->received += message->data_size;
    sha256_add(&from->received_hash, message->data, message->data_size);
}

static void on_channel(MLHandle channel, void *context) {
    (void)context;
    MLWebRTCDataChannelEventCallbacks callbacks = {.version = 1, .context = &job, .on_message = on_message};
    check(MLWebRTCDataChannelSetEventCallbacks(channel, &callbacks), "SetEventCallbacks");
}

/* Sends pieces until the channel takes no more, or the file is at its end. */
static void send_some(void) {
    static uint8_t piece[PIECE];
    static size_t held; /* a piece that was not taken yet */
    static int ended;
    while (!ended) {
        if (held == 0) {
            held = fread(piece, 1, PIECE, job.file);
        }
        MLWebRTCDataChannelMessage message = {.version = 1, .data = piece, .data_size = held, .is_binary = 1};
        MLResult result = MLWebRTCDataChannelSendMessage(job.channel, &message);
        if (result == MLResult_Pending) {
            return;
        }
        check(result, "SendMessage");
        sha256_add(&job.sent_hash, piece, held);
        job.sent += held;
        ended = held == 0;
        held = 0;
    }
}

static void show_progress(double since, int last) {
    static double shown;
    double time = now();
    if (time - shown < 0.1 && !last) {
        return;
    }
    shown = time;
    double elapsed = time - since;
    double mebibytes = (double)job.received / (1024 * 1024);
    printf("\r  %5.1f %%  %.1f MiB  %.0f MiB/s   ",
           job.size > 0 ? 100.0 * (double)job.received / (double)job.size : 100.0, mebibytes,
           elapsed > 0 ? mebibytes / elapsed : 0.0);
    fflush(stdout);
}

int main(int argc, char **argv) {
    const char *path = argc > 1 ? argv[1] : argv[0];
    job.file = fopen(path, "rb");
    if (job.file == NULL || fseek(job.file, 0, SEEK_END) != 0) {
        perror(path);
        return 1;
    }
    job.size = (uint64_t)ftell(job.file);
    rewind(job.file);
    sha256_begin(&job.sent_hash);
    sha256_begin(&job.received_hash);

    peer alice = {.name = "alice"};
    peer bob = {.name = "bob"};
    double begin = now();
    check(MLWebRTCInstanceCreate(), "InstanceCreate");
    peer_create(&alice, &bob, NULL, NULL);
    peer_create(&bob, &alice, on_channel, NULL);
    MLWebRTCDataChannelEventCallbacks callbacks = {.version = 1, .context = &job, .on_open = on_open};
    check(MLWebRTCDataChannelCreate(alice.connection, "file", &job.channel), "DataChannelCreate");
    check(MLWebRTCDataChannelSetEventCallbacks(job.channel, &callbacks), "SetEventCallbacks");
    check(MLWebRTCConnectionCreateOffer(alice.connection), "CreateOffer");

    double started = 0;
    while (!job.finished) {
        peer_process(&alice);
        peer_process(&bob);
        if (job.open && started == 0) {
            started = now();
            printf("the data channel is open after %.1f ms; sending %s\n", 1000 * (started - begin), path);
        }
        if (job.open) {
            send_some();
            show_progress(started, job.finished);
        }
        if (now() - begin > 60) {
            fprintf(stderr, "\nnot finished after 60 s\n");
            return 1;
        }
        nanosleep(&(struct timespec){0, 200 * 1000}, NULL);
    }
    printf("\n");
    fclose(job.file);
    peer_destroy(&alice);
    peer_destroy(&bob);
    check(MLWebRTCInstanceDestroy(), "InstanceDestroy");

    char sent[65], received[65];
    sha256_end(&job.sent_hash, sent);
    sha256_end(&job.received_hash, received);
    printf("SHA-256 sent     %s\nSHA-256 received %s\n", sent, received);
    if (job.sent != job.size || job.received != job.size || strcmp(sent, received) != 0) {
        fprintf(stderr, "the file did not arrive as it was sent\n");
        return 1;
    }
    printf("OK: %llu bytes arrived as they were sent\n", (unsigned long long)job.received);
    return 0;
}
