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
#elif UNITY_STANDALONE_WIN || UNITY_EDITOR_WIN
        private const string Library = "ml_webrtc";
#else
        private const string Library = "libml_webrtc";
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
        public static extern int MLWebRTCConnectionProcessEvents(ulong connection);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCConnectionCreateOffer(ulong connection);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCConnectionSetRemoteOffer(ulong connection, byte* sdp);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCConnectionSetRemoteAnswer(ulong connection, byte* sdp);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCConnectionAddRemoteIceCandidate(ulong connection, IceCandidateNative* candidate);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCConnectionIsConnected(ulong connection, out byte connected);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCConnectionHasFailed(ulong connection, out byte failed);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCConnectionAddLocalSourceTrackEx(ulong connection, ulong source, TrackInfo* info);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCConnectionRemoveLocalSourceTrack(ulong connection, ulong source);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCDataChannelCreate(ulong connection, byte* label, out ulong channel);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCDataChannelDestroy(ulong connection, ulong channel);

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
        public static extern int MLWebRTCSourceIsEnabled(ulong source, out byte enabled);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCSourceSetEnabled(ulong source, byte enabled);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCSourceGetTrackId(ulong source, out byte* id);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCSourceReleaseTrackId(ulong source, byte* id);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCSourceAppDefinedVideoSourcePushFrame(ulong source, FrameNative* frame);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCSourceAppDefinedAudioSourcePushData(ulong source, AudioBufferNative* buffer,
                                                                             AudioFormatNative* format);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCVideoSinkCreate(out ulong sink);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCVideoSinkDestroy(ulong sink);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCVideoSinkSetSource(ulong sink, ulong source);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCVideoSinkAcquireNextAvailableFrame(ulong sink, out ulong frame);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCVideoSinkReleaseFrame(ulong sink, ulong frame);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCFrameGetData(ulong frame, FrameNative* data);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCAudioSinkCreateEx(AudioSinkParams* parameters, out ulong sink);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCAudioSinkDestroy(ulong sink);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCAudioSinkSetSource(ulong sink, ulong source);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int MLWebRTCAudioSinkSetCacheSize(ulong sink, uint milliseconds);
    }
}
