/* SPDX-License-Identifier: MIT */

/**
 * @file data_channel.h
 * Data channels: reliable, ordered messages between the two peers of a connection.
 *
 * W3C WebRTC, "RTCDataChannel"; RFC 8831 (data channels), RFC 8832 (establishment protocol). The callbacks of a
 * channel are invoked only from inside MLWebRTCConnectionProcessEvents of its connection, on the thread that called
 * it.
 */
#ifndef ML_WEBRTC_DATA_CHANNEL_H
#define ML_WEBRTC_DATA_CHANNEL_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A message, in either direction. */
typedef struct MLWebRTCDataChannelMessage {
    uint32_t version;       /**< 1 */
    const void *data;       /**< the bytes, not NUL-terminated; in OnMessage never NULL, even if data_size is 0 */
    uint64_t data_size;     /**< in bytes, for text too */
    MLWebRTCBool is_binary; /**< 0: data is UTF-8 text */
} MLWebRTCDataChannelMessage;

/**
 * The channel is open: messages can be sent. Invoked once, before the first OnMessage.
 *
 * @param context MLWebRTCDataChannelEventCallbacks.context
 */
typedef void (*MLWebRTCOnOpened)(void *context);

/**
 * The channel is closed, by the peer or with the connection. Invoked once, after the last OnMessage; not invoked after
 * MLWebRTCDataChannelDestroy or MLWebRTCConnectionDestroy.
 *
 * @param context MLWebRTCDataChannelEventCallbacks.context
 */
typedef void (*MLWebRTCOnClosed)(void *context);

/**
 * A message of the peer arrived, whole and in order.
 *
 * @param message the message; it and its data are valid until the callback returns
 * @param context MLWebRTCDataChannelEventCallbacks.context
 */
typedef void (*MLWebRTCOnMessage)(const MLWebRTCDataChannelMessage *message, void *context);

/** What to invoke for the events of a channel. */
typedef struct MLWebRTCDataChannelEventCallbacks {
    uint32_t version;             /**< 1 */
    void *context;                /**< handed to each callback */
    MLWebRTCOnOpened on_open;     /**< may be NULL */
    MLWebRTCOnClosed on_closed;   /**< may be NULL */
    MLWebRTCOnMessage on_message; /**< may be NULL */
} MLWebRTCDataChannelEventCallbacks;

/**
 * Creates a reliable, ordered channel. Possible before the first offer and at any time later, without a new
 * negotiation: every first offer carries the data section. It opens when the connection is up.
 *
 * W3C WebRTC, createDataChannel(); RFC 8832 section 5.1 (the label's length has 16 bits, but not every
 * implementation reads that much).
 *
 * Thread: any.
 *
 * @param connection_handle   the connection
 * @param label               the name that the peer sees, at most 8,000 bytes; NULL means the empty label; invalid
 *                            UTF-8 in it is repaired with U+FFFD; copied
 * @param data_channel_handle out: the channel, to be destroyed with MLWebRTCDataChannelDestroy; the connection's
 *                            Destroy destroys it too
 * @retval MLResult_Ok                       the channel is there and is connecting
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_InvalidParam             data_channel_handle is NULL or label is too long
 * @retval MLResult_WebRTCMismatchingHandle  no such connection
 * @retval MLResult_AllocFailed              no memory, or too many operations are pending
 * @retval MLResult_UnspecifiedFailure       the channel could not be made; a debug message says why
 */
ML_WEBRTC_API MLResult MLWebRTCDataChannelCreate(MLHandle connection_handle, const char *label,
                                                 MLHandle *data_channel_handle);

/**
 * Closes a channel and ends its handle, also if the peer has closed it already, also if the peer made it. Messages
 * that MLWebRTCDataChannelSendMessage accepted are still sent. No callback of the channel is invoked for it or after
 * it.
 *
 * RFC 8831 section 6.7 (closing).
 *
 * Thread: any, also a callback of this very channel. May wait for one that is running on another thread.
 *
 * @param connection_handle   the connection of the channel
 * @param data_channel_handle the channel
 * @retval MLResult_Ok                       the channel is gone
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_WebRTCMismatchingHandle  no such connection, no such channel, or they do not belong together;
 *                                           nothing is destroyed
 */
ML_WEBRTC_API MLResult MLWebRTCDataChannelDestroy(MLHandle connection_handle, MLHandle data_channel_handle);

