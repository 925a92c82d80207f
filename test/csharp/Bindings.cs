// SPDX-License-Identifier: MIT
// All functions of the interface, bound as managed hosts bind them.
using System;
using System.Runtime.InteropServices;

static class Native
{
    const string Library = "libml_webrtc.so";

    // Instance
    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern IntPtr MLWebRTCGetResultString(int result);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCInstanceCreate();

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCInstanceCreateWithDebugUtils([In] ref MLWebRTCDebugUtils debugUtils);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCInstanceDestroy();

    // Connection
    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCConnectionAddLocalSourceTrack(
        ulong connectionHandle, ulong localSourceHandle, uint streamCount, IntPtr streams);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCConnectionAddLocalSourceTrackEx(
        ulong connectionHandle, ulong localSourceHandle, [In] ref MLWebRTCTrackInfo trackInfo);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCConnectionAddRemoteIceCandidate(
        ulong connectionHandle, [In] ref MLWebRTCConnectionIceCandidate candidate);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCConnectionCreate(
        [In] ref MLWebRTCConnectionConfig config, [In] ref MLWebRTCConnectionEventCallbacks callbacks,
        out ulong connectionHandle);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCConnectionCreateOffer(ulong connectionHandle);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCConnectionDestroy(ulong connectionHandle);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCConnectionHasFailed(
        ulong connectionHandle, [MarshalAs(UnmanagedType.I1)] out bool hasFailed);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCConnectionIsConnected(
        ulong connectionHandle, [MarshalAs(UnmanagedType.I1)] out bool isConnected);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCConnectionProcessEvents(ulong connectionHandle);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCConnectionRemoveLocalSourceTrack(ulong connectionHandle, ulong localSourceHandle);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCConnectionSetRemoteAnswer(
        ulong connectionHandle, [MarshalAs(UnmanagedType.LPStr)] string answer);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCConnectionSetRemoteOffer(
        ulong connectionHandle, [MarshalAs(UnmanagedType.LPStr)] string offer);

    // Data channel
    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCDataChannelCreate(
        ulong connectionHandle, [MarshalAs(UnmanagedType.LPStr)] string label, out ulong dataChannelHandle);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCDataChannelDestroy(ulong connectionHandle, ulong dataChannelHandle);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCDataChannelGetLabel(ulong dataChannelHandle, out IntPtr label);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCDataChannelIsOpen(
        ulong dataChannelHandle, [MarshalAs(UnmanagedType.I1)] out bool isOpen);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCDataChannelReleaseLabelMemory(ulong dataChannelHandle, IntPtr label);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCDataChannelSendMessage(
        ulong dataChannelHandle, [In] ref MLWebRTCDataChannelMessage message);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCDataChannelSetEventCallbacks(
        ulong dataChannelHandle, [In] ref MLWebRTCDataChannelEventCallbacks callbacks);

    // Source
    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCSourceAppDefinedAudioSourcePushData(
        ulong sourceHandle, [In] ref MLAudioBuffer audioBuffer, [In] ref MLAudioBufferFormat audioBufferFormat);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCSourceAppDefinedVideoSourcePushFrame(
        ulong sourceHandle, [In] ref MLWebRTCFrame frameNative);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCSourceCreateAppDefinedAudioSource(
        [In] ref MLWebRTCAppDefinedSourceEventCallbacks callbacks, out ulong sourceHandle);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCSourceCreateAppDefinedAudioSourceEx(
        ref MLWebRTCAppDefinedSourceParams sourceParams, out ulong sourceHandle);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCSourceCreateAppDefinedVideoSource(
        [In] ref MLWebRTCAppDefinedSourceEventCallbacks callbacks, out ulong sourceHandle);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCSourceCreateLocalSourceForCamera(
        [In] ref MLCameraConnectContext inputContext, out ulong sourceHandle);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCSourceCreateLocalSourceForMicrophone(out ulong sourceHandle);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCSourceCreateLocalSourceForMicrophoneEx(
        [MarshalAs(UnmanagedType.LPStr)] string trackName, out ulong sourceHandle);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCSourceDestroy(ulong sourceHandle);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCSourceGetTrackId(ulong sourceHandle, out IntPtr trackIdPtr);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCSourceGetType(ulong sourceHandle, out int sourceType);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCSourceIsEnabled(
        ulong sourceHandle, [MarshalAs(UnmanagedType.I1)] out bool enabled);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCSourceReleaseTrackId(ulong sourceHandle, IntPtr trackId);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCSourceSetEnabled(ulong sourceHandle, [MarshalAs(UnmanagedType.I1)] bool enabled);

    // Video sink and frame
    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCFrameGetData(ulong frameHandle, ref MLWebRTCFrame frame);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCVideoSinkAcquireNextAvailableFrame(ulong sinkHandle, out ulong frameHandle);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCVideoSinkCreate(out ulong sinkHandle);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCVideoSinkDestroy(ulong sinkHandle);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCVideoSinkIsNewFrameAvailable(
        ulong sinkHandle, [MarshalAs(UnmanagedType.I1)] out bool newFrameAvailable);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCVideoSinkReleaseFrame(ulong sinkHandle, ulong frameHandle);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCVideoSinkSetSource(ulong sinkHandle, ulong sourceHandle);

    // Audio sink
    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCAudioSinkCreate(out ulong sinkHandle);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCAudioSinkCreateEx(
        [In] ref MLWebRTCAudioSinkParams sinkParams, out ulong sinkHandle);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCAudioSinkDestroy(ulong sinkHandle);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCAudioSinkResetPosition(ulong sinkHandle);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCAudioSinkSetCacheSize(ulong sinkHandle, uint millisecondsToCache);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCAudioSinkSetDirectSoundLevels(
        ulong sinkHandle, [In] ref MLWebRTCAudioSinkSoundLevels soundLevels);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCAudioSinkSetPosition(ulong sinkHandle, [In] ref MLVec3f position);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCAudioSinkSetPositionEx(
        ulong sinkHandle, [In] ref MLWebRTCAudioSinkPosition position);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCAudioSinkSetRoomSoundLevels(
        ulong sinkHandle, [In] ref MLWebRTCAudioSinkSoundLevels soundLevels);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCAudioSinkSetSoundDistanceProperties(
        ulong sinkHandle, [In] ref MLWebRTCAudioSinkSoundDistance soundDistance);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCAudioSinkSetSoundOrientation(
        ulong sinkHandle, [In] ref MLWebRTCAudioSinkOrientation orientation);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCAudioSinkSetSoundRadiationProperties(
        ulong sinkHandle, [In] ref MLWebRTCAudioSinkSoundRadiation soundRadiation);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCAudioSinkSetSoundVolume(ulong sinkHandle, float volume);

    [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCAudioSinkSetSource(ulong sinkHandle, ulong sourceHandle);
}
