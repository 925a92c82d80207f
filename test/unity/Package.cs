// SPDX-License-Identifier: MIT
// The package in a managed host, as applications and the Unity Editor use it.
//   Package.exe talk|errors|owners|cycles|reload|reload-pumped
// reload-pumped has no callbacks on threads of the library: Debian's mono-boehm crashes in its own mono_thread_attach when a
// native thread enters a domain that is not the first one (in GC_local_gcj_malloc), whatever the thread's library is.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using LibMLWebRTC;

static class Package
{
    static void Check(bool holds, string what)
    {
        if (!holds)
        {
            throw new Exception("not so: " + what);
        }
    }

    // Two connections that signal to each other.
    sealed class Pair : IDisposable
    {
        public readonly PeerConnection Alice = new PeerConnection();
        public readonly PeerConnection Bob = new PeerConnection();

        public Pair()
        {
            Alice.OfferCreated += Bob.SetRemoteOffer;
            Bob.AnswerCreated += Alice.SetRemoteAnswer;
            Alice.IceCandidateFound += Bob.AddIceCandidate;
            Bob.IceCandidateFound += Alice.AddIceCandidate;
        }

        public void Until(Func<bool> holds, string what, Action meanwhile = null)
        {
            Stopwatch watch = Stopwatch.StartNew();
            while (!holds())
            {
                Alice.Pump();
                Bob.Pump();
                if (meanwhile != null)
                {
                    meanwhile();
                }
                Check(watch.Elapsed < TimeSpan.FromSeconds(30), what + " within 30 s");
                Thread.Sleep(1);
            }
        }

        public void Dispose()
        {
            Alice.Dispose();
            Bob.Dispose();
        }
    }

    // Text, binary, handlers that throw, garbage collections all the time, channels of both sides.
    static void Talk()
    {
        int thrown = 0;
        WebRTC.HandlerFailed += exception => thrown++;
        WebRTC.Initialize();
        var done = false;
        var collector = new Thread(() =>
        {
            while (!done)
            {
                GC.Collect();
                Thread.Sleep(2);
            }
        });
        collector.Start();
        using (var pair = new Pair())
        {
            var received = new List<string>();
            byte[] binary = null;
            DataChannel chat = pair.Alice.CreateDataChannel("späti");
            DataChannel seen = null;
            pair.Bob.DataChannelReceived += channel =>
            {
                seen = channel;
                channel.TextReceived += received.Add;
                channel.BinaryReceived += data => binary = data;
                throw new InvalidOperationException("on purpose");
            };
            pair.Alice.CreateOffer();
            pair.Until(() => seen != null && chat.IsOpen, "a channel");
            Check(thrown == 1 && seen.Label == "späti", "label and exception");
            for (int at = 0; at < 1000; at++)
            {
                string text = "Nachricht " + at + " 你好 🌍";
                pair.Until(() => chat.TrySend(text), "room");
            }
            var large = new byte[200000];
            new Random(1).NextBytes(large);
            Check(chat.TrySend(large), "room for 200 kB");
            pair.Until(() => binary != null, "binary");
            Check(received.Count == 1000 && received[999] == "Nachricht 999 你好 🌍", "all texts, in order");
            for (int at = 0; at < large.Length; at++)
            {
                Check(binary[at] == large[at], "the same bytes");
            }
            bool closed = false;
            seen.Closed += () => closed = true;
            chat.Dispose();
            pair.Until(() => closed, "the end of the channel");
            Check(pair.Alice.IsConnected && !pair.Alice.HasFailed, "the state");
        }
        done = true;
        collector.Join();
        Check(LibMLWebRTC.Native.Contexts.Count == 0, "no context is left");
        WebRTC.Shutdown();
    }

    static void Throws(ResultCode code, Action call)
    {
        try
        {
            call();
        }
        catch (WebRTCException exception)
        {
            Check(exception.Code == code && exception.Message.Contains(WebRTC.NameOf(code)), code + ", not " + exception.Code);
            return;
        }
        throw new Exception("no exception where " + code + " is due");
    }

