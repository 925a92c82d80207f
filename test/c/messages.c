/* SPDX-License-Identifier: MIT */

/* What is sent arrives: whole, unchanged, in order. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/pair.h"

static void check_message(const channel *at, unsigned index, const char *data, uint64_t size, bool is_binary) {
    CHECK(index < at->received);
    const message *got = &at->messages[index];
    CHECK_EQ(got->size, size);
    CHECK(memcmp(got->data, data, (size_t)size) == 0);
    CHECK_EQ(got->is_binary, is_binary);
}

static void sizes(void) {
    static const uint64_t table[] = {0, 1, 2, 1199, 1200, 1201, 16384, 65535, 65536, 65537, 262144, 1048576};
    enum { COUNT = sizeof table / sizeof *table };
    char *bytes = malloc(table[COUNT - 1]);
    char *text = malloc(table[COUNT - 1]);
    CHECK(bytes != NULL && text != NULL);
    for (uint64_t at = 0; at < table[COUNT - 1]; at++) {
        bytes[at] = (char)(at * 2654435761u >> 13);
        text[at] = (char)('!' + at % 89);
    }
    pair both;
    pair_open(&both);
    for (unsigned at = 0; at < COUNT; at++) {
        check_about("%" PRIu64 " bytes", table[at]);
        unsigned index = 2 * at;
        pair_send(&both, both.at_a, bytes, table[at], true);
        pair_send(&both, both.at_b, text, table[at], false);
        pair_send(&both, both.at_a, text, table[at], false);
        pair_send(&both, both.at_b, bytes, table[at], true);
        PUMP_UNTIL(&both, both.at_b->received == index + 2 && both.at_a->received == index + 2);
        check_message(both.at_b, index, bytes, table[at], true);
        check_message(both.at_b, index + 1, text, table[at], false);
        check_message(both.at_a, index, text, table[at], false);
        check_message(both.at_a, index + 1, bytes, table[at], true);
    }
    pair_destroy(&both);
    free(bytes);
    free(text);
}

/* The caller's memory is its own again at once, and an empty message may come without any. */
static void copied(void) {
    pair both;
    pair_open(&both);
    for (unsigned at = 0; at < 100; at++) {
        char *data = malloc(1000);
        CHECK(data != NULL);
        memset(data, (int)at, 1000);
        pair_send(&both, both.at_a, data, 1000, true);
        memset(data, 0xEE, 1000);
        free(data);
    }
    pair_send(&both, both.at_a, NULL, 0, true);
    pair_send(&both, both.at_a, NULL, 0, false);
    PUMP_UNTIL(&both, both.at_b->received == 102);
    for (unsigned at = 0; at < 100; at++) {
        char expected[1000];
        memset(expected, (int)at, sizeof expected);
        check_message(both.at_b, at, expected, sizeof expected, true);
    }
    check_message(both.at_b, 100, "", 0, true);
    check_message(both.at_b, 101, "", 0, false);
    pair_destroy(&both);
}

/* Any byte that is not 0 means binary; a newer version is read as the known one, 0 as 1. */
static void loose_fields(void) {
    static const struct {
        uint32_t version;
        uint8_t is_binary;
    } table[] = {{0, 0}, {0, 1}, {1, 2}, {7, 255}, {UINT32_MAX, 0}};
    pair both;
    pair_open(&both);
    for (unsigned at = 0; at < sizeof table / sizeof *table; at++) {
        MLWebRTCDataChannelMessage sent;
        memset(&sent, 0xA5, sizeof sent); /* padding holds garbage */
        sent.version = table[at].version;
        sent.data = "x";
        sent.data_size = 1;
        sent.is_binary = table[at].is_binary;
        CHECK_OK(MLWebRTCDataChannelSendMessage(both.at_a->handle, &sent));
        PUMP_UNTIL(&both, both.at_b->received == at + 1);
        check_message(both.at_b, at, "x", 1, table[at].is_binary != 0);
    }
    pair_destroy(&both);
}

