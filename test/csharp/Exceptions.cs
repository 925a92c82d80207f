// SPDX-License-Identifier: MIT
// Exceptions.exe: managed exceptions out of every kind of callback, caught around the native call
// from which the callback came. Mono unwinds the stack from the callback to the next managed
// frame, which is the one that called into the library, and runs nothing of the native frames
// between them. Whatever was not delivered yet comes with the next ProcessEvents, nothing comes
// twice, and everything goes on. Garbage is collected all the time.
//
// An exception out of a debug message has no managed caller below it: there Mono ends the process
// as for any unhandled exception, and so it is not thrown here.
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;

sealed class Thrown : Exception
{
    public readonly string What;

    public Thrown(string what) : base("out of " + what)
    {
        What = what;
    }
}

// A thread that runs one piece of work after the other.
sealed class Helper
{
    readonly BlockingCollection<Action> work = new BlockingCollection<Action>();
    readonly SemaphoreSlim done = new SemaphoreSlim(0);
    readonly Thread thread;
    Exception failure;

    public Helper()
    {
        thread = new Thread(Serve);
        thread.Start();
    }

    public void Run(Action one)
    {
        work.Add(one);
        done.Wait();
        if (failure != null)
        {
            End();
            throw new Failed(failure.ToString());
        }
    }

    public void End()
    {
        work.CompleteAdding();
        thread.Join();
    }

    void Serve()
    {
        foreach (Action one in work.GetConsumingEnumerable())
        {
            try
            {
                one();
            }
            catch (Exception exception)
            {
                failure = exception;
            }
            done.Release();
        }
    }
}

static class Exceptions
{
    static readonly string[] Kinds =
    {
        "OnError", "OnConnected", "OnDisconnected", "OnDataChannelReceived", "OnLocalOfferCreated",
        "OnLocalAnswerCreated", "OnLocalIceCandidateFound", "OnIceGatheringCompleted", "OnOpen", "OnMessage",
        "OnClosed",
    };

    // Parses, but has neither ICE credentials nor a fingerprint, so applying it fails.
    const string Useless = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
        + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=sctp-port:5000\r\n";

    static readonly Dictionary<string, int> thrown = new Dictionary<string, int>();
    static int thrownCount;
    static int caughtCount;

    static int Main()
    {
        bool done = false;
        Thread collector = new Thread(() =>
        {
            while (!Volatile.Read(ref done))
            {
                GC.Collect();
                Thread.Yield();
            }
        });
        collector.Start();
        return Expect.Run("Exceptions", () =>
        {
            try
            {
                OutOfEveryCallback();
                OutOfTwoConnections();
                OtherThreadGoesOn();
                OutOfSources();
            }
            finally
            {
                Volatile.Write(ref done, true);
                collector.Join();
            }
            Console.WriteLine("Exceptions: {0} thrown and caught", thrownCount);
        });
    }

    static void Throw(Peer peer, string what)
    {
        int times;
        thrown.TryGetValue(what, out times);
        thrown[what] = times + 1;
        thrownCount++;
        throw new Thrown(what);
    }

    // Calls from different depths of the stack: the frame that was thrown through lay sometimes
    // above, sometimes below the one of the next call.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static unsafe void ProcessEvents(Peer peer, int depth)
    {
        if (depth > 0)
        {
            byte* space = stackalloc byte[200 * depth];
            space[0] = 1;
            ProcessEvents(peer, depth - 1);
            return;
        }
        try
        {
            peer.ProcessEvents();
        }
        catch (Thrown)
        {
            caughtCount++;
        }
    }

    static void Pump(Peer first, Peer second)
    {
        ProcessEvents(first, thrownCount % 5);
        ProcessEvents(second, thrownCount * 3 % 7);
    }

    static void Connect(Peer offerer, Peer answerer, out Channel from, out Channel to)
    {
        Channel made = offerer.CreateChannel("talk");
        Channel received = null;
        offerer.CreateOffer();
        Expect.Until(() => (received = answerer.FindChannel("talk")) != null && made.Opened == 1
            && received.Opened == 1 && offerer.Times("OnConnected") == 1 && answerer.Times("OnConnected") == 1
            && offerer.Times("OnIceGatheringCompleted") == 1 && answerer.Times("OnIceGatheringCompleted") == 1,
            () => Pump(offerer, answerer), "connected");
        from = made;
        to = received;
    }

