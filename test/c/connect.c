/* SPDX-License-Identifier: MIT */

/* How two connections find each other: offers, answers, candidates and the order of the events. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/pair.h"

/* The place of the first event of a kind in the log; the length of the log if there is none. */
static unsigned first_of(const peer *of, event_kind kind) {
    unsigned at = 0;
    while (at < of->logged && of->log[at] != kind) {
        at++;
    }
    return at;
}

static void check_log(const peer *of, event_kind description) {
    CHECK_EQ(of->count[description], 1);
    CHECK_EQ(of->count[ON_GATHERED], 1);
    CHECK_EQ(of->count[ON_CONNECTED], 1);
    CHECK_EQ(of->count[ON_DISCONNECTED], 0);
    CHECK_EQ(of->count[ON_ERROR], 0);
    CHECK(of->candidate_count > 0);
    unsigned gathered = first_of(of, ON_GATHERED);
    CHECK(first_of(of, description) < first_of(of, ON_CANDIDATE));
    for (unsigned at = gathered + 1; at < of->logged; at++) {
        CHECK(of->log[at] != ON_CANDIDATE);
    }
}

static void check_connected(pair *both) {
    CHECK(peer_is_connected(&both->a) && peer_is_connected(&both->b));
    CHECK(!peer_has_failed(&both->a) && !peer_has_failed(&both->b));
    pair_check_alive(both);
}

static void both_gathered(pair *both) {
    PUMP_UNTIL(both, both->a.count[ON_GATHERED] > 0 && both->b.count[ON_GATHERED] > 0);
}

static void trickle(void) {
    pair both;
    pair_create(&both);
    CHECK(!peer_is_connected(&both.a) && !peer_has_failed(&both.a));
    pair_connect(&both);
    both_gathered(&both);
    check_connected(&both);
    check_log(&both.a, ON_OFFER);
    check_log(&both.b, ON_ANSWER);
    CHECK(strncmp(both.a.offer, "v=0", 3) == 0);
    CHECK(strstr(both.a.offer, "m=application") != NULL);
    for (unsigned at = 0; at < both.a.candidate_count; at++) {
        CHECK(strncmp(both.a.candidates[at].line, "candidate:", 10) == 0);
        CHECK_EQ(both.a.candidates[at].index, 0);
    }
    pair_destroy(&both);
}

/* a's offer and candidates are made and kept; the caller passes them on. */
static void gather_at_a(pair *both) {
    pair_create(both);
    both->a.other = NULL;
    both->at_a = peer_open_channel(&both->a, "first");
    CHECK_OK(MLWebRTCConnectionCreateOffer(both->a.connection));
    PUMP_UNTIL(both, both->a.offer != NULL && both->a.count[ON_GATHERED] == 1);
}

static void until_open(pair *both) {
    PUMP_UNTIL(both, both->at_a->opened && both->b.channel_count == 1 && both->b.channels[0]->opened);
    PUMP_UNTIL(both, both->a.count[ON_CONNECTED] == 1 && both->b.count[ON_CONNECTED] == 1);
    both->at_b = both->b.channels[0];
}

static void candidates_before_the_offer(void) {
    pair both;
    gather_at_a(&both);
    /* a can't reach b: only the candidates that came early say where a is. */
    both.b.holds_candidates = true;
    for (unsigned at = 0; at < both.a.candidate_count; at++) {
        CHECK_OK(peer_give_candidate(&both.b, &both.a.candidates[at]));
    }
    CHECK_OK(MLWebRTCConnectionSetRemoteOffer(both.b.connection, both.a.offer));
    until_open(&both);
    check_connected(&both);
    pair_destroy(&both);
}

static void without_trickle(void) {
    pair both;
    gather_at_a(&both);
    both.b.other = NULL;
    CHECK_OK(MLWebRTCConnectionSetRemoteOffer(both.b.connection, both.a.offer));
    PUMP_UNTIL(&both, both.b.answer != NULL && both.b.count[ON_GATHERED] == 1);
    CHECK_EQ(both.a.count[ON_CONNECTED], 0);
    CHECK_OK(MLWebRTCConnectionSetRemoteAnswer(both.a.connection, both.b.answer));
    for (unsigned at = 0; at < both.b.candidate_count; at++) {
        CHECK_OK(peer_give_candidate(&both.a, &both.b.candidates[at]));
    }
    for (unsigned at = 0; at < both.a.candidate_count; at++) {
        CHECK_OK(peer_give_candidate(&both.b, &both.a.candidates[at]));
    }
    until_open(&both);
    check_connected(&both);
    pair_destroy(&both);
}

