// SPDX-License-Identifier: MIT
using System;
using System.Runtime.InteropServices;
using LibMLWebRTC.Native;

namespace LibMLWebRTC
{
    public enum PixelFormat
    {
        I420 = 0,
        Rgba = 1
    }

    /// <summary>A picture of a sink, lent until Dispose. The pixels are the library's: read only, valid until then.</summary>
    public unsafe struct VideoFrame : IDisposable
    {
        private readonly ulong sink;
        private readonly ulong handle;
        private readonly FramePlanes* planes;

        internal VideoFrame(ulong sink, ulong handle, FrameNative frame)
        {
            this.sink = sink;
            this.handle = handle;
            planes = frame.Planes;
            Format = (PixelFormat)frame.Format;
            Microseconds = (long)frame.TimeStamp;
        }

        public PixelFormat Format { get; private set; }
        public long Microseconds { get; private set; }

        public int Width
        {
            get { return (int)planes->First.Width; }
        }

        public int Height
        {
            get { return (int)planes->First.Height; }
        }

        /// <summary>The pixels, or the luma, without padding between rows.</summary>
        public IntPtr Pixels
        {
            get { return (IntPtr)planes->First.Data; }
        }

        public IntPtr U
        {
            get { return (IntPtr)planes->Second.Data; }
        }

        public IntPtr V
        {
            get { return (IntPtr)planes->Third.Data; }
        }

        /// <summary>Gives the picture back. Its sink may have been disposed of before.</summary>
        public void Dispose()
        {
            if (handle != 0)
            {
                Methods.MLWebRTCVideoSinkReleaseFrame(sink, handle);
            }
        }
    }

    /// <summary>Shows the newest picture of a source or a track.</summary>
    public sealed unsafe class VideoSink : IDisposable
    {
        private readonly VideoSinkHandle handle;

        public VideoSink()
        {
            ulong created;
            WebRTC.Check(Methods.MLWebRTCVideoSinkCreate(out created), "VideoSink");
            handle = new VideoSinkHandle(created);
        }

        /// <summary>null detaches it.</summary>
        public void Attach(MediaSource source)
        {
            SourceHandle of = source == null ? SourceHandle.None : source.Handle;
            WebRTC.Check(Methods.MLWebRTCVideoSinkSetSource(handle, of), "Attach");
        }

        /// <summary>The newest picture; false: there is no new one. To be disposed of after use.</summary>
        public bool TryAcquire(PixelFormat format, out VideoFrame frame)
        {
            ulong newest;
            frame = default(VideoFrame);
            int result = Methods.MLWebRTCVideoSinkAcquireNextAvailableFrame(handle, out newest);
            if (result == (int)ResultCode.Pending)
            {
                return false;
            }
            WebRTC.Check(result, "TryAcquire");
            var data = new FrameNative { Version = 2, Format = (int)format };
            WebRTC.Check(Methods.MLWebRTCFrameGetData(newest, &data), "TryAcquire");
            frame = new VideoFrame(handle.Value, newest, data);
            return true;
        }

        public void Dispose()
        {
            handle.Dispose();
        }
    }

    /// <summary>10 ms of sound: interleaved integers of 16 bits, valid during the call.</summary>
    public delegate void AudioHandler(IntPtr samples, int frames, int channels, int rate);

    /// <summary>
    /// Hands out the sound of a source or a track, on a thread of the library. It lives until Dispose, or until neither anybody
    /// nor what it is attached to refers to it any more.
    /// </summary>
    public sealed unsafe class AudioSink : IDisposable
    {
        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        private delegate void OnDataDelegate(AudioBufferNative* buffer, AudioFormatNative* format, IntPtr context);

        private static readonly OnDataDelegate OnDataRoot = OnData;

        private readonly AudioSinkHandle handle;
        private readonly IntPtr context;
        private readonly AudioHandler handler;
        private MediaSource attached;

        public AudioSink(AudioHandler onAudio)
        {
            if (onAudio == null)
            {
                throw new ArgumentNullException("onAudio");
            }
            handler = onAudio;
            context = Contexts.Add(this);
            var parameters = new AudioSinkParams
            {
                Version = 1,
                Mode = 2,
                Context = context,
                OnData = Marshal.GetFunctionPointerForDelegate(OnDataRoot)
            };
            ulong created;
            int result = Methods.MLWebRTCAudioSinkCreateEx(&parameters, out created);
            if (result != 0)
            {
                Contexts.Remove(context);
                WebRTC.Check(result, "AudioSink");
            }
            handle = new AudioSinkHandle(created);
        }

        /// <summary>null detaches it.</summary>
        public void Attach(MediaSource source)
        {
            SourceHandle of = source == null ? SourceHandle.None : source.Handle;
            WebRTC.Check(Methods.MLWebRTCAudioSinkSetSource(handle, of), "Attach");
            Hold(source);
        }

        private void Hold(MediaSource source)
        {
            if (attached != null)
            {
                attached.LetGo(this);
            }
            attached = source;
            if (attached != null)
            {
                attached.Hold(this);
            }
        }

        /// <summary>How much sound may wait for the handler, in milliseconds.</summary>
        public void SetCacheSize(int milliseconds)
        {
            WebRTC.Check(Methods.MLWebRTCAudioSinkSetCacheSize(handle, (uint)milliseconds), "SetCacheSize");
        }

        /// <summary>When it returns the handler does not run, and is not called again.</summary>
        public void Dispose()
        {
            handle.Dispose();
            Contexts.Remove(context);
            Hold(null);
        }

        [MonoPInvokeCallback(typeof(OnDataDelegate))]
        private static void OnData(AudioBufferNative* buffer, AudioFormatNative* format, IntPtr context)
        {
            AudioSink self = Contexts.Find<AudioSink>(context);
            if (self == null)
            {
                return;
            }
            int channels = (int)format->ChannelCount;
            int frames = (int)buffer->Size / 2 / channels;
            IntPtr samples = (IntPtr)buffer->Data;
            int rate = (int)format->SamplesPerSecond;
            try
            {
                self.handler(samples, frames, channels, rate);
            }
            catch (Exception thrown)
            {
                WebRTC.Guard(() => { throw thrown; });
            }
        }
    }
}
