// SPDX-License-Identifier: MIT
using LibMLWebRTC;
using LibMLWebRTC.Unity;
using UnityEngine;

/// <summary>Two connections in one scene: alice sends a picture, bob shows it. Put it on an object with a VideoRenderer.</summary>
public sealed class TwoPeers : MonoBehaviour
{
    private const int Width = 320;
    private const int Height = 240;

    private PeerConnection alice, bob;
    private VideoSource source;
    private readonly byte[] pixels = new byte[4 * Width * Height];

    private void Start()
    {
        WebRTC.Initialize();
        alice = new PeerConnection();
        bob = new PeerConnection();
        source = new VideoSource();
        alice.OfferCreated += bob.SetRemoteOffer;
        bob.AnswerCreated += alice.SetRemoteAnswer;
        alice.IceCandidateFound += bob.AddIceCandidate;
        bob.IceCandidateFound += alice.AddIceCandidate;
        bob.TrackAdded += track => GetComponent<VideoRenderer>().Show(track);
        bob.DataChannelReceived += channel => channel.TextReceived += text => Debug.Log("bob received: " + text);
        DataChannel chat = alice.CreateDataChannel("chat");
        chat.Opened += () => chat.TrySend("hello from Unity");
        alice.AddTrack(source, "picture", "stream");
        var pump = gameObject.AddComponent<WebRTCPump>();
        pump.Add(alice);
        pump.Add(bob);
        alice.CreateOffer();
    }

    private void Update()
    {
        for (int at = 0; at < Width * Height; at++)
        {
            pixels[4 * at] = (byte)(at + Time.frameCount);
            pixels[4 * at + 1] = (byte)(at / Width);
            pixels[4 * at + 2] = (byte)Time.frameCount;
            pixels[4 * at + 3] = 255;
        }
        source.PushRgba(pixels, Width, Height, (long)(Time.realtimeSinceStartup * 1e6f));
    }

    private void OnDestroy()
    {
        Destroy(GetComponent<WebRTCPump>());
        alice.Dispose();
        bob.Dispose();
        source.Dispose();
        WebRTC.Shutdown();
    }
}
