// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using LibMLWebRTC.Native;

namespace LibMLWebRTC
{
    public enum MediaKind
    {
        Audio = 0,
        Video = 1
    }

    /// <summary>Something that sinks can be attached to: a source of one's own, or a track of the peer.</summary>
    public abstract unsafe class MediaSource
    {
        // What plays is not collected.
        private readonly List<AudioSink> sinks = new List<AudioSink>();

        internal MediaSource(MediaKind kind, SourceHandle handle)
        {
            Kind = kind;
            Handle = handle;
        }

        internal SourceHandle Handle { get; private set; }

        public MediaKind Kind { get; private set; }

        public string TrackId
        {
            get
            {
                byte* id;
                WebRTC.Check(Methods.MLWebRTCSourceGetTrackId(Handle, out id), "TrackId");
                string copy = Text.FromNative(id);
                WebRTC.Check(Methods.MLWebRTCSourceReleaseTrackId(Handle, id), "TrackId");
                return copy;
            }
        }

        /// <summary>A disabled source gives black pictures, or silence.</summary>
        public bool Enabled
        {
            get
            {
                byte enabled;
                WebRTC.Check(Methods.MLWebRTCSourceIsEnabled(Handle, out enabled), "Enabled");
                return enabled != 0;
            }
            set { WebRTC.Check(Methods.MLWebRTCSourceSetEnabled(Handle, value ? (byte)1 : (byte)0), "Enabled"); }
        }

        internal void Hold(AudioSink sink)
        {
            lock (sinks)
            {
                sinks.Add(sink);
            }
        }

        internal void LetGo(AudioSink sink)
        {
            lock (sinks)
            {
                sinks.Remove(sink);
            }
        }
    }

    /// <summary>A track of the peer. It belongs to its connection.</summary>
    public sealed class RemoteTrack : MediaSource
    {
        internal RemoteTrack(MediaKind kind, ulong handle, string[] streams) : base(kind, new SourceHandle(handle, false))
        {
            Streams = streams;
        }

        public string[] Streams { get; private set; }
    }

    /// <summary>
    /// A source that the application feeds. It lives until Dispose, on however many connections it is, or until nobody refers
    /// to it any more.
    /// </summary>
    public abstract class LocalSource : MediaSource, IDisposable
    {
        internal LocalSource(MediaKind kind, ulong handle) : base(kind, new SourceHandle(handle, true))
        {
        }

        public void Dispose()
        {
            Handle.Dispose();
        }
    }

    public sealed unsafe class VideoSource : LocalSource
    {
        public VideoSource() : base(MediaKind.Video, Create())
        {
        }

        private static ulong Create()
        {
            ulong handle;
            WebRTC.Check(Methods.MLWebRTCSourceCreateAppDefinedVideoSource(null, out handle), "VideoSource");
            return handle;
        }

        /// <summary>Pushes a picture of 4 bytes per pixel: red, green, blue, and one that is ignored. It is copied.</summary>
        /// <param name="stride">Bytes from one row to the next.</param>
        public void PushRgba(IntPtr pixels, int width, int height, int stride, long microseconds)
        {
            var planes = new FramePlanes { PlaneCount = 1, First = Plane(pixels, width, height, stride, 4) };
            Push(&planes, microseconds, 1);
        }

        public void PushRgba(byte[] pixels, int width, int height, long microseconds)
        {
            if (pixels.Length < (long)width * height * 4)
            {
                throw new ArgumentException("fewer bytes than width x height x 4", "pixels");
            }
            fixed (byte* first = pixels)
            {
                PushRgba((IntPtr)first, width, height, 4 * width, microseconds);
            }
        }

        /// <summary>Pushes a picture in three planes, the chroma planes of half size (I420, BT.601, limited range).</summary>
        public void PushI420(IntPtr y, int strideY, IntPtr u, IntPtr v, int strideChroma, int width, int height,
                             long microseconds)
        {
            int halfWidth = (width + 1) / 2;
            int halfHeight = (height + 1) / 2;
            var planes = new FramePlanes
            {
                PlaneCount = 3,
                First = Plane(y, width, height, strideY, 1),
                Second = Plane(u, halfWidth, halfHeight, strideChroma, 1),
                Third = Plane(v, halfWidth, halfHeight, strideChroma, 1)
            };
            Push(&planes, microseconds, 0);
        }

        private static ImagePlane Plane(IntPtr data, int width, int height, int stride, uint step)
        {
            return new ImagePlane
            {
                Width = (uint)width,
                Height = (uint)height,
                Stride = (uint)stride,
                BytesPerPixel = step,
                Data = (void*)data,
                Size = (uint)stride * (uint)height
            };
        }

        private void Push(FramePlanes* planes, long microseconds, int format)
        {
            var frame = new FrameNative { Version = 2, Planes = planes, TimeStamp = (ulong)microseconds, Format = format };
            WebRTC.Check(Methods.MLWebRTCSourceAppDefinedVideoSourcePushFrame(Handle, &frame), "Push");
        }
    }

    public sealed unsafe class AudioSource : LocalSource
    {
        /// <param name="trackName">The id of its tracks; null: one that the library makes up.</param>
        public AudioSource(string trackName = null) : base(MediaKind.Audio, Create(trackName))
        {
        }

        private static ulong Create(string trackName)
        {
            ulong handle;
            fixed (byte* name = Text.ToNative(trackName))
            {
                var parameters = new SourceParams { Version = 1, TrackName = name };
                WebRTC.Check(Methods.MLWebRTCSourceCreateAppDefinedAudioSourceEx(&parameters, out handle), "AudioSource");
            }
            return handle;
        }

        /// <summary>Pushes interleaved samples of -1 to 1. false: a second of sound waits already; try again later.</summary>
        public bool TryPush(float[] samples, int offset, int count, int channels, int rate)
        {
            if (offset < 0 || count < 0 || offset > samples.Length - count)
            {
                throw new ArgumentOutOfRangeException("count");
            }
            fixed (float* first = samples)
            {
                return Push(first + offset, (uint)count * 4, channels, rate, 32, 1);
            }
        }

        /// <summary>The same for integers of 16 bits.</summary>
        public bool TryPush(short[] samples, int offset, int count, int channels, int rate)
        {
            if (offset < 0 || count < 0 || offset > samples.Length - count)
            {
                throw new ArgumentOutOfRangeException("count");
            }
            fixed (short* first = samples)
            {
                return Push(first + offset, (uint)count * 2, channels, rate, 16, 0);
            }
        }

        private bool Push(void* data, uint size, int channels, int rate, uint bits, uint sampleFormat)
        {
            var buffer = new AudioBufferNative { Data = data, Size = size };
            var format = new AudioFormatNative
            {
                ChannelCount = (uint)channels,
                SamplesPerSecond = (uint)rate,
                BitsPerSample = bits,
                ValidBitsPerSample = bits,
                SampleFormat = sampleFormat
            };
            int result = Methods.MLWebRTCSourceAppDefinedAudioSourcePushData(Handle, &buffer, &format);
            if (result == (int)ResultCode.Pending)
            {
                return false;
            }
            WebRTC.Check(result, "TryPush");
            return true;
        }
    }
}
