// SPDX-License-Identifier: MIT
// One side of a connection, and the data channels on it. The two peers of a pair live in one
// process and hand each other descriptions and candidates from inside their callbacks.
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;

sealed class Channel
{
    static int lastContext;

    public readonly ulong Handle;
    public readonly Peer Peer;
    public int Opened;
    public int Closed;
    public int Received; // numbered messages, see Message
    public int Sent;

    readonly IntPtr context = (IntPtr)(2 * Interlocked.Increment(ref lastContext) + 1);
    readonly MLWebRTCDataChannelEventCallbacks callbacks;

    public Channel(Peer peer, ulong handle)
    {
        Peer = peer;
        Handle = handle;
        callbacks = new MLWebRTCDataChannelEventCallbacks
        {
            Context = context,
            OnOpen = OnOpen,
            OnClosed = OnClosed,
            OnMessage = OnMessage,
        };
        MLWebRTCDataChannelEventCallbacks copy = callbacks;
        Expect.Ok(Native.MLWebRTCDataChannelSetEventCallbacks(handle, ref copy), "SetEventCallbacks");
    }

    public bool IsOpen
    {
        get
        {
            bool open;
            Expect.Ok(Native.MLWebRTCDataChannelIsOpen(Handle, out open), "IsOpen");
            return open;
        }
    }

    public string Label
    {
        get
        {
            IntPtr label;
            Expect.Ok(Native.MLWebRTCDataChannelGetLabel(Handle, out label), "GetLabel");
            string copy = Marshal.PtrToStringAnsi(label);
            Expect.Ok(Native.MLWebRTCDataChannelReleaseLabelMemory(Handle, label), "ReleaseLabelMemory");
            return copy;
        }
    }

    // Sends the next numbered message; false if the send buffer is full.
    public bool Send()
    {
        byte[] data = Message.Make(Sent);
        int result = Send(data, data.Length, Message.IsBinary(Sent));
        if (result == Result.Pending)
            return false;
        Expect.Ok(result, "SendMessage");
        Sent++;
        return true;
    }

    public unsafe int Send(byte[] data, int size, bool binary)
    {
        fixed (byte* first = data)
        {
            MLWebRTCDataChannelMessage message = new MLWebRTCDataChannelMessage
            {
                Version = 1,
                Data = (IntPtr)first,
                DataSize = (ulong)size,
                IsBinary = binary,
            };
            return Native.MLWebRTCDataChannelSendMessage(Handle, ref message);
        }
    }

    public void Destroy()
    {
        Expect.Ok(Native.MLWebRTCDataChannelDestroy(Peer.Handle, Handle), "DataChannelDestroy");
        Peer.Channels.Remove(this);
    }

    void OnOpen(IntPtr given)
    {
        Expect.Equal(context, given, "context of OnOpen");
        Opened++;
        Expect.Equal(1, Opened, "times opened");
        Expect.Equal(0, Received, "messages before OnOpen");
        Peer.Happened("OnOpen");
    }

    void OnClosed(IntPtr given)
    {
        Expect.Equal(context, given, "context of OnClosed");
        Closed++;
        Expect.Equal(1, Closed, "times closed");
        Peer.Happened("OnClosed");
    }

    void OnMessage(ref MLWebRTCDataChannelMessage message, IntPtr given)
    {
        Expect.Equal(context, given, "context of OnMessage");
        Expect.Equal(1, Opened, "times opened before a message");
        Expect.Equal(0, Closed, "times closed before a message");
        byte[] data = new byte[message.DataSize];
        Marshal.Copy(message.Data, data, 0, data.Length);
        Message.Check(Received, data, message.IsBinary);
        Received++;
        Peer.Happened("OnMessage");
    }
}

// The content of the message number n follows from n alone, so that loss, repetition, disorder
// and damage all show.
static class Message
{
    public static bool IsBinary(int number)
    {
        return number % 2 == 0;
    }

    public static byte[] Make(int number)
    {
        int size = number % 100 == 99 ? 65536 : number * 37 % 1200;
        string start = number + ":";
        byte[] data = new byte[start.Length + size];
        Encoding.ASCII.GetBytes(start, 0, start.Length, data, 0);
        for (int at = start.Length; at < data.Length; at++)
            data[at] = (byte)('a' + (number + at) % 26);
        return data;
    }

    public static void Check(int number, byte[] data, bool binary)
    {
        byte[] due = Make(number);
        Expect.Equal(IsBinary(number), binary, "kind of message " + number);
        Expect.Equal(due.Length, data.Length, "size of message " + number);
        for (int at = 0; at < due.Length; at++)
        {
            if (due[at] != data[at])
                throw new Failed("message " + number + " differs at byte " + at);
        }
    }
}

sealed class Peer
{
    static int lastContext;

