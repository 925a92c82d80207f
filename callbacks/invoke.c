#include "callbacks/invoke.h"

#include <stddef.h>

static void invoke_text(const ml_call *call) { call->to.text(call->event->data, call->context); }

static void invoke_plain(const ml_call *call) { call->to.plain(call->context); }

static void invoke_handle(const ml_call *call) { call->to.handle(call->event->channel, call->context); }

static void invoke_candidate(const ml_call *call) {
    MLWebRTCConnectionIceCandidate candidate = {
        .version = 1,
        .candidate = call->event->data,
        .sdp_mid = call->event->data + call->event->mid_at,
        .sdp_mline_index = call->event->mline_index,
    };
    call->to.candidate(&candidate, call->context);
}

static void invoke_message(const ml_call *call) {
    MLWebRTCDataChannelMessage message = {
        .version = 1,
        .data = call->event->data,
        .data_size = call->event->size,
        .is_binary = call->event->is_binary,
    };
    call->to.message(&message, call->context);
}

static void invoke_track(const ml_call *call) {
    const ml_event *event = call->event;
    MLWebRTCSource source = {.version = 1, .type = event->source_type, .handle = event->channel};
    call->to.track(&source, event->count, (const char *const *)(const void *)event->data, call->context);
}

static ml_call text(MLWebRTCOnError to) { return (ml_call){.invoke = to ? invoke_text : NULL, .to.text = to}; }

static ml_call plain(MLWebRTCOnConnected to) { return (ml_call){.invoke = to ? invoke_plain : NULL, .to.plain = to}; }

static ml_call connection_call(const MLWebRTCConnectionEventCallbacks *to, ml_event_kind kind) {
    switch (kind) {
    case ML_EVENT_ERROR:
        return text(to->on_error);
    case ML_EVENT_LOCAL_OFFER:
        return text(to->on_local_offer_created);
    case ML_EVENT_LOCAL_ANSWER:
        return text(to->on_local_answer_created);
    case ML_EVENT_CONNECTED:
        return plain(to->on_connected);
    case ML_EVENT_DISCONNECTED:
        return plain(to->on_disconnected);
    case ML_EVENT_GATHERING_COMPLETED:
        return plain(to->on_ice_gathering_completed);
    case ML_EVENT_DATA_CHANNEL:
        return (ml_call){.invoke = to->on_data_channel_received ? invoke_handle : NULL,
                         .to.handle = to->on_data_channel_received};
    case ML_EVENT_LOCAL_CANDIDATE:
        return (ml_call){.invoke = to->on_local_ice_candidate_found ? invoke_candidate : NULL,
                         .to.candidate = to->on_local_ice_candidate_found};
    case ML_EVENT_TRACK_ADDED:
        return (ml_call){.invoke = to->on_track_added ? invoke_track : NULL, .to.track = to->on_track_added};
    case ML_EVENT_TRACK_REMOVED:
        /* It looks like OnDataChannelReceived's: a handle and the context. */
        return (ml_call){.invoke = to->on_track_removed ? invoke_handle : NULL, .to.handle = to->on_track_removed};
    default:
        return (ml_call){0};
    }
}

ml_call ml_call_connection(const MLWebRTCConnectionEventCallbacks *callbacks, const ml_event *event) {
    ml_call call = connection_call(callbacks, event->kind);
    call.event = event;
    call.context = callbacks->context;
    return call;
}

ml_call ml_call_channel(const MLWebRTCDataChannelEventCallbacks *callbacks, const ml_event *event) {
    ml_call call = {0};
    switch (event->kind) {
    case ML_EVENT_CHANNEL_OPEN:
        call = plain(callbacks->on_open);
        break;
    case ML_EVENT_CHANNEL_CLOSED:
        call = plain(callbacks->on_closed);
        break;
    case ML_EVENT_CHANNEL_MESSAGE:
        call.invoke = callbacks->on_message ? invoke_message : NULL;
        call.to.message = callbacks->on_message;
        break;
    default:
        break;
    }
    call.event = event;
    call.context = callbacks->context;
    return call;
}
