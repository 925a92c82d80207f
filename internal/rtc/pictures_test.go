package rtc

import (
	"context"
	"encoding/binary"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"

	"libml_webrtc/internal/picture"
	"libml_webrtc/internal/video"
)

// film delivers black pictures to a source until the test ends or stop is called.
func film(t *testing.T, source *video.Source) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		ticker := time.NewTicker(time.Second / 30)
		defer ticker.Stop()
		for {
			p := picture.Black(320, 240)
			now := picture.Now()
			p.SetTime(uint64(now.Microseconds()))
			p.SetCaptured(now)
			source.Deliver(p)
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
		}
	}()
	stop = func() { cancel(); <-done }
	t.Cleanup(stop)
	return stop
}

// untilTrack waits for a track and watches it.
func (s *side) untilTrack(id string) *hostTrack {
	s.t.Helper()
	var found *hostTrack
	s.until("the track "+id, func() bool {
		for _, h := range s.tracks {
			if h.id == id && !h.removed {
				found = h
			}
		}
		return found != nil
	})
	found.track.SetWatched(true)
	return found
}

func (h *hostTrack) untilPictures(n int) {
	h.side.t.Helper()
	goal := 0
	h.side.look(func() { goal = h.pictures + n })
	h.side.until("pictures of "+h.id, func() bool { return h.pictures >= goal })
	h.side.look(func() {
		require.Equal(h.side.t, 320, h.width)
		require.Equal(h.side.t, 240, h.height)
	})
}

func TestPicturesArrive(t *testing.T) {
	a, b := pair(t)
	source := a.addVideo("from a")
	film(t, source)
	theirs := b.addVideo("from b")
	film(t, theirs)
	a.negotiate()
	atB, atA := b.untilTrack("from_a"), a.untilTrack("from_b")
	atB.untilPictures(5)
	atA.untilPictures(5)
	// It goes away and comes back, under another name.
	require.NoError(t, a.conn.RemoveTrack(source))
	a.negotiate()
	b.untilPresent("")
	require.NoError(t, a.conn.AddTrack(LocalTrack{Source: source, ID: "again"}))
	a.negotiate()
	b.untilTrack("again").untilPictures(5)
	atA.untilPictures(5)
	a.close()
	b.close()
	noErrors(t, a, b)
}

// While nobody watches, nothing is decoded.
func TestUnwatchedTrack(t *testing.T) {
	a, b := pair(t)
	film(t, a.addVideo("camera"))
	a.negotiate()
	h := b.untilTrack("camera")
	h.untilPictures(3)
	h.track.SetWatched(false)
	before := -1
	require.Eventually(t, func() bool {
		now := 0
		b.look(func() { now = h.pictures })
		still := now == before
		before = now
		return still
	}, patience, 300*time.Millisecond)
	h.track.SetWatched(true)
	h.untilPictures(3)
	a.close()
	b.close()
	noErrors(t, a, b)
}

// The peer stops receiving and goes on later: the same stream continues where it was.
func TestHoldAndResume(t *testing.T) {
	a, b := pair(t)
	film(t, a.addVideo("camera"))
	a.negotiate()
	b.untilTrack("camera").untilPictures(3)
	for range 2 {
		o := a.conn.media.attached[0].outlet
		o.negotiate(nil)
		o.negotiate(a.conn.media.remote["0"])
		b.untilTrack("camera").untilPictures(3)
	}
	a.close()
	b.close()
	noErrors(t, a, b)
}

func TestOneSourceOnThreeConnections(t *testing.T) {
	instance := newTestInstance(t)
	source := newTestSource(t)
	film(t, source)
	var sides []*side
	for range 3 {
		a, b := newSide(t, instance, "a"), newSide(t, instance, "b")
		a.signalTo(b)
		b.signalTo(a)
		require.NoError(t, a.conn.AddTrack(LocalTrack{Source: source, ID: "shared"}))
		a.negotiate()
		sides = append(sides, a, b)
	}
	for _, s := range sides[1:] {
		if s.name == "b" {
			s.untilTrack("shared").untilPictures(3)
		}
	}
	sides[0].close()
	sides[3].untilTrack("shared").untilPictures(3)
	source.Close()
	noErrors(t, sides...)
	for _, s := range sides[1:] {
		s.close()
	}
}

