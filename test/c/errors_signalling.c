/* SPDX-License-Identifier: MIT */

/* Configurations, descriptions and candidates that are wrong: a code, nothing changed, and the connection usable. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/pair.h"

static MLResult create_with(const MLWebRTCConnectionIceServer *servers, uint32_t count,
                            const MLWebRTCConnectionProxyConfig *proxy) {
    MLWebRTCConnectionConfig config = {
        .version = 1, .ice_servers = servers, .num_ice_servers = count, .proxy_config = proxy};
    MLWebRTCConnectionEventCallbacks callbacks = {.version = 1};
    MLHandle handle = 7;
    MLResult result = MLWebRTCConnectionCreate(&config, &callbacks, &handle);
    if (result == MLResult_Ok) {
        CHECK_OK(MLWebRTCConnectionDestroy(handle));
    } else {
        CHECK_HANDLE(handle, ML_INVALID_HANDLE);
    }
    return result;
}

static void ice_servers(void) {
    static const struct {
        const char *uri;
        MLResult expected;
    } table[] = {
        {"stun:127.0.0.1", MLResult_Ok},
        {"stun:127.0.0.1:3478", MLResult_Ok},
        {"stuns:localhost:5349", MLResult_Ok},
        {"turn:127.0.0.1:3478?transport=udp", MLResult_Ok},
        {"turn:127.0.0.1:3478?transport=tcp", MLResult_Ok},
        {"turns:localhost:5349?transport=tcp", MLResult_Ok},
        {"stun:[::1]:3478", MLResult_Ok},
        {"stun:127.0.0.1,turn:127.0.0.1?transport=udp", MLResult_Ok},
        {NULL, MLResult_InvalidParam},
        {"", MLResult_InvalidParam},
        {"127.0.0.1", MLResult_InvalidParam},
        {"http://127.0.0.1", MLResult_InvalidParam},
        {"stun:", MLResult_InvalidParam},
        {"stun:127.0.0.1:port", MLResult_InvalidParam},
        {"stun:127.0.0.1:99999", MLResult_InvalidParam},
        {"turn:127.0.0.1?transport=smoke", MLResult_InvalidParam},
        {"turn:127.0.0.1?via=udp", MLResult_InvalidParam},
        {"stun:127.0.0.1,http://127.0.0.1", MLResult_InvalidParam},
        {"stun:\xFF\xFE", MLResult_InvalidParam},
    };
    for (size_t at = 0; at < sizeof table / sizeof *table; at++) {
        check_about("uri %s", table[at].uri != NULL ? table[at].uri : "NULL");
        MLWebRTCConnectionIceServer servers[2] = {
            {.version = 1, .uri = "stun:127.0.0.1"},
            {.version = 0, .uri = table[at].uri, .user_name = "user", .password = "secret"}};
        CHECK_RESULT(create_with(servers, 2, NULL), table[at].expected);
    }
    check_about("counts");
    MLWebRTCConnectionIceServer many[65];
    for (size_t at = 0; at < sizeof many / sizeof *many; at++) {
        many[at] = (MLWebRTCConnectionIceServer){.version = 1, .uri = "stun:127.0.0.1"};
    }
    CHECK_OK(create_with(many, 64, NULL));
    CHECK_RESULT(create_with(many, 65, NULL), MLResult_InvalidParam);
    CHECK_RESULT(create_with(NULL, 1, NULL), MLResult_InvalidParam);
    CHECK_RESULT(create_with(NULL, UINT32_MAX, NULL), MLResult_InvalidParam);
    CHECK_OK(create_with(NULL, 0, NULL));
    /* Beyond the count nothing is read. */
    many[1].uri = (const char *)1;
    CHECK_OK(create_with(many, 1, NULL));
}

static void proxies(void) {
    static const struct {
        MLWebRTCConnectionProxyConfig proxy;
        MLResult expected;
    } table[] = {
        {{.type = MLWebRTCProxyType_Https, .host_address = "127.0.0.1", .host_port = 3128}, MLResult_Ok},
        {{.type = MLWebRTCProxyType_Socks5,
          .host_address = "localhost",
          .host_port = 1080,
          .username = "u",
          .password = "p",
          .bypass_list = "*.example.org;10.0.0.0/8, localhost"},
         MLResult_Ok},
        {{.auto_config_url = "http://127.0.0.1/proxy.pac"}, MLResult_Ok},
        {{.auto_detect = 1}, MLResult_Ok},
        {{.auto_detect = 255}, MLResult_Ok},
        {{0}, MLResult_InvalidParam},
        {{.host_address = "", .host_port = 3128}, MLResult_InvalidParam},
        {{.host_address = "127.0.0.1", .host_port = 0}, MLResult_InvalidParam},
        {{.host_address = "127.0.0.1", .host_port = -1}, MLResult_InvalidParam},
        {{.host_address = "127.0.0.1", .host_port = 65536}, MLResult_InvalidParam},
        {{.type = 2, .host_address = "127.0.0.1", .host_port = 3128}, MLResult_InvalidParam},
        {{.type = -1, .host_address = "127.0.0.1", .host_port = 3128}, MLResult_InvalidParam},
    };
    for (size_t at = 0; at < sizeof table / sizeof *table; at++) {
        check_about("proxy %zu", at);
        CHECK_RESULT(create_with(NULL, 0, &table[at].proxy), table[at].expected);
    }
}

