// SPDX-License-Identifier: MIT
using System;
using System.Runtime.InteropServices;
using LibMLWebRTC.Native;

namespace LibMLWebRTC
{
    /// <summary>A message where it lies in memory of the library, valid during the call.</summary>
    public delegate void RawMessageHandler(IntPtr data, long size, bool isBinary);

    /// <summary>A reliable, ordered data channel. Its events come inside <see cref="PeerConnection.Pump"/>.</summary>
    public sealed unsafe class DataChannel : IDisposable
    {
        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        private delegate void OnPlainDelegate(IntPtr context);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        private delegate void OnMessageDelegate(MessageNative* message, IntPtr context);

        private static readonly OnPlainDelegate OnOpenRoot = OnOpen;
        private static readonly OnPlainDelegate OnClosedRoot = OnClosed;
        private static readonly OnMessageDelegate OnMessageRoot = OnMessage;

        private readonly PeerConnection connection;
        private readonly ulong handle; // it belongs to the connection
        private readonly IntPtr context;
        private bool disposed;

        internal DataChannel(PeerConnection connection, ulong handle)
        {
            this.connection = connection;
            this.handle = handle;
            context = Contexts.Add(this);
            var callbacks = new DataChannelCallbacks
            {
                Version = 1,
                Context = context,
                OnOpen = Marshal.GetFunctionPointerForDelegate(OnOpenRoot),
                OnClosed = Marshal.GetFunctionPointerForDelegate(OnClosedRoot),
                OnMessage = Marshal.GetFunctionPointerForDelegate(OnMessageRoot)
            };
            WebRTC.Check(Methods.MLWebRTCDataChannelSetEventCallbacks(handle, &callbacks), "DataChannel");
            byte* label;
            WebRTC.Check(Methods.MLWebRTCDataChannelGetLabel(handle, out label), "Label");
            Label = Text.FromNative(label);
            WebRTC.Check(Methods.MLWebRTCDataChannelReleaseLabelMemory(handle, label), "Label");
        }

        public event Action Opened;
        public event Action Closed;
        public event Action<string> TextReceived;
        public event Action<byte[]> BinaryReceived;

        /// <summary>Every message, without a copy.</summary>
        public event RawMessageHandler MessageReceived;

        public string Label { get; private set; }

        public bool IsOpen
        {
            get
            {
                byte open;
                WebRTC.Check(Methods.MLWebRTCDataChannelIsOpen(handle, out open), "IsOpen");
                return open != 0;
            }
        }

        /// <summary>false: the send buffer is full, and nothing was taken; try again later.</summary>
        public bool TrySend(string text)
        {
            byte[] bytes = Text.ToNative(text);
            fixed (byte* first = bytes)
            {
                return TrySend((IntPtr)first, bytes.Length - 1, false);
            }
        }

        public bool TrySend(byte[] data)
        {
            return TrySend(data, 0, data.Length);
        }

        public bool TrySend(byte[] data, int offset, int count)
        {
            if (offset < 0 || count < 0 || offset > data.Length - count)
            {
                throw new ArgumentOutOfRangeException("count");
            }
            fixed (byte* first = data)
            {
                return TrySend((IntPtr)(first + offset), count, true);
            }
        }

        public bool TrySend(IntPtr data, long size, bool isBinary)
        {
            var message = new MessageNative
            {
                Version = 1,
                Data = (void*)data,
                DataSize = (ulong)size,
                IsBinary = isBinary ? (byte)1 : (byte)0
            };
            int result = Methods.MLWebRTCDataChannelSendMessage(handle, &message);
            if (result == (int)ResultCode.Pending)
            {
                return false;
            }
            WebRTC.Check(result, "TrySend");
            return true;
        }

        /// <summary>Closes the channel; what was sent still arrives. No event comes afterwards.</summary>
        public void Dispose()
        {
            if (!disposed)
            {
                Forget();
                connection.Forget(this);
                Methods.MLWebRTCDataChannelDestroy(connection.Handle, handle);
            }
        }

        /// <summary>The connection has ended, and the channel with it.</summary>
        internal void Forget()
        {
            disposed = true;
            Contexts.Remove(context);
        }

        [MonoPInvokeCallback(typeof(OnPlainDelegate))]
        private static void OnOpen(IntPtr context)
        {
            DataChannel self = Contexts.Find<DataChannel>(context);
            if (self != null && self.Opened != null)
            {
                WebRTC.Guard(self.Opened);
            }
        }

        [MonoPInvokeCallback(typeof(OnPlainDelegate))]
        private static void OnClosed(IntPtr context)
        {
            DataChannel self = Contexts.Find<DataChannel>(context);
            if (self != null && self.Closed != null)
            {
                WebRTC.Guard(self.Closed);
            }
        }

        [MonoPInvokeCallback(typeof(OnMessageDelegate))]
        private static void OnMessage(MessageNative* message, IntPtr context)
        {
            DataChannel self = Contexts.Find<DataChannel>(context);
            if (self != null)
            {
                var data = (IntPtr)message->Data;
                var size = (long)message->DataSize;
                bool binary = message->IsBinary != 0;
                WebRTC.Guard(() => self.Deliver(data, size, binary));
            }
        }

        private void Deliver(IntPtr data, long size, bool binary)
        {
            if (MessageReceived != null)
            {
                MessageReceived(data, size, binary);
            }
            if (binary && BinaryReceived != null)
            {
                BinaryReceived(Text.Copy((void*)data, (int)size));
            }
            if (!binary && TextReceived != null)
            {
                TextReceived(Text.FromNative((byte*)data, (int)size));
            }
        }
    }
}
