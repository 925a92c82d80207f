/* SPDX-License-Identifier: MIT */
#include "socket.h"

#ifdef _WIN32
#include <winsock2.h>
typedef int socklen_t;
#define MSG_NOSIGNAL 0
#else
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>
#endif

/* Windows has sockets only for who asks for them. */
static void begin(void) {
#ifdef _WIN32
    static bool begun;
    WSADATA about;
    if (!begun) {
        CHECK(WSAStartup(MAKEWORD(2, 2), &about) == 0);
        begun = true;
    }
#endif
}

static bool again(void) {
#ifdef _WIN32
    return false;
#else
    return errno == EINTR;
#endif
}

bool socket_put(int socket, const void *data, size_t size) {
    for (const char *at = data; size > 0;) {
        long done = (long)send((unsigned)socket, at, size, MSG_NOSIGNAL);
        if (done < 0 && !again()) {
            return false;
        }
        at += done > 0 ? done : 0;
        size -= done > 0 ? (size_t)done : 0;
    }
    return true;
}

bool socket_get(int socket, void *data, size_t size) {
    for (char *at = data; size > 0;) {
        long done = (long)recv((unsigned)socket, at, size, 0);
        if (done == 0 || (done < 0 && !again())) {
            return false;
        }
        at += done > 0 ? done : 0;
        size -= done > 0 ? (size_t)done : 0;
    }
    return true;
}

static bool readable_within(int socket, long milliseconds) {
    struct timeval wait = {.tv_sec = milliseconds / 1000, .tv_usec = milliseconds % 1000 * 1000};
    fd_set readable;
    FD_ZERO(&readable);
    FD_SET((unsigned)socket, &readable);
    return select(socket + 1, &readable, NULL, NULL, &wait) == 1;
}

bool socket_has_news(int socket) { return readable_within(socket, 0); }

void socket_close(int socket) {
#ifdef _WIN32
    closesocket((SOCKET)socket);
#else
    close(socket);
#endif
}

static struct sockaddr_in loopback(uint16_t port) {
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static int new_socket(void) {
    begin();
    int made = (int)socket(AF_INET, SOCK_STREAM, 0);
    CHECK(made >= 0);
    return made;
}

int socket_listen(uint16_t *port) {
    int made = new_socket();
    struct sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    CHECK(bind((unsigned)made, (const struct sockaddr *)&address, sizeof address) == 0);
    CHECK(listen((unsigned)made, 1) == 0);
    CHECK(getsockname((unsigned)made, (struct sockaddr *)&address, &size) == 0);
    *port = ntohs(address.sin_port);
    return made;
}

int socket_accept(int listening) {
    CHECK(readable_within(listening, (long)PATIENCE_MS));
    int made = (int)accept((unsigned)listening, NULL, NULL);
    CHECK(made >= 0);
    socket_close(listening);
    return made;
}

int socket_connect(uint16_t port) {
    int made = new_socket();
    struct sockaddr_in address = loopback(port);
    CHECK(connect((unsigned)made, (const struct sockaddr *)&address, sizeof address) == 0);
    return made;
}