/* Not SDP, in many ways; size 0 means the length of the text. */
static const char *const garbage[] = {
    "",
    " ",
    "x",
    "v=0",
    "v=1\r\n",
    "hello, this is no description\n",
    "v=0\r\nthis is no line of SDP\r\n",
    "{",
    "{}",
    "[]",
    "null",
    "{\"type\":\"offer\"}",
    "{\"type\":\"offer\",\"sdp\":7}",
    "{\"type\":\"offer\",\"sdp\":\"\"}",
    "{\"type\":\"offer\",\"sdp\":\"nonsense\"}",
    "\xFF\xFE\xFD",
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n",
};

static void descriptions(void) {
    pair both;
    pair_open(&both);
    MLHandle connection = both.b.connection;
    for (size_t at = 0; at < sizeof garbage / sizeof *garbage; at++) {
        check_about("description %zu", at);
        CHECK_RESULT(MLWebRTCConnectionSetRemoteOffer(connection, garbage[at]), MLResult_InvalidParam);
        MLResult answer = MLWebRTCConnectionSetRemoteAnswer(connection, garbage[at]);
        CHECK(answer == MLResult_InvalidParam || answer == MLResult_IllegalState);
    }
    check_about("huge");
    enum { HUGE_SIZE = 4 << 20 };
    char *huge = malloc(HUGE_SIZE + 1);
    CHECK(huge != NULL);
    memset(huge, 'x', HUGE_SIZE);
    huge[HUGE_SIZE] = '\0';
    CHECK_RESULT(MLWebRTCConnectionSetRemoteOffer(connection, huge), MLResult_InvalidParam);
    CHECK_RESULT(MLWebRTCConnectionSetRemoteAnswer(connection, huge), MLResult_InvalidParam);
    /* As much text as is looked at, all of it lines. */
    enum { MOST = 1 << 20 };
    strcpy(huge, "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n");
    for (size_t at = strlen(huge); at + 8 < MOST; at += 6) {
        memcpy(huge + at, "a=xy\r\n", 7);
    }
    MLResult large = MLWebRTCConnectionSetRemoteOffer(connection, huge);
    CHECK(large == MLResult_Ok || large == MLResult_InvalidParam);
    free(huge);
    check_about("afterwards");
    pair_check_alive(&both);
    CHECK(peer_is_connected(&both.a) && peer_is_connected(&both.b));
    pair_destroy(&both);
}

static void unexpected_answers(void) {
    pair both;
    pair_create(&both);
    pair helper;
    pair_open(&helper);
    /* Before there was an offer, as the one who is to answer, and after the answer was given. */
    CHECK_RESULT(MLWebRTCConnectionSetRemoteAnswer(both.a.connection, helper.b.answer), MLResult_IllegalState);
    pair_connect(&both);
    CHECK_RESULT(MLWebRTCConnectionSetRemoteAnswer(both.a.connection, both.b.answer), MLResult_IllegalState);
    CHECK_RESULT(MLWebRTCConnectionSetRemoteAnswer(both.b.connection, both.b.answer), MLResult_IllegalState);
    pair_check_alive(&both);
    CHECK_EQ(both.a.count[ON_ERROR] + both.b.count[ON_ERROR], 0);
    /* Two answers to one offer: the first counts. */
    both.a.other = NULL;
    both.b.other = NULL;
    CHECK_OK(MLWebRTCConnectionCreateOffer(both.a.connection));
    PUMP_UNTIL(&both, both.a.count[ON_OFFER] == 2);
    CHECK_OK(MLWebRTCConnectionSetRemoteOffer(both.b.connection, both.a.offer));
    PUMP_UNTIL(&both, both.b.count[ON_ANSWER] == 2);
    CHECK_OK(MLWebRTCConnectionSetRemoteAnswer(both.a.connection, both.b.answer));
    CHECK_RESULT(MLWebRTCConnectionSetRemoteAnswer(both.a.connection, both.b.answer), MLResult_IllegalState);
    pair_check_alive(&both);
    pair_destroy(&both);
    pair_destroy(&helper);
}

