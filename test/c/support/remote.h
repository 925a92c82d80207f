/* SPDX-License-Identifier: MIT */

/* A peer in another process: this program once more, or another one, with signalling through a socket. */
#ifndef SUPPORT_REMOTE_H
#define SUPPORT_REMOTE_H

#include <sys/types.h>

#include "peer.h"

/* Starts this program again with the argument; gives the process and this end of its socket. */
pid_t remote_start(const char *argument, int *socket);
/* The same in the network namespace that a file names. */
pid_t remote_start_in(const char *namespace, const char *argument, int *socket);
/* Starts another program by a command that is ended by NULL; it finds its end of the socket as well. */
pid_t remote_start_command(char **command, int *socket);
/* In the process that was started: its end of the socket. */
int remote_socket(void);

/* The exit code of a started process, which must end by itself within the time. */
int remote_exit_code(pid_t process, uint64_t milliseconds);
/* Ends a process at once, from outside. */
void remote_kill(pid_t process);

/* What the peer's callbacks keep goes out through the socket, and what comes in is applied to it. False when the other
 * process has closed the socket. */
typedef struct remote_signals {
    int socket;
    unsigned offers;
    unsigned answers;
    unsigned candidates;
} remote_signals;

bool remote_exchange(remote_signals *self, peer *local);

/* ProcessEvents and remote_exchange, and a rest if nothing came. False as for remote_exchange. */
bool remote_step(remote_signals *self, peer *local);

#endif
