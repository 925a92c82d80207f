#include "callbacks/audio_sink.h"

#include <math.h>

#include "capi/check.h"

static MLResult create(const MLWebRTCAudioSinkParams *params, MLHandle *sink_handle) {
    uint64_t epoch = ml_handles_epoch();
    ML_CHECK_INSTANCE();
    ML_CHECK_PARAM(sink_handle != NULL);
    return ml_audio_sink_new(epoch, params, sink_handle);
}

MLResult MLWebRTCAudioSinkCreate(MLHandle *sink_handle) {
    ML_PRESET(sink_handle, ML_INVALID_HANDLE);
    return create(NULL, sink_handle);
}

MLResult MLWebRTCAudioSinkCreateEx(const MLWebRTCAudioSinkParams *sink_params, MLHandle *sink_handle) {
    ML_PRESET(sink_handle, ML_INVALID_HANDLE);
    ML_CHECK_INSTANCE();
    ML_CHECK_PARAM(sink_params != NULL && sink_params->mode <= MLWebRTCBufferNotifyMode_NotifyOnly);
    return create(sink_params, sink_handle);
}

MLResult MLWebRTCAudioSinkDestroy(MLHandle sink_handle) {
    ML_CHECK_INSTANCE();
    return ml_audio_sink_destroy(sink_handle, ml_destroy_deadline()) ? MLResult_Ok : MLResult_WebRTCMismatchingHandle;
}

MLResult MLWebRTCAudioSinkSetSource(MLHandle sink_handle, MLHandle source_handle) {
    ML_CHECK_INSTANCE();
    return ml_audio_sink_set_source(sink_handle, source_handle);
}

MLResult MLWebRTCAudioSinkSetCacheSize(MLHandle sink_handle, uint32_t milliseconds_to_cache) {
    ML_CHECK_INSTANCE();
    return ml_audio_sink_set_cache(sink_handle, milliseconds_to_cache) ? MLResult_Ok : MLResult_WebRTCMismatchingHandle;
}

/* The settings of a sink's sound: checked, and then nothing plays it yet. */
static MLResult set(MLHandle sink_handle, bool valid) {
    ML_CHECK_HANDLE(sink_handle, ML_KIND_AUDIO_SINK);
    ML_CHECK_PARAM(valid);
    return MLResult_NotImplemented;
}

static bool is_gain(float value) { return isfinite(value) && value >= 0; }

static bool is_channel(int32_t channel) { return channel >= -1 && channel < 8; }

MLResult MLWebRTCAudioSinkSetSoundVolume(MLHandle sink_handle, float volume) {
    ML_CHECK_INSTANCE();
    return set(sink_handle, volume >= 0 && volume <= 8);
}

static bool is_position(const MLVec3f *at) { return isfinite(at->x) && isfinite(at->y) && isfinite(at->z); }

MLResult MLWebRTCAudioSinkSetPosition(MLHandle sink_handle, const MLVec3f *position) {
    ML_CHECK_INSTANCE();
    ML_CHECK_PARAM(position != NULL);
    return set(sink_handle, is_position(position));
}

MLResult MLWebRTCAudioSinkSetPositionEx(MLHandle sink_handle, const MLWebRTCAudioSinkPosition *position) {
    ML_CHECK_INSTANCE();
    ML_CHECK_PARAM(position != NULL && position->position_ptr != NULL);
    return set(sink_handle, is_channel(position->channel) && is_position(position->position_ptr));
}

MLResult MLWebRTCAudioSinkResetPosition(MLHandle sink_handle) {
    ML_CHECK_INSTANCE();
    return set(sink_handle, true);
}

MLResult MLWebRTCAudioSinkSetSoundOrientation(MLHandle sink_handle, const MLWebRTCAudioSinkOrientation *orientation) {
    ML_CHECK_INSTANCE();
    ML_CHECK_PARAM(orientation != NULL && orientation->orientation_ptr != NULL);
    const MLQuaternionf *turn = orientation->orientation_ptr;
    bool finite = isfinite(turn->x) && isfinite(turn->y) && isfinite(turn->z) && isfinite(turn->w);
    return set(sink_handle, is_channel(orientation->channel) && finite);
}

static MLResult set_levels(MLHandle sink_handle, const MLWebRTCAudioSinkSoundLevels *sound_levels) {
    ML_CHECK_INSTANCE();
    ML_CHECK_PARAM(sound_levels != NULL && sound_levels->send_levels_ptr != NULL);
    const MLAudioSpatialSoundSendLevels *levels = sound_levels->send_levels_ptr;
    bool gains =
        is_gain(levels->gain) && is_gain(levels->gain_lf) && is_gain(levels->gain_mf) && is_gain(levels->gain_hf);
    return set(sink_handle, is_channel(sound_levels->channel) && gains);
}

MLResult MLWebRTCAudioSinkSetDirectSoundLevels(MLHandle sink_handle, const MLWebRTCAudioSinkSoundLevels *sound_levels) {
    return set_levels(sink_handle, sound_levels);
}

MLResult MLWebRTCAudioSinkSetRoomSoundLevels(MLHandle sink_handle, const MLWebRTCAudioSinkSoundLevels *sound_levels) {
    return set_levels(sink_handle, sound_levels);
}

MLResult MLWebRTCAudioSinkSetSoundDistanceProperties(MLHandle sink_handle,
                                                     const MLWebRTCAudioSinkSoundDistance *sound_distance) {
    ML_CHECK_INSTANCE();
    ML_CHECK_PARAM(sound_distance != NULL && sound_distance->distance_properties_ptr != NULL);
    const MLAudioSpatialSoundDistanceProperties *distance = sound_distance->distance_properties_ptr;
    bool valid = is_gain(distance->min_distance) && is_gain(distance->max_distance) &&
                 is_gain(distance->rolloff_factor) && distance->min_distance <= distance->max_distance;
    return set(sink_handle, is_channel(sound_distance->channel) && valid);
}

MLResult MLWebRTCAudioSinkSetSoundRadiationProperties(MLHandle sink_handle,
                                                      const MLWebRTCAudioSinkSoundRadiation *sound_radiation) {
    ML_CHECK_INSTANCE();
    ML_CHECK_PARAM(sound_radiation != NULL && sound_radiation->radiation_properties_ptr != NULL);
    const MLAudioSpatialSoundRadiationProperties *radiation = sound_radiation->radiation_properties_ptr;
    bool valid = isfinite(radiation->inner_angle) && isfinite(radiation->outer_angle) &&
                 is_gain(radiation->outer_gain) && is_gain(radiation->outer_gain_lf) &&
                 is_gain(radiation->outer_gain_mf) && is_gain(radiation->outer_gain_hf);
    return set(sink_handle, is_channel(sound_radiation->channel) && valid);
}
