#include "callbacks/channel.h"
#include "capi/check.h"
#include "capi/engine.h"
#include "handles/utf8.h"

MLResult MLWebRTCDataChannelCreate(MLHandle connection_handle, const char *label, MLHandle *data_channel_handle) {
    ML_PRESET(data_channel_handle, ML_INVALID_HANDLE);
    ML_CHECK_INSTANCE();
    ML_CHECK_PARAM(data_channel_handle != NULL);
    ML_CHECK_HANDLE(connection_handle, ML_KIND_CONNECTION);
    if (label == NULL) {
        label = "";
    }
    size_t size = ml_text_size(label, ML_LABEL_BYTES_MOST);
    ML_CHECK_PARAM(size <= ML_LABEL_BYTES_MOST);
    MLResult result;
    uint64_t handle;
    ml_channel *channel = ml_channel_new(connection_handle, label, size, false, &handle, &result);
    if (channel == NULL) {
        return result;
    }
    ml_in_channel in = {channel, handle, label, size};
    result = ml_request_call(ML_OP_CHANNEL_CREATE, connection_handle, &in);
    if (result != MLResult_Ok) {
        ml_channel_destroy(connection_handle, handle, ML_HERE, ml_destroy_deadline());
        ml_channel_engine_done(channel);
        return result;
    }
    *data_channel_handle = handle;
    return MLResult_Ok;
}

MLResult MLWebRTCDataChannelDestroy(MLHandle connection_handle, MLHandle data_channel_handle) {
    ML_CHECK_INSTANCE();
    MLResult result = ml_channel_destroy(connection_handle, data_channel_handle, ML_HERE, ml_destroy_deadline());
    if (result == MLResult_Ok) {
        ml_request_call(ML_OP_CHANNEL_DESTROY, data_channel_handle, NULL);
    }
    return result;
}

MLResult MLWebRTCDataChannelSetEventCallbacks(MLHandle data_channel_handle,
                                              const MLWebRTCDataChannelEventCallbacks *callbacks) {
    ML_CHECK_INSTANCE();
    ML_CHECK_PARAM(callbacks != NULL);
    return ml_channel_set_callbacks(data_channel_handle, callbacks);
}

MLResult MLWebRTCDataChannelIsOpen(MLHandle data_channel_handle, MLWebRTCBool *is_open) {
    return ml_read_flag(data_channel_handle, ML_KIND_DATA_CHANNEL, ML_FLAG_OPEN, is_open);
}

MLResult MLWebRTCDataChannelGetLabel(MLHandle data_channel_handle, char **label) {
    ML_PRESET(label, NULL);
    ML_CHECK_INSTANCE();
    ML_CHECK_PARAM(label != NULL);
    ml_channel *channel = ml_channel_lock(data_channel_handle);
    if (channel == NULL) {
        return MLResult_WebRTCMismatchingHandle;
    }
    *label = ml_text_lend(channel->label);
    ml_channel_unlock(channel);
    return MLResult_Ok;
}

MLResult MLWebRTCDataChannelReleaseLabelMemory(MLHandle data_channel_handle, const char *label) {
    ML_CHECK_INSTANCE();
    ml_channel *channel = ml_channel_lock(data_channel_handle);
    if (channel == NULL) {
        return MLResult_WebRTCMismatchingHandle;
    }
    bool fine = label == NULL || ml_text_return(channel->label, label);
    ml_channel_unlock(channel);
    return fine ? MLResult_Ok : MLResult_InvalidParam;
}

MLResult MLWebRTCDataChannelSendMessage(MLHandle data_channel_handle, const MLWebRTCDataChannelMessage *message) {
    ML_CHECK_INSTANCE();
    ML_CHECK_PARAM(message != NULL && (message->data != NULL || message->data_size == 0));
    ml_channel *channel = ml_handle_find(data_channel_handle, ML_KIND_DATA_CHANNEL);
    if (channel == NULL) {
        return MLResult_WebRTCMismatchingHandle;
    }
    uint32_t flags;
    if (!ml_handle_flags(data_channel_handle, ML_KIND_DATA_CHANNEL, &flags)) {
        return MLResult_WebRTCMismatchingHandle;
    }
    if ((flags & ML_FLAG_OPEN) == 0) {
        return MLResult_WebRTCDataChannelIsClosed;
    }
    ML_CHECK_PARAM(message->data_size <= ML_MESSAGE_BYTES_MOST);
    uint64_t size = message->data_size;
    if (message->is_binary == 0) {
        /* The C# passes a count of UTF-16 units, so the text may end inside a character. */
        size_t valid = ml_utf8_valid_prefix(message->data, (size_t)size);
        const char *rest = (const char *)message->data + valid;
        ML_CHECK_PARAM(valid == size || ml_utf8_is_cut_character(rest, (size_t)size - valid));
        size = valid;
    }
    return ml_outbox_put(&channel->outbox, data_channel_handle, message->data, size, message->is_binary != 0);
}
