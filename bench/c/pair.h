/* Two connections of the library in this process. */
#ifndef BENCH_PAIR_H
#define BENCH_PAIR_H

#include <ml_webrtc.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct side {
    MLHandle connection;
    MLHandle channel;
    MLHandle sink; /* for the other side's track, of its kind */
    struct side *other;
    atomic_bool open;
    atomic_uint_fast64_t messages;
    atomic_uint_fast64_t bytes;
    bool echo; /* send every message back */
    atomic_bool answered;
} side;

typedef struct pair {
    side alice;
    side bob;
} pair;

/* Ends the program unless result is Ok. */
void must(MLResult result, const char *what);

/* Creates both connections, and no more. */
void pair_create(pair *both);
/* Creates both connections and waits until a data channel is open on both sides. */
void pair_connect(pair *both);
void pair_destroy(pair *both);

/* Runs ProcessEvents of a side. */
void pump(side *one);

/* Sends; false when the send buffer is full. */
bool send_to_other(side *from, const void *data, uint64_t size);

#endif
