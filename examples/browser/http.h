/*
 * A small HTTP server for examples: one thread, requests of up to 1 MiB, one request for each connection, a bounded
 * number of connections, and only for this machine.
 */
#ifndef HTTP_H
#define HTTP_H

#include <stddef.h>

typedef struct http_request {
    const char *method; /* "GET", "POST", "DELETE" */
    const char *path;   /* without the query */
    const char *query;  /* what follows '?', or "" */
    const char *body;   /* NUL-terminated */
    size_t body_size;
} http_request;

typedef struct http_response {
    int status;       /* 200 unless set */
    const char *type; /* of the content; NULL: there is none */
    char *body;       /* from malloc; it is freed when it was sent */
    size_t size;
} http_response;

typedef void (*http_handler)(const http_request *request, http_response *response);

/* Listens on 127.0.0.1; 0 takes any free port. Gives the port; 0: it could not be had, and errno says why. */
int http_listen(int port, http_handler handler);

/* Serves what has come, and waits for something for so many milliseconds at most. */
void http_serve(int wait_ms);

void http_close(void);

/* Copies the value of a name of a query, decoded, up to size - 1 bytes; NULL: there is none. */
char *http_parameter(const char *query, const char *name, char *out, size_t size);

/* A body of text. */
void http_text(http_response *response, const char *type, const char *text);

#endif
