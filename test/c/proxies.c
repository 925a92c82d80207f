/* SPDX-License-Identifier: MIT */

/* TURN through proxies, in namespace "closed" of test/network/servers/run.sh: this side reaches nothing but the
 * proxies, and its peer only at the TURN server's relay. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/meeting.h"

/* How long an error may take: what hangs is given up after 5 s, and the machine may be busy. */
#define SECONDS_MS UINT64_C(15000)

#define TURN_TCP "turn:turn.test:3478?transport=tcp"
#define TURN_TLS "turns:turn.test"

enum { HTTP = MLWebRTCProxyType_Https, SOCKS = MLWebRTCProxyType_Socks5 };

static meeting now;

static MLWebRTCConnectionProxyConfig proxy_at(int32_t type, int32_t port, const char *user, const char *password) {
    return (MLWebRTCConnectionProxyConfig){
        .type = type, .host_address = "proxy.test", .host_port = port, .username = user, .password = password};
}

static void begin(const char *uri, const MLWebRTCConnectionProxyConfig *proxy) {
    SERVERS(with, "secret", uri);
    with.config.proxy_config = proxy;
    meeting_begin(&now, "peer", &with.config);
}

static void meet_by(const char *what, const MLWebRTCConnectionProxyConfig *proxy) {
    static const char *const uris[] = {TURN_TCP, TURN_TLS};
    instance_with("ML_WEBRTC_CA_FILE", getenv("ML_TEST_AUTHORITY"));
    for (size_t at = 0; at < sizeof uris / sizeof *uris; at++) {
        check_about("%s, %s", what, uris[at]);
        begin(uris[at], proxy);
        printf("    %-30s %-35s connected after %" PRIu64 " ms\n", what, uris[at], meeting_connect(&now));
        CHECK_EQ(now.local.count[ON_ERROR], 0);
        CHECK(meeting_gathered(&now, "typ relay") > 0);
        meeting_end(&now);
    }
}

static void meet_through(const char *what, int32_t type, int32_t port, const char *user, const char *password) {
    MLWebRTCConnectionProxyConfig proxy = proxy_at(type, port, user, password);
    meet_by(what, &proxy);
}

/* What left this namespace for anybody but the proxies: nftables counts it. */
static unsigned strays(void) {
    FILE *counters = popen("nft reset counter inet wire stray", "r");
    CHECK(counters != NULL);
    char text[512];
    size_t size = fread(text, 1, sizeof text - 1, counters);
    text[size] = '\0';
    CHECK_EQ(pclose(counters), 0);
    const char *packets = strstr(text, "packets ");
    CHECK(packets != NULL);
    return (unsigned)strtoul(packets + strlen("packets "), NULL, 10);
}

/* That there is no other way. */
static void no_proxy(void) {
    begin(TURN_TCP, NULL);
    meeting_wait(&now, 1500);
    CHECK(!peer_is_connected(&now.local));
    meeting_end(&now);
    /* What the counter is there for. */
    strays();
    begin("turns:unknown.test", NULL);
    meeting_wait(&now, 500);
    CHECK(strays() > 0);
    meeting_end(&now);
}

static void http(void) {
    meet_through("squid", HTTP, 3128, NULL, NULL);
    meet_through("squid, credentials not asked for", HTTP, 3128, "alice", "secret");
}

static void http_basic(void) { meet_through("tinyproxy, Basic", HTTP, 3130, "alice", "secret"); }
static void http_digest(void) { meet_through("squid, Digest", HTTP, 3129, "alice", "secret"); }

static void socks(void) {
    meet_through("microsocks", SOCKS, 1080, NULL, NULL);
    meet_through("dante", SOCKS, 1082, NULL, NULL);
}

static void socks_password(void) { meet_through("microsocks, password", SOCKS, 1081, "alice", "secret"); }

