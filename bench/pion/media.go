package main

import (
	"runtime"
	"sync/atomic"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// What a video of 2.5 Mbit/s and 30 frames a second is like.
const (
	frameTime       = time.Second / 30
	framePackets    = 9
	packetBytes     = 1150
	framesToWarmUp  = 60
	clockRate       = 90000
	timestampsEvery = clockRate / 30
)

// allocations prints what pion allocates per frame that it sends and receives, with its default
// interceptors: in steady state, with no more than copying done to the packets.
func allocations(length time.Duration) {
	alice, bob := newMediaPeer(), newMediaPeer()
	track, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8}, "video", "pion")
	must(err)
	sender, err := alice.AddTrack(track)
	must(err)
	go discard(sender.Read)
	var received atomic.Int64
	bob.OnTrack(func(remote *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
		go discard(receiver.Read)
		count(remote, &received)
	})
	negotiate(alice, bob)

	ticker := time.NewTicker(frameTime)
	defer ticker.Stop()
	source := &frames{track: track}
	for received.Load() == 0 {
		<-ticker.C
		source.send()
	}
	for range framesToWarmUp {
		<-ticker.C
		source.send()
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	first := received.Load()
	for end := time.Now().Add(length); time.Now().Before(end); {
		<-ticker.C
		source.send()
	}
	runtime.ReadMemStats(&after)
	arrived := float64(received.Load()-first) / framePackets
	figure("frame_go_objects", float64(after.Mallocs-before.Mallocs)/arrived)
	figure("frame_go_bytes", float64(after.TotalAlloc-before.TotalAlloc)/arrived)
	figure("frame_packets", framePackets)
	must(alice.Close())
	must(bob.Close())
}

func newMediaPeer() *webrtc.PeerConnection {
	media, interceptors := &webrtc.MediaEngine{}, &interceptor.Registry{}
	must(media.RegisterDefaultCodecs())
	must(webrtc.RegisterDefaultInterceptors(media, interceptors))
	must(webrtc.ConfigureTWCCHeaderExtensionSender(media, interceptors))

	return newPeerWith(media, interceptors)
}

// frames sends made-up frames.
type frames struct {
	track   *webrtc.TrackLocalStaticRTP
	packet  rtp.Packet
	payload [packetBytes]byte
}

func (f *frames) send() {
	f.packet.Timestamp += timestampsEvery
	f.packet.Payload = f.payload[:]
	for n := range framePackets {
		f.packet.Version = 2
		f.packet.SequenceNumber++
		f.packet.Marker = n == framePackets-1
		must(f.track.WriteRTP(&f.packet))
	}
}

func count(remote *webrtc.TrackRemote, packets *atomic.Int64) {
	buffer := make([]byte, 1500)
	for {
		if _, _, err := remote.Read(buffer); err != nil {
			return
		}
		packets.Add(1)
	}
}

// discard reads RTCP, which the interceptors handle.
func discard(read func(b []byte) (int, interceptor.Attributes, error)) {
	buffer := make([]byte, 1500)
	for {
		if _, _, err := read(buffer); err != nil {
			return
		}
	}
}
