// SPDX-License-Identifier: MIT
// The structs and callback types of the interface, as a managed host marshals them.
using System;
using System.Runtime.InteropServices;

static class Result
{
    public const int Ok = 0;
    public const int Pending = 1;
    public const int UnspecifiedFailure = 4;
    public const int InvalidParam = 5;
    public const int NotImplemented = 8;
    public const int IllegalState = 13;
    public const int InstanceNotCreated = -272171008;
    public const int MismatchingHandle = -272171007;
    public const int DataChannelIsClosed = -272171003;
}

// mcs takes `in` parameters and passes them by value without a word, so everything that the
// interface takes as const struct pointer is [In] ref here.
[UnmanagedFunctionPointer(CallingConvention.Cdecl)]
delegate void OnText([MarshalAs(UnmanagedType.LPStr)] string text, IntPtr context);

[UnmanagedFunctionPointer(CallingConvention.Cdecl)]
delegate void OnPlain(IntPtr context);

[UnmanagedFunctionPointer(CallingConvention.Cdecl)]
delegate void OnHandle(ulong handle, IntPtr context);

[UnmanagedFunctionPointer(CallingConvention.Cdecl)]
delegate void OnTrackAdded([In] ref MLWebRTCSource source, uint streamCount, IntPtr streams, IntPtr context);

[UnmanagedFunctionPointer(CallingConvention.Cdecl)]
delegate void OnCandidate([In] ref MLWebRTCConnectionIceCandidate candidate, IntPtr context);

[UnmanagedFunctionPointer(CallingConvention.Cdecl)]
delegate void OnMessage([In] ref MLWebRTCDataChannelMessage message, IntPtr context);

[UnmanagedFunctionPointer(CallingConvention.Cdecl)]
delegate void OnSetEnabled([MarshalAs(UnmanagedType.I1)] bool enabled, IntPtr context);

[UnmanagedFunctionPointer(CallingConvention.Cdecl)]
delegate void OnDebugMessage(uint level, [MarshalAs(UnmanagedType.LPStr)] string message, IntPtr context);

[UnmanagedFunctionPointer(CallingConvention.Cdecl)]
delegate void OnAudioData([In] ref MLAudioBuffer buffer, [In] ref MLAudioBufferFormat format, IntPtr context);

[UnmanagedFunctionPointer(CallingConvention.Cdecl)]
delegate void OnAudioStatus(uint status, IntPtr context);

[StructLayout(LayoutKind.Sequential)]
struct MLAudioBuffer
{
    public IntPtr Ptr;
    public uint Size;
}

[StructLayout(LayoutKind.Sequential)]
struct MLAudioBufferFormat
{
    public uint ChannelCount;
    public uint SamplesPerSecond;
    public uint BitsPerSample;
    public uint ValidBitsPerSample;
    public uint SampleFormat;
    public uint ChannelFormat;
}

[StructLayout(LayoutKind.Sequential)]
struct MLAudioSpatialSoundDistanceProperties
{
    public float minDistance;
    public float maxDistance;
    public float rolloffFactor;
}

[StructLayout(LayoutKind.Sequential)]
struct MLAudioSpatialSoundRadiationProperties
{
    public float innerAngle;
    public float outerAngle;
    public float outerGain;
    public float outerGainLF;
    public float outerGainMF;
    public float outerGainHF;
}

[StructLayout(LayoutKind.Sequential)]
struct MLAudioSpatialSoundSendLevels
{
    public float gain;
    public float gainLF;
    public float gainMF;
    public float gainHF;
}

[StructLayout(LayoutKind.Sequential)]
struct MLCameraMRConnectInfo
{
    public int MrQuality;
    public int MrBlendType;
    public int FrameRate;
}

[StructLayout(LayoutKind.Sequential)]
struct MLCameraConnectContext
{
    public uint Version;
    public int CamId;
    public int Flags;
    [MarshalAs(UnmanagedType.I1)] public bool EnableVideoStab;
    public MLCameraMRConnectInfo MrInfo;
}

[StructLayout(LayoutKind.Sequential)]
struct MLQuaternionf
{
    public float X;
    public float Y;
    public float Z;
    public float W;
}

[StructLayout(LayoutKind.Sequential)]
struct MLVec3f
{
    public float X;
    public float Y;
    public float Z;
}

[StructLayout(LayoutKind.Sequential)]
struct MLWebRTCAppDefinedSourceEventCallbacks
{
    public uint Version;
    public IntPtr Context;
    public OnSetEnabled OnSetEnabled;
    public OnPlain OnDestroyed;
}

[StructLayout(LayoutKind.Sequential)]
struct MLWebRTCAppDefinedSourceParams
{
    public uint Version;
    public IntPtr Callbacks;
    [MarshalAs(UnmanagedType.LPStr)] public string TrackName;
}

[StructLayout(LayoutKind.Sequential)]
struct MLWebRTCAudioSinkOrientation
{
    public uint version;
    public IntPtr orientationPtr;
    public int channel;
}

[StructLayout(LayoutKind.Sequential)]
struct MLWebRTCAudioSinkParams
{
    public uint version;
    public uint mode;
    public IntPtr userContext;
    public OnAudioData audioSinkCallback;
    public OnAudioStatus audioServiceStatusCallback;
}