    static void Talk(Channel left, Channel right, int count)
    {
        int due = left.Sent + count;
        Expect.Until(() => left.Received == due && right.Received == due, () =>
        {
            while (left.Sent < due && left.Send())
            {
            }
            while (right.Sent < due && right.Send())
            {
            }
            Pump(left.Peer, right.Peer);
        }, () => "messages: " + left.Received + " and " + right.Received + " of " + due);
    }

    static void OutOfEveryCallback()
    {
        Expect.Ok(Native.MLWebRTCInstanceCreate(), "InstanceCreate");
        thrownCount = caughtCount = 0;
        Peer offerer, answerer;
        Peer.Pair("every", Throw, out offerer, out answerer);
        Expect.Ok(Native.MLWebRTCConnectionSetRemoteOffer(offerer.Handle, Useless), "SetRemoteOffer of a useless one");
        Expect.Until(() => offerer.Times("OnError") == 1, () => Pump(offerer, answerer), "OnError");
        Channel left, right;
        Connect(offerer, answerer, out left, out right);
        Talk(left, right, 200);
        Expect.Equal(thrownCount, caughtCount, "exceptions caught");

        offerer.Hook = answerer.Hook = null;
        Talk(left, right, 200);
        offerer.Hook = answerer.Hook = Throw;

        left.Destroy();
        Expect.Until(() => right.Closed == 1, () => Pump(offerer, answerer), "OnClosed");
        right.Destroy();
        Channel second = offerer.CreateChannel("second");
        Expect.Until(() => second.Opened == 1, () => Pump(offerer, answerer), "a second channel opens");
        offerer.Destroy();
        Expect.Until(() => answerer.Times("OnDisconnected") == 1, () => ProcessEvents(answerer, 0), "OnDisconnected");
        for (int round = 0; round < 10; round++)
            ProcessEvents(answerer, round);
        answerer.Destroy();
        Expect.Equal(thrownCount, caughtCount, "exceptions caught");
        foreach (string kind in Kinds)
            Expect.True(thrown.ContainsKey(kind), "something was thrown out of " + kind);
        foreach (Peer peer in new[] { offerer, answerer })
        {
            Expect.Equal(1, peer.Times("OnConnected"), "OnConnected");
            Expect.Equal(1, peer.Times("OnIceGatheringCompleted"), "OnIceGatheringCompleted");
            Expect.Equal(400, peer.Times("OnMessage"), "OnMessage");
        }
        Expect.Equal(1, offerer.Times("OnLocalOfferCreated"), "OnLocalOfferCreated");
        Expect.Equal(1, offerer.Times("OnError"), "OnError");
        Expect.Equal(1, answerer.Times("OnLocalAnswerCreated"), "OnLocalAnswerCreated");
        Expect.Equal(2, answerer.Times("OnDataChannelReceived"), "OnDataChannelReceived");
        Expect.Equal(1, answerer.Times("OnDisconnected"), "OnDisconnected");
        Expect.Ok(Native.MLWebRTCInstanceDestroy(), "InstanceDestroy");
        Expect.NothingLeft();
    }

    // A callback of one connection drains another one, whose callback throws: through the frames
    // of both, or only through the inner ones.
    static void OutOfTwoConnections()
    {
        Expect.Ok(Native.MLWebRTCInstanceCreate(), "InstanceCreate");
        Peer offerer, answerer;
        Peer.Pair("two", null, out offerer, out answerer);
        Channel left, right;
        Connect(offerer, answerer, out left, out right);
        int round = 0;
        int inner = 0;
        answerer.Hook = Throw;
        offerer.Hook = (peer, what) =>
        {
            if (round++ % 2 == 0)
            {
                answerer.ProcessEvents();
                return;
            }
            try
            {
                answerer.ProcessEvents();
            }
            catch (Thrown)
            {
                caughtCount++;
                inner++;
            }
            offerer.ProcessEvents();
        };
        for (int talks = 0; talks < 50 && inner < 3; talks++)
            Talk(left, right, 100);
        Expect.True(inner >= 3, "exceptions were caught between the frames");
        Expect.Equal(thrownCount, caughtCount, "exceptions caught");
        offerer.Hook = answerer.Hook = null;
        Talk(left, right, 100);
        offerer.Destroy();
        answerer.Destroy();
        Expect.Ok(Native.MLWebRTCInstanceDestroy(), "InstanceDestroy");
        Expect.NothingLeft();
    }

