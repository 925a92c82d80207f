#include "messages.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <time.h>

#include "measure.h"

#define MESSAGE_MOST (64 * 1024)
#define WARM_UP_NS (UINT64_C(500) * 1000000)

static atomic_bool stop;

/* A receiver as a host would write it: pumps, and naps when nothing has come. */
static void *receive(void *argument) {
    side *self = argument;
    while (!stop) {
        uint64_t before = self->messages;
        pump(self);
        if (self->messages == before) {
            nap();
        }
    }
    return NULL;
}

typedef struct offering {
    side *from;
    uint64_t size;
} offering;

static void *offer(void *argument) {
    offering *of = argument;
    static uint8_t data[MESSAGE_MOST];
    while (!stop) {
        pump(of->from);
        for (int burst = 0; burst < 256 && !stop; burst++) {
            if (!send_to_other(of->from, data, of->size)) {
                nap();
                break;
            }
        }
    }
    return NULL;
}

static void sleep_ns(uint64_t ns) {
    nanosleep(&(struct timespec){(time_t)(ns / 1000000000), (long)(ns % 1000000000)}, NULL);
}

message_rate measure_rate(uint64_t size, double seconds) {
    pair both;
    pair_connect(&both);
    stop = false;
    offering of = {&both.alice, size};
    pthread_t sender, receiver;
    if (pthread_create(&receiver, NULL, receive, &both.bob) != 0 || pthread_create(&sender, NULL, offer, &of) != 0) {
        abort();
    }
    sleep_ns(WARM_UP_NS);
    uint64_t begin = now_ns(), cpu_begin = cpu_ns(), first = both.bob.messages;
    sleep_ns((uint64_t)(seconds * 1e9));
    double count = (double)(both.bob.messages - first);
    message_rate rate = {
        .per_second = count * 1e9 / (double)(now_ns() - begin),
        .cpu_us = (double)(cpu_ns() - cpu_begin) / 1000 / count,
    };
    stop = true;
    pthread_join(sender, NULL);
    pthread_join(receiver, NULL);
    pair_destroy(&both);
    return rate;
}

double ping_pong_us(int rounds) {
    pair both;
    pair_connect(&both);
    both.bob.echo = true;
    samples times;
    samples_begin(&times, (size_t)rounds);
    char data[64] = {0};
    for (int round = 0; round < rounds; round++) {
        uint64_t begin = now_ns(), before = both.alice.messages;
        if (!send_to_other(&both.alice, data, sizeof data)) {
            abort();
        }
        /* No naps: they would be what is measured. */
        while (both.alice.messages == before) {
            pump(&both.bob);
            pump(&both.alice);
            sched_yield();
        }
        samples_add(&times, (double)(now_ns() - begin) / 1000);
    }
    double median = samples_at(&times, 0.5);
    samples_end(&times);
    pair_destroy(&both);
    return median;
}