/* One error, within seconds, that names the proxy and the reason. */
static void fails_by(const char *uri, const MLWebRTCConnectionProxyConfig *proxy, const char *where,
                     const char *reason) {
    check_about("%s, %s, %s", uri, where, reason);
    begin(uri, proxy);
    const char *error = meeting_error(&now);
    CHECK(milliseconds_now() - now.start < SECONDS_MS);
    CHECK(strstr(error, uri) != NULL && strstr(error, where) != NULL && strstr(error, reason) != NULL);
    CHECK_EQ(meeting_gathered(&now, "typ relay"), 0);
    CHECK_EQ(now.local.count[ON_ERROR], 1);
    meeting_end(&now);
}

/* Where everything goes through the proxy, no other address is ever sent to, not even for a name. */
static void nothing_else_on_the_wire(void) {
    strays();
    meet_through("squid", HTTP, 3128, NULL, NULL);
    CHECK(strays() > 0);                            /* candidates are tried directly, too */
    CHECK(setenv("ML_TEST_URI", TURN_TCP, 1) == 0); /* the peer is under the same policy */
    instance_with("ML_WEBRTC_ICE_POLICY", "proxied");
    meet_through("squid, proxied only", HTTP, 3128, NULL, NULL);
    meet_through("microsocks, proxied only", SOCKS, 1080, NULL, NULL);
    MLWebRTCConnectionProxyConfig proxy = proxy_at(HTTP, 3129, "alice", "secret");
    SERVERS(with, "secret", "stun:turn.test", "turn:turn.test", TURN_TLS);
    with.config.proxy_config = &proxy;
    meeting_begin(&now, "peer", &with.config);
    meeting_connect(&now);
    CHECK_EQ(now.local.candidate_count, meeting_gathered(&now, "typ relay"));
    CHECK_EQ(meeting_gathered(&now, "10.77.3.2"), 0);
    meeting_end(&now);
    CHECK(instance_has_said("left out"));
    proxy = proxy_at(SOCKS, 1080, NULL, NULL);
    fails_by("turns:unknown.test", &proxy, "proxy.test:1080", "");
    CHECK_EQ(strays(), 0);
    instance_with("ML_WEBRTC_ICE_POLICY", NULL);
    CHECK(unsetenv("ML_TEST_URI") == 0);
}

static void fails(int32_t type, int32_t port, const char *password, const char *reason) {
    char where[32];
    snprintf(where, sizeof where, "proxy.test:%d", port);
    MLWebRTCConnectionProxyConfig proxy = proxy_at(type, port, password != NULL ? "alice" : NULL, password);
    fails_by(TURN_TCP, &proxy, where, reason);
}

static void wrong_password(void) {
    fails(HTTP, 3129, "wrong", "refuses the password");
    fails(HTTP, 3129, NULL, "wants a user name");
    fails(HTTP, 3130, "wrong", "refuses the password");
    fails(HTTP, 3130, NULL, "wants a user name");
    fails(SOCKS, 1081, "wrong", "username/password authentication failed");
    fails(SOCKS, 1081, NULL, "no acceptable authentication methods");
}

static void refused(void) {
    MLWebRTCConnectionProxyConfig proxy = proxy_at(HTTP, 3128, NULL, NULL);
    fails_by("turn:turn.test:9?transport=tcp", &proxy, "proxy.test:3128", "403 Forbidden");
    fails_by("turn:turn.test:4?transport=tcp", &proxy, "proxy.test:3128", "503 Service Unavailable");
    proxy = proxy_at(SOCKS, 1080, NULL, NULL);
    fails_by("turn:turn.test:4?transport=tcp", &proxy, "proxy.test:1080", "connection refused");
    fails(HTTP, 4, NULL, "connection refused");
    fails(SOCKS, 4, NULL, "connection refused");
}

static void hangs(void) {
    fails(HTTP, 4001, NULL, "does not answer within 5s");
    fails(SOCKS, 4001, NULL, "does not answer within 5s");
    fails(HTTP, 4004, NULL, "closes the connection");
    fails(SOCKS, 4004, NULL, "closes the connection");
}

