/* SPDX-License-Identifier: MIT */

/* What the environment says about candidates (docs/networks.md), in namespace "open" of test/network/servers/run.sh;
 * the peer is in "beside", at the other end of a link. */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/meeting.h"

static meeting now;
static meeting other;

static const MLWebRTCConnectionConfig none = {.version = 1};

/* The port in a candidate line. */
static unsigned port_of(const candidate *of) {
    unsigned port = 0;
    CHECK_EQ(sscanf(of->line, "candidate:%*s %*u %*s %*u %*s %u", &port), 1);
    return port;
}

static void check_ports(meeting *of, unsigned least, unsigned most) {
    CHECK(meeting_gathered(of, "typ host") > 0);
    for (unsigned at = 0; at < of->local.candidate_count; at++) {
        if (strstr(of->local.candidates[at].line, "typ relay") == NULL) {
            CHECK(port_of(&of->local.candidates[at]) >= least && port_of(&of->local.candidates[at]) <= most);
        }
    }
}

/* The UDP ports that are open in this namespace. */
static void check_sockets(unsigned least, unsigned most) {
    FILE *list = popen("ss -Huan", "r");
    CHECK(list != NULL);
    char line[512];
    unsigned count = 0;
    while (fgets(line, sizeof line, list) != NULL) {
        char local[128];
        CHECK_EQ(sscanf(line, "%*s %*s %*s %127s", local), 1);
        unsigned port = (unsigned)strtoul(strrchr(local, ':') + 1, NULL, 10);
        check_about("socket %s", local);
        CHECK(port >= least && port <= most);
        count++;
    }
    CHECK_EQ(pclose(list), 0);
    CHECK(count > 0);
}

static void as_usual(void) {
    meeting_begin(&now, "beside", &none);
    meeting_connect(&now);
    CHECK(meeting_gathered(&now, " 10.77.5.1 ") > 0 && meeting_gathered(&now, " 10.77.1.2 ") > 0);
    CHECK_EQ(meeting_gathered(&now, ".local "), 0);
    meeting_end(&now);
}

static void port_range(void) {
    instance_with("ML_WEBRTC_PORT_RANGE", "42000-42011");
    SERVERS(with, "secret", "stun:turn.test", "turn:turn.test");
    meeting_begin(&now, "beside", &with.config);
    meeting_connect(&now);
    check_ports(&now, 42000, 42011);
    CHECK(meeting_gathered(&now, "typ relay") > 0);
    check_sockets(42000, 42011);
    meeting_end(&now);
    instance_with("ML_WEBRTC_PORT_RANGE", NULL);
}

/* Two connections to two peers by one socket. */
static void single_port(void) {
    instance_with("ML_WEBRTC_SINGLE_PORT", "42100");
    meeting_begin(&now, "beside", &none);
    meeting_begin(&other, "beside", &none);
    meeting_connect(&now);
    meeting_connect(&other);
    check_ports(&now, 42100, 42100);
    check_ports(&other, 42100, 42100);
    check_sockets(42100, 42100);
    meeting_end(&now);
    meeting_end(&other);
    /* The next instance may come before the last one has let go of it. */
    instance_with("ML_WEBRTC_SINGLE_PORT", "42100");
    meeting_begin(&now, "beside", &none);
    meeting_connect(&now);
    check_ports(&now, 42100, 42100);
    CHECK(!instance_has_said("42100"));
    meeting_end(&now);
    instance_with("ML_WEBRTC_SINGLE_PORT", NULL);
}

/* Somebody else has the port: said, and other ports are taken. */
static void single_port_taken(void) {
    struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_port = htons(42101)};
    int taken = socket(AF_INET6, SOCK_DGRAM, 0);
    CHECK(taken >= 0 && bind(taken, (const struct sockaddr *)&any, sizeof any) == 0);
    instance_with("ML_WEBRTC_SINGLE_PORT", "42101");
    meeting_begin(&now, "beside", &none);
    meeting_connect(&now);
    CHECK(instance_has_said("port 42101"));
    meeting_end(&now);
    close(taken);
    instance_with("ML_WEBRTC_SINGLE_PORT", NULL);
}

/* No candidate tells an address of this machine, neither its own nor as a related one; the peer resolves the name. */
static void mdns(void) {
    instance_with("ML_WEBRTC_MDNS", "1");
    SERVERS(with, "secret", "stun:turn.test", "turn:turn.test", "turn:turn.test?transport=tcp");
    meeting_begin(&now, "beside", &with.config);
    meeting_connect(&now);
    unsigned hosts = meeting_gathered(&now, "typ host");
    CHECK(hosts > 0);
    CHECK_EQ(meeting_gathered(&now, ".local "), hosts);
    for (unsigned at = 0; at < now.local.candidate_count; at++) {
        const char *line = now.local.candidates[at].line;
        check_about("%s", line);
        CHECK(strstr(line, "10.77.5.") == NULL && strstr(line, "fd77:5:") == NULL);
        CHECK(strstr(line, "raddr 10.") == NULL && strstr(line, "raddr fd77") == NULL);
    }
    meeting_end(&now);
    instance_with("ML_WEBRTC_MDNS", NULL);
}

static void ignored_interfaces(void) {
    instance_with("ML_WEBRTC_IGNORE_INTERFACES", "no such one, R*HT1");
    meeting_begin(&now, "beside", &none);
    meeting_connect(&now);
    CHECK(meeting_gathered(&now, " 10.77.5.1 ") > 0);
    CHECK_EQ(meeting_gathered(&now, "10.77.1.2"), 0);
    meeting_end(&now);
    instance_with("ML_WEBRTC_IGNORE_INTERFACES", NULL);
}

/* Said, and as if it were not set. */
static void bad_values(void) {
    static const char *const values[][2] = {
        {"ML_WEBRTC_CA_FILE", "/nowhere"},       {"ML_WEBRTC_PORT_RANGE", "5-4"}, {"ML_WEBRTC_SINGLE_PORT", "70000"},
        {"ML_WEBRTC_MDNS", "perhaps"},           {"ML_WEBRTC_ICE_POLICY", "no"},  {"ML_WEBRTC_IGNORE_INTERFACES", "[x"},
        {"ML_WEBRTC_CA_FILE", "/run/test/hosts"}};
    for (size_t at = 0; at < sizeof values / sizeof *values; at++) {
        char expected[64];
        check_about("%s=%s", values[at][0], values[at][1]);
        instance_with(values[at][0], values[at][1]);
        snprintf(expected, sizeof expected, "%s=\"%s\" is ignored", values[at][0], values[at][1]);
        WAIT_UNTIL(instance_has_said(expected));
        CHECK(unsetenv(values[at][0]) == 0);
    }
    meeting_begin(&now, "beside", &none);
    meeting_connect(&now);
    meeting_end(&now);
}

int main(int argc, char **argv) {
    static const test_case cases[] = {
        {"as_usual", as_usual},
        {"port_range", port_range},
        {"single_port", single_port},
        {"single_port_taken", single_port_taken},
        {"mdns", mdns},
        {"ignored_interfaces", ignored_interfaces},
        {"bad_values", bad_values},
    };
    if (argc > 1 && strcmp(argv[1], "answer") == 0) {
        return meeting_answer();
    }
    return RUN_CASES(cases, argc, argv);
}
