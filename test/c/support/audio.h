/* SPDX-License-Identifier: MIT */

/* Calls with sound. */
#ifndef SUPPORT_AUDIO_H
#define SUPPORT_AUDIO_H

#include "audio_listener.h"
#include "audio_speaker.h"

/* An app-defined source without callbacks, under an id of its own. */
MLHandle audio_source_create(void);

/* Adds a source to one side under an id, with one stream; the other side gets it with the next negotiation. */
void peer_add_audio(peer *self, MLHandle source, const char *id);
/* The track of this id, which must be one of audio. */
track *peer_audio(peer *self, const char *id);
/* A connected pair, a's source at b under the id "sound". */
track *pair_open_audio(pair *self, MLHandle source);

/* A source of a, heard at b. */
typedef struct audio_call {
    pair both;
    MLHandle source;
    MLHandle remote;
    speaker spoken;
    listener ear;
} audio_call;

/* Up to the first callback. */
void audio_call_open(audio_call *self, const test_signal *said, unsigned channels);
void audio_call_close(audio_call *self);

/* How late sound is: between the moment when a sample was recorded and the one when it is played if the sink's callback
 * plays what it is given at once. */
typedef struct delays {
    unsigned windows; /* of 100 ms, each of 50 ms of sound */
    unsigned found;   /* in which the signal was recognised */
    double middle;    /* ms */
    double high;      /* which 95 of 100 don't exceed */
    double most;
} delays;

/* Of what a listener has kept, from a block on. The signal must be one that is unlike itself everywhere. */
delays audio_delays(listener *self, const speaker *spoken, unsigned from, unsigned blocks, unsigned channel);
void delays_print(const delays *is, const char *name);

#endif