static void garbage(void) {
    fails(HTTP, 4002, NULL, "no HTTP");
    fails(SOCKS, 4002, NULL, "unexpected protocol version");
    fails(HTTP, 4003, NULL, "longer than");
    fails(SOCKS, 4003, NULL, "unexpected protocol version");
}

/* The PAC file sends turns: to a SOCKS5 proxy after one that is none, and turn: to squid; it looks names up for that.
 */
static void pac(void) {
    MLWebRTCConnectionProxyConfig proxy = {.auto_config_url = "http://web.test/proxy.pac"};
    meet_by("PAC", &proxy);
    proxy.auto_config_url = "http://web.test/https.pac";
    meet_by("PAC, squid within TLS", &proxy);
    proxy.auto_config_url = "http://web.test/proxy.pac";
    strays();
    CHECK(setenv("ML_TEST_URI", TURN_TCP, 1) == 0);
    instance_with("ML_WEBRTC_ICE_POLICY", "proxied");
    meet_by("PAC, proxied only", &proxy);
    CHECK_EQ(strays(), 0);
    instance_with("ML_WEBRTC_ICE_POLICY", NULL);
    CHECK(unsetenv("ML_TEST_URI") == 0);
}

/* Nobody goes on without a proxy when the file that names it is of no use. */
static void bad_pac(void) {
    static const char *const files[][2] = {{"nothing.pac", "404"},
                                           {"broken.pac", "nothing is not defined"},
                                           {"endless.pac", "runs longer than 3s"},
                                           {"text.pac", "no JavaScript"}};
    for (size_t at = 0; at < sizeof files / sizeof *files; at++) {
        char url[64];
        snprintf(url, sizeof url, "http://web.test/%s", files[at][0]);
        MLWebRTCConnectionProxyConfig proxy = {.auto_config_url = url};
        fails_by(TURN_TCP, &proxy, url, files[at][1]);
    }
    MLWebRTCConnectionProxyConfig proxy = {.auto_config_url = "http://proxy.test:4001/proxy.pac"};
    fails_by(TURN_TCP, &proxy, "proxy.test:4001", "no answer within 5s");
    proxy.auto_config_url = "http://proxy.test:4/proxy.pac";
    proxy.host_address = "proxy.test";
    proxy.host_port = 3128;
    meet_by("squid in place of a PAC file", &proxy);
}

/* The network offers a PAC file at http://wpad/wpad.dat. */
static void wpad(void) {
    MLWebRTCConnectionProxyConfig proxy = {.auto_detect = true};
    meet_by("WPAD", &proxy);
}

/* The machine is set to a proxy. */
static void system_settings(void) {
    MLWebRTCConnectionProxyConfig proxy = {.auto_detect = true};
    instance_with("https_proxy", "http://alice:secret@proxy.test:3130");
    meet_by("https_proxy", &proxy);
    instance_with("https_proxy", NULL);
    instance_with("ALL_PROXY", "socks5://alice:wrong@proxy.test:1081");
    fails_by(TURN_TCP, &proxy, "SOCKS5 proxy proxy.test:1081", "authentication failed");
    instance_with("ALL_PROXY", NULL);
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"no_proxy", no_proxy},
        {"http", http},
        {"http_basic", http_basic},
        {"http_digest", http_digest},
        {"socks", socks},
        {"socks_password", socks_password},
        {"nothing_else_on_the_wire", nothing_else_on_the_wire},
        {"wrong_password", wrong_password},
        {"refused", refused},
        {"hangs", hangs},
        {"garbage", garbage},
        {"pac", pac},
        {"bad_pac", bad_pac},
        {"wpad", wpad},
        {"system_settings", system_settings},
    };
    if (argc > 1 && strcmp(argv[1], "answer") == 0) {
        return meeting_answer();
    }
    return RUN_CASES(cases, argc, argv);
}