static void candidates(void) {
    static const struct {
        const char *line;
        const char *mid;
        int32_t index;
        MLResult expected;
    } table[] = {
        {NULL, "0", 0, MLResult_InvalidParam},
        {"candidate", "0", 0, MLResult_InvalidParam},
        {"candidate:", "0", 0, MLResult_InvalidParam},
        {"nonsense", "0", 0, MLResult_InvalidParam},
        {"candidate:1 1 udp", "0", 0, MLResult_InvalidParam},
        {"candidate:1 1 udp x 127.0.0.1 5000 typ host", "0", 0, MLResult_InvalidParam},
        {"candidate:1 1 udp 1 127.0.0.1 port typ host", "0", 0, MLResult_InvalidParam},
        {"candidate:1 1 udp 1 127.0.0.1 99999 typ host", "0", 0, MLResult_InvalidParam},
        {"candidate:1 1 udp 1 127.0.0.1 5000 typ unknown", "0", 0, MLResult_Ok}, /* to be ignored */
        {"\xFF\xFF\xFF\xFF", "0", 0, MLResult_InvalidParam},
        {"candidate:1 1 udp 2130706431 127.0.0.1 5000 typ host", NULL, -1, MLResult_InvalidParam},
        {"candidate:1 1 udp 2130706431 127.0.0.1 5000 typ host", "", -5, MLResult_InvalidParam},
        {"candidate:1 1 udp 2130706431 127.0.0.1 5000 typ host", "0", 0, MLResult_Ok},
        {"candidate:1 1 udp 2130706431 127.0.0.1 5000 typ host", "0", -1, MLResult_Ok},
        {"candidate:1 1 udp 2130706431 127.0.0.1 5000 typ host", NULL, 0, MLResult_Ok},
        {"candidate:1 1 udp 2130706431 ::1 5000 typ host generation 0 ufrag abcd network-id 1", "0", 0, MLResult_Ok},
        {"", "0", 0, MLResult_Ok},
    };
    for (int connected = 0; connected < 2; connected++) {
        pair both;
        pair_create(&both);
        if (connected) {
            pair_connect(&both);
        }
        for (size_t at = 0; at < sizeof table / sizeof *table; at++) {
            check_about("candidate %zu, connected %d", at, connected);
            MLWebRTCConnectionIceCandidate given = {
                .candidate = table[at].line, .sdp_mid = table[at].mid, .sdp_mline_index = table[at].index};
            CHECK_RESULT(MLWebRTCConnectionAddRemoteIceCandidate(both.b.connection, &given), table[at].expected);
        }
        check_about("a long line, connected %d", connected);
        char *longer = malloc(1 << 20);
        CHECK(longer != NULL);
        memset(longer, ' ', (1 << 20) - 1);
        longer[(1 << 20) - 1] = '\0';
        memcpy(longer, "candidate:1 1 udp 1 127.0.0.1 5000 typ host", 43);
        MLWebRTCConnectionIceCandidate given = {.version = 1, .candidate = longer, .sdp_mid = "0"};
        CHECK_RESULT(MLWebRTCConnectionAddRemoteIceCandidate(both.b.connection, &given), MLResult_InvalidParam);
        free(longer);
        if (!connected) {
            pair_connect(&both);
        }
        pair_check_alive(&both);
        pair_destroy(&both);
    }
}

/* Candidates that wait for a description are bounded. */
static void too_many_candidates(void) {
    peer local;
    peer_create(&local, "local");
    MLResult result = MLResult_Ok;
    unsigned taken = 0;
    for (; taken < 5000 && result == MLResult_Ok; taken++) {
        char line[100];
        snprintf(line, sizeof line, "candidate:%u 1 udp 2130706431 127.0.0.1 %u typ host", taken, 1024 + taken);
        MLWebRTCConnectionIceCandidate given = {.version = 1, .candidate = line, .sdp_mid = "0"};
        result = MLWebRTCConnectionAddRemoteIceCandidate(local.connection, &given);
    }
    CHECK_RESULT(result, MLResult_AllocFailed);
    CHECK(taken >= 1024);
    peer_destroy(&local);
}

/* What parses and can't be applied comes as OnError, and the connection then does what it would have done before. */
static void later_errors(void) {
    pair both;
    pair_create(&both);
    pair_provoke_error(&both);
    PUMP_UNTIL(&both, both.b.count[ON_ERROR] == 1);
    CHECK_EQ(both.b.count[ON_ANSWER], 0);
    both.b.count[ON_ERROR] = 0;
    pair_connect(&both);
    pair_check_alive(&both);
    pair_provoke_error(&both);
    PUMP_UNTIL(&both, both.b.count[ON_ERROR] == 1);
    pair_check_alive(&both);
    CHECK_OK(MLWebRTCConnectionCreateOffer(both.a.connection));
    PUMP_UNTIL(&both, both.b.count[ON_ANSWER] == 2);
    pair_check_alive(&both);
    pair_destroy(&both);
}

/* Nobody fetches what a flood of calls brings: calls fail at some point, and the connection still ends in order. */
static void flood(void) {
    peer local;
    peer_create(&local, "local");
    for (int at = 0; at < 5000; at++) {
        MLResult result = MLWebRTCConnectionCreateOffer(local.connection);
        CHECK(result == MLResult_Ok || result == MLResult_AllocFailed);
    }
    peer_destroy(&local);
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"ice_servers", ice_servers},   {"proxies", proxies},
        {"descriptions", descriptions}, {"unexpected_answers", unexpected_answers},
        {"candidates", candidates},     {"too_many_candidates", too_many_candidates},
        {"later_errors", later_errors}, {"flood", flood},
    };
    return RUN_CASES(cases, argc, argv);
}
