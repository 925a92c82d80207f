// SPDX-License-Identifier: MIT
// Seed.exe: calls the library in the order, and with the habits, of the managed layer that
// applications use: versions 0, structs marshalled to memory that is freed right after the call,
// static callbacks, GCHandles as contexts that are freed right after Destroy, SetEventCallbacks
// and GetLabel when a channel is received. That layer hands what its callbacks say to its main
// thread, which may happen at once or many frames later: both are tried.
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;

sealed class SeedChannel
{
    public ulong Handle;
    public GCHandle GCHandle;
    public string Label;
    public bool Opened;
    public bool Closed;
    public readonly List<string> Messages = new List<string>();

    public void Say(string text)
    {
        IntPtr data = Marshal.StringToHGlobalAnsi(text);
        MLWebRTCDataChannelMessage message = new MLWebRTCDataChannelMessage
        {
            Version = 1,
            Data = data,
            DataSize = (ulong)text.Length,
            IsBinary = false,
        };
        int result = Native.MLWebRTCDataChannelSendMessage(Handle, ref message);
        Marshal.FreeHGlobal(data);
        Expect.Ok(result, "SendMessage");
    }
}

sealed class SeedConnection
{
    public ulong Handle;
    public GCHandle GCHandle;
    public SeedConnection Remote;
    public bool Connected;
    public bool Disconnected;
    public readonly List<string> Errors = new List<string>();
    public readonly List<SeedChannel> Channels = new List<SeedChannel>();
}

static class Seed
{
    static readonly Queue<Action> later = new Queue<Action>();
    static bool atOnce;

    static int Main()
    {
        return Expect.Run("Seed", () =>
        {
            foreach (bool immediate in new[] { true, false })
            {
                atOnce = immediate;
                Chat();
            }
        });
    }

    static void ScheduleMain(Action action)
    {
        if (atOnce)
            action();
        else
            later.Enqueue(action);
    }

    static void Chat()
    {
        Expect.Ok(Native.MLWebRTCInstanceCreate(), "InstanceCreate");
        SeedConnection caller = CreateRemoteConnection("stun:127.0.0.1:3478");
        SeedConnection callee = CreateRemoteConnection("stun:127.0.0.1:3478");
        caller.Remote = callee;
        callee.Remote = caller;

        SeedChannel mine = new SeedChannel { Label = "chat \u00e9\u4e16" };
        Expect.Ok(Native.MLWebRTCDataChannelCreate(caller.Handle, mine.Label, out mine.Handle), "DataChannelCreate");
        SetCallbacks(mine);
        caller.Channels.Add(mine);
        Expect.Ok(Native.MLWebRTCConnectionCreateOffer(caller.Handle), "CreateOffer");
        Action frame = () => Frame(caller, callee);
        Expect.Until(() => caller.Connected && callee.Connected && mine.Opened && callee.Channels.Count == 1
            && callee.Channels[0].Opened, frame, "connected");
        SeedChannel theirs = callee.Channels[0];
        Expect.Equal(mine.Label, theirs.Label, "label");

        for (int line = 0; line < 100; line++)
        {
            mine.Say("caller " + line);
            theirs.Say("callee " + line);
        }
        mine.Say("");
        // The length of this layer counts UTF-16 units: the last character is cut and goes.
        theirs.Say("caf\u00e9");
        Expect.Until(() => mine.Messages.Count == 101 && theirs.Messages.Count == 101, frame, "messages");
        for (int line = 0; line < 100; line++)
        {
            Expect.Equal("callee " + line, mine.Messages[line], "a line of the callee");
            Expect.Equal("caller " + line, theirs.Messages[line], "a line of the caller");
        }
        Expect.Equal("", theirs.Messages[100], "an empty line");
        Expect.Equal("caf", mine.Messages[100], "a line that is cut");

        Destroy(caller);
        Expect.Until(() => theirs.Closed && callee.Disconnected, () => Frame(callee), "the end of the caller");
        Destroy(callee);
        Expect.Equal(0, caller.Errors.Count + callee.Errors.Count, "errors");
        Expect.Ok(Native.MLWebRTCInstanceDestroy(), "InstanceDestroy");
        Expect.NothingLeft();
    }

    static void Frame(params SeedConnection[] connections)
    {
        foreach (SeedConnection connection in connections)
        {
            bool value;
            Expect.Ok(Native.MLWebRTCConnectionProcessEvents(connection.Handle), "ProcessEvents");
            Expect.Ok(Native.MLWebRTCConnectionIsConnected(connection.Handle, out value), "IsConnected");
            Expect.Ok(Native.MLWebRTCConnectionHasFailed(connection.Handle, out value), "HasFailed");
        }
        for (int count = later.Count; count > 0; count--)
            later.Dequeue()();
    }

