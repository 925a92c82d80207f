// SPDX-License-Identifier: MIT
// The functions of the C interface that the package uses.
using System;
using System.Runtime.InteropServices;

namespace LibMLWebRTC.Native
{
    internal static unsafe class Methods
    {
#if UNITY_IOS && !UNITY_EDITOR
        private const string Library = "__Internal";
#else
        private const string Library = "ml_webrtc"; // all runtimes look for libml_webrtc.so and the like, too
#endif

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern byte* MLWebRTCGetResultString(int result);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCInstanceCreateWithDebugUtils(DebugUtils* utils);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCInstanceDestroy();

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCConnectionCreate(ConnectionConfig* config, ConnectionCallbacks* callbacks,
                                                          out ulong connection);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCConnectionDestroy(ulong connection);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCConnectionProcessEvents(ConnectionHandle connection);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCConnectionCreateOffer(ConnectionHandle connection);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCConnectionSetRemoteOffer(ConnectionHandle connection, byte* sdp);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCConnectionSetRemoteAnswer(ConnectionHandle connection, byte* sdp);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCConnectionAddRemoteIceCandidate(ConnectionHandle connection, IceCandidateNative* candidate);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCConnectionIsConnected(ConnectionHandle connection, out byte connected);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCConnectionHasFailed(ConnectionHandle connection, out byte failed);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCConnectionAddLocalSourceTrackEx(ConnectionHandle connection, SourceHandle source, TrackInfo* info);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCConnectionRemoveLocalSourceTrack(ConnectionHandle connection, SourceHandle source);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCDataChannelCreate(ConnectionHandle connection, byte* label, out ulong channel);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCDataChannelDestroy(ConnectionHandle connection, ulong channel);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCDataChannelSetEventCallbacks(ulong channel, DataChannelCallbacks* callbacks);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCDataChannelIsOpen(ulong channel, out byte open);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCDataChannelGetLabel(ulong channel, out byte* label);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCDataChannelReleaseLabelMemory(ulong channel, byte* label);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCDataChannelSendMessage(ulong channel, MessageNative* message);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCSourceCreateAppDefinedVideoSource(void* callbacks, out ulong source);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCSourceCreateAppDefinedAudioSourceEx(SourceParams* parameters, out ulong source);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCSourceDestroy(ulong source);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCSourceIsEnabled(SourceHandle source, out byte enabled);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCSourceSetEnabled(SourceHandle source, byte enabled);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCSourceGetTrackId(SourceHandle source, out byte* id);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCSourceReleaseTrackId(SourceHandle source, byte* id);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCSourceAppDefinedVideoSourcePushFrame(SourceHandle source, FrameNative* frame);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCSourceAppDefinedAudioSourcePushData(SourceHandle source, AudioBufferNative* buffer,
                                                                             AudioFormatNative* format);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCVideoSinkCreate(out ulong sink);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCVideoSinkDestroy(ulong sink);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCVideoSinkSetSource(VideoSinkHandle sink, SourceHandle source);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCVideoSinkAcquireNextAvailableFrame(VideoSinkHandle sink, out ulong frame);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCVideoSinkReleaseFrame(ulong sink, ulong frame);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCFrameGetData(ulong frame, FrameNative* data);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCAudioSinkCreateEx(AudioSinkParams* parameters, out ulong sink);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCAudioSinkDestroy(ulong sink);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCAudioSinkSetSource(AudioSinkHandle sink, SourceHandle source);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCAudioSinkSetCacheSize(AudioSinkHandle sink, uint milliseconds);
    }
}