/**
 * Sets, or replaces, the callbacks of a channel. Until it is called for the first time all events of the channel wait,
 * in order, and nothing is lost: while they wait, the protocol's flow control slows the peer down. They are delivered
 * by a later step of MLWebRTCConnectionProcessEvents, never from inside this call.
 *
 * Thread: any.
 *
 * @param data_channel_handle the channel
 * @param callbacks           copied during the call
 * @retval MLResult_Ok                       the callbacks are in force
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_InvalidParam             callbacks is NULL
 * @retval MLResult_WebRTCMismatchingHandle  no such channel
 */
ML_WEBRTC_API MLResult MLWebRTCDataChannelSetEventCallbacks(MLHandle data_channel_handle,
                                                            const MLWebRTCDataChannelEventCallbacks *callbacks);

/**
 * Says whether the channel is open at this moment. W3C WebRTC, RTCDataChannel.readyState.
 *
 * Thread: any.
 *
 * @param data_channel_handle the channel
 * @param is_open             out: 1 if it is open, else 0; written on failure too
 * @retval MLResult_Ok                       is_open is the answer
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_InvalidParam             is_open is NULL
 * @retval MLResult_WebRTCMismatchingHandle  no such channel
 */
ML_WEBRTC_API MLResult MLWebRTCDataChannelIsOpen(MLHandle data_channel_handle, MLWebRTCBool *is_open);

/**
 * Lends the label of a channel. All calls for one channel lend the same string, and each that succeeded must be
 * matched by one MLWebRTCDataChannelReleaseLabelMemory. A string that is still lent when the channel is destroyed
 * stays readable until the instance ends.
 *
 * Thread: any.
 *
 * @param data_channel_handle the channel
 * @param label               out: NUL-terminated UTF-8, memory of the library that must not be written to
 * @retval MLResult_Ok                       label is lent
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_InvalidParam             label is NULL
 * @retval MLResult_WebRTCMismatchingHandle  no such channel
 */
ML_WEBRTC_API MLResult MLWebRTCDataChannelGetLabel(MLHandle data_channel_handle, char **label);

/**
 * Gives back a label that MLWebRTCDataChannelGetLabel lent.
 *
 * Thread: any.
 *
 * @param data_channel_handle the channel
 * @param label               the pointer that was lent; NULL is harmless
 * @retval MLResult_Ok                       given back, or label is NULL
 * @retval MLResult_WebRTCInstanceNotCreated there is no instance
 * @retval MLResult_InvalidParam             label is not lent by this channel; nothing is freed
 * @retval MLResult_WebRTCMismatchingHandle  no such channel
 */
ML_WEBRTC_API MLResult MLWebRTCDataChannelReleaseLabelMemory(MLHandle data_channel_handle, const char *label);

/**
 * Sends a message. Messages keep their boundaries and their order. What was accepted is sent, also when the channel or
 * the connection is destroyed right afterwards (then within a bounded time).
 *
 * Text must be UTF-8. A last character that data_size cuts off is dropped whole. data_size 0 is a valid, empty
 * message.
 *
 * The send buffer of a channel holds 2 MiB; a single message larger than that is taken when the buffer is empty. How
 * large a message may be is the peer's max-message-size, at most 16 MiB; this library announces at least 1 MiB.
 *
 * W3C WebRTC, RTCDataChannel.send(); RFC 8831 section 6.6 (user data); RFC 8841 section 6 (max-message-size).
 *
 * Thread: any.
 *
 * @param data_channel_handle the channel
 * @param message             the message; it and its data are copied during the call
 * @retval MLResult_Ok                        the message is accepted
 * @retval MLResult_Pending                   the send buffer is full; nothing is taken, try again later
 * @retval MLResult_WebRTCInstanceNotCreated  there is no instance
 * @retval MLResult_InvalidParam              message is NULL; data is NULL though data_size is not 0; the message is
 *                                            larger than the peer's max-message-size or than 16 MiB; text is not UTF-8
 * @retval MLResult_WebRTCMismatchingHandle   no such channel
 * @retval MLResult_WebRTCDataChannelIsClosed the channel is not open yet, or closed
 * @retval MLResult_AllocFailed               no memory; nothing is taken
 */
ML_WEBRTC_API MLResult MLWebRTCDataChannelSendMessage(MLHandle data_channel_handle,
                                                      const MLWebRTCDataChannelMessage *message);

#ifdef __cplusplus
}
#endif

#endif
