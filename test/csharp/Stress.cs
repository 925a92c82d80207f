// SPDX-License-Identifier: MIT
// Stress.exe SECONDS: managed threads call the library in every way, with callbacks, and keep
// objects alive on nothing but their stacks meanwhile; another thread collects garbage in a loop.
// At the end nothing is damaged or lost, everything is destroyed, and the process ends.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading;

static class Stress
{
    const int Window = 32; // messages on their way at a time

    static readonly Stopwatch Clock = Stopwatch.StartNew();
    static TimeSpan duration;
    static volatile bool stopCollecting;
    static volatile Exception failure;

    static int callbacks;
    static int messages;
    static int pairs;
    static int sources;
    static int debugMessages;
    static int collections;

    static int Main(string[] arguments)
    {
        duration = TimeSpan.FromSeconds(double.Parse(arguments[0]));
        return Expect.Run("Stress", Program);
    }

    static bool Going
    {
        get { return Clock.Elapsed < duration && failure == null; }
    }

    static void Program()
    {
        OnDebugMessage onDebugMessage = DebugMessage;
        MLWebRTCDebugUtils utils = new MLWebRTCDebugUtils
        {
            Version = 1,
            Context = (IntPtr)7,
            LogLevel = 3,
            OnDebugMessage = onDebugMessage,
        };
        Expect.Ok(Native.MLWebRTCInstanceCreateWithDebugUtils(ref utils), "InstanceCreateWithDebugUtils");
        Thread collector = Begin(Collect);
        List<Thread> workers = new List<Thread>
        {
            Begin(() => Chat("chat 1")), Begin(() => Chat("chat 2")), Begin(ComeAndGo), Begin(Sources),
        };
        workers.ForEach(worker => worker.Join());
        Chain.Across(() => Expect.Ok(Native.MLWebRTCInstanceDestroy(), "InstanceDestroy"));
        int silent = debugMessages;
        if (failure == null)
            Expect.NothingLeft();
        stopCollecting = true;
        collector.Join();
        GC.KeepAlive(onDebugMessage);
        if (failure != null)
            throw new Failed(failure.ToString());
        Expect.Equal(silent, debugMessages, "debug messages after InstanceDestroy");
        Expect.True(silent > 0, "there were debug messages");
        Console.WriteLine("Stress: {0} messages, {1} callbacks, {2} pairs that came and went, {3} sources, "
            + "{4} debug messages, {5} collections in {6:0.0} s", messages, callbacks, pairs, sources, debugMessages,
            collections, Clock.Elapsed.TotalSeconds);
    }