    public ulong Handle;
    public Peer Other;
    public readonly string Name;
    public readonly List<Channel> Channels = new List<Channel>();
    public readonly Dictionary<string, int> Events = new Dictionary<string, int>();

    // Runs at the end of each callback, when the books are in order: it may throw.
    public Action<Peer, string> Hook;

    readonly IntPtr context = (IntPtr)(2 * Interlocked.Increment(ref lastContext) + 1);
    readonly MLWebRTCConnectionEventCallbacks callbacks;

    public Peer(string name)
    {
        Name = name;
        callbacks = new MLWebRTCConnectionEventCallbacks
        {
            Context = context,
            OnError = OnError,
            OnConnected = given => Happened("OnConnected", given),
            OnDisconnected = given => Happened("OnDisconnected", given),
            OnDataChannelReceived = OnDataChannelReceived,
            OnLocalOfferCreated = OnLocalOfferCreated,
            OnLocalAnswerCreated = OnLocalAnswerCreated,
            OnLocalIceCandidateFound = OnLocalIceCandidateFound,
            OnIceGatheringCompleted = given => Happened("OnIceGatheringCompleted", given),
        };
        MLWebRTCConnectionConfig config = new MLWebRTCConnectionConfig();
        MLWebRTCConnectionEventCallbacks copy = callbacks;
        Expect.Ok(Native.MLWebRTCConnectionCreate(ref config, ref copy, out Handle), "ConnectionCreate");
    }

    public static void Pair(string name, Action<Peer, string> hook, out Peer offerer, out Peer answerer)
    {
        offerer = new Peer(name + " offerer") { Hook = hook };
        answerer = new Peer(name + " answerer") { Hook = hook, Other = offerer };
        offerer.Other = answerer;
    }

    public bool IsConnected
    {
        get
        {
            bool connected;
            Expect.Ok(Native.MLWebRTCConnectionIsConnected(Handle, out connected), "IsConnected");
            return connected;
        }
    }

    public bool HasFailed
    {
        get
        {
            bool failed;
            Expect.Ok(Native.MLWebRTCConnectionHasFailed(Handle, out failed), "HasFailed");
            return failed;
        }
    }

    public Channel CreateChannel(string label)
    {
        ulong handle;
        Expect.Ok(Native.MLWebRTCDataChannelCreate(Handle, label, out handle), "DataChannelCreate");
        Channel channel = new Channel(this, handle);
        Channels.Add(channel);
        return channel;
    }

    public Channel FindChannel(string label)
    {
        return Channels.Find(channel => channel.Label == label);
    }

    public void CreateOffer()
    {
        Expect.Ok(Native.MLWebRTCConnectionCreateOffer(Handle), "CreateOffer");
    }

    public void ProcessEvents()
    {
        Expect.Ok(Native.MLWebRTCConnectionProcessEvents(Handle), "ProcessEvents");
    }

    public void Destroy()
    {
        Expect.Ok(Native.MLWebRTCConnectionDestroy(Handle), "ConnectionDestroy");
        Handle = 0;
        if (Other != null)
            Other.Other = null;
        Other = null;
        Channels.Clear();
    }

    public int Times(string what)
    {
        int times;
        return Events.TryGetValue(what, out times) ? times : 0;
    }

    public void Happened(string what)
    {
        Events[what] = Times(what) + 1;
        if (Hook != null)
            Hook(this, what);
    }

    void Happened(string what, IntPtr given)
    {
        Expect.Equal(context, given, "context of " + what);
        Happened(what);
    }

    void OnError(string message, IntPtr given)
    {
        Expect.True(message.Length > 0, "OnError says something");
        Happened("OnError", given);
    }

    void OnDataChannelReceived(ulong handle, IntPtr given)
    {
        Channels.Add(new Channel(this, handle));
        Happened("OnDataChannelReceived", given);
    }

    void OnLocalOfferCreated(string offer, IntPtr given)
    {
        if (Other != null)
            Expect.Ok(Native.MLWebRTCConnectionSetRemoteOffer(Other.Handle, offer), "SetRemoteOffer");
        Happened("OnLocalOfferCreated", given);
    }

    void OnLocalAnswerCreated(string answer, IntPtr given)
    {
        if (Other != null)
            Expect.Ok(Native.MLWebRTCConnectionSetRemoteAnswer(Other.Handle, answer), "SetRemoteAnswer");
        Happened("OnLocalAnswerCreated", given);
    }

    void OnLocalIceCandidateFound(ref MLWebRTCConnectionIceCandidate candidate, IntPtr given)
    {
        if (Other != null)
        {
            MLWebRTCConnectionIceCandidate copy = candidate;
            Expect.Ok(Native.MLWebRTCConnectionAddRemoteIceCandidate(Other.Handle, ref copy), "AddRemoteIceCandidate");
        }
        Happened("OnLocalIceCandidateFound", given);
    }
}
