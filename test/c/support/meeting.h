/* SPDX-License-Identifier: MIT */

/* Two peers in two network namespaces of test/network/servers/run.sh: this process, and this program once more. */
#ifndef SUPPORT_MEETING_H
#define SUPPORT_MEETING_H

#include "remote.h"

typedef struct meeting {
    pid_t process;
    remote_signals signals;
    peer local;
    channel *made;
    uint64_t start;
} meeting;

/* Starts the peer in a namespace, this side's connection with the config, and its offer. */
void meeting_begin(meeting *self, const char *namespace, const MLWebRTCConnectionConfig *config);
/* Until a message has gone there and back; gives the time since the beginning. */
uint64_t meeting_connect(meeting *self);
/* Until this side's candidates are complete; how many are of a type, such as "typ relay". */
unsigned meeting_gathered(meeting *self, const char *type);
/* Until the first OnError of this side; gives its message. */
const char *meeting_error(meeting *self);
/* Until so much time has passed since the beginning. */
void meeting_wait(meeting *self, uint64_t milliseconds);
void meeting_end(meeting *self);

/* The peer's process: main() calls it when its argument is "answer". What ML_TEST_URI names is its TURN server. */
int meeting_answer(void);

/* A config with servers that have the credentials alice:secret. */
#define SERVERS_MOST 8
typedef struct servers {
    MLWebRTCConnectionIceServer list[SERVERS_MOST];
    MLWebRTCConnectionConfig config;
} servers;

/* uris are ended by NULL. */
void servers_set(servers *self, const char *password, const char *const *uris);
#define SERVERS(name, password, ...)                                                                                   \
    servers name;                                                                                                      \
    servers_set(&name, password, (const char *const[]){__VA_ARGS__, NULL})

/* A new instance with a variable set to a value, or unset by NULL, which stays so. */
void instance_with(const char *variable, const char *value);

/* What the library has said at level warning or above since the instance was made contains the text. */
bool instance_has_said(const char *text);

#endif