    static Thread Begin(Action work)
    {
        Thread thread = new Thread(() =>
        {
            try
            {
                work();
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        });
        thread.Start();
        return thread;
    }

    static void Collect()
    {
        while (!stopCollecting)
        {
            GC.Collect();
            collections++;
            // What was freed by mistake is overwritten by these.
            for (int at = 0; at < 200; at++)
            {
                byte[] rubbish = new byte[16 + Chain.Random() % 200];
                rubbish[0] = 0xEE;
            }
            Thread.Yield();
        }
    }

    static void DebugMessage(uint level, string message, IntPtr context)
    {
        uint seed = Chain.Random();
        Chain chain = Chain.Make(seed);
        if (context != (IntPtr)7 || level < 3 || message.Length == 0)
            failure = new Failed("debug message " + level + " \"" + message + "\"");
        Interlocked.Increment(ref debugMessages);
        Chain.Check(chain, seed);
    }

    // Inside each callback: objects on the stack above the library's frames, and calls that the
    // library answers in C and such that it hands over.
    static void InCallback(Peer peer, string what)
    {
        Interlocked.Increment(ref callbacks);
        uint seed = Chain.Random();
        Chain chain = Chain.Make(seed);
        Chain.Across(() => peer.ProcessEvents());
        Chain.Across(() => Expect.True(peer.IsConnected || !peer.HasFailed, "neither connected nor failed"));
        if (seed % 8 == 0)
        {
            Chain.Across(() => Expect.Code(Result.InvalidParam,
                Native.MLWebRTCConnectionSetRemoteOffer(peer.Handle, "no SDP"), "SetRemoteOffer of no SDP"));
        }
        Chain.Check(chain, seed);
    }

    static void Connect(string name, Peer offerer, Peer answerer, out Channel from, out Channel to)
    {
        Channel made = null;
        Channel received = null;
        Chain.Across(() => made = offerer.CreateChannel(name));
        Chain.Across(offerer.CreateOffer);
        Expect.Until(() =>
        {
            received = answerer.FindChannel(name);
            return received != null && received.IsOpen && made.IsOpen && made.Opened == 1 && received.Opened == 1
                && offerer.IsConnected && answerer.IsConnected;
        }, () => Pump(offerer, answerer), name + " connects");
        from = made;
        to = received;
    }

    static void Pump(Peer first, Peer second)
    {
        Chain.Across(first.ProcessEvents);
        Chain.Across(second.ProcessEvents);
    }

    // A pair that stays connected: messages in both directions, channels that come and go.
    static void Chat(string name)
    {
        Peer offerer, answerer;
        Peer.Pair(name, InCallback, out offerer, out answerer);
        Channel left, right;
        Connect(name, offerer, answerer, out left, out right);
        for (int round = 0; Going; round++)
        {
            SendSome(left, right);
            SendSome(right, left);
            Pump(offerer, answerer);
            Chain.Across(() => Expect.Equal(name, left.Label, "label"));
            Chain.Across(() => Expect.True(right.IsOpen && answerer.IsConnected && !answerer.HasFailed, "is up"));
            if (round % 64 == 63)
                ComeAndGo(offerer, answerer, name + " " + round);
        }
        Expect.Until(() => failure != null || (left.Received == right.Sent && right.Received == left.Sent),
            () => Pump(offerer, answerer), "all messages arrive");
        Interlocked.Add(ref messages, left.Received + right.Received);
        Chain.Across(left.Destroy);
        Expect.Until(() => failure != null || right.Closed == 1, () => Pump(offerer, answerer), "OnClosed");
        Chain.Across(right.Destroy);
        Chain.Across(offerer.Destroy);
        Expect.Until(() => failure != null || answerer.Times("OnDisconnected") == 1, answerer.ProcessEvents,
            "OnDisconnected");
        Chain.Across(answerer.Destroy);
        Expect.Equal(left.Sent, right.Received, "messages to the right");
        Expect.Equal(right.Sent, left.Received, "messages to the left");
    }

    static void SendSome(Channel from, Channel to)
    {
        bool taken = true;
        for (int count = 0; taken && count < 8 && from.Sent - to.Received < Window; count++)
            Chain.Across(() => taken = from.Send());
    }

    // One more channel on a pair that is connected.
    static void ComeAndGo(Peer offerer, Peer answerer, string label)
    {
        Channel made = null;
        Channel received = null;
        Chain.Across(() => made = offerer.CreateChannel(label));
        Expect.Until(() => failure != null || ((received = answerer.FindChannel(label)) != null && made.Opened == 1),
            () => Pump(offerer, answerer), "a channel opens later");
        if (failure != null)
            return;
        for (int count = 0; count < 4; count++)
            Chain.Across(() => Expect.True(made.Send(), "SendMessage"));
        Chain.Across(made.Destroy);
        Expect.Until(() => failure != null || received.Closed == 1, () => Pump(offerer, answerer), "OnClosed");
        Expect.Equal(failure == null ? 4 : received.Received, received.Received, "messages before the end");
        Chain.Across(received.Destroy);
    }

    // Pairs that come and go, some of them without ever connecting.
    static void ComeAndGo()
    {
        for (int number = 0; Going || number < 2; number++)
        {
            if (failure != null)
                return;
            Peer offerer = null;
            Peer answerer = null;
            Chain.Across(() => Peer.Pair("short", InCallback, out offerer, out answerer));
            if (number % 4 == 3)
            {
                Chain.Across(() => offerer.CreateChannel("early"));
                Chain.Across(offerer.CreateOffer);
            }
            else
            {
                Channel from, to;
                Connect("short", offerer, answerer, out from, out to);
                Chain.Across(() => Expect.True(from.Send() && to.Send(), "SendMessage"));
                Expect.Until(() => from.Received == 1 && to.Received == 1, () => Pump(offerer, answerer), "messages");
            }
            Chain.Across(offerer.Destroy);
            Chain.Across(answerer.ProcessEvents);
            Chain.Across(answerer.Destroy);
            pairs++;
        }
    }

    // Callbacks that are synchronous, what is not implemented yet, and mistakes.
    static void Sources()
    {
        while (Going || sources == 0)
        {
            bool? told = null;
            int destroyed = 0;
            MLWebRTCAppDefinedSourceEventCallbacks events = new MLWebRTCAppDefinedSourceEventCallbacks
            {
                Version = 1,
                Context = (IntPtr)5,
                OnSetEnabled = (enabled, context) => Chain.Across(() => told = enabled),
                OnDestroyed = context => Chain.Across(() => destroyed++),
            };
            ulong source = 0;
            Chain.Across(() => Expect.Ok(Native.MLWebRTCSourceCreateAppDefinedVideoSource(ref events, out source),
                "CreateAppDefinedVideoSource"));
            for (int at = 0; at < 10; at++)
            {
                bool due = at % 2 == 1;
                bool enabled = !due;
                Chain.Across(() => Expect.Ok(Native.MLWebRTCSourceSetEnabled(source, due), "SetEnabled"));
                Chain.Across(() => Expect.Ok(Native.MLWebRTCSourceIsEnabled(source, out enabled), "IsEnabled"));
                Expect.Equal(due, told, "OnSetEnabled");
                Expect.Equal(due, enabled, "IsEnabled");
            }
            IntPtr id = IntPtr.Zero;
            Chain.Across(() => Expect.Ok(Native.MLWebRTCSourceGetTrackId(source, out id), "GetTrackId"));
            Expect.True(Marshal.PtrToStringAnsi(id).Length > 0, "a track id");
            Chain.Across(() => Expect.Ok(Native.MLWebRTCSourceReleaseTrackId(source, id), "ReleaseTrackId"));
            Chain.Across(() => Expect.Ok(Native.MLWebRTCSourceDestroy(source), "SourceDestroy"));
            Expect.Equal(1, destroyed, "times OnDestroyed");
            Sinks(source);
            GC.KeepAlive(events);
            sources++;
        }
    }

    static void Sinks(ulong stale)
    {
        ulong sink = 0;
        ulong frame;
        bool available = true;
        Chain.Across(() => Expect.Ok(Native.MLWebRTCVideoSinkCreate(out sink), "VideoSinkCreate"));
        Chain.Across(() => Expect.Ok(Native.MLWebRTCVideoSinkIsNewFrameAvailable(sink, out available), "IsNewFrame"));
        Expect.True(!available, "no frame");
        Chain.Across(() => Expect.Code(Result.Pending,
            Native.MLWebRTCVideoSinkAcquireNextAvailableFrame(sink, out frame), "AcquireNextAvailableFrame"));
        Chain.Across(() => Expect.Ok(Native.MLWebRTCVideoSinkDestroy(sink), "VideoSinkDestroy"));
        Chain.Across(() => Expect.Code(Result.MismatchingHandle, Native.MLWebRTCSourceDestroy(stale),
            "SourceDestroy of a stale handle"));
        Chain.Across(() => Expect.Code(Result.MismatchingHandle, Native.MLWebRTCConnectionProcessEvents(stale),
            "ProcessEvents of a stale handle"));
    }
}
