// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using LibMLWebRTC.Native;

namespace LibMLWebRTC
{
    /// <summary>
    /// A peer connection. All its events, and those of its channels, come inside <see cref="Pump"/>, on the thread that calls
    /// it: once a frame, usually. It lives until Dispose, or until nobody refers to it any more.
    /// </summary>
    public sealed unsafe class PeerConnection : IDisposable
    {
        private readonly IntPtr context;
        private readonly List<DataChannel> channels = new List<DataChannel>();
        private readonly List<LocalSource> sources = new List<LocalSource>(); // what is sent is not collected
        private readonly Dictionary<ulong, RemoteTrack> tracks = new Dictionary<ulong, RemoteTrack>();
        private readonly Queue<TaskCompletionSource<string>> offers = new Queue<TaskCompletionSource<string>>();
        private readonly Queue<TaskCompletionSource<string>> answers = new Queue<TaskCompletionSource<string>>();
        private bool disposed;

        public PeerConnection(IList<IceServer> servers = null, ProxyConfig proxy = null)
        {
            context = Contexts.Add(this);
            ulong handle = 0;
            int result = 0;
            Arguments.WithConfig(servers, proxy, config => result = Create((ConnectionConfig*)config, out handle));
            if (result != 0)
            {
                Contexts.Remove(context);
                WebRTC.Check(result, "PeerConnection");
            }
            Handle = new ConnectionHandle(handle);
        }

        public event Action Connected;
        public event Action Disconnected;
        public event Action<string> Error;
        /// <summary>
        /// An offer for the peer: one that was asked for, or one that the library makes itself when the network has changed.
        /// </summary>
        public event Action<string> OfferCreated;
        public event Action<string> AnswerCreated;
        public event Action<IceCandidate> IceCandidateFound;
        public event Action IceGatheringCompleted;
        public event Action<DataChannel> DataChannelReceived;
        public event Action<RemoteTrack> TrackAdded;

        /// <summary>The track can be looked at during the event, and no longer.</summary>
        public event Action<RemoteTrack> TrackRemoved;

        internal ConnectionHandle Handle { get; private set; }

        public bool IsConnected
        {
            get
            {
                byte connected;
                WebRTC.Check(Methods.MLWebRTCConnectionIsConnected(Handle, out connected), "IsConnected");
                return connected != 0;
            }
        }

        public bool HasFailed
        {
            get
            {
                byte failed;
                WebRTC.Check(Methods.MLWebRTCConnectionHasFailed(Handle, out failed), "HasFailed");
                return failed != 0;
            }
        }

        /// <summary>Runs the events of what has happened since the last time. It never waits.</summary>
        public void Pump()
        {
            int result = Methods.MLWebRTCConnectionProcessEvents(Handle);
            GC.KeepAlive(this); // events find it by a weak reference
            WebRTC.Check(result, "Pump");
        }

        /// <summary>Makes an offer; <see cref="OfferCreated"/> tells it.</summary>
        public void CreateOffer()
        {
            WebRTC.Check(Methods.MLWebRTCConnectionCreateOffer(Handle), "CreateOffer");
        }

        /// <summary>The same, for those who await. It completes inside Pump, or with an error of the connection.</summary>
        public Task<string> CreateOfferAsync()
        {
            CreateOffer();
            return Expect(offers);
        }

        /// <summary>Applies the peer's offer; <see cref="AnswerCreated"/> tells the answer.</summary>
        public void SetRemoteOffer(string sdp)
        {
            fixed (byte* text = Text.ToNative(sdp))
            {
                WebRTC.Check(Methods.MLWebRTCConnectionSetRemoteOffer(Handle, text), "SetRemoteOffer");
            }
        }

        /// <summary>The same, for those who await.</summary>
        public Task<string> AnswerAsync(string offer)
        {
            SetRemoteOffer(offer);
            return Expect(answers);
        }

        public void SetRemoteAnswer(string sdp)
        {
            fixed (byte* text = Text.ToNative(sdp))
            {
                WebRTC.Check(Methods.MLWebRTCConnectionSetRemoteAnswer(Handle, text), "SetRemoteAnswer");
            }
        }

        public void AddIceCandidate(IceCandidate candidate)
        {
            fixed (byte* text = Text.ToNative(candidate.Candidate))
            fixed (byte* mid = Text.ToNative(candidate.SdpMid))
            {
                var native = new IceCandidateNative
                {
                    Version = 1,
                    Candidate = text,
                    SdpMid = mid,
                    SdpMLineIndex = candidate.SdpMLineIndex
                };
                WebRTC.Check(Methods.MLWebRTCConnectionAddRemoteIceCandidate(Handle, &native), "AddIceCandidate");
            }
        }

