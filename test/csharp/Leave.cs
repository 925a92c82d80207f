// SPDX-License-Identifier: MIT
// Leave.exe return|exit: an application that quits in the middle of everything, without a single
// Destroy, while the thread of the debug messages is alive. The process ends all the same.
using System;
using System.Threading;

static class Leave
{
    static int Main(string[] arguments)
    {
        int debugMessages = 0;
        OnDebugMessage onDebugMessage = (level, message, context) => Interlocked.Increment(ref debugMessages);
        int code = Expect.Run("Leave", () =>
        {
            MLWebRTCDebugUtils utils = new MLWebRTCDebugUtils
            {
                Version = 1,
                LogLevel = 2,
                OnDebugMessage = onDebugMessage,
            };
            Expect.Ok(Native.MLWebRTCInstanceCreateWithDebugUtils(ref utils), "InstanceCreateWithDebugUtils");
            Peer offerer, answerer;
            Peer.Pair("leave", null, out offerer, out answerer);
            Action pump = () =>
            {
                offerer.ProcessEvents();
                answerer.ProcessEvents();
            };
            Channel left = offerer.CreateChannel("leave");
            Channel right = null;
            offerer.CreateOffer();
            Expect.Until(() => left.Opened == 1 && (right = answerer.FindChannel("leave")) != null
                && right.Opened == 1, pump, "connected");
            Expect.Until(() => right.Received > 100, () =>
            {
                left.Send();
                pump();
            }, "messages");
            Expect.True(debugMessages > 0, "there were debug messages");
        });
        if (arguments[0] == "exit")
            Environment.Exit(code);
        GC.KeepAlive(onDebugMessage);
        return code;
    }
}
