// Two connections in one process: a word, a picture and a tone from alice to bob.
//   mcs -unsafe -out:TwoPeers.exe TwoPeers.cs $(find unity/com.libml.webrtc/Runtime -name '*.cs') && mono TwoPeers.exe
using System;
using System.Threading;
using LibMLWebRTC;

static class TwoPeers
{
    static void Main()
    {
        WebRTC.Initialize();
        using (var camera = new VideoSource())
        using (var microphone = new AudioSource())
        using (var screen = new VideoSink())
        {
            int heard = 0, seen = 0;
            string said = null;
            using (var speaker = new AudioSink((samples, frames, channels, rate) => Interlocked.Add(ref heard, frames)))
            using (var alice = new PeerConnection())
            using (var bob = new PeerConnection())
            {
                alice.OfferCreated += bob.SetRemoteOffer;
                bob.AnswerCreated += alice.SetRemoteAnswer;
                alice.IceCandidateFound += bob.AddIceCandidate;
                bob.IceCandidateFound += alice.AddIceCandidate;
                bob.DataChannelReceived += received => received.TextReceived += text => said = text;
                bob.TrackAdded += track =>
                {
                    if (track.Kind == MediaKind.Video) screen.Attach(track);
                    else speaker.Attach(track);
                };
                alice.AddTrack(camera, "camera", "stream");
                alice.AddTrack(microphone, "microphone", "stream");
                DataChannel chat = alice.CreateDataChannel("chat");
                chat.Opened += () => chat.TrySend("hello, Grüße, 你好!");
                alice.CreateOffer();

                var pixels = new byte[320 * 240 * 4];
                var tone = new float[480];
                DateTime begun = DateTime.UtcNow;
                for (int turn = 0; said == null || seen < 30 || Thread.VolatileRead(ref heard) < 24000; turn++)
                {
                    alice.Pump(); // an application does this once a frame
                    bob.Pump();
                    for (int at = 0; at < tone.Length; at++)
                        tone[at] = 0.3f * (float)Math.Sin(2 * Math.PI * 440 * (turn * tone.Length + at) / 48000);
                    microphone.TryPush(tone, 0, tone.Length, 1, 48000);
                    for (int at = 0; turn % 3 == 0 && at < pixels.Length; at++) pixels[at] = (byte)(at + turn);
                    if (turn % 3 == 0) camera.PushRgba(pixels, 320, 240, DateTime.UtcNow.Ticks / 10);
                    VideoFrame frame;
                    if (screen.TryAcquire(PixelFormat.Rgba, out frame))
                        using (frame) seen += frame.Width == 320 && frame.Height == 240 ? 1 : 0;
                    if (DateTime.UtcNow - begun > TimeSpan.FromSeconds(20)) throw new TimeoutException("not within 20 s");
                    Thread.Sleep(10);
                }
                Console.WriteLine("bob received: " + said + "; " + seen + " pictures, " + heard / 48 + " ms of sound");
            }
        }
        WebRTC.Shutdown();
        Console.WriteLine("TwoPeers: OK");
    }
}
