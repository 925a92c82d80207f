/* SPDX-License-Identifier: MIT */

/* Data channels used wrongly: messages, labels, states. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/pair.h"

static void send_before_open(void) {
    pair both;
    pair_create(&both);
    channel *early = peer_open_channel(&both.a, "early");
    CHECK(!channel_is_open(early));
    CHECK_RESULT(channel_send(early, "x", 1, false), MLResult_WebRTCDataChannelIsClosed);
    CHECK_RESULT(channel_send(early, NULL, 0, true), MLResult_WebRTCDataChannelIsClosed);
    pair_connect(&both);
    CHECK(early->opened == 1 || !channel_is_open(early));
    PUMP_UNTIL(&both, early->opened);
    CHECK_OK(channel_send(early, "x", 1, false));
    pair_destroy(&both);
}

static void send_wrongly(void) {
    pair both;
    pair_open(&both);
    enum { TOO_MUCH = (16 << 20) + 1 };
    char *much = calloc(1, TOO_MUCH);
    CHECK(much != NULL);
    CHECK_RESULT(channel_send(both.at_a, NULL, 1, true), MLResult_InvalidParam);
    CHECK_RESULT(channel_send(both.at_a, NULL, UINT64_MAX, true), MLResult_InvalidParam);
    /* Sizes that nobody could read are not tried to be read. */
    CHECK_RESULT(channel_send(both.at_a, "x", UINT64_MAX, true), MLResult_InvalidParam);
    CHECK_RESULT(channel_send(both.at_a, "x", UINT64_MAX, false), MLResult_InvalidParam);
    CHECK_RESULT(channel_send(both.at_a, "x", UINT64_C(1) << 40, false), MLResult_InvalidParam);
    CHECK_RESULT(channel_send(both.at_a, much, TOO_MUCH, true), MLResult_InvalidParam);
    CHECK_RESULT(channel_send(both.at_a, much, TOO_MUCH, false), MLResult_InvalidParam);
    free(much);
    pair_check_alive(&both);
    CHECK_EQ(both.at_b->received, 1);
    pair_destroy(&both);
}

/* What the peer announces (RFC 8841) binds the sender. */
static void peer_takes_less(void) {
    pair both;
    pair_create(&both);
    both.a.other = NULL;
    both.b.other = NULL;
    both.at_a = peer_open_channel(&both.a, "first");
    CHECK_OK(MLWebRTCConnectionCreateOffer(both.a.connection));
    PUMP_UNTIL(&both, both.a.offer != NULL && both.a.count[ON_GATHERED] == 1);
    CHECK_OK(MLWebRTCConnectionSetRemoteOffer(both.b.connection, both.a.offer));
    PUMP_UNTIL(&both, both.b.answer != NULL && both.b.count[ON_GATHERED] == 1);
    char *line = strstr(both.b.answer, "a=max-message-size:");
    CHECK(line != NULL);
    CHECK(strtoul(line + strlen("a=max-message-size:"), NULL, 10) >= 1 << 20);
    char *without = sdp_without(both.b.answer, "a=max-message-size:");
    char *smaller = malloc(strlen(without) + 64);
    CHECK(smaller != NULL);
    sprintf(smaller, "%sa=max-message-size:1000\r\n", without);
    CHECK_OK(MLWebRTCConnectionSetRemoteAnswer(both.a.connection, smaller));
    for (unsigned at = 0; at < both.b.candidate_count; at++) {
        CHECK_OK(peer_give_candidate(&both.a, &both.b.candidates[at]));
    }
    PUMP_UNTIL(&both, both.at_a->opened && both.b.channel_count == 1 && both.b.channels[0]->opened);
    both.at_b = both.b.channels[0];
    char data[1001] = {0};
    CHECK_OK(channel_send(both.at_a, data, 1000, true));
    CHECK_RESULT(channel_send(both.at_a, data, 1001, true), MLResult_InvalidParam);
    /* The other way the limit is the library's own. */
    CHECK_OK(channel_send(both.at_b, data, 1001, true));
    PUMP_UNTIL(&both, both.at_b->received == 1 && both.at_a->received == 1);
    free(without);
    free(smaller);
    pair_destroy(&both);
}

