/* SPDX-License-Identifier: MIT */

/* Sources that push the pattern, and sinks that check every frame they are given. */
#ifndef SUPPORT_VIDEO_H
#define SUPPORT_VIDEO_H

#include <pthread.h>
#include <stdatomic.h>

#include "layout.h"
#include "pair.h"
#include "pattern.h"

/* An app-defined source without callbacks. */
MLHandle source_create(void);
void source_push(MLHandle source, const picture *shown, layout how, uint64_t time_stamp);
/* One frame of the pattern, now. */
void source_push_pattern(MLHandle source, unsigned width, unsigned height, unsigned stream, unsigned number);

/* Pushes the pattern of a stream at a steady rate, on a thread of its own; the numbers are those of number_now. */
typedef struct pusher {
    MLHandle source;
    unsigned stream;
    unsigned width;
    unsigned height;
    unsigned rate;
    layout how;
    bool still;           /* every frame shows number 0 */
    atomic_bool may_fail; /* the source may be gone: what PushFrame says then is no matter of the thread's */
    pthread_t thread;
    atomic_bool running;
    atomic_uint pushed;
} pusher;

/* How most tests send: 320x240 at 30 frames a second, planar. */
void pusher_start(pusher *self, MLHandle source, unsigned stream);
/* The fields from source to how are set already. */
void pusher_run(pusher *self);
void pusher_stop(pusher *self);

typedef enum sight {
    SAW_NOTHING, /* no frame waited */
    SAW_PATTERN,
    SAW_BLACK,
    SAW_BROKEN /* neither the one nor the other */
} sight;

/* A sink and what it was given. Each frame must be well-formed, later than the one before in time stamp, not before it
 * in number, of the right stream, and like the original with its number. */
typedef struct viewer {
    MLHandle sink;
    unsigned stream;
    unsigned width; /* what is pushed; frames may be smaller */
    unsigned height;
    unsigned rate;
    bool still;          /* number 0 always */
    bool may_be_black;   /* else a black frame fails */
    bool may_start_over; /* the next number may be any */
    bool other_clock;    /* it is pushed by a clock that this process does not have */
    double psnr_least;   /* of each frame */
    double part_least;   /* of its worst part */
    /* The last frame. */
    picture seen;
    uint64_t time_stamp;
    unsigned number;
    double psnr;
    uint64_t at; /* when, in milliseconds */
    /* Since viewer_reset. */
    unsigned frames;
    unsigned blacks;
    unsigned repeats; /* of the picture before, as when a key frame is asked for and nothing newer was pushed */
    double psnr_sum;
    double psnr_worst;
    double part_worst;
    uint64_t longest_gap; /* between two frames, in milliseconds */
    unsigned behind_most; /* frames behind the pushed one */
    uint64_t since;
    picture original;
    picture smaller;
} viewer;

/* A sink on a source, for what pusher_start sends; the fields may be changed before the first viewer_poll. */
void viewer_create(viewer *self, MLHandle source, unsigned stream);
void viewer_attach(viewer *self, MLHandle source);
void viewer_destroy(viewer *self);

/* Looks at the frame that waits, if any; a broken one fails, and so does what is wrong with any other. */
sight viewer_poll(viewer *self);
/* Counts from now on. */
void viewer_reset(viewer *self);
double viewer_mean(const viewer *self);
/* The time since the last frame, or the longest between two if that is longer. */
uint64_t viewer_gap(const viewer *self);
void viewer_print(const viewer *self, const char *name);

/* Shows a frame as a picture: it points into the frame's memory. Checks all that must hold for it. */
picture frame_picture(MLHandle frame, uint64_t *time_stamp);
/* The RGBA pixels of a frame, in its memory. */
const uint8_t *frame_rgba(MLHandle frame, unsigned width, unsigned height);

/* Negotiates what has changed: an offer of one side, and the answer. */
void pair_negotiate(pair *self, peer *offerer);
/* Adds a source to one side under an id, with one stream; the other side gets it with the next negotiation. */
void peer_add_video(peer *self, MLHandle source, const char *id);
/* A connected pair, a's source at b under the id "picture". */
track *pair_open_video(pair *self, MLHandle source);

/* Until the viewer has been given this many more frames. */
#define VIEW_UNTIL(pair, viewer, condition) WAIT_UNTIL_STEP(condition, (pair_process(pair), viewer_poll(viewer)))
void pair_view(pair *self, viewer *of, unsigned frames);
/* For a time. */
void pair_view_for(pair *self, viewer *of, uint64_t milliseconds);

#endif
