/* The only place that calls the host's function pointers for events. */
#ifndef ML_INVOKE_H
#define ML_INVOKE_H

#include "callbacks/event.h"
#include "ml_webrtc/connection.h"
#include "ml_webrtc/data_channel.h"

/* A call that is ready to be made: everything it needs is copied, but for the event, which
 * the connection keeps until the call has returned. */
typedef struct ml_call {
    void (*invoke)(const struct ml_call *call); /* NULL: the host does not want this event */
    const ml_event *event;
    void *context;
    union {
        MLWebRTCOnError text; /* the offer's and the answer's callbacks look alike */
        MLWebRTCOnConnected plain;
        MLWebRTCOnDataChannelReceived handle;
        MLWebRTCOnLocalIceCandidateFound candidate;
        MLWebRTCOnMessage message;
        MLWebRTCOnTrackAdded track;
    } to;
} ml_call;

ml_call ml_call_connection(const MLWebRTCConnectionEventCallbacks *callbacks, const ml_event *event);
ml_call ml_call_channel(const MLWebRTCDataChannelEventCallbacks *callbacks, const ml_event *event);

#endif