static void labels(void) {
    pair both;
    pair_open(&both);
    MLHandle handle = both.at_b->handle;
    char *first = NULL;
    char *second = NULL;
    char mine[] = "first";
    CHECK_OK(MLWebRTCDataChannelReleaseLabelMemory(handle, NULL));
    CHECK_RESULT(MLWebRTCDataChannelReleaseLabelMemory(handle, mine), MLResult_InvalidParam);
    CHECK_OK(MLWebRTCDataChannelGetLabel(handle, &first));
    CHECK_OK(MLWebRTCDataChannelGetLabel(handle, &second));
    CHECK_TEXT(first, "first");
    CHECK_RESULT(MLWebRTCDataChannelReleaseLabelMemory(handle, first + 1), MLResult_InvalidParam);
    CHECK_OK(MLWebRTCDataChannelReleaseLabelMemory(handle, first));
    CHECK_TEXT(second, "first");
    CHECK_OK(MLWebRTCDataChannelReleaseLabelMemory(handle, second));
    CHECK_RESULT(MLWebRTCDataChannelReleaseLabelMemory(handle, second), MLResult_InvalidParam);
    CHECK_OK(MLWebRTCDataChannelReleaseLabelMemory(handle, NULL));
    /* Lent by one, given to another. */
    channel *other = NULL;
    channel *made = pair_add_channel(&both, &both.a, "other", &other);
    CHECK_OK(MLWebRTCDataChannelGetLabel(made->handle, &first));
    CHECK_RESULT(MLWebRTCDataChannelReleaseLabelMemory(handle, first), MLResult_InvalidParam);
    /* Not given back: it stays readable while the instance lives. */
    channel_destroy(made);
    CHECK_TEXT(first, "other");
    pair_destroy(&both);
    CHECK_TEXT(first, "other");
}

static void destroyed_twice(void) {
    pair both;
    pair_open(&both);
    MLHandle connection = both.a.connection;
    MLHandle handle = both.at_a->handle;
    CHECK_OK(MLWebRTCDataChannelDestroy(connection, handle));
    CHECK_RESULT(MLWebRTCDataChannelDestroy(connection, handle), MLResult_WebRTCMismatchingHandle);
    CHECK_OK(MLWebRTCConnectionDestroy(connection));
    CHECK_RESULT(MLWebRTCConnectionDestroy(connection), MLResult_WebRTCMismatchingHandle);
    CHECK_RESULT(MLWebRTCConnectionProcessEvents(connection), MLResult_WebRTCMismatchingHandle);
    peer_poison(&both.a);
    /* The handle of a channel ends with its connection. */
    MLHandle of_b = both.at_b->handle;
    peer_destroy(&both.b);
    MLWebRTCBool open = 1;
    CHECK_RESULT(MLWebRTCDataChannelIsOpen(of_b, &open), MLResult_WebRTCMismatchingHandle);
    CHECK_EQ(open, 0);
}

static void closed_by_the_peer(void) {
    pair both;
    pair_open(&both);
    channel *at_b = NULL;
    channel *at_a = pair_add_channel(&both, &both.a, "closes", &at_b);
    channel_destroy(at_a);
    PUMP_UNTIL(&both, at_b->closed);
    CHECK(!channel_is_open(at_b));
    CHECK_RESULT(channel_send(at_b, "x", 1, false), MLResult_WebRTCDataChannelIsClosed);
    CHECK_RESULT(channel_send(at_b, NULL, 0, true), MLResult_WebRTCDataChannelIsClosed);
    char *label = NULL;
    CHECK_OK(MLWebRTCDataChannelGetLabel(at_b->handle, &label));
    CHECK_TEXT(label, "closes");
    CHECK_OK(MLWebRTCDataChannelReleaseLabelMemory(at_b->handle, label));
    channel_destroy(at_b);
    /* With the whole connection of the peer. */
    peer_destroy(&both.a);
    PUMP_UNTIL(&both, both.at_b->closed);
    CHECK_RESULT(channel_send(both.at_b, "x", 1, false), MLResult_WebRTCDataChannelIsClosed);
    channel_destroy(both.at_b);
    peer_destroy(&both.b);
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"send_before_open", send_before_open}, {"send_wrongly", send_wrongly},
        {"peer_takes_less", peer_takes_less},   {"labels", labels},
        {"destroyed_twice", destroyed_twice},   {"closed_by_the_peer", closed_by_the_peer},
    };
    return RUN_CASES(cases, argc, argv);
}