static void text(void) {
    static const struct {
        const char *sent;
        uint64_t size;
        int64_t arrives; /* this many bytes of it; -1: InvalidParam */
    } table[] = {
        {"Gr\xC3\xBC\xC3\x9F"
         "e",
         7, 7},
        {"Gr\xC3\xBC\xC3\x9F"
         "e",
         5, 4}, /* its UTF-16 length, as the C# passes it */
        {"\xC3\xBC", 1, 0},
        {"a\xE2\x82\xAC", 4, 4},
        {"a\xE2\x82\xAC", 3, 1},
        {"a\xE2\x82\xAC", 2, 1},
        {"\xF0\x9F\x98\x80", 4, 4},
        {"\xF0\x9F\x98\x80", 3, 0},
        {"\xF0\x9F\x98\x80", 2, 0},
        {"\xF0\x9F\x98\x80", 1, 0},
        {"a\0b", 3, 3},
        {"\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF", 10, 10},
        {"\xFF", 1, -1},
        {"a\x80", 2, -1},
        {"a\xC3(", 3, -1},
        {"\xC0\x80", 2, -1},
        {"\xC0", 1, -1},
        {"\xE0\x80\x80", 3, -1},
        {"\xED\xA0\x80", 3, -1},
        {"\xF4\x90\x80\x80", 4, -1},
        {"\xF5", 1, -1},
        {"\xE2\x82\xACx\xE2x", 6, -1},
    };
    pair both;
    pair_open(&both);
    unsigned arrived = 0;
    for (unsigned at = 0; at < sizeof table / sizeof *table; at++) {
        check_about("text %u", at);
        if (table[at].arrives < 0) {
            CHECK_RESULT(channel_send(both.at_a, table[at].sent, table[at].size, false), MLResult_InvalidParam);
            continue;
        }
        pair_send(&both, both.at_a, table[at].sent, table[at].size, false);
        PUMP_UNTIL(&both, both.at_b->received == arrived + 1);
        check_message(both.at_b, arrived++, table[at].sent, (uint64_t)table[at].arrives, false);
        /* As bytes anything goes. */
        pair_send(&both, both.at_a, table[at].sent, table[at].size, true);
        PUMP_UNTIL(&both, both.at_b->received == arrived + 1);
        check_message(both.at_b, arrived++, table[at].sent, table[at].size, true);
    }
    pair_destroy(&both);
}

/* Numbered messages of changing size; user is the number that is due. */
static void check_number(channel *self, const MLWebRTCDataChannelMessage *received) {
    uint32_t number = 0;
    CHECK(received->data_size >= sizeof number);
    memcpy(&number, received->data, sizeof number);
    CHECK_EQ(number, self->received);
    CHECK_EQ(received->data_size, sizeof number + number % 61);
}

static MLResult send_number(channel *to, uint32_t number) {
    char data[128] = {0};
    memcpy(data, &number, sizeof number);
    return channel_send(to, data, sizeof number + number % 61, true);
}

/* Sends as many as are taken now. */
static void send_numbers(channel *to, uint32_t *next, uint32_t end) {
    MLResult result = MLResult_Ok;
    while (*next < end && (result = send_number(to, *next)) == MLResult_Ok) {
        ++*next;
    }
    CHECK(result == MLResult_Ok || result == MLResult_Pending);
}

static void in_order(void) {
    enum { MESSAGES = 10000 };
    pair both;
    pair_open(&both);
    both.at_a->on_message = check_number;
    both.at_b->on_message = check_number;
    uint32_t from_a = 0;
    uint32_t from_b = 0;
    WAIT_UNTIL_STEP(from_a == MESSAGES && from_b == MESSAGES, {
        send_numbers(both.at_a, &from_a, MESSAGES);
        send_numbers(both.at_b, &from_b, MESSAGES);
        pair_process(&both);
    });
    PUMP_UNTIL(&both, both.at_a->received == MESSAGES && both.at_b->received == MESSAGES);
    pair_destroy(&both);
}

static void several_channels(void) {
    enum { CHANNELS = 5, MESSAGES = 1000 };
    pair both;
    pair_open(&both);
    channel *ends[CHANNELS][2] = {{both.at_a, both.at_b}};
    uint32_t next[CHANNELS][2] = {{0}};
    for (int at = 1; at < CHANNELS; at++) {
        ends[at][0] = pair_add_channel(&both, at % 2 ? &both.a : &both.b, "more", &ends[at][1]);
    }
    for (int at = 0; at < CHANNELS; at++) {
        ends[at][0]->on_message = check_number;
        ends[at][1]->on_message = check_number;
    }
    for (uint32_t end = 1; end <= MESSAGES; end++) {
        for (int at = 0; at < CHANNELS; at++) {
            for (int side = 0; side < 2; side++) {
                WAIT_UNTIL_STEP((send_numbers(ends[at][side], &next[at][side], end), next[at][side] == end),
                                pair_process(&both));
            }
        }
    }
    for (int at = 0; at < CHANNELS; at++) {
        PUMP_UNTIL(&both, ends[at][0]->received == MESSAGES && ends[at][1]->received == MESSAGES);
    }
    pair_destroy(&both);
}

/* Each message is larger than the send buffer's free room most of the time. */
static void large_in_order(void) {
    enum { MESSAGES = 24, SIZE = 1 << 20 };
    char *data = malloc(SIZE);
    CHECK(data != NULL);
    pair both;
    pair_open(&both);
    for (int at = 0; at < MESSAGES; at++) {
        memset(data, at, SIZE);
        pair_send(&both, both.at_a, data, SIZE, true);
    }
    PUMP_UNTIL(&both, both.at_b->received == MESSAGES);
    for (unsigned at = 0; at < MESSAGES; at++) {
        memset(data, (int)at, SIZE);
        check_message(both.at_b, at, data, SIZE, true);
    }
    pair_destroy(&both);
    free(data);
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"sizes", sizes},
        {"copied", copied},
        {"loose_fields", loose_fields},
        {"text", text},
        {"in_order", in_order},
        {"several_channels", several_channels},
        {"large_in_order", large_in_order},
    };
    return RUN_CASES(cases, argc, argv);
}