static void repeated_candidates(void) {
    pair both;
    gather_at_a(&both);
    both.b.other = NULL;
    CHECK_OK(MLWebRTCConnectionSetRemoteOffer(both.b.connection, both.a.offer));
    PUMP_UNTIL(&both, both.b.answer != NULL && both.b.count[ON_GATHERED] == 1);
    CHECK_OK(MLWebRTCConnectionSetRemoteAnswer(both.a.connection, both.b.answer));
    const candidate ends[] = {{.line = "", .mid = "0"}, {.line = "", .mid = NULL}, {.line = "", .mid = ""}};
    for (int round = 0; round < 3; round++) {
        for (unsigned at = 0; at < both.a.candidate_count; at++) {
            candidate changed = both.a.candidates[at];
            /* By mid, and by index with the mid missing in both ways. */
            changed.mid = round == 0 ? changed.mid : round == 1 ? "" : NULL;
            CHECK_OK(peer_give_candidate(&both.b, &changed));
        }
        for (unsigned at = 0; at < both.b.candidate_count; at++) {
            CHECK_OK(peer_give_candidate(&both.a, &both.b.candidates[at]));
        }
        CHECK_OK(peer_give_candidate(&both.a, &ends[round]));
        CHECK_OK(peer_give_candidate(&both.b, &ends[round]));
    }
    until_open(&both);
    check_connected(&both);
    CHECK_EQ(both.a.count[ON_ERROR] + both.b.count[ON_ERROR], 0);
    pair_destroy(&both);
}

/* What JSON.stringify(RTCSessionDescription) gives in a browser. */
static char *as_json(const char *type, const char *sdp) {
    char *json = malloc(2 * strlen(sdp) + 64);
    CHECK(json != NULL);
    char *out = json + sprintf(json, "{\"type\":\"%s\",\"sdp\":\"", type);
    for (; *sdp != '\0'; sdp++) {
        if (*sdp == '\r' || *sdp == '\n') {
            *out++ = '\\';
            *out++ = *sdp == '\r' ? 'r' : 'n';
        } else {
            *out++ = *sdp;
        }
    }
    strcpy(out, "\"}");
    return json;
}

static void json(void) {
    pair both;
    gather_at_a(&both);
    both.b.other = NULL;
    char *offer = as_json("offer", both.a.offer);
    CHECK_OK(MLWebRTCConnectionSetRemoteOffer(both.b.connection, offer));
    memset(offer, '!', strlen(offer));
    free(offer);
    PUMP_UNTIL(&both, both.b.answer != NULL && both.b.count[ON_GATHERED] == 1);
    CHECK(strncmp(both.b.answer, "v=0", 3) == 0);
    char *answer = as_json("answer", both.b.answer);
    CHECK_OK(MLWebRTCConnectionSetRemoteAnswer(both.a.connection, answer));
    free(answer);
    for (unsigned at = 0; at < both.b.candidate_count; at++) {
        CHECK_OK(peer_give_candidate(&both.a, &both.b.candidates[at]));
    }
    until_open(&both);
    check_connected(&both);
    pair_destroy(&both);
}

static void channels_after_connecting(void) {
    pair both;
    pair_open(&both);
    const struct {
        peer *maker;
        const char *label;
    } more[] = {{&both.a, "second"}, {&both.b, "made by b"}, {&both.a, "third"}, {&both.b, "made by b"}};
    for (size_t at = 0; at < sizeof more / sizeof *more; at++) {
        channel *received = NULL;
        channel *made = pair_add_channel(&both, more[at].maker, more[at].label, &received);
        char *label = NULL;
        CHECK_OK(MLWebRTCDataChannelGetLabel(received->handle, &label));
        CHECK_TEXT(label, more[at].label);
        CHECK_OK(MLWebRTCDataChannelReleaseLabelMemory(received->handle, label));
        pair_send(&both, made, "to it", 5, false);
        pair_send(&both, received, "from it", 7, false);
        PUMP_UNTIL(&both, made->received == 1 && received->received == 1);
    }
    CHECK_EQ(both.a.count[ON_OFFER] + both.b.count[ON_ANSWER], 2);
    CHECK_EQ(both.b.count[ON_OFFER] + both.a.count[ON_ANSWER], 0);
    pair_destroy(&both);
}