    static void Errors()
    {
        Throws(ResultCode.InstanceNotCreated, () => new PeerConnection());
        WebRTC.Shutdown(); // harmless
        WebRTC.Initialize();
        Throws(ResultCode.InvalidParam, () => new PeerConnection(new[] { new IceServer("http://example.org") }));
        Throws(ResultCode.InvalidParam, () => new PeerConnection(null, new ProxyConfig { Type = ProxyType.Socks5 }));
        var peer = new PeerConnection(new[] { new IceServer("stun:192.0.2.1:3478"), new IceServer("turn:192.0.2.1", "me", "secret") },
                                      new ProxyConfig { HostAddress = "192.0.2.2", HostPort = 3128 });
        Throws(ResultCode.InvalidParam, () => peer.SetRemoteOffer("no description"));
        Throws(ResultCode.IllegalState, () => peer.SetRemoteAnswer("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"));
        Throws(ResultCode.InvalidParam, () => peer.AddIceCandidate(new IceCandidate("no candidate", "0", 0)));
        DataChannel channel = peer.CreateDataChannel("closed");
        Throws(ResultCode.DataChannelIsClosed, () => channel.TrySend("too early"));
        var source = new VideoSource();
        Throws(ResultCode.InvalidParam, () => source.PushRgba(IntPtr.Zero, 10, 10, 40, 0));
        peer.AddTrack(source, null);
        Throws(ResultCode.InvalidParam, () => peer.AddTrack(source, null));
        peer.RemoveTrack(source);
        Task<string> offer = peer.CreateOfferAsync();
        while (!offer.IsCompleted)
        {
            peer.Pump();
        }
        Check(offer.Result.StartsWith("v=0"), "an offer to await");
        Task<string> never = peer.AnswerAsync("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n");
        while (!never.IsCompleted)
        {
            peer.Pump();
        }
        Check(never.IsFaulted, "an answer that never comes");
        peer.Dispose();
        peer.Dispose();
        source.Dispose();
        try
        {
            peer.Pump();
            Check(false, "a connection that is gone can't be pumped");
        }
        catch (ObjectDisposedException)
        {
        }
        WebRTC.Shutdown();
    }

