#include "callbacks/connection.h"

#include "callbacks/source.h"
#include "capi/check.h"
#include "capi/engine.h"

static bool optional_text_fits(const char *text, size_t limit) {
    return text == NULL || ml_text_size(text, limit) <= limit;
}

static bool texts_fit(const MLWebRTCConnectionConfig *config) {
    for (uint32_t at = 0; at < config->num_ice_servers; at++) {
        const MLWebRTCConnectionIceServer *server = &config->ice_servers[at];
        if (server->uri == NULL || !optional_text_fits(server->uri, ML_URI_BYTES_MOST) ||
            !optional_text_fits(server->user_name, ML_URI_BYTES_MOST) ||
            !optional_text_fits(server->password, ML_URI_BYTES_MOST)) {
            return false;
        }
    }
    const MLWebRTCConnectionProxyConfig *proxy = config->proxy_config;
    return proxy == NULL || (optional_text_fits(proxy->host_address, ML_URI_BYTES_MOST) &&
                             optional_text_fits(proxy->username, ML_URI_BYTES_MOST) &&
                             optional_text_fits(proxy->password, ML_URI_BYTES_MOST) &&
                             optional_text_fits(proxy->auto_config_url, ML_URI_BYTES_MOST) &&
                             optional_text_fits(proxy->bypass_list, ML_PROXY_TEXT_BYTES_MOST));
}

MLResult MLWebRTCConnectionCreate(const MLWebRTCConnectionConfig *config,
                                  const MLWebRTCConnectionEventCallbacks *callbacks, MLHandle *connection_handle) {
    ML_PRESET(connection_handle, ML_INVALID_HANDLE);
    uint64_t epoch = ml_handles_epoch();
    ML_CHECK_INSTANCE();
    ML_CHECK_PARAM(config != NULL && callbacks != NULL && connection_handle != NULL);
    ML_CHECK_PARAM(config->num_ice_servers <= ML_ICE_SERVERS_MOST);
    ML_CHECK_PARAM(config->num_ice_servers == 0 || config->ice_servers != NULL);
    ML_CHECK_PARAM(texts_fit(config));
    ml_connections_sweep(ML_HERE);
    uint64_t handle;
    ml_connection *connection = ml_connection_new(epoch, callbacks, &handle);
    if (connection == NULL) {
        ML_CHECK_INSTANCE();
        return MLResult_AllocFailed;
    }
    ml_in_connection in = {connection, config};
    MLResult result = ml_request_call(ML_OP_CONNECTION_CREATE, handle, &in);
    if (result != MLResult_Ok) {
        ml_connection_destroy(handle, ML_HERE, ml_destroy_deadline());
        ml_connection_engine_done(connection);
        return result;
    }
    *connection_handle = handle;
    return MLResult_Ok;
}

MLResult MLWebRTCConnectionDestroy(MLHandle connection_handle) {
    ML_CHECK_INSTANCE();
    if (!ml_connection_destroy(connection_handle, ML_HERE, ml_destroy_deadline())) {
        return MLResult_WebRTCMismatchingHandle;
    }
    /* To the host it is destroyed already, whatever the engine says. */
    ml_request_call(ML_OP_CONNECTION_DESTROY, connection_handle, NULL);
    return MLResult_Ok;
}

MLResult MLWebRTCConnectionProcessEvents(MLHandle connection_handle) {
    ML_CHECK_INSTANCE();
    uint32_t flags;
    if (!ml_handle_flags(connection_handle, ML_KIND_CONNECTION, &flags)) {
        return MLResult_WebRTCMismatchingHandle;
    }
    if ((flags & ML_FLAG_EVENTS) == 0) {
        return MLResult_Ok;
    }
    return ml_connection_process(connection_handle, ML_HERE);
}

MLResult MLWebRTCConnectionIsConnected(MLHandle connection_handle, MLWebRTCBool *is_connected) {
    return ml_read_flag(connection_handle, ML_KIND_CONNECTION, ML_FLAG_CONNECTED, is_connected);
}

MLResult MLWebRTCConnectionHasFailed(MLHandle connection_handle, MLWebRTCBool *has_failed) {
    return ml_read_flag(connection_handle, ML_KIND_CONNECTION, ML_FLAG_FAILED, has_failed);
}

MLResult MLWebRTCConnectionCreateOffer(MLHandle connection_handle) {
    ML_CHECK_INSTANCE();
    ML_CHECK_HANDLE(connection_handle, ML_KIND_CONNECTION);
    return ml_request_call(ML_OP_CREATE_OFFER, connection_handle, NULL);
}

