/* SPDX-License-Identifier: MIT */

/**
 * @file connection.h
 * Connections between two peers: negotiation, candidates, tracks, and the one place where callbacks are invoked.
 *
 * W3C WebRTC, "RTCPeerConnection"; RFC 9429 (JSEP). All callbacks of a connection, of its data channels and of its
 * tracks are invoked only from inside MLWebRTCConnectionProcessEvents(connection), on the thread that called it, in
 * the order in which things happened.
 *
 * The signalling calls (CreateOffer, SetRemoteOffer, SetRemoteAnswer, AddRemoteIceCandidate and the calls that change
 * tracks) are queued and take effect one after the other, in the order of the calls. A connection holds at most 1,024
 * pending operations and 1,024 remote candidates that wait for a remote description; beyond that a call gives
 * MLResult_AllocFailed and takes nothing.
 */
#ifndef ML_WEBRTC_CONNECTION_H
#define ML_WEBRTC_CONNECTION_H

#include "source.h"
#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The protocol of a proxy: MLWebRTCConnectionProxyConfig.type. */
typedef enum MLWebRTCProxyType {
    MLWebRTCProxyType_Https = 0, /**< HTTP CONNECT, RFC 9110 section 9.3.6 */
    MLWebRTCProxyType_Socks5 = 1 /**< RFC 1928, user name and password by RFC 1929 */
} MLWebRTCProxyType;

/** A STUN or TURN server. W3C WebRTC, RTCIceServer. Each text is at most 4 KiB. */
typedef struct MLWebRTCConnectionIceServer {
    uint32_t version; /**< 1 */
    const char *uri;  /**< stun:, stuns: (RFC 7064), turn:, turns: with ?transport= (RFC 7065), or a comma-separated
                           list of these */
    const char *user_name; /**< for TURN; may be NULL */
    const char *password;  /**< for TURN; may be NULL */
} MLWebRTCConnectionIceServer;

/**
 * The proxy that carries TCP and TLS traffic to TURN servers. One of host_address, auto_detect and auto_config_url is
 * due. Each text is at most 4 KiB, the bypass list at most 64 KiB.
 */
typedef struct MLWebRTCConnectionProxyConfig {
    int32_t type;                /**< an MLWebRTCProxyType */
    const char *host_address;    /**< name or address of the proxy; may be NULL */
    int32_t host_port;           /**< its TCP port */
    const char *username;        /**< may be NULL */
    const char *password;        /**< may be NULL */
    MLWebRTCBool auto_detect;    /**< find the proxy by the system's settings and WPAD */
    const char *auto_config_url; /**< where a PAC file lies; may be NULL */
    const char *bypass_list;     /**< hosts, wildcards, CIDR, "<local>", separated by "," or ";", that are reached
                                      without the proxy; may be NULL */
} MLWebRTCConnectionProxyConfig;

/** How to make a connection. W3C WebRTC, RTCConfiguration. */
typedef struct MLWebRTCConnectionConfig {
    uint32_t version;                                  /**< 1 */
    const MLWebRTCConnectionIceServer *ice_servers;    /**< num_ice_servers of them; may be NULL if there are none */
    uint32_t num_ice_servers;                          /**< 0 to 64 */
    const MLWebRTCConnectionProxyConfig *proxy_config; /**< NULL: no proxy */
} MLWebRTCConnectionConfig;

/** A candidate for the path between the peers. W3C WebRTC, RTCIceCandidate. */
typedef struct MLWebRTCConnectionIceCandidate {
    uint32_t version;        /**< 1 */
    const char *candidate;   /**< the candidate line, RFC 8839 section 5.1; empty means end of candidates */
    const char *sdp_mid;     /**< the media section by its mid; NULL or empty: sdp_mline_index counts */
    int32_t sdp_mline_index; /**< the media section by its number from 0 */
} MLWebRTCConnectionIceCandidate;

/**
 * The streams and the id of a track that is added. Each id is UTF-8 of at most 1 KiB. As SDP has no way to write them,
 * spaces and control characters reach the peer as "_"; what is not UTF-8 becomes U+FFFD.
 */
