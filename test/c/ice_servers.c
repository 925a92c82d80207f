/* SPDX-License-Identifier: MIT */

/* STUN and TURN servers, in namespace "open" of test/network/servers/run.sh: the peer can't be reached but through a
 * relay. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/meeting.h"

/* How much later than without it a connection may come up beside a dead server: the machine may be busy, but no
 * time-out of a server is that short. */
#define NO_TIME_MS UINT64_C(3000)

static meeting now;

/* That there is no other way. */
static void no_server(void) {
    MLWebRTCConnectionConfig none = {.version = 1};
    meeting_begin(&now, "peer", &none);
    CHECK(meeting_gathered(&now, "typ host") > 0);
    meeting_wait(&now, 1500);
    CHECK(!peer_is_connected(&now.local));
    meeting_end(&now);
}

/* Connects through the relay of one server, and gives the time. */
static uint64_t meet_at(const char *uri) {
    check_about("%s", uri);
    SERVERS(with, "secret", uri);
    meeting_begin(&now, "peer", &with.config);
    uint64_t took = meeting_connect(&now);
    printf("    %-45s connected after %" PRIu64 " ms\n", uri, took);
    CHECK_EQ(now.local.count[ON_ERROR], 0);
    CHECK(meeting_gathered(&now, "typ relay") > 0);
    meeting_end(&now);
    return took;
}

static void turn_udp(void) {
    meet_at("turn:10.77.0.1");
    meet_at("turn:turn.test:3478?transport=udp");
}

static void turn_tcp(void) {
    meet_at("turn:10.77.0.1:3478?transport=tcp");
    meet_at("turn:turn.test?transport=tcp");
}

static void turn_tls(void) {
    instance_with("ML_WEBRTC_CA_FILE", getenv("ML_TEST_AUTHORITY"));
    meet_at("turns:turn.test");
    meet_at("turns:turn.test:5349?transport=tcp");
    meet_at("turns:10.77.0.1");
    instance_with("ML_WEBRTC_CA_FILE", NULL);
}

/* The same port with and without TLS at once: each gives a relay. */
static void turn_one_port(void) {
    instance_with("ML_WEBRTC_CA_FILE", getenv("ML_TEST_AUTHORITY"));
    SERVERS(with, "secret", "turns:four.turn.test:5349", "turn:four.turn.test:5349?transport=tcp");
    meeting_begin(&now, "peer", &with.config);
    meeting_connect(&now);
    CHECK_EQ(meeting_gathered(&now, "typ relay"), 2);
    CHECK_EQ(now.local.count[ON_ERROR], 0);
    meeting_end(&now);
    instance_with("ML_WEBRTC_CA_FILE", NULL);
}

static void ipv6(void) {
    meet_at("turn:[fd77::1]");
    meet_at("turn:[fd77::1]:3478?transport=tcp");
    meet_at("turn:six.turn.test");
    instance_with("ML_WEBRTC_CA_FILE", getenv("ML_TEST_AUTHORITY"));
    meet_at("turns:six.turn.test");
    instance_with("ML_WEBRTC_CA_FILE", NULL);
}

/* Nothing but relays on both sides. */
static void relay_only(void) {
    CHECK(setenv("ML_TEST_URI", "turn:turn.test?transport=tcp", 1) == 0);
    instance_with("ML_WEBRTC_ICE_POLICY", "relay");
    SERVERS(with, "secret", "turn:turn.test");
    meeting_begin(&now, "peer", &with.config);
    meeting_connect(&now);
    CHECK(meeting_gathered(&now, "typ relay") > 0);
    CHECK_EQ(now.local.candidate_count, meeting_gathered(&now, "typ relay"));
    meeting_end(&now);
    instance_with("ML_WEBRTC_ICE_POLICY", NULL);
    CHECK(unsetenv("ML_TEST_URI") == 0);
}

/* The address that a STUN server sees. There is no NAT, so it is the one that is known already; a policy that hides
 * host candidates is not needed to tell them apart by their type. */
static void reflexive_at(const char *uri) {
    check_about("%s", uri);
    SERVERS(with, NULL, uri);
    meeting_begin(&now, "peer", &with.config);
    CHECK(meeting_gathered(&now, "typ srflx") > 0);
    CHECK_EQ(now.local.count[ON_ERROR], 0);
    meeting_end(&now);
}

static void stun(void) {
    reflexive_at("stun:10.77.0.1");
    reflexive_at("stun:turn.test:3478");
    reflexive_at("stun:[fd77::1]");
}

static void stuns(void) { reflexive_at("stuns:turn.test"); }

/* A dead server of each kind among good ones: as fast as without them. */
static void dead_servers(void) {
    uint64_t alone = meet_at("turn:turn.test");
    SERVERS(with, "secret", "stun:silent.test", "turn:silent.test", "turn:10.77.0.9?transport=tcp", "turns:silent.test",
            "turn:turn.test:9?transport=tcp", "turn:no.such.name.test", "turn:turn.test");
    meeting_begin(&now, "peer", &with.config);
    uint64_t took = meeting_connect(&now);
    printf("    among dead ones connected after %" PRIu64 " ms, alone after %" PRIu64 " ms\n", took, alone);
    CHECK(took < alone + NO_TIME_MS);
    CHECK_EQ(now.local.count[ON_ERROR], 0);
    meeting_end(&now);
}

/* A connection that is still waiting for dead servers ends at once. */
static void destroyed_meanwhile(void) {
    SERVERS(with, "secret", "stun:silent.test", "turn:silent.test", "turn:10.77.0.9?transport=tcp");
    meeting_begin(&now, "peer", &with.config);
    meeting_wait(&now, 500);
    uint64_t start = milliseconds_now();
    meeting_end(&now);
    CHECK_OK(MLWebRTCInstanceDestroy());
    check_nothing_left();
    CHECK(milliseconds_now() - start < NO_TIME_MS);
}

