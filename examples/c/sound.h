/*
 * The sound of the media demo: a tone on the left and something like a voice on the right, both known at every moment,
 * so that what comes out at the other end can be measured.
 */
#ifndef SOUND_H
#define SOUND_H

#include <ml_webrtc.h>

/* Pushes what was due since the last call, 10 ms at a time, as an application does that has its sound from a
 * microphone, a file or a mixer. time is in seconds of now(). */
void sound_push(MLHandle source, double time);

/* A sink that keeps what it hears. Its callback comes on a thread of the library. */
MLHandle sound_listen(void);

/* How late sound comes now, from its recording to the sink's callback, in ms; negative: nothing was recognised. */
double sound_delay(void);

/* Prints what was heard; 0: as it was sent, however late. */
int sound_report(void);

#endif