typedef struct MLWebRTCTrackInfo {
    uint32_t version;           /**< 1 */
    uint32_t stream_count;      /**< how many streams, 0 to 64 */
    const char *const *streams; /**< their ids; may be NULL if there are none; copied */
    const char *track_id;       /**< NULL or empty: the source's own; copied */
} MLWebRTCTrackInfo;

/**
 * A signalling operation that had been accepted failed, or a TURN server or proxy is of no use until somebody changes
 * something. The connection stays usable.
 *
 * @param message what failed, readable, UTF-8
 * @param context MLWebRTCConnectionEventCallbacks.context
 */
typedef void (*MLWebRTCOnError)(const char *message, void *context);

/**
 * ICE and DTLS are up. Invoked once per transition.
 *
 * @param context MLWebRTCConnectionEventCallbacks.context
 */
typedef void (*MLWebRTCOnConnected)(void *context);

/**
 * The connection is lost, failed or closed by the peer; a peer that went away without a word is noticed too (RFC
 * 7675), after about 5 s. A connection that is lost looks for another path by itself, for 45 s in all: see
 * MLWebRTCOnLocalOfferCreated. Not invoked after MLWebRTCConnectionDestroy.
 *
 * @param context MLWebRTCConnectionEventCallbacks.context
 */
typedef void (*MLWebRTCOnDisconnected)(void *context);

/**
 * The peer sends a track: a remote description that carries it was applied. The first packet may come much later.
 *
 * @param source         the new remote source, owned by the connection; the struct is valid until the callback returns
 * @param num_stream_ids how many streams the track belongs to; may be 0
 * @param stream_ids     their ids (a=msid, RFC 8830), UTF-8, valid until the callback returns
 * @param context        MLWebRTCConnectionEventCallbacks.context
 */
typedef void (*MLWebRTCOnTrackAdded)(const MLWebRTCSource *source, uint32_t num_stream_ids,
                                     const char *const *stream_ids, void *context);

/**
 * A later remote description took a track away that MLWebRTCOnTrackAdded announced. Invoked once per track.
 *
 * @param remote_source_handle the source; the handle is valid until the callback returns
 * @param context              MLWebRTCConnectionEventCallbacks.context
 */
typedef void (*MLWebRTCOnTrackRemoved)(MLHandle remote_source_handle, void *context);

/**
 * The peer made a data channel. MLWebRTCDataChannelSetEventCallbacks may be called inside this callback or any time
 * later: all events of the channel wait for it, in order.
 *
 * @param remote_data_channel_handle the channel; to be destroyed with MLWebRTCDataChannelDestroy, and the connection's
 *                                   Destroy destroys it too
 * @param context                    MLWebRTCConnectionEventCallbacks.context
 */
typedef void (*MLWebRTCOnDataChannelReceived)(MLHandle remote_data_channel_handle, void *context);

/**
 * The offer of MLWebRTCConnectionCreateOffer is made and applied as the local description: send it to the peer.
 *
 * It comes without that call, too: when the connection is lost, or this machine has joined another network, offers are
 * made that lead it back (ICE restart); and an offer that had to yield to one of the peer's is made again. Send each,
 * and the candidates that follow, as long as the connection lives; an answer to each is expected but not needed.
 * Without them the connection can only wait for its old path to come back.
 *
 * @param offer   SDP, valid until the callback returns
 * @param context MLWebRTCConnectionEventCallbacks.context
 */
typedef void (*MLWebRTCOnLocalOfferCreated)(const char *offer, void *context);

/**
 * The answer to MLWebRTCConnectionSetRemoteOffer is made and applied as the local description: send it to the peer.
 *
 * @param answer  SDP, valid until the callback returns
 * @param context MLWebRTCConnectionEventCallbacks.context
 */
typedef void (*MLWebRTCOnLocalAnswerCreated)(const char *answer, void *context);

/**
 * A local candidate was found: send it to the peer (trickle ICE, RFC 8838). Invoked after the offer or answer.
 *
 * @param ice_candidate the candidate; it and its strings are valid until the callback returns
 * @param context       MLWebRTCConnectionEventCallbacks.context
 */
typedef void (*MLWebRTCOnLocalIceCandidateFound)(const MLWebRTCConnectionIceCandidate *ice_candidate, void *context);

