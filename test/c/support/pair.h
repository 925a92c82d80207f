/* SPDX-License-Identifier: MIT */

/* Two connections in one process that are each other's peers. */
#ifndef SUPPORT_PAIR_H
#define SUPPORT_PAIR_H

#include "peer.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct pair {
    peer a;
    peer b;
    channel *at_a; /* the first channel, made by a, after pair_connect */
    channel *at_b;
} pair;

/* Two connections that signal to each other, trickling. */
void pair_create(pair *self);
/* Both connected, with one channel that is open on both sides. */
void pair_connect(pair *self);
/* pair_create and pair_connect. */
void pair_open(pair *self);
/* Another open channel, made by from. */
channel *pair_add_channel(pair *self, peer *from, const char *label, channel **received);
void pair_destroy(pair *self);

/* ProcessEvents of both, and a rest if nothing came. A peer that is destroyed is passed over. */
void pair_process(pair *self);

#define PUMP_UNTIL(pair, condition) WAIT_UNTIL_STEP(condition, pair_process(pair))

/* Sends, again and again while the answer is Pending. */
void pair_send(pair *self, channel *from, const void *data, uint64_t size, bool is_binary);

/* A round trip on the first channel: what was on the way before it has arrived. */
void pair_check_alive(pair *self);

/* The answer to everything that was queued before on b is an error: makes one OnError at b. */
void pair_provoke_error(pair *self);

#ifdef __cplusplus
}
#endif

#endif
