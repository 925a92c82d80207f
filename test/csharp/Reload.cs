// SPDX-License-Identifier: MIT
// Reload.exe: what the Editor does to an application of the old interface. Its scripts live in a domain of their own, which is
// unloaded in the middle of everything, without one Destroy; the next domain loads the bindings anew and calls InstanceCreate.
// Nothing is called that belonged to the domain that is gone, which would end the process, and everything works again.
using System;
using System.Collections.Generic;
using System.Threading;

sealed class Scripts : MarshalByRefObject
{
    // What is still going on when the domain is unloaded: messages that were not fetched, channels that were not asked for,
    // an offer that is not answered yet, a source that a connection sends.
    public void Run()
    {
        Expect.Ok(Native.MLWebRTCInstanceCreate(), "InstanceCreate");
        Peer offerer, answerer;
        Peer.Pair("scripts", null, out offerer, out answerer);
        Channel left = offerer.CreateChannel("scripts");
        Channel right = null;
        offerer.CreateOffer();
        Action pump = () =>
        {
            offerer.ProcessEvents();
            answerer.ProcessEvents();
        };
        Expect.Until(() => left.Opened == 1 && (right = answerer.FindChannel("scripts")) != null && right.Opened == 1, pump,
            "connected");
        Expect.Until(() => right.Received >= 100, () =>
        {
            left.Send();
            pump();
        }, "messages");
        for (int at = 0; at < 100; at++)
            left.Send();
        offerer.CreateChannel("never received");
        MLWebRTCAppDefinedSourceEventCallbacks events = new MLWebRTCAppDefinedSourceEventCallbacks
        {
            Version = 1,
            OnSetEnabled = (enabled, context) => { },
            OnDestroyed = context => { throw new Failed("OnDestroyed after the end of its domain"); },
        };
        ulong source, sink;
        Expect.Ok(Native.MLWebRTCSourceCreateAppDefinedVideoSource(ref events, out source), "CreateAppDefinedVideoSource");
        Expect.Ok(Native.MLWebRTCVideoSinkCreate(out sink), "VideoSinkCreate");
        Expect.Ok(Native.MLWebRTCVideoSinkSetSource(sink, source), "VideoSinkSetSource");
        offerer.CreateOffer();
    }
}

static class Reload
{
    const int Times = 12;

    static int Main()
    {
        return Expect.Run("Reload", () =>
        {
            for (int at = 0; at < Times; at++)
            {
                AppDomain domain = AppDomain.CreateDomain("scripts " + at);
                object scripts = domain.CreateInstanceAndUnwrap(typeof(Scripts).Assembly.FullName, "Scripts");
                ((Scripts)scripts).Run();
                AppDomain.Unload(domain);
                GC.Collect();
            }
            new Scripts().Run();
            Expect.Ok(Native.MLWebRTCInstanceDestroy(), "InstanceDestroy");
            Expect.NothingLeft();
        });
    }
}
