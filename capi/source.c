#include "callbacks/source.h"

#include "capi/check.h"
#include "internal/picture/import.h"

static MLResult create(int32_t type, const MLWebRTCAppDefinedSourceEventCallbacks *callbacks, const char *track_name,
                       MLHandle *source_handle) {
    uint64_t epoch = ml_handles_epoch();
    ML_CHECK_INSTANCE();
    ML_CHECK_PARAM(source_handle != NULL);
    ML_CHECK_PARAM(track_name == NULL || ml_text_size(track_name, ML_TRACK_ID_BYTES_MOST) <= ML_TRACK_ID_BYTES_MOST);
    return ml_source_new(epoch, type, callbacks, track_name, source_handle);
}

MLResult MLWebRTCSourceCreateAppDefinedVideoSource(const MLWebRTCAppDefinedSourceEventCallbacks *callbacks,
                                                   MLHandle *source_handle) {
    ML_PRESET(source_handle, ML_INVALID_HANDLE);
    return create(MLWebRTCSourceType_Video, callbacks, NULL, source_handle);
}

MLResult MLWebRTCSourceCreateAppDefinedAudioSource(const MLWebRTCAppDefinedSourceEventCallbacks *callbacks,
                                                   MLHandle *source_handle) {
    ML_PRESET(source_handle, ML_INVALID_HANDLE);
    return create(MLWebRTCSourceType_Audio, callbacks, NULL, source_handle);
}

MLResult MLWebRTCSourceCreateAppDefinedAudioSourceEx(const MLWebRTCAppDefinedSourceParams *source_params,
                                                     MLHandle *source_handle) {
    ML_PRESET(source_handle, ML_INVALID_HANDLE);
    ML_CHECK_INSTANCE();
    ML_CHECK_PARAM(source_params != NULL);
    return create(MLWebRTCSourceType_Audio, source_params->callbacks, source_params->track_name, source_handle);
}

static MLResult create_from_device(MLHandle *source_handle) {
    ML_CHECK_INSTANCE();
    ML_CHECK_PARAM(source_handle != NULL);
    return MLResult_NotImplemented;
}

MLResult MLWebRTCSourceCreateLocalSourceForMicrophone(MLHandle *source_handle) {
    ML_PRESET(source_handle, ML_INVALID_HANDLE);
    return create_from_device(source_handle);
}

MLResult MLWebRTCSourceCreateLocalSourceForMicrophoneEx(const char *track_name, MLHandle *source_handle) {
    (void)track_name;
    ML_PRESET(source_handle, ML_INVALID_HANDLE);
    return create_from_device(source_handle);
}

MLResult MLWebRTCSourceCreateLocalSourceForCamera(const MLCameraConnectContext *input_context,
                                                  MLHandle *source_handle) {
    ML_PRESET(source_handle, ML_INVALID_HANDLE);
    ML_CHECK_INSTANCE();
    ML_CHECK_PARAM(input_context != NULL);
    return create_from_device(source_handle);
}

MLResult MLWebRTCSourceDestroy(MLHandle source_handle) {
    ML_CHECK_INSTANCE();
    return ml_source_destroy(source_handle, false, ML_HERE, ml_destroy_deadline());
}

MLResult MLWebRTCSourceGetType(MLHandle source_handle, int32_t *source_type) {
    ML_CHECK_INSTANCE();
    ML_CHECK_PARAM(source_type != NULL);
    return ml_source_type(source_handle, source_type) ? MLResult_Ok : MLResult_WebRTCMismatchingHandle;
}

MLResult MLWebRTCSourceIsEnabled(MLHandle source_handle, MLWebRTCBool *enabled) {
    return ml_read_flag(source_handle, ML_KIND_SOURCE, ML_FLAG_ENABLED, enabled);
}

MLResult MLWebRTCSourceSetEnabled(MLHandle source_handle, MLWebRTCBool enabled) {
    ML_CHECK_INSTANCE();
    return ml_source_set_enabled(source_handle, enabled != 0, ML_HERE);
}

MLResult MLWebRTCSourceGetTrackId(MLHandle source_handle, char **track_id_ptr) {
    ML_PRESET(track_id_ptr, NULL);
    ML_CHECK_INSTANCE();
    ML_CHECK_PARAM(track_id_ptr != NULL);
    return ml_source_lend_track_id(source_handle, track_id_ptr);
}

MLResult MLWebRTCSourceReleaseTrackId(MLHandle source_handle, const char *track_id) {
    ML_CHECK_INSTANCE();
    return ml_source_return_track_id(source_handle, track_id);
}

MLResult MLWebRTCSourceAppDefinedVideoSourcePushFrame(MLHandle source_handle, const MLWebRTCFrame *frame_native) {
    ML_CHECK_INSTANCE();
    ML_CHECK_PARAM(frame_native != NULL && frame_native->frame_data != NULL);
    if (!ml_source_is(source_handle, MLWebRTCSourceType_Video) || !ml_source_is_local(source_handle)) {
        return MLResult_WebRTCMismatchingHandle;
    }
    ml_picture *picture;
    MLResult result = ml_picture_import(frame_native, &picture);
    return result == MLResult_Ok ? ml_source_push(source_handle, picture) : result;
}

MLResult MLWebRTCSourceAppDefinedAudioSourcePushData(MLHandle source_handle, const MLAudioBuffer *audio_buffer,
                                                     const MLAudioBufferFormat *audio_buffer_format) {
    ML_CHECK_INSTANCE();
    ML_CHECK_PARAM(audio_buffer != NULL && audio_buffer_format != NULL);
    return ml_source_push_sound(source_handle, audio_buffer, audio_buffer_format);
}