static MLResult set_remote(ml_op op, MLHandle connection_handle, const char *sdp) {
    ML_CHECK_INSTANCE();
    ML_CHECK_PARAM(sdp != NULL);
    ML_CHECK_HANDLE(connection_handle, ML_KIND_CONNECTION);
    ml_in_text in = {sdp, ml_text_size(sdp, ML_SDP_BYTES_MOST)};
    ML_CHECK_PARAM(in.size <= ML_SDP_BYTES_MOST);
    return ml_request_call(op, connection_handle, &in);
}

MLResult MLWebRTCConnectionSetRemoteOffer(MLHandle connection_handle, const char *offer) {
    return set_remote(ML_OP_SET_REMOTE_OFFER, connection_handle, offer);
}

MLResult MLWebRTCConnectionSetRemoteAnswer(MLHandle connection_handle, const char *answer) {
    return set_remote(ML_OP_SET_REMOTE_ANSWER, connection_handle, answer);
}

MLResult MLWebRTCConnectionAddRemoteIceCandidate(MLHandle connection_handle,
                                                 const MLWebRTCConnectionIceCandidate *candidate) {
    ML_CHECK_INSTANCE();
    ML_CHECK_PARAM(candidate != NULL && candidate->candidate != NULL);
    ML_CHECK_HANDLE(connection_handle, ML_KIND_CONNECTION);
    ML_CHECK_PARAM(optional_text_fits(candidate->candidate, ML_CANDIDATE_BYTES_MOST));
    ML_CHECK_PARAM(optional_text_fits(candidate->sdp_mid, ML_CANDIDATE_BYTES_MOST));
    return ml_request_call(ML_OP_ADD_REMOTE_CANDIDATE, connection_handle, candidate);
}

static MLResult add_track(MLHandle connection_handle, MLHandle source_handle, const char *track_id,
                          uint32_t stream_count, const char *const *streams) {
    ML_CHECK_PARAM(stream_count == 0 || streams != NULL);
    ML_CHECK_PARAM(stream_count <= ML_STREAMS_MOST);
    ML_CHECK_PARAM(optional_text_fits(track_id, ML_TRACK_ID_BYTES_MOST));
    for (uint32_t at = 0; at < stream_count; at++) {
        ML_CHECK_PARAM(streams[at] != NULL && optional_text_fits(streams[at], ML_STREAM_ID_BYTES_MOST));
    }
    ML_CHECK_HANDLE(connection_handle, ML_KIND_CONNECTION);
    ml_in_track in = {.source = source_handle, .track_id = track_id, .stream_count = stream_count, .streams = streams};
    if (!ml_source_type(source_handle, &in.type) || !ml_source_note_added(source_handle)) {
        return MLResult_WebRTCMismatchingHandle;
    }
    MLResult result = ml_request_call(ML_OP_TRACK_ADD, connection_handle, &in);
    if (result == MLResult_Ok && !ml_source_is_local(source_handle)) {
        /* It was destroyed at this moment, and the engine may have been told before it knew the source. */
        ml_request_call(ML_OP_SOURCE_DESTROYED, source_handle, NULL);
    }
    return result;
}

MLResult MLWebRTCConnectionAddLocalSourceTrack(MLHandle connection_handle, MLHandle local_source_handle,
                                               uint32_t stream_count, const char *const *streams) {
    ML_CHECK_INSTANCE();
    return add_track(connection_handle, local_source_handle, NULL, stream_count, streams);
}

MLResult MLWebRTCConnectionAddLocalSourceTrackEx(MLHandle connection_handle, MLHandle local_source_handle,
                                                 const MLWebRTCTrackInfo *track_info) {
    ML_CHECK_INSTANCE();
    ML_CHECK_PARAM(track_info != NULL);
    return add_track(connection_handle, local_source_handle, track_info->track_id, track_info->stream_count,
                     track_info->streams);
}

MLResult MLWebRTCConnectionRemoveLocalSourceTrack(MLHandle connection_handle, MLHandle local_source_handle) {
    ML_CHECK_INSTANCE();
    ML_CHECK_HANDLE(connection_handle, ML_KIND_CONNECTION);
    if (!ml_source_is_local(local_source_handle)) {
        return MLResult_WebRTCMismatchingHandle;
    }
    ml_in_track in = {.source = local_source_handle};
    return ml_request_call(ML_OP_TRACK_REMOVE, connection_handle, &in);
}