/* How often coturn has seen a wrong password. */
static unsigned refusals(void) {
    char line[512];
    unsigned count = 0;
    FILE *log = fopen("/run/test/turnserver.log", "r");
    CHECK(log != NULL);
    while (fgets(line, sizeof line, log) != NULL) {
        count += strstr(line, "credentials are incorrect") != NULL;
    }
    CHECK(fclose(log) == 0);
    return count;
}

/* One error that says what is wrong and where, although both families are tried; and no retries. */
static void wrong_password_at(const char *uri) {
    check_about("%s", uri);
    SERVERS(with, "wrong", uri);
    unsigned before = refusals();
    meeting_begin(&now, "peer", &with.config);
    const char *error = meeting_error(&now);
    CHECK(strstr(error, uri) != NULL && strstr(error, "alice") != NULL && strstr(error, "password") != NULL);
    CHECK_EQ(meeting_gathered(&now, "typ relay"), 0);
    meeting_wait(&now, 3000);
    CHECK_EQ(now.local.count[ON_ERROR], 1);
    CHECK_EQ(refusals() - before, 2);
    meeting_end(&now);
}

static void wrong_password(void) {
    wrong_password_at("turn:turn.test");
    wrong_password_at("turn:turn.test?transport=tcp");
}

/* The authority is not trusted; the name is not the certificate's; what answers is no TLS, or no TURN. */
static void refused_at(const char *uri, const char *reason) {
    check_about("%s", uri);
    SERVERS(with, "secret", uri);
    meeting_begin(&now, "peer", &with.config);
    const char *error = meeting_error(&now);
    CHECK(strstr(error, uri) != NULL && strstr(error, reason) != NULL);
    CHECK_EQ(meeting_gathered(&now, "typ relay"), 0);
    CHECK_EQ(now.local.count[ON_ERROR], 1);
    meeting_end(&now);
}

static void certificates(void) {
    refused_at("turns:turn.test", "ML_WEBRTC_CA_FILE");
    instance_with("ML_WEBRTC_CA_FILE", getenv("ML_TEST_AUTHORITY"));
    refused_at("turns:[fd77::1]", "certificate");
    instance_with("ML_WEBRTC_CA_FILE", NULL);
}

/* What the bypass list names is reached directly: the proxy, which is none, is not even asked. */
static void bypass(void) {
    static const char *const lists[] = {"turn.test", "x.test;*.test", "10.0.0.0/8, fd77::/64, .test"};
    MLWebRTCConnectionProxyConfig proxy = {.host_address = "turn.test", .host_port = 4};
    SERVERS(with, "secret", "turn:turn.test?transport=tcp");
    with.config.proxy_config = &proxy;
    for (size_t at = 0; at < sizeof lists / sizeof *lists; at++) {
        proxy.bypass_list = lists[at];
        check_about("%s", lists[at]);
        meeting_begin(&now, "peer", &with.config);
        meeting_connect(&now);
        CHECK_EQ(now.local.count[ON_ERROR], 0);
        meeting_end(&now);
    }
    proxy.bypass_list = "10.0.0.0/8;<local>;test"; /* names are not looked up for it */
    meeting_begin(&now, "peer", &with.config);
    CHECK(strstr(meeting_error(&now), "HTTP proxy turn.test:4") != NULL);
    CHECK_EQ(meeting_gathered(&now, "typ relay"), 0);
    meeting_end(&now);
}

/* The path to the relay takes nothing for a while, in the middle of traffic: the connection comes back, and no message
 * is lost. */
static void cut(void) {
    static const char packet[16384];
    SERVERS(with, "secret", "turn:turn.test?transport=tcp");
    meeting_begin(&now, "peer", &with.config);
    meeting_connect(&now);
    CHECK(system("nft 'table inet cut { chain out { type filter hook output priority 0; oifname right1 drop; }; }'") ==
          0);
    unsigned sent = 0;
    WAIT_UNTIL_STEP(now.local.count[ON_DISCONNECTED] > 0, {
        sent += channel_send(now.made, packet, sizeof packet, true) == MLResult_Ok;
        CHECK(remote_step(&now.signals, &now.local));
    });
    uint64_t whole = milliseconds_now();
    CHECK(system("nft delete table inet cut") == 0);
    WAIT_UNTIL_STEP(now.made->received == 1 + sent, CHECK(remote_step(&now.signals, &now.local)));
    printf("    %u messages are there %" PRIu64 " ms after the path\n", sent, milliseconds_now() - whole);
    WAIT_UNTIL_STEP(peer_is_connected(&now.local), CHECK(remote_step(&now.signals, &now.local)));
    meeting_end(&now);
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"no_server", no_server},
        {"turn_udp", turn_udp},
        {"turn_tcp", turn_tcp},
        {"turn_tls", turn_tls},
        {"turn_one_port", turn_one_port},
        {"ipv6", ipv6},
        {"relay_only", relay_only},
        {"stun", stun},
        {"stuns", stuns},
        {"dead_servers", dead_servers},
        {"destroyed_meanwhile", destroyed_meanwhile},
        {"wrong_password", wrong_password},
        {"certificates", certificates},
        {"bypass", bypass},
        {"cut", cut},
    };
    if (argc > 1 && strcmp(argv[1], "answer") == 0) {
        return meeting_answer();
    }
    return RUN_CASES(cases, argc, argv);
}