        public DataChannel CreateDataChannel(string label)
        {
            ulong channel;
            fixed (byte* text = Text.ToNative(label))
            {
                WebRTC.Check(Methods.MLWebRTCDataChannelCreate(Handle, text, out channel), "CreateDataChannel");
            }
            return Adopt(channel);
        }

        /// <summary>Sends a source, once that is negotiated.</summary>
        /// <param name="trackId">null: the source's own.</param>
        public void AddTrack(LocalSource source, string trackId = null, params string[] streams)
        {
            int result = 0;
            Arguments.WithTexts(streams, pointers =>
            {
                fixed (byte* id = Text.ToNative(trackId))
                {
                    var info = new TrackInfo
                    {
                        Version = 1,
                        StreamCount = (uint)streams.Length,
                        Streams = (byte**)pointers,
                        TrackId = id
                    };
                    result = Methods.MLWebRTCConnectionAddLocalSourceTrackEx(Handle, source.Handle, &info);
                }
            });
            WebRTC.Check(result, "AddTrack");
            sources.Add(source);
        }

        public void RemoveTrack(LocalSource source)
        {
            WebRTC.Check(Methods.MLWebRTCConnectionRemoveLocalSourceTrack(Handle, source.Handle), "RemoveTrack");
            sources.Remove(source);
        }

        /// <summary>Closes the connection with its channels and tracks. No event comes afterwards.</summary>
        public void Dispose()
        {
            if (disposed)
            {
                return;
            }
            disposed = true;
            Contexts.Remove(context);
            foreach (DataChannel channel in channels)
            {
                channel.Forget();
            }
            channels.Clear();
            sources.Clear();
            tracks.Clear();
            Handle.Dispose();
            Fail(new ObjectDisposedException("PeerConnection"));
        }

        internal void Forget(DataChannel channel)
        {
            channels.Remove(channel);
        }

        private int Create(ConnectionConfig* config, out ulong handle)
        {
            ConnectionCallbacks callbacks = ConnectionEvents.For(context);
            return Methods.MLWebRTCConnectionCreate(config, &callbacks, out handle);
        }

        private DataChannel Adopt(ulong handle)
        {
            var channel = new DataChannel(this, handle);
            channels.Add(channel);
            return channel;
        }

        private static Task<string> Expect(Queue<TaskCompletionSource<string>> queue)
        {
            var source = new TaskCompletionSource<string>();
            queue.Enqueue(source);
            return source.Task;
        }

        private void Fail(Exception reason)
        {
            foreach (Queue<TaskCompletionSource<string>> queue in new[] { offers, answers })
            {
                while (queue.Count > 0)
                {
                    queue.Dequeue().TrySetException(reason);
                }
            }
        }

        private static void Complete(Queue<TaskCompletionSource<string>> queue, string sdp)
        {
            if (queue.Count > 0)
            {
                queue.Dequeue().TrySetResult(sdp);
            }
        }

        // What the callbacks lead to.

        internal void RaiseError(string message)
        {
            Fail(new InvalidOperationException(message));
            if (Error != null)
            {
                Error(message);
            }
        }

        internal void RaiseConnected()
        {
            if (Connected != null)
            {
                Connected();
            }
        }

        internal void RaiseDisconnected()
        {
            if (Disconnected != null)
            {
                Disconnected();
            }
        }

        internal void RaiseOffer(string sdp)
        {
            Complete(offers, sdp);
            if (OfferCreated != null)
            {
                OfferCreated(sdp);
            }
        }

        internal void RaiseAnswer(string sdp)
        {
            Complete(answers, sdp);
            if (AnswerCreated != null)
            {
                AnswerCreated(sdp);
            }
        }

        internal void RaiseCandidate(IceCandidate candidate)
        {
            if (IceCandidateFound != null)
            {
                IceCandidateFound(candidate);
            }
        }

        internal void RaiseGathered()
        {
            if (IceGatheringCompleted != null)
            {
                IceGatheringCompleted();
            }
        }

        internal void RaiseChannel(ulong handle)
        {
            DataChannel channel = Adopt(handle);
            if (DataChannelReceived != null)
            {
                DataChannelReceived(channel);
            }
        }

        internal void RaiseTrack(RemoteTrack track)
        {
            tracks[track.Handle.Value] = track;
            if (TrackAdded != null)
            {
                TrackAdded(track);
            }
        }

        internal void RaiseTrackRemoved(ulong handle)
        {
            RemoteTrack track;
            if (tracks.TryGetValue(handle, out track))
            {
                tracks.Remove(handle);
                if (TrackRemoved != null)
                {
                    TrackRemoved(track);
                }
            }
        }
    }
}
