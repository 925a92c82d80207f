// SPDX-License-Identifier: MIT
using System;
using System.Runtime.InteropServices;

namespace LibMLWebRTC.Native
{
    // The callbacks of connections. Static, and rooted for the life of the domain: the native side never holds a pointer to
    // something that the collector may take.
    internal static unsafe class ConnectionEvents
    {
        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        private delegate void Plain(IntPtr context);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        private delegate void WithText(byte* text, IntPtr context);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        private delegate void WithHandle(ulong handle, IntPtr context);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        private delegate void WithCandidate(IceCandidateNative* candidate, IntPtr context);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        private delegate void WithTrack(TrackNative* track, uint streamCount, byte** streams, IntPtr context);

        private static readonly WithText Error = OnError;
        private static readonly Plain Connected = OnConnected;
        private static readonly Plain Disconnected = OnDisconnected;
        private static readonly WithTrack TrackAdded = OnTrackAdded;
        private static readonly WithHandle TrackRemoved = OnTrackRemoved;
        private static readonly WithHandle Channel = OnChannel;
        private static readonly WithText Offer = OnOffer;
        private static readonly WithText Answer = OnAnswer;
        private static readonly WithCandidate Candidate = OnCandidate;
        private static readonly Plain Gathered = OnGathered;

        public static ConnectionCallbacks For(IntPtr context)
        {
            return new ConnectionCallbacks
            {
                Version = 1,
                Context = context,
                OnError = Marshal.GetFunctionPointerForDelegate(Error),
                OnConnected = Marshal.GetFunctionPointerForDelegate(Connected),
                OnDisconnected = Marshal.GetFunctionPointerForDelegate(Disconnected),
                OnTrackAdded = Marshal.GetFunctionPointerForDelegate(TrackAdded),
                OnTrackRemoved = Marshal.GetFunctionPointerForDelegate(TrackRemoved),
                OnDataChannelReceived = Marshal.GetFunctionPointerForDelegate(Channel),
                OnLocalOfferCreated = Marshal.GetFunctionPointerForDelegate(Offer),
                OnLocalAnswerCreated = Marshal.GetFunctionPointerForDelegate(Answer),
                OnLocalIceCandidateFound = Marshal.GetFunctionPointerForDelegate(Candidate),
                OnIceGatheringCompleted = Marshal.GetFunctionPointerForDelegate(Gathered)
            };
        }

        private static void With(IntPtr context, Action<PeerConnection> raise)
        {
            PeerConnection target = Contexts.Find<PeerConnection>(context);
            if (target != null)
            {
                WebRTC.Guard(() => raise(target));
            }
        }

        [MonoPInvokeCallback(typeof(WithText))]
        private static void OnError(byte* text, IntPtr context)
        {
            string message = Text.FromNative(text);
            With(context, target => target.RaiseError(message));
        }

        [MonoPInvokeCallback(typeof(Plain))]
        private static void OnConnected(IntPtr context)
        {
            With(context, target => target.RaiseConnected());
        }

        [MonoPInvokeCallback(typeof(Plain))]
        private static void OnDisconnected(IntPtr context)
        {
            With(context, target => target.RaiseDisconnected());
        }

        [MonoPInvokeCallback(typeof(WithTrack))]
        private static void OnTrackAdded(TrackNative* track, uint streamCount, byte** streams, IntPtr context)
        {
            var names = new string[streamCount];
            for (uint at = 0; at < streamCount; at++)
            {
                names[at] = Text.FromNative(streams[at]);
            }
            var added = new RemoteTrack((MediaKind)track->Type, track->Handle, names);
            With(context, target => target.RaiseTrack(added));
        }

        [MonoPInvokeCallback(typeof(WithHandle))]
        private static void OnTrackRemoved(ulong handle, IntPtr context)
        {
            With(context, target => target.RaiseTrackRemoved(handle));
        }

        [MonoPInvokeCallback(typeof(WithHandle))]
        private static void OnChannel(ulong handle, IntPtr context)
        {
            With(context, target => target.RaiseChannel(handle));
        }

        [MonoPInvokeCallback(typeof(WithText))]
        private static void OnOffer(byte* text, IntPtr context)
        {
            string sdp = Text.FromNative(text);
            With(context, target => target.RaiseOffer(sdp));
        }

        [MonoPInvokeCallback(typeof(WithText))]
        private static void OnAnswer(byte* text, IntPtr context)
        {
            string sdp = Text.FromNative(text);
            With(context, target => target.RaiseAnswer(sdp));
        }

        [MonoPInvokeCallback(typeof(WithCandidate))]
        private static void OnCandidate(IceCandidateNative* candidate, IntPtr context)
        {
            var found = new IceCandidate(Text.FromNative(candidate->Candidate), Text.FromNative(candidate->SdpMid),
                                         candidate->SdpMLineIndex);
            With(context, target => target.RaiseCandidate(found));
        }

        [MonoPInvokeCallback(typeof(Plain))]
        private static void OnGathered(IntPtr context)
        {
            With(context, target => target.RaiseGathered());
        }
    }
}