/**
 * All local candidates of this gathering were announced. Invoked once per gathering.
 *
 * @param context MLWebRTCConnectionEventCallbacks.context
 */
typedef void (*MLWebRTCOnIceGatheringCompleted)(void *context);

/** What to invoke for the events of a connection. Each may be NULL. */
typedef struct MLWebRTCConnectionEventCallbacks {
    uint32_t version; /**< 1 */
    void *context;    /**< handed to each callback */
    MLWebRTCOnError on_error;
    MLWebRTCOnConnected on_connected;
    MLWebRTCOnDisconnected on_disconnected;
    MLWebRTCOnTrackAdded on_track_added;
    MLWebRTCOnTrackRemoved on_track_removed;
    MLWebRTCOnDataChannelReceived on_data_channel_received;
    MLWebRTCOnLocalOfferCreated on_local_offer_created;
    MLWebRTCOnLocalAnswerCreated on_local_answer_created;
    MLWebRTCOnLocalIceCandidateFound on_local_ice_candidate_found;
    MLWebRTCOnIceGatheringCompleted on_ice_gathering_completed;
} MLWebRTCConnectionEventCallbacks;

/**
 * Creates a connection.
 *
 * W3C WebRTC, RTCPeerConnection constructor.
 *
 * Thread: any. The callbacks are invoked from inside MLWebRTCConnectionProcessEvents only.
 *
 * @param config            ICE servers and proxy; copied during the call
 * @param callbacks         copied during the call
 * @param connection_handle out: the connection, to be destroyed with MLWebRTCConnectionDestroy
 * @retval MLResult_Ok                       the connection is there
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_InvalidParam             a pointer is NULL, or ice_servers is though num_ice_servers is not 0;
 *                                           there are more than 64 ICE servers; a uri is NULL or malformed; a text is
 *                                           too long; the proxy config contradicts itself (no host, no auto-detection,
 *                                           no URL)
 * @retval MLResult_AllocFailed              no memory
 * @retval MLResult_UnspecifiedFailure       the connection could not be made; a debug message says why
 */
ML_WEBRTC_API MLResult MLWebRTCConnectionCreate(const MLWebRTCConnectionConfig *config,
                                                const MLWebRTCConnectionEventCallbacks *callbacks,
                                                MLHandle *connection_handle);

/**
 * Closes and destroys a connection, with its remote sources and all its data channels, whose handles are stale then.
 * Local sources stay alive. The peer learns of it at once; messages that MLWebRTCDataChannelSendMessage accepted are
 * still sent, within a bounded time and without blocking the caller. No callback is invoked for it or after it.
 *
 * W3C WebRTC, RTCPeerConnection.close().
 *
 * Thread: any, also a callback of this very connection. May wait for one that is running on another thread.
 *
 * @param connection_handle the connection
 * @retval MLResult_Ok                       the connection is gone
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_WebRTCMismatchingHandle  no such connection
 */
ML_WEBRTC_API MLResult MLWebRTCConnectionDestroy(MLHandle connection_handle);

/**
 * Invokes the callbacks for everything that was queued when the call began (and for what arrives meanwhile, within a
 * bound), in order. It never waits.
 *
 * From inside one of its own callbacks, and on a second thread while another is delivering for the same connection, it
 * delivers nothing and returns MLResult_Ok. If a callback never returns (an exception left it), the events behind it
 * stay queued and come with the next call: at once on the same thread, on another thread after 2 s.
 *
 * Thread: any; the callbacks run on it.
 *
 * @param connection_handle the connection
 * @retval MLResult_Ok                       delivered, or nothing to deliver
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_WebRTCMismatchingHandle  no such connection
 */
ML_WEBRTC_API MLResult MLWebRTCConnectionProcessEvents(MLHandle connection_handle);

/**
 * Makes an offer and applies it as the local description; then OnLocalOfferCreated, OnLocalIceCandidateFound for each
 * candidate, and OnIceGatheringCompleted. The first offer always carries the data section.
 *
 * W3C WebRTC, createOffer() and setLocalDescription(); RFC 9429 section 5.2.
 *
 * Thread: any.
 *
 * @param connection_handle the connection
 * @retval MLResult_Ok                       accepted; what fails later comes as OnError
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_WebRTCMismatchingHandle  no such connection
 * @retval MLResult_AllocFailed              no memory, or 1,024 operations are pending; nothing is taken
 * @retval MLResult_UnspecifiedFailure       an internal error, which the library survived
 */