func TestCloseWhilePicturesFlow(t *testing.T) {
	for _, first := range []string{"sender", "receiver", "instance"} {
		t.Run(first, func(t *testing.T) {
			a, b := pair(t)
			film(t, a.addVideo("camera"))
			a.negotiate()
			b.untilTrack("camera").untilPictures(2)
			switch first {
			case "sender":
				a.close()
				b.untilEvent("disconnected")
				b.close()
			case "receiver":
				b.close()
				a.untilEvent("disconnected")
				a.close()
			default:
				a.conn.instance.Close()
				waitClosed(t, a.conn.instance.Done(), "the instance")
			}
		})
	}
}

// Not every peer says which streams it sends.
func TestUndeclaredStream(t *testing.T) {
	a, b := pair(t)
	a.signalTo(nil)
	film(t, a.addVideo("camera"))
	undeclared := func() {
		n := a.counted("offer")
		require.NoError(t, a.conn.CreateOffer())
		a.untilEvents("offer", n+1)
		answers := b.counted("answer")
		require.NoError(t, b.conn.SetRemoteOffer(withoutLine(a.offer(n), "a=ssrc")))
		b.untilEvents("answer", answers+1)
	}
	undeclared()
	require.NotContains(t, b.answer(0), "rtx/90000")
	a.until("candidates", func() bool { return a.count("gathered") > 0 })
	a.tellCandidates(b)
	h := b.untilTrack("camera")
	h.untilPictures(5)
	require.Eventually(t, func() bool { return a.conn.currentPeer().SignalingState() == webrtc.SignalingStateStable }, patience, tick)
	undeclared()
	h.untilPictures(5)
	a.close()
	b.close()
	noErrors(t, a, b)
}

// Retransmissions are read when they come, not with the next packet of the track.
func TestRepairedAtOnce(t *testing.T) {
	a, b := pair(t)
	b.look(func() { b.refuses = true })
	a.addVideo("camera")
	a.negotiate()
	a.untilEvent("connected")
	b.idle()
	track := b.conn.currentPeer().GetTransceivers()[0].Receiver().Tracks()[0]
	require.NotZero(t, track.RtxSSRC())
	b.conn.repairs.add(track)
	packets := make(chan uint16, 16)
	go func() {
		defer close(packets)
		buffer := make([]byte, maxReportBytes)
		for {
			if _, err := readTrack(track, buffer); err != nil {
				return
			}
			packets <- binary.BigEndian.Uint16(buffer[2:])
		}
	}()
	o := a.conn.media.attached[0].outlet
	write := func(ssrc uint32, payload uint8, sequence uint16, data []byte) {
		_, err := o.writer.WriteRTP(&rtp.Header{Version: 2, SSRC: ssrc, PayloadType: payload, SequenceNumber: sequence}, data)
		require.NoError(t, err)
	}
	// What is sent before all is set up at the other side is lost.
	var sequence uint16
	require.Eventually(t, func() bool {
		sequence++
		write(o.ssrc, o.format.payload, sequence, []byte{0x10, 0, 0})
		return len(packets) > 0
	}, patience, tick)
	for lost := sequence + 100; lost < sequence+110; lost++ {
		write(uint32(track.RtxSSRC()), o.format.repair, lost, append(binary.BigEndian.AppendUint16(nil, lost), 0x10, 0, 0))
		for got := range packets {
			if got == lost {
				break
			}
		}
	}
	a.close()
	b.close()
	for range packets {
	}
	noErrors(t, a, b)
}
