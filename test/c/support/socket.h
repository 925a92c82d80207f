/* SPDX-License-Identifier: MIT */

/* Stream sockets of POSIX and of Windows, for signalling between two processes of a test. */
#ifndef SUPPORT_SOCKET_H
#define SUPPORT_SOCKET_H

#include "check.h"

/* All of it or nothing: false when the other end is gone, which is not this process' end. */
bool socket_put(int socket, const void *data, size_t size);
bool socket_get(int socket, void *data, size_t size);
/* Something can be read, or the other end is gone. */
bool socket_has_news(int socket);
void socket_close(int socket);

/* A socket on the loopback interface that listens, and its port. */
int socket_listen(uint16_t *port);
/* Whoever connects to it, within the time of all waiting; the one that listens is closed. */
int socket_accept(int listening);
/* Connects to a port of the loopback interface. */
int socket_connect(uint16_t port);

#endif
