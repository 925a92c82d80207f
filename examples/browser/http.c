#include "http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CLIENTS_MOST = 32, REQUEST_MOST = 1 << 20, PATIENCE_SECONDS = 10 };

/* A connection: a request comes in, then a response goes out. */
typedef struct client {
    int fd; /* -1: free */
    time_t since;
    char *in;
    size_t in_size, in_room;
    char *out; /* NULL: the request is not complete */
    size_t out_size, out_sent;
} client;

static int listener = -1;
static http_handler handle;
static client clients[CLIENTS_MOST];

int http_listen(int port, http_handler handler) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    handle = handler;
    for (int at = 0; at < CLIENTS_MOST; at++) {
        clients[at].fd = -1;
    }
    listener = socket(AF_INET, SOCK_STREAM, 0);
    if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int)) != 0 ||
        bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, CLIENTS_MOST) != 0 ||
        fcntl(listener, F_SETFL, O_NONBLOCK) != 0 || getsockname(listener, (struct sockaddr *)&address, &size) != 0) {
        return 0;
    }
    return ntohs(address.sin_port);
}

static void end(client *of) {
    close(of->fd);
    free(of->in);
    free(of->out);
    *of = (client){.fd = -1};
}

void http_close(void) {
    for (int at = 0; at < CLIENTS_MOST; at++) {
        if (clients[at].fd >= 0) {
            end(&clients[at]);
        }
    }
    close(listener);
}

static const char *reason(int status) {
    switch (status) {
    case 200:
        return "OK";
    case 201:
        return "Created";
    case 204:
        return "No Content";
    case 404:
        return "Not Found";
    case 413:
        return "Content Too Large";
    case 503:
        return "Service Unavailable";
    default:
        return "Bad Request";
    }
}

static void answer(client *to, const http_response *with) {
    char head[256];
    int size = snprintf(head, sizeof head,
                        "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\nCache-Control: no-store\r\n"
                        "Connection: close\r\n\r\n",
                        with->status, reason(with->status), with->type != NULL ? with->type : "text/plain", with->size);
    to->out = malloc((size_t)size + with->size);
    if (to->out != NULL) {
        memcpy(to->out, head, (size_t)size);
        memcpy(to->out + size, with->body != NULL ? with->body : "", with->size);
        to->out_size = (size_t)size + with->size;
    }
    free(with->body);
}

static void refuse(client *of, int status) { answer(of, &(http_response){.status = status}); }

/* How long the body is that the head announces; more than REQUEST_MOST: too long. */
static size_t announced(const char *head, const char *end) {
    for (const char *line = strstr(head, "\r\n"); line != NULL && line < end; line = strstr(line + 2, "\r\n")) {
        if (strncasecmp(line + 2, "content-length:", 15) == 0) {
            unsigned long long size = strtoull(line + 17, NULL, 10);
            return size > REQUEST_MOST ? REQUEST_MOST + 1 : (size_t)size;
        }
    }
    return 0;
}

/* Splits the first line in place. */
static bool split(char *head, http_request *request) {
    char *path = strchr(head, ' '), *version = path != NULL ? strchr(path + 1, ' ') : NULL;
    if (version == NULL || strncmp(version, " HTTP/1.", 8) != 0) {
        return false;
    }
    *path = *version = '\0';
    request->method = head;
    request->path = path + 1;
    char *query = strchr(path + 1, '?');
    request->query = "";
    if (query != NULL) {
        *query = '\0';
        request->query = query + 1;
    }
    return true;
}

static void look(client *of) {
    of->in[of->in_size] = '\0';
    char *end_of_head = strstr(of->in, "\r\n\r\n");
    if (end_of_head == NULL) {
        if (of->in_size > 16384) {
            refuse(of, 400);
        }
        return;
    }
    size_t head = (size_t)(end_of_head - of->in) + 4, body = announced(of->in, end_of_head);
    if (body > REQUEST_MOST) {
        refuse(of, 413);
        return;
    }
    if (of->in_size < head + body) {
        return;
    }
    of->in[head + body] = '\0';
    http_request request = {.body = of->in + head, .body_size = body};
    http_response response = {.status = 200};
    if (!split(of->in, &request)) {
        refuse(of, 400);
        return;
    }
    handle(&request, &response);
    answer(of, &response);
}

static void receive(client *of) {
    if (of->in_room < of->in_size + 4097) {
        of->in_room = 2 * of->in_room + 8192;
        of->in = realloc(of->in, of->in_room);
        if (of->in == NULL) {
            abort();
        }
    }
    ssize_t got = recv(of->fd, of->in + of->in_size, of->in_room - of->in_size - 1, 0);
    if (got <= 0) {
        if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
            end(of);
        }
        return;
    }
    of->in_size += (size_t)got;
    look(of);
}

static void send_more(client *to) {
    ssize_t sent = send(to->fd, to->out + to->out_sent, to->out_size - to->out_sent, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) {
        end(to);
        return;
    }
    to->out_sent += sent > 0 ? (size_t)sent : 0;
    if (to->out_sent == to->out_size) {
        shutdown(to->fd, SHUT_WR);
        end(to);
    }
}

static void welcome(void) {
    int fd = accept(listener, NULL, NULL);
    for (int at = 0; fd >= 0 && at < CLIENTS_MOST; at++) {
        if (clients[at].fd < 0) {
            fcntl(fd, F_SETFL, O_NONBLOCK);
            clients[at] = (client){.fd = fd, .since = time(NULL)};
            return;
        }
    }
    if (fd >= 0) {
        close(fd); /* it may try again */
    }
}

void http_serve(int wait_ms) {
    struct pollfd polled[CLIENTS_MOST + 1] = {{.fd = listener, .events = POLLIN}};
    for (int at = 0; at < CLIENTS_MOST; at++) {
        const client *of = &clients[at];
        polled[at + 1] = (struct pollfd){.fd = of->fd, .events = of->out != NULL ? POLLOUT : POLLIN};
    }
    if (poll(polled, CLIENTS_MOST + 1, wait_ms) < 0) {
        return;
    }
    for (int at = 0; at < CLIENTS_MOST; at++) {
        client *of = &clients[at];
        if (of->fd < 0) {
            continue;
        }
        if (polled[at + 1].revents != 0) {
            if (of->out != NULL) {
                send_more(of);
            } else {
                receive(of);
            }
        } else if (time(NULL) - of->since > PATIENCE_SECONDS) {
            end(of);
        }
    }
    if (polled[0].revents != 0) {
        welcome();
    }
}

static int hex(char digit) {
    const char *digits = "0123456789abcdef", *at = digit != '\0' ? strchr(digits, digit | 0x20) : NULL;
    return at != NULL ? (int)(at - digits) : -1;
}

char *http_parameter(const char *query, const char *name, char *out, size_t size) {
    size_t length = strlen(name);
    while (strncmp(query, name, length) != 0 || query[length] != '=') {
        query = strchr(query, '&');
        if (query == NULL) {
            return NULL;
        }
        query++;
    }
    size_t at = 0;
    for (query += length + 1; *query != '\0' && *query != '&' && at + 1 < size; query++) {
        int high = *query == '%' ? hex(query[1]) : -1, low = high >= 0 ? hex(query[2]) : -1;
        out[at++] = low >= 0 ? (char)(high * 16 + low) : *query;
        query += low >= 0 ? 2 : 0;
    }
    out[at] = '\0';
    return out;
}

void http_text(http_response *response, const char *type, const char *text) {
    response->type = type;
    response->body = strdup(text);
    response->size = response->body != NULL ? strlen(text) : 0;
}
