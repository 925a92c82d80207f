/*
 * A page that visits: its connection, what is sent to it and comes from it, and the messages of the signalling that
 * wait for it to ask.
 */
#ifndef VISITOR_H
#define VISITOR_H

#include <ml_webrtc.h>

#include "recorder.h"

enum { VISITORS_MOST = 8 };

typedef struct visitor {
    int id; /* 0: free */
    MLHandle connection, chat;
    MLHandle picture_sink, sound_sink;
    recorder *recorded;
    double asked; /* when the page was heard of last, in seconds of now() */
    int connected;

    char *messages; /* JSON objects with a comma between them: the page has not fetched them */
    int waiting;    /* how many */
    int first;      /* the number of the first one */

    /* Since the last report. */
    int frames;
    unsigned width, height;
} visitor;

/* Begins a connection that sends the sources; NULL: there are too many visitors. folder is where recordings go; NULL:
 * nowhere. */
visitor *visitor_welcome(MLHandle picture_source, MLHandle sound_source, const char *folder);
visitor *visitor_find(int id);
void visitor_leave(visitor *self);

/* What the page says. Each gives what the library says to it. */
MLResult visitor_offer(visitor *self, const char *description);
MLResult visitor_answer(visitor *self, const char *description);
MLResult visitor_candidate(visitor *self, const char *candidate, const char *mid, int index);

/* The messages from a number on, as JSON; to be freed. What is before it is forgotten. */
char *visitor_messages(visitor *self, int from);

/* Runs the callbacks of all visitors and takes their pictures. */
void visitors_run(void);
/* A line of chat for all of them. */
void visitors_say(const char *text);
/* Prints what is seen and heard of each. */
void visitors_report(void);
void visitors_leave(void);

#endif