    static SeedConnection CreateRemoteConnection(params string[] uris)
    {
        SeedConnection connection = new SeedConnection();
        int size = Marshal.SizeOf(typeof(MLWebRTCConnectionIceServer));
        IntPtr servers = Marshal.AllocHGlobal(size * uris.Length);
        for (int at = 0; at < uris.Length; at++)
        {
            MLWebRTCConnectionIceServer server = new MLWebRTCConnectionIceServer { Uri = uris[at] };
            Marshal.StructureToPtr(server, servers + at * size, false);
        }
        MLWebRTCConnectionConfig config = new MLWebRTCConnectionConfig
        {
            IceServers = servers,
            NumIceServers = (uint)uris.Length,
        };
        connection.GCHandle = GCHandle.Alloc(connection);
        MLWebRTCConnectionEventCallbacks callbacks = new MLWebRTCConnectionEventCallbacks
        {
            OnError = OnError,
            OnConnected = OnConnected,
            OnDisconnected = OnDisconnected,
            OnLocalOfferCreated = OnLocalOfferCreated,
            OnLocalAnswerCreated = OnLocalAnswerCreated,
            OnLocalIceCandidateFound = OnLocalIceCandidateFound,
            OnIceGatheringCompleted = OnIceGatheringCompleted,
            OnTrackRemoved = OnTrackRemoved,
            OnTrackAdded = OnTrackAdded,
            OnDataChannelReceived = OnDataChannelReceived,
            Context = GCHandle.ToIntPtr(connection.GCHandle),
        };
        int result = Native.MLWebRTCConnectionCreate(ref config, ref callbacks, out connection.Handle);
        for (int at = 0; at < uris.Length; at++)
            Marshal.DestroyStructure(servers + at * size, typeof(MLWebRTCConnectionIceServer));
        Marshal.Copy(new byte[size * uris.Length], 0, servers, size * uris.Length);
        Marshal.FreeHGlobal(servers);
        Expect.Ok(result, "ConnectionCreate");
        return connection;
    }

    static void SetCallbacks(SeedChannel channel)
    {
        channel.GCHandle = GCHandle.Alloc(channel);
        MLWebRTCDataChannelEventCallbacks callbacks = new MLWebRTCDataChannelEventCallbacks
        {
            Version = 1,
            OnOpen = OnOpen,
            OnClosed = OnClosed,
            OnMessage = OnMessage,
            Context = GCHandle.ToIntPtr(channel.GCHandle),
        };
        Expect.Ok(Native.MLWebRTCDataChannelSetEventCallbacks(channel.Handle, ref callbacks), "SetEventCallbacks");
    }

    static void Destroy(SeedConnection connection)
    {
        Expect.Ok(Native.MLWebRTCConnectionDestroy(connection.Handle), "ConnectionDestroy");
        // What was scheduled before the Destroy is run while the context can still be resolved.
        while (later.Count > 0)
            later.Dequeue()();
        foreach (SeedChannel channel in connection.Channels)
            channel.GCHandle.Free();
        connection.GCHandle.Free();
    }

    static SeedConnection Connection(IntPtr context)
    {
        return (SeedConnection)GCHandle.FromIntPtr(context).Target;
    }

    static SeedChannel Channel(IntPtr context)
    {
        return (SeedChannel)GCHandle.FromIntPtr(context).Target;
    }

    static void OnError(string message, IntPtr context)
    {
        ScheduleMain(() => Connection(context).Errors.Add(message));
    }

    static void OnConnected(IntPtr context)
    {
        ScheduleMain(() => Connection(context).Connected = true);
    }

    static void OnDisconnected(IntPtr context)
    {
        ScheduleMain(() => Connection(context).Disconnected = true);
    }

    static void OnTrackAdded(ref MLWebRTCSource source, uint streamCount, IntPtr streams, IntPtr context)
    {
        ScheduleMain(() => Connection(context).Errors.Add("a track that nobody sent"));
    }

    static void OnTrackRemoved(ulong source, IntPtr context)
    {
        ScheduleMain(() => Connection(context).Errors.Add("the end of a track that nobody sent"));
    }

    static void OnDataChannelReceived(ulong handle, IntPtr context)
    {
        ScheduleMain(() =>
        {
            SeedChannel channel = new SeedChannel { Handle = handle };
            SetCallbacks(channel);
            IntPtr label;
            Expect.Ok(Native.MLWebRTCDataChannelGetLabel(handle, out label), "GetLabel");
            channel.Label = Marshal.PtrToStringAnsi(label);
            Expect.Ok(Native.MLWebRTCDataChannelReleaseLabelMemory(handle, label), "ReleaseLabelMemory");
            Connection(context).Channels.Add(channel);
        });
    }

    static void OnLocalOfferCreated(string offer, IntPtr context)
    {
        ScheduleMain(() => Expect.Ok(
            Native.MLWebRTCConnectionSetRemoteOffer(Connection(context).Remote.Handle, offer), "SetRemoteOffer"));
    }

    static void OnLocalAnswerCreated(string answer, IntPtr context)
    {
        ScheduleMain(() => Expect.Ok(
            Native.MLWebRTCConnectionSetRemoteAnswer(Connection(context).Remote.Handle, answer), "SetRemoteAnswer"));
    }

    static void OnLocalIceCandidateFound(ref MLWebRTCConnectionIceCandidate candidate, IntPtr context)
    {
        MLWebRTCConnectionIceCandidate copy = new MLWebRTCConnectionIceCandidate
        {
            Candidate = candidate.Candidate,
            SdpMid = candidate.SdpMid,
            SdpMlineIndex = candidate.SdpMlineIndex,
        };
        ScheduleMain(() => Expect.Ok(
            Native.MLWebRTCConnectionAddRemoteIceCandidate(Connection(context).Remote.Handle, ref copy),
            "AddRemoteIceCandidate"));
    }

    static void OnIceGatheringCompleted(IntPtr context)
    {
        ScheduleMain(() => Expect.True(Connection(context).Handle != 0, "gathering of a living connection"));
    }

    static void OnOpen(IntPtr context)
    {
        ScheduleMain(() => Channel(context).Opened = true);
    }

    static void OnClosed(IntPtr context)
    {
        ScheduleMain(() => Channel(context).Closed = true);
    }

    static void OnMessage(ref MLWebRTCDataChannelMessage message, IntPtr context)
    {
        byte[] data = new byte[message.DataSize];
        Marshal.Copy(message.Data, data, 0, data.Length);
        string text = Encoding.UTF8.GetString(data);
        ScheduleMain(() => Channel(context).Messages.Add(text));
    }
}
