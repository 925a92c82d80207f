/* SPDX-License-Identifier: MIT */

/* Numbered messages, of which none may be missing, doubled, out of order or altered. */
#ifndef SUPPORT_TRAFFIC_H
#define SUPPORT_TRAFFIC_H

#include "peer.h"

#define TRAFFIC_MOST 65536

/* Sends the message with a number, which is at least four bytes long. */
MLResult traffic_send(channel *to, uint32_t number, uint32_t size);

/* Every binary message that comes from now on must be the next one; channel.user counts them and is owned by the
 * caller. Text goes to told, which may be NULL. */
typedef struct traffic {
    uint32_t received;
    uint64_t bytes;
    uint64_t last; /* when the last one came, on milliseconds_now's clock */
    void (*told)(channel *, const char *text);
} traffic;

void traffic_expect(channel *from, traffic *counted);

#endif