static void no_channel_at_first(void) {
    pair both;
    pair_create(&both);
    CHECK_OK(MLWebRTCConnectionCreateOffer(both.a.connection));
    PUMP_UNTIL(&both, both.a.count[ON_CONNECTED] == 1 && both.b.count[ON_CONNECTED] == 1);
    both.at_b = pair_add_channel(&both, &both.b, "made by the answerer", &both.at_a);
    check_connected(&both);
    CHECK_EQ(both.a.count[ON_OFFER], 1);
    pair_destroy(&both);
}

static void negotiate_again(void) {
    pair both;
    pair_open(&both);
    peer *offerers[] = {&both.a, &both.b, &both.a};
    for (int round = 0; round < 3; round++) {
        peer *from = offerers[round];
        peer *to = from->other;
        unsigned offers = from->count[ON_OFFER];
        unsigned answers = to->count[ON_ANSWER];
        CHECK_OK(MLWebRTCConnectionCreateOffer(from->connection));
        PUMP_UNTIL(&both, from->count[ON_OFFER] == offers + 1 && to->count[ON_ANSWER] == answers + 1);
        pair_check_alive(&both);
    }
    check_connected(&both);
    CHECK_EQ(both.a.count[ON_CONNECTED], 1);
    CHECK_EQ(both.b.count[ON_CONNECTED], 1);
    CHECK_EQ(both.a.count[ON_DISCONNECTED] + both.b.count[ON_DISCONNECTED], 0);
    CHECK_EQ(both.a.count[ON_ERROR] + both.b.count[ON_ERROR], 0);
    pair_destroy(&both);
}

/* Calls of one connection take effect in their order: nothing is delivered before all four were made. */
static void calls_in_order(void) {
    pair both;
    gather_at_a(&both);
    both.b.ignores_channels = true;
    MLHandle early = ML_INVALID_HANDLE;
    CHECK_OK(MLWebRTCDataChannelCreate(both.b.connection, "made before the offer came", &early));
    CHECK_OK(MLWebRTCConnectionSetRemoteOffer(both.b.connection, both.a.offer));
    CHECK_OK(peer_give_candidate(&both.b, &both.a.candidates[0]));
    CHECK_OK(MLWebRTCConnectionCreateOffer(both.b.connection));
    both.b.other = NULL;
    PUMP_UNTIL(&both, both.b.count[ON_ANSWER] == 1 && both.b.count[ON_OFFER] == 1);
    CHECK(first_of(&both.b, ON_ANSWER) < first_of(&both.b, ON_OFFER));
    CHECK_EQ(both.b.count[ON_ERROR], 0);
    pair_destroy(&both);
}

static void labels(void) {
    enum { LONGEST = 8000 };
    char *longest = malloc(LONGEST + 2);
    CHECK(longest != NULL);
    memset(longest, 'x', LONGEST + 1);
    longest[LONGEST] = '\0';
    const char *const table[][2] = {{"", ""},
                                    {NULL, ""},
                                    {"Gr\xC3\xBC\xC3\x9F"
                                     "e \xF0\x9F\x98\x80",
                                     "Gr\xC3\xBC\xC3\x9F"
                                     "e \xF0\x9F\x98\x80"},
                                    {"cut \xC3", "cut \xEF\xBF\xBD"},
                                    {longest, longest}};
    pair both;
    pair_open(&both);
    for (size_t at = 0; at < sizeof table / sizeof *table; at++) {
        check_about("label %zu", at);
        channel *received = NULL;
        channel *made = pair_add_channel(&both, &both.a, table[at][0], &received);
        channel *ends[] = {made, received};
        for (int end = 0; end < 2; end++) {
            char *label = NULL;
            CHECK_OK(MLWebRTCDataChannelGetLabel(ends[end]->handle, &label));
            CHECK_TEXT(label, table[at][1]);
            CHECK_OK(MLWebRTCDataChannelReleaseLabelMemory(ends[end]->handle, label));
        }
    }
    longest[LONGEST] = 'x';
    longest[LONGEST + 1] = '\0';
    MLHandle handle = 1;
    CHECK_RESULT(MLWebRTCDataChannelCreate(both.a.connection, longest, &handle), MLResult_InvalidParam);
    CHECK_HANDLE(handle, ML_INVALID_HANDLE);
    free(longest);
    pair_destroy(&both);
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"trickle", trickle},
        {"candidates_before_the_offer", candidates_before_the_offer},
        {"without_trickle", without_trickle},
        {"repeated_candidates", repeated_candidates},
        {"json", json},
        {"channels_after_connecting", channels_after_connecting},
        {"no_channel_at_first", no_channel_at_first},
        {"negotiate_again", negotiate_again},
        {"calls_in_order", calls_in_order},
        {"labels", labels},
    };
    return RUN_CASES(cases, argc, argv);
}
