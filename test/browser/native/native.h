/* SPDX-License-Identifier: MIT */

/*
 * The native side of the browser tests: one connection of the library, told what to do by lines on its standard input,
 * and telling what happens by lines of JSON on its standard output. Each command is answered by one line
 * {"event":"done","result":CODE,...}, in their order.
 */
#ifndef NATIVE_H
#define NATIVE_H

#include <ml_webrtc.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Lines of JSON. A line is begun, gets its members, and is ended; nobody else writes meanwhile. */
void json_begin(const char *event);
void json_number(const char *name, double value);
void json_string(const char *name, const char *text, size_t size);
void json_text(const char *name, const char *text);
void json_end(void);

/* The connection; ML_INVALID_HANDLE: there is none. */
extern MLHandle connection;

/* A command with the rest of its line. What it adds to the answer it writes itself; the answer is begun and ended
 * around it. */
typedef MLResult (*command)(char *rest);

typedef struct verb {
    const char *name;
    command run;
} verb;

extern const verb connection_verbs[], channel_verbs[], media_verbs[];

/* The next word of a line, which is cut off in front; NULL: there is none. */
char *next_word(char **rest);
unsigned long next_number(char **rest);

/* What has to be done again and again. */
void channels_run(void);
void media_run(void);

/* Callbacks of the connection that the parts provide. */
void on_channel_received(MLHandle channel, void *context);
void on_track_added(const MLWebRTCSource *track, uint32_t stream_count, const char *const *streams, void *context);
void on_track_removed(MLHandle track, void *context);

/* The connection has gone, and its channels and tracks with it. */
void channels_forget(void);
void media_forget(void);

double seconds_now(void);

#endif