[StructLayout(LayoutKind.Sequential)]
struct MLWebRTCAudioSinkPosition
{
    public uint version;
    public IntPtr positionPtr;
    public int channel;
}

[StructLayout(LayoutKind.Sequential)]
struct MLWebRTCAudioSinkSoundDistance
{
    public uint version;
    public IntPtr distancePropertiesPtr;
    public int channel;
}

[StructLayout(LayoutKind.Sequential)]
struct MLWebRTCAudioSinkSoundLevels
{
    public uint version;
    public IntPtr sendLevelsPtr;
    public int channel;
}

[StructLayout(LayoutKind.Sequential)]
struct MLWebRTCAudioSinkSoundRadiation
{
    public uint version;
    public IntPtr radiationPropertiesPtr;
    public int channel;
}

[StructLayout(LayoutKind.Sequential)]
struct MLWebRTCDataChannelEventCallbacks
{
    public uint Version;
    public IntPtr Context;
    public OnPlain OnOpen;
    public OnPlain OnClosed;
    public OnMessage OnMessage;
}

[StructLayout(LayoutKind.Sequential)]
struct MLWebRTCDataChannelMessage
{
    public uint Version;
    public IntPtr Data;
    public ulong DataSize;
    [MarshalAs(UnmanagedType.I1)] public bool IsBinary;
}

[StructLayout(LayoutKind.Sequential)]
struct MLWebRTCDebugUtils
{
    public uint Version;
    public IntPtr Context;
    public uint LogLevel;
    public OnDebugMessage OnDebugMessage;
}

[StructLayout(LayoutKind.Sequential)]
struct MLWebRTCConnectionConfig
{
    public uint Version;
    public IntPtr IceServers;
    public uint NumIceServers;
    public IntPtr ProxyConfig;
}

[StructLayout(LayoutKind.Sequential)]
struct MLWebRTCConnectionEventCallbacks
{
    public uint Version;
    public IntPtr Context;
    public OnText OnError;
    public OnPlain OnConnected;
    public OnPlain OnDisconnected;
    public OnTrackAdded OnTrackAdded;
    public OnHandle OnTrackRemoved;
    public OnHandle OnDataChannelReceived;
    public OnText OnLocalOfferCreated;
    public OnText OnLocalAnswerCreated;
    public OnCandidate OnLocalIceCandidateFound;
    public OnPlain OnIceGatheringCompleted;
}

[StructLayout(LayoutKind.Sequential)]
struct MLWebRTCConnectionIceCandidate
{
    public uint Version;
    [MarshalAs(UnmanagedType.LPStr)] public string Candidate;
    [MarshalAs(UnmanagedType.LPStr)] public string SdpMid;
    public int SdpMlineIndex;
}

[StructLayout(LayoutKind.Sequential)]
struct MLWebRTCConnectionIceServer
{
    public uint Version;
    [MarshalAs(UnmanagedType.LPStr)] public string Uri;
    [MarshalAs(UnmanagedType.LPStr)] public string UserName;
    [MarshalAs(UnmanagedType.LPStr)] public string Password;
}

[StructLayout(LayoutKind.Sequential)]
struct MLWebRTCConnectionProxyConfig
{
    public int Type;
    [MarshalAs(UnmanagedType.LPStr)] public string HostAddress;
    public int HostPort;
    [MarshalAs(UnmanagedType.LPStr)] public string Username;
    [MarshalAs(UnmanagedType.LPStr)] public string Password;
    [MarshalAs(UnmanagedType.I1)] public bool AutoDetect;
    [MarshalAs(UnmanagedType.LPStr)] public string AutoConfigUrl;
    [MarshalAs(UnmanagedType.LPStr)] public string BypassList;
}

[StructLayout(LayoutKind.Sequential)]
struct MLWebRTCTrackInfo
{
    public uint version;
    public uint streamCount;
    public IntPtr streams;
    [MarshalAs(UnmanagedType.LPStr)] public string trackId;
}

[StructLayout(LayoutKind.Sequential)]
struct MLWebRTCSource
{
    public uint Version;
    public int Type;
    public ulong Handle;
}

[StructLayout(LayoutKind.Sequential)]
struct ImagePlaneInfoNative
{
    public uint Width;
    public uint Height;
    public uint Stride;
    public uint BytesPerPixel;
    public IntPtr ImageDataPtr;
    public uint Size;
}

[StructLayout(LayoutKind.Sequential)]
struct MLWebRTCFrame
{
    public uint Version;
    public IntPtr FrameData;
    public ulong TimeStamp;
    public int Format;
}

[StructLayout(LayoutKind.Sequential)]
struct MLWebRTCFramePlanes
{
    public byte PlaneCount;
    [MarshalAs(UnmanagedType.ByValArray, SizeConst = 3)] public ImagePlaneInfoNative[] ImagePlanes;
}

[StructLayout(LayoutKind.Sequential)]
struct MLWebRTCNativeFrameInfo
{
    public uint Width;
    public uint Height;
    [MarshalAs(UnmanagedType.ByValArray, SizeConst = 16)] public float[] Transform;
    public ulong SurfaceHandle;
    public ulong NativeBufferHandle;
}
