/* SPDX-License-Identifier: MIT */
#include "traffic.h"

#include <string.h>

/* Where a message begins in the noise tells its number; every byte of it counts. */
static const unsigned char *piece(uint32_t number) {
    static unsigned char noise[2 * TRAFFIC_MOST];
    if (noise[0] == 0) {
        uint32_t state = 1;
        for (size_t at = 0; at < sizeof noise; at++) {
            state = state * 1664525u + 1013904223u;
            noise[at] = (unsigned char)(state >> 24);
        }
        noise[0] = 1;
    }
    return noise + number * 7919u % TRAFFIC_MOST;
}

MLResult traffic_send(channel *to, uint32_t number, uint32_t size) {
    unsigned char data[TRAFFIC_MOST];
    CHECK(size >= sizeof number && size <= sizeof data);
    memcpy(data, piece(number), size);
    memcpy(data, &number, sizeof number);
    return channel_send(to, data, size, true);
}

static void count(channel *self, const MLWebRTCDataChannelMessage *received) {
    traffic *counted = self->user;
    if (!received->is_binary) {
        char text[64] = "";
        CHECK(received->data_size < sizeof text);
        memcpy(text, received->data, received->data_size);
        if (counted->told != NULL) {
            counted->told(self, text);
        }
        return;
    }
    uint32_t number = 0;
    CHECK(received->data_size >= sizeof number && received->data_size <= TRAFFIC_MOST);
    memcpy(&number, received->data, sizeof number);
    CHECK_EQ(number, counted->received);
    CHECK(memcmp((const char *)received->data + sizeof number, piece(number) + sizeof number,
                 received->data_size - sizeof number) == 0);
    counted->received++;
    counted->bytes += received->data_size;
    counted->last = milliseconds_now();
}

void traffic_expect(channel *from, traffic *counted) {
    from->user = counted;
    from->on_message = count;
}
