// SPDX-License-Identifier: MIT
using System;
using System.Runtime.InteropServices;

namespace LibMLWebRTC.Native
{
    // What the library lends a number of 64 bits for. A SafeHandle: what is forgotten instead of disposed of is destroyed by the
    // collector, and nothing is destroyed in the middle of a call with it.
    internal abstract class LibraryHandle : SafeHandle
    {
        protected LibraryHandle(ulong value, bool owned) : base(IntPtr.Zero, owned)
        {
            SetHandle(new IntPtr(unchecked((long)value)));
        }

        public override bool IsInvalid
        {
            get { return handle == IntPtr.Zero; }
        }

        public ulong Value
        {
            get { return unchecked((ulong)handle.ToInt64()); }
        }
    }

    internal sealed class ConnectionHandle : LibraryHandle
    {
        public ConnectionHandle(ulong value) : base(value, true)
        {
        }

        protected override bool ReleaseHandle()
        {
            Methods.MLWebRTCConnectionDestroy(Value);
            return true;
        }
    }

    internal sealed class SourceHandle : LibraryHandle
    {
        // Detaches a sink.
        public static readonly SourceHandle None = new SourceHandle(ulong.MaxValue, false);

        public SourceHandle(ulong value, bool owned) : base(value, owned)
        {
        }

        protected override bool ReleaseHandle()
        {
            Methods.MLWebRTCSourceDestroy(Value);
            return true;
        }
    }

    internal sealed class VideoSinkHandle : LibraryHandle
    {
        public VideoSinkHandle(ulong value) : base(value, true)
        {
        }

        protected override bool ReleaseHandle()
        {
            Methods.MLWebRTCVideoSinkDestroy(Value);
            return true;
        }
    }

    internal sealed class AudioSinkHandle : LibraryHandle
    {
        public AudioSinkHandle(ulong value) : base(value, true)
        {
        }

        protected override bool ReleaseHandle()
        {
            Methods.MLWebRTCAudioSinkDestroy(Value);
            return true;
        }
    }
}
