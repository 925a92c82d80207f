/* SPDX-License-Identifier: MIT */
#include "remote.h"

#include <stdlib.h>
#include <string.h>

#include "socket.h"

#define TEXT_MOST 65536

typedef struct signal_header {
    uint32_t kind;
    uint32_t size;
    int32_t index;
    char mid[32];
} signal_header;

static bool put_signal(int socket, event_kind kind, const char *text, const char *mid, int32_t index) {
    signal_header header = {.kind = kind, .size = (uint32_t)strlen(text), .index = index};
    CHECK(strlen(mid) < sizeof header.mid);
    strcpy(header.mid, mid);
    return socket_put(socket, &header, sizeof header) && socket_put(socket, text, header.size);
}

static bool apply_signal(int socket, peer *local) {
    static char text[TEXT_MOST];
    signal_header header;
    if (!socket_get(socket, &header, sizeof header)) {
        return false;
    }
    CHECK(header.size < sizeof text);
    if (!socket_get(socket, text, header.size)) {
        return false;
    }
    text[header.size] = '\0';
    candidate given = {.line = text, .mid = header.mid, .index = header.index};
    switch (header.kind) {
    case ON_OFFER:
        CHECK_OK(MLWebRTCConnectionSetRemoteOffer(local->connection, text));
        break;
    case ON_ANSWER:
        CHECK_OK(MLWebRTCConnectionSetRemoteAnswer(local->connection, text));
        break;
    default:
        CHECK_OK(peer_give_candidate(local, &given));
    }
    return true;
}

bool remote_exchange(remote_signals *self, peer *local) {
    bool fine = true;
    if (self->offers < local->count[ON_OFFER]) {
        self->offers = local->count[ON_OFFER];
        fine = fine && put_signal(self->socket, ON_OFFER, local->offer, "", 0);
    }
    if (self->answers < local->count[ON_ANSWER]) {
        self->answers = local->count[ON_ANSWER];
        fine = fine && put_signal(self->socket, ON_ANSWER, local->answer, "", 0);
    }
    for (; self->candidates < local->candidate_count; self->candidates++) {
        const candidate *next = &local->candidates[self->candidates];
        fine = fine && put_signal(self->socket, ON_CANDIDATE, next->line, next->mid, next->index);
    }
    while (fine && socket_has_news(self->socket)) {
        fine = apply_signal(self->socket, local);
    }
    return fine;
}

bool remote_step(remote_signals *self, peer *local) {
    unsigned before = local->events;
    CHECK_OK(peer_process(local));
    bool fine = remote_exchange(self, local);
    if (local->events == before) {
        nap();
    }
    return fine;
}
