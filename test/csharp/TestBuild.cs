// SPDX-License-Identifier: MIT
// What the library built with -tags mltest counts (test/include/ml_webrtc_test.h).
using System.Runtime.InteropServices;

static class TestBuild
{
    [StructLayout(LayoutKind.Sequential)]
    public struct Alive
    {
        public uint Handles;
        public uint Connections;
        public uint Channels;
        public uint Sources;
        public uint Sinks;
        public uint Frames;
        public ulong Events;
        public ulong Pictures;
        public ulong Sounds;
        public uint Engine;
        public uint Goroutines;

        public bool Nothing
        {
            get
            {
                return Handles + Connections + Channels + Sources + Sinks + Frames + Events + Pictures + Sounds + Engine +
                    Goroutines == 0;
            }
        }

        public override string ToString()
        {
            return "handles " + Handles + ", connections " + Connections + ", channels " + Channels + ", sources "
                + Sources + ", sinks " + Sinks + ", events " + Events + ", engine " + Engine + ", goroutines "
                + Goroutines;
        }
    }

    [DllImport("libml_webrtc.so", CallingConvention = CallingConvention.Cdecl)]
    public static extern int MLWebRTCTestGetAlive(out Alive alive);
}