    // What nobody disposes of is destroyed by the collector, but not what is still at work.
    static void Owners()
    {
        WebRTC.Initialize();
        int heard = 0;
        using (var source = new AudioSource())
        {
            Listen(source, () => Interlocked.Increment(ref heard));
            for (int at = 0; at < 50; at++)
            {
                Forget();
            }
            GC.Collect();
            GC.WaitForPendingFinalizers();
            heard = 0;
            var silence = new float[480];
            Stopwatch watch = Stopwatch.StartNew();
            while (Thread.VolatileRead(ref heard) < 20)
            {
                source.TryPush(silence, 0, 480, 1, 48000);
                GC.Collect();
                Check(watch.Elapsed < TimeSpan.FromSeconds(30), "a sink that is attached goes on");
                Thread.Sleep(1);
            }
        }
        // Boehm's collector takes some numbers on the stack for pointers.
        TestBuild.Alive alive = new TestBuild.Alive();
        for (int at = 0; at < 1000; at++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Check(TestBuild.MLWebRTCTestGetAlive(out alive) == 0, "the test build counts");
            if (alive.Connections < 5 && alive.Sources < 5 && alive.Sinks < 10)
            {
                break;
            }
            Thread.Sleep(10);
        }
        Check(alive.Connections < 5 && alive.Sources < 5 && alive.Sinks < 10, "they are destroyed: " + alive.Connections +
              " connections, " + alive.Sources + " sources, " + alive.Sinks + " sinks are alive");
        WebRTC.Shutdown();
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    static void Listen(AudioSource source, Action hear)
    {
        new AudioSink((samples, frames, channels, rate) => hear()).Attach(source);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    static void Forget()
    {
        var peer = new PeerConnection();
        peer.OfferCreated += sdp => peer.CreateOffer();
        peer.CreateDataChannel("forgotten");
        var source = new VideoSource();
        peer.AddTrack(source);
        new VideoSink().Attach(source);
        new AudioSink((samples, frames, channels, rate) => { });
    }

    // A thousand lives of everything: memory does not grow.
    static void Cycles()
    {
        WebRTC.Initialize();
        long after100 = 0;
        for (int at = 1; at <= 1000; at++)
        {
            using (var pair = new Pair())
            using (var video = new VideoSource())
            using (var audio = new AudioSource("name"))
            using (var screen = new VideoSink())
            using (var ear = new AudioSink((samples, frames, channels, rate) => { }))
            {
                pair.Alice.AddTrack(video, "video", "a", "b");
                pair.Alice.AddTrack(audio, null);
                screen.Attach(video);
                ear.Attach(audio);
                pair.Alice.CreateDataChannel("channel");
                if (at % 10 == 0)
                {
                    pair.Alice.CreateOffer();
                    pair.Until(() => pair.Bob.IsConnected, "a connection");
                }
            }
            if (at == 300)
            {
                after100 = Resident();
            }
        }
        Check(LibMLWebRTC.Native.Contexts.Count == 0, "no context is left");
        long grown = Resident() - after100;
        Console.WriteLine("Package: memory has grown by " + grown / 1024 + " kB in 700 cycles");
        Check(grown < 48 << 20, "flat memory"); // a connection that is forgotten takes 350 kB
        WebRTC.Shutdown();
    }

    static long Resident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        string[] words = System.IO.File.ReadAllText("/proc/self/statm").Split(' ');
        return long.Parse(words[1]) * 4096;
    }

    // What runs in a domain of its own, and is torn away while everything flows.
    public sealed class Session : MarshalByRefObject
    {
        public void Run(bool threads)
        {
            if (threads)
            {
                WebRTC.Initialize(LogLevel.Debug, (level, message) => { });
            }
            else
            {
                WebRTC.Initialize();
            }
            var pair = new Pair();
            var source = new AudioSource();
            int heard = threads ? 0 : 100;
            if (threads)
            {
                var ear = new AudioSink((samples, frames, channels, rate) => Interlocked.Increment(ref heard));
                pair.Bob.TrackAdded += ear.Attach;
            }
            int received = 0;
            pair.Bob.DataChannelReceived += channel => channel.TextReceived += text => received++;
            DataChannel chat = pair.Alice.CreateDataChannel("channel");
            pair.Alice.AddTrack(source, "sound", "stream");
            pair.Alice.CreateOffer();
            var silence = new float[480];
            pair.Until(() => chat.IsOpen, "a channel");
            chat.TrySend("read");
            pair.Until(() => received == 1 && Thread.VolatileRead(ref heard) > 20, "text and sound",
                       () => source.TryPush(silence, 0, 480, 1, 48000));
            chat.TrySend("never read");
        }
    }

    static void Reload(bool threads)
    {
        for (int at = 0; at < 8; at++)
        {
            AppDomain scripts = AppDomain.CreateDomain("scripts " + at);
            var session = (Session)scripts.CreateInstanceAndUnwrap(typeof(Package).Assembly.FullName, typeof(Session).FullName);
            session.Run(threads);
            AppDomain.Unload(scripts);
            Thread.Sleep(120); // callbacks that came to the domain would come now
        }
        new Session().Run(threads);
        WebRTC.Shutdown();
    }

    static int Main(string[] arguments)
    {
        switch (arguments[0])
        {
            case "talk":
                Talk();
                break;
            case "errors":
                Errors();
                break;
            case "owners":
                Owners();
                break;
            case "cycles":
                Cycles();
                break;
            case "reload":
                Reload(true);
                break;
            case "reload-pumped":
                Reload(false);
                break;
            default:
                return 2;
        }
        Console.WriteLine("Package: OK");
        return 0;
    }
}