ML_WEBRTC_API MLResult MLWebRTCConnectionCreateOffer(MLHandle connection_handle);

/**
 * Applies the peer's offer, makes the answer and applies it as the local description; then OnLocalAnswerCreated,
 * OnLocalIceCandidateFound for each candidate, and OnIceGatheringCompleted.
 *
 * W3C WebRTC, setRemoteDescription(), createAnswer() and setLocalDescription(); RFC 9429 section 5.3.
 *
 * Thread: any.
 *
 * @param connection_handle the connection
 * @param offer             plain SDP, or the JSON form {"type":...,"sdp":...} of browsers; at most 1 MiB; copied
 * @retval MLResult_Ok                       accepted; what fails later comes as OnError
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_InvalidParam             offer is NULL, longer than 1 MiB or does not parse; nothing is changed
 * @retval MLResult_WebRTCMismatchingHandle  no such connection
 * @retval MLResult_AllocFailed              no memory, or 1,024 operations are pending; nothing is taken
 * @retval MLResult_UnspecifiedFailure       an internal error, which the library survived
 */
ML_WEBRTC_API MLResult MLWebRTCConnectionSetRemoteOffer(MLHandle connection_handle, const char *offer);

/**
 * Applies the peer's answer to the offer of MLWebRTCConnectionCreateOffer.
 *
 * W3C WebRTC, setRemoteDescription(); RFC 9429 section 5.11.
 *
 * Thread: any.
 *
 * @param connection_handle the connection
 * @param answer            plain SDP, or the JSON form {"type":...,"sdp":...} of browsers; at most 1 MiB; copied
 * @retval MLResult_Ok                       accepted; what fails later comes as OnError
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_InvalidParam             answer is NULL, longer than 1 MiB or does not parse; nothing is changed
 * @retval MLResult_WebRTCMismatchingHandle  no such connection
 * @retval MLResult_IllegalState             no answer is expected; nothing is changed
 * @retval MLResult_AllocFailed              no memory, or 1,024 operations are pending; nothing is taken
 * @retval MLResult_UnspecifiedFailure       an internal error, which the library survived
 */
ML_WEBRTC_API MLResult MLWebRTCConnectionSetRemoteAnswer(MLHandle connection_handle, const char *answer);

/**
 * Adds a candidate of the peer (trickle ICE, RFC 8838). One that comes before the remote description is kept and
 * applied with it. Duplicates are harmless. An empty candidate string means end of candidates.
 *
 * W3C WebRTC, addIceCandidate().
 *
 * Thread: any.
 *
 * @param connection_handle the connection
 * @param candidate         the candidate, its line at most 4 KiB; copied
 * @retval MLResult_Ok                       accepted
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_InvalidParam             candidate is NULL; its line is NULL or malformed; its line or sdp_mid is
 *                                           longer than 4 KiB; sdp_mid is NULL or empty and sdp_mline_index is
 *                                           negative; nothing is changed
 * @retval MLResult_WebRTCMismatchingHandle  no such connection
 * @retval MLResult_AllocFailed              no memory, 1,024 operations are pending, or 1,024 candidates wait for the
 *                                           remote description; nothing is taken
 * @retval MLResult_UnspecifiedFailure       an internal error, which the library survived
 */
ML_WEBRTC_API MLResult MLWebRTCConnectionAddRemoteIceCandidate(MLHandle connection_handle,
                                                               const MLWebRTCConnectionIceCandidate *candidate);

/**
 * Says whether ICE and DTLS are up at the moment of the call. W3C WebRTC, RTCPeerConnection.connectionState
 * "connected".
 *
 * Thread: any.
 *
 * @param connection_handle the connection
 * @param is_connected      out: 1 if connected, else 0; written on failure too
 * @retval MLResult_Ok                       is_connected is the answer
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_InvalidParam             is_connected is NULL
 * @retval MLResult_WebRTCMismatchingHandle  no such connection
 */
ML_WEBRTC_API MLResult MLWebRTCConnectionIsConnected(MLHandle connection_handle, MLWebRTCBool *is_connected);

