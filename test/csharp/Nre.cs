// SPDX-License-Identifier: MIT
// Nre.exe [contained]: the runtime makes exceptions of the faults (SIGSEGV, SIGFPE) that managed code runs into. They
// stay exceptions with the library loaded and at work, on every thread, also inside callbacks.
// With "contained" none leaves a callback: .NET, other than Mono, ends the process then, whatever the library does.
using System;
using System.Runtime.CompilerServices;
using System.Threading;

static class Nre
{
    sealed class Thing
    {
        public int Value = 1;
    }

    static bool contained;

    static int Main(string[] arguments)
    {
        contained = arguments.Length > 0 && arguments[0] == "contained";
        return Expect.Run("Nre", () =>
        {
            Fault(1000);
            Expect.Ok(Native.MLWebRTCInstanceCreate(), "InstanceCreate");
            Fault(1000);
            AtWork();
            Expect.Ok(Native.MLWebRTCInstanceDestroy(), "InstanceDestroy");
            Expect.NothingLeft();
            Fault(1000);
        });
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Read(Thing thing)
    {
        return thing.Value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Divide(int by)
    {
        return 1000 / by;
    }

    static void Fault(int times)
    {
        for (int at = 0; at < times; at++)
        {
            bool caught = false;
            try
            {
                Read(null);
            }
            catch (NullReferenceException)
            {
                caught = true;
            }
            Expect.True(caught, "NullReferenceException");
            caught = false;
            try
            {
                Divide(0);
            }
            catch (DivideByZeroException)
            {
                caught = true;
            }
            Expect.True(caught, "DivideByZeroException");
        }
    }

    // Two threads run into faults all the time, while a third one collects garbage, and this one
    // runs into them in its callbacks too: one callback of three lets its fault go through the
    // library.
    static void AtWork()
    {
        bool done = false;
        Exception failure = null;
        Func<Action, Thread> repeat = work => new Thread(() =>
        {
            try
            {
                while (!Volatile.Read(ref done))
                {
                    work();
                    Thread.Yield();
                }
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        });
        Thread[] threads = { repeat(() => Fault(10)), repeat(() => Fault(10)), repeat(GC.Collect) };
        foreach (Thread thread in threads)
            thread.Start();
        try
        {
            Callbacks();
        }
        finally
        {
            Volatile.Write(ref done, true);
        }
        foreach (Thread thread in threads)
            thread.Join();
        if (failure != null)
            throw new Failed(failure.ToString());
    }

    static void Callbacks()
    {
        int events = 0;
        int through = 0;
        int caught = 0;
        Peer offerer, answerer;
        Peer.Pair("faults", (peer, what) =>
        {
            Fault(1);
            if (!contained && events++ % 3 == 0)
            {
                through++;
                Read(null);
            }
        }, out offerer, out answerer);
        Action pump = () =>
        {
            foreach (Peer peer in new[] { offerer, answerer })
            {
                try
                {
                    peer.ProcessEvents();
                }
                catch (NullReferenceException)
                {
                    caught++;
                }
            }
        };
        Channel left = offerer.CreateChannel("faults");
        offerer.CreateOffer();
        Expect.Until(() => left.Opened == 1 && answerer.FindChannel("faults") != null, pump, "connected");
        Channel right = answerer.FindChannel("faults");
        Expect.Until(() => right.Received == 1000, () =>
        {
            while (left.Sent < 1000 && left.Send())
            {
            }
            pump();
        }, "messages");
        Expect.Equal(through, caught, "faults through the library");
        offerer.Destroy();
        answerer.Destroy();
    }
}