    // A thread was thrown out of a callback and does not call again: another one takes over, for
    // ProcessEvents or Destroy. The library keeps what that callback was given until the thread
    // calls again.
    static void OtherThreadGoesOn()
    {
        Expect.Ok(Native.MLWebRTCInstanceCreate(), "InstanceCreate");
        Peer offerer, answerer;
        Peer.Pair("threads", null, out offerer, out answerer);
        Channel left, right;
        Connect(offerer, answerer, out left, out right);
        Helper helper = new Helper();
        answerer.Hook = Throw;
        for (int at = 0; at < 10; at++)
            Expect.True(left.Send(), "SendMessage");
        helper.Run(() =>
            Expect.Until(() => right.Received == 1, () => ProcessEvents(answerer, 3), "the first message"));
        answerer.Hook = null;
        Expect.Until(() => right.Received == 10, () => ProcessEvents(answerer, 0), "the others");

        answerer.Hook = Throw;
        Expect.True(left.Send(), "SendMessage");
        helper.Run(() =>
            Expect.Until(() => right.Received == 11, () => ProcessEvents(answerer, 0), "one more"));
        right.Destroy();
        answerer.Destroy();
        offerer.Destroy();
        Expect.Equal(thrownCount, caughtCount, "exceptions caught");
        Expect.Ok(Native.MLWebRTCInstanceDestroy(), "InstanceDestroy");
        helper.Run(Expect.NothingLeft);
        helper.End();
    }

    static void OutOfSources()
    {
        Expect.Ok(Native.MLWebRTCInstanceCreate(), "InstanceCreate");
        int told = 0;
        int destroyed = 0;
        MLWebRTCAppDefinedSourceEventCallbacks events = new MLWebRTCAppDefinedSourceEventCallbacks
        {
            Version = 1,
            OnSetEnabled = (enabled, context) =>
            {
                told++;
                Throw(null, "OnSetEnabled");
            },
            OnDestroyed = context =>
            {
                destroyed++;
                Throw(null, "OnDestroyed");
            },
        };
        for (int round = 1; round <= 3; round++)
        {
            ulong source;
            Expect.Ok(Native.MLWebRTCSourceCreateAppDefinedVideoSource(ref events, out source), "Create");
            // More often than callbacks of one source may run at a time.
            for (int at = 1; at <= 100; at++)
            {
                bool enabled;
                CatchAround(() => Native.MLWebRTCSourceSetEnabled(source, at % 2 == 0), "OnSetEnabled");
                Expect.Equal((round - 1) * 100 + at, told, "times OnSetEnabled");
                Expect.Ok(Native.MLWebRTCSourceIsEnabled(source, out enabled), "IsEnabled");
                Expect.Equal(at % 2 == 0, enabled, "IsEnabled");
            }
            CatchAround(() => Native.MLWebRTCSourceDestroy(source), "OnDestroyed");
            Expect.Equal(round, destroyed, "times OnDestroyed");
            Expect.Code(Result.MismatchingHandle, Native.MLWebRTCSourceDestroy(source), "a second SourceDestroy");
            Expect.Equal(round, destroyed, "times OnDestroyed");
        }
        GC.KeepAlive(events);
        Expect.Ok(Native.MLWebRTCInstanceDestroy(), "InstanceDestroy");
        Expect.NothingLeft();
    }

    static void CatchAround(Func<int> call, string what)
    {
        try
        {
            int result = call();
            throw new Failed("nothing was thrown out of " + what + ", the call gave " + Expect.Name(result));
        }
        catch (Thrown exception)
        {
            caughtCount++;
            Expect.Equal(what, exception.What, "where it was thrown");
        }
    }
}
