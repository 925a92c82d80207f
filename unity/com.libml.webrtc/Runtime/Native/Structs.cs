// SPDX-License-Identifier: MIT
// The structs of the C interface, with blittable members only: what is a pointer there is one here, so that nothing is
// marshalled and nothing depends on the runtime's marshaller.
using System;
using System.Runtime.InteropServices;

namespace LibMLWebRTC.Native
{
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct ConnectionConfig
    {
        public uint Version;
        public IceServerNative* IceServers;
        public uint IceServerCount;
        public ProxyConfigNative* Proxy;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct IceServerNative
    {
        public uint Version;
        public byte* Uri;
        public byte* UserName;
        public byte* Password;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct ProxyConfigNative
    {
        public int Type;
        public byte* HostAddress;
        public int HostPort;
        public byte* UserName;
        public byte* Password;
        public byte AutoDetect;
        public byte* AutoConfigUrl;
        public byte* BypassList;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct IceCandidateNative
    {
        public uint Version;
        public byte* Candidate;
        public byte* SdpMid;
        public int SdpMLineIndex;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct ConnectionCallbacks
    {
        public uint Version;
        public IntPtr Context;
        public IntPtr OnError;
        public IntPtr OnConnected;
        public IntPtr OnDisconnected;
        public IntPtr OnTrackAdded;
        public IntPtr OnTrackRemoved;
        public IntPtr OnDataChannelReceived;
        public IntPtr OnLocalOfferCreated;
        public IntPtr OnLocalAnswerCreated;
        public IntPtr OnLocalIceCandidateFound;
        public IntPtr OnIceGatheringCompleted;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct TrackInfo
    {
        public uint Version;
        public uint StreamCount;
        public byte** Streams;
        public byte* TrackId;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct TrackNative
    {
        public uint Version;
        public int Type;
        public ulong Handle;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct DataChannelCallbacks
    {
        public uint Version;
        public IntPtr Context;
        public IntPtr OnOpen;
        public IntPtr OnClosed;
        public IntPtr OnMessage;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct MessageNative
    {
        public uint Version;
        public void* Data;
        public ulong DataSize;
        public byte IsBinary;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct SourceParams
    {
        public uint Version;
        public IntPtr Callbacks;
        public byte* TrackName;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct ImagePlane
    {
        public uint Width;
        public uint Height;
        public uint Stride;
        public uint BytesPerPixel;
        public void* Data;
        public uint Size;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct FramePlanes
    {
        public byte PlaneCount;
        public ImagePlane First;
        public ImagePlane Second;
        public ImagePlane Third;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct FrameNative
    {
        public uint Version;
        public FramePlanes* Planes;
        public ulong TimeStamp;
        public int Format;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct AudioBufferNative
    {
        public void* Data;
        public uint Size;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct AudioFormatNative
    {
        public uint ChannelCount;
        public uint SamplesPerSecond;
        public uint BitsPerSample;
        public uint ValidBitsPerSample;
        public uint SampleFormat;
        public uint ChannelFormat;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct AudioSinkParams
    {
        public uint Version;
        public uint Mode;
        public IntPtr Context;
        public IntPtr OnData;
        public IntPtr OnStatus;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct DebugUtils
    {
        public uint Version;
        public IntPtr Context;
        public uint LogLevel;
        public IntPtr OnMessage;
    }
}