/**
 * Says whether the connection has failed at the moment of the call. W3C WebRTC, RTCPeerConnection.connectionState
 * "failed". There was no path to the peer for 45 s, or for 15 s and no path was ever found, or DTLS did not come to an
 * agreement. A new offer may lead the connection back even then, unless it was DTLS.
 *
 * Thread: any.
 *
 * @param connection_handle the connection
 * @param has_failed        out: 1 if it has failed, else 0; written on failure of the call too
 * @retval MLResult_Ok                       has_failed is the answer
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_InvalidParam             has_failed is NULL
 * @retval MLResult_WebRTCMismatchingHandle  no such connection
 */
ML_WEBRTC_API MLResult MLWebRTCConnectionHasFailed(MLHandle connection_handle, MLWebRTCBool *has_failed);

/**
 * Adds a local source to a connection, under the track id of the source. The older form of
 * MLWebRTCConnectionAddLocalSourceTrackEx, where everything else is said.
 *
 * Thread: any.
 *
 * @param connection_handle   the connection
 * @param local_source_handle a local source
 * @param stream_count        how many streams, 0 to 64
 * @param streams             their ids, each at most 1 KiB; may be NULL if there are none; copied
 * @retval MLResult_Ok                       accepted; what fails later comes as OnError
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_InvalidParam             stream_count is above 64; streams or one of them is NULL, or longer than
 *                                           1 KiB; the source is on this connection already
 * @retval MLResult_WebRTCMismatchingHandle  no such connection or no such local source
 * @retval MLResult_AllocFailed              no memory; 1,024 operations are pending, or 64 sources are on this
 *                                           connection; nothing is taken
 * @retval MLResult_UnspecifiedFailure       an internal error, which the library survived
 */
ML_WEBRTC_API MLResult MLWebRTCConnectionAddLocalSourceTrack(MLHandle connection_handle, MLHandle local_source_handle,
                                                             uint32_t stream_count, const char *const *streams);

/**
 * Adds a local source to a connection: the peer gets it as a track with all its streams (a=msid, RFC 8830). One source
 * may be on several connections. If the connection is negotiated already, this takes effect with the next
 * MLWebRTCConnectionCreateOffer of the application.
 *
 * W3C WebRTC, addTrack().
 *
 * Thread: any.
 *
 * @param connection_handle   the connection
 * @param local_source_handle a local source
 * @param track_info          streams and track id; copied during the call
 * @retval MLResult_Ok                       accepted; what fails later comes as OnError
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_InvalidParam             track_info is NULL; stream_count is above 64; streams or one of them is
 *                                           NULL; an id is longer than 1 KiB; the source is on this connection already
 * @retval MLResult_WebRTCMismatchingHandle  no such connection or no such local source
 * @retval MLResult_AllocFailed              no memory; 1,024 operations are pending, or 64 sources are on this
 *                                           connection; nothing is taken
 * @retval MLResult_UnspecifiedFailure       an internal error, which the library survived
 */
ML_WEBRTC_API MLResult MLWebRTCConnectionAddLocalSourceTrackEx(MLHandle connection_handle, MLHandle local_source_handle,
                                                               const MLWebRTCTrackInfo *track_info);

/**
 * Takes a local source off a connection; the source stays alive. If the connection is negotiated already, this takes
 * effect with the next MLWebRTCConnectionCreateOffer of the application. No callback is invoked from inside the call.
 *
 * W3C WebRTC, removeTrack().
 *
 * Thread: any.
 *
 * @param connection_handle   the connection
 * @param local_source_handle a local source that is on it
 * @retval MLResult_Ok                       accepted
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_InvalidParam             the source is not on this connection
 * @retval MLResult_WebRTCMismatchingHandle  no such connection or no such local source
 * @retval MLResult_AllocFailed              no memory, or 1,024 operations are pending; nothing is taken
 * @retval MLResult_UnspecifiedFailure       an internal error, which the library survived
 */
ML_WEBRTC_API MLResult MLWebRTCConnectionRemoveLocalSourceTrack(MLHandle connection_handle,
                                                                MLHandle local_source_handle);

#ifdef __cplusplus
}
#endif

#endif
