/* Two connections in one process: what the demos share. */
#ifndef PEER_H
#define PEER_H

#include <ml_webrtc.h>

typedef struct peer {
    const char *name;
    MLHandle connection;
    struct peer *other;
    int connected;
} peer;

/* Makes the connection of a peer. The callbacks may be NULL; the peer is their context. */
void peer_create(peer *self, peer *other, MLWebRTCOnDataChannelReceived on_channel, MLWebRTCOnTrackAdded on_track);

/* Runs the callbacks of what has happened since. An application calls it once a frame. */
void peer_process(const peer *self);

void peer_destroy(const peer *self);

/* Ends the program with a message if a call did not succeed. */
void check(MLResult result, const char *what);

/* Seconds of a clock that only goes forward. */
double now(void);

#endif
