package rtc

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"

	"libml_webrtc/internal/video"
)

func sectionsOf(t *testing.T, text string) []*mediaSection {
	t.Helper()
	d, err := parseDescription(webrtc.SDPTypeOffer, text)
	require.NoError(t, err)
	return d.mediaSections()
}

// directionsOf lists what a description says about its sections of audio and video.
func directionsOf(t *testing.T, text string) string {
	t.Helper()
	var all []string
	for _, m := range sectionsOf(t, text) {
		all = append(all, m.direction.String())
	}
	return strings.Join(all, " ")
}

func TestTracksOfTheOfferer(t *testing.T) {
	a, b := pair(t)
	a.addVideo("camera", "one")
	a.negotiate()
	b.untilPresent("video camera[one]")
	require.Equal(t, "sendrecv", directionsOf(t, a.offer(0)))
	require.Equal(t, "recvonly", directionsOf(t, b.answer(0)))
	b.look(func() {
		require.Less(t, indexOf(b.log, "track camera"), indexOf(b.log, "answer"))
	})
	a.untilEvent("connected")
	b.untilEvent("connected")
	a.close()
	b.close()
	noErrors(t, a, b)
}

func indexOf(log []string, event string) int {
	for i, e := range log {
		if e == event {
			return i
		}
	}
	return -1
}

func TestTracksOfTheAnswerer(t *testing.T) {
	a, b := pair(t)
	b.addVideo("camera", "one")
	a.negotiate()
	require.Empty(t, a.present(), "the offer had no section for it")
	b.negotiate()
	a.untilPresent("video camera[one]")
	a.close()
	b.close()
	noErrors(t, a, b)
}

func TestTracksOfBoth(t *testing.T) {
	a, b := pair(t)
	a.addVideo("from a", "one", "two", "", "two")
	b.addVideo("from\tb")
	a.negotiate()
	a.untilPresent("video from_b[]")
	b.untilPresent("video from_a[one two]")
	require.Equal(t, "sendrecv", directionsOf(t, b.answer(0)))
	require.Len(t, sectionsOf(t, b.answer(0)), 1, "addTrack before the offer uses its section")
	a.close()
	b.close()
	noErrors(t, a, b)
}

// A track that is added while an offer is out comes with the next one, whether that is made before or after the answer.
func TestTrackAddedWhileAnOfferIsOut(t *testing.T) {
	a, b := pair(t)
	a.signalTo(nil)
	a.addVideo("first")
	require.NoError(t, a.conn.CreateOffer())
	a.addVideo("second")
	require.NoError(t, a.conn.CreateOffer())
	a.addVideo("third")
	a.untilEvents("offer", 2)
	require.Len(t, sectionsOf(t, a.offer(0)), 1)
	require.Len(t, sectionsOf(t, a.offer(1)), 2)
	require.NoError(t, b.conn.SetRemoteOffer(a.offer(1)))
	b.untilEvent("answer")
	b.untilPresent("video first[], video second[]")
	require.Eventually(t, func() bool { return a.conn.currentPeer().SignalingState() == webrtc.SignalingStateStable }, patience, tick)
	a.signalTo(b)
	a.negotiate()
	b.untilPresent("video first[], video second[], video third[]")
	require.NoError(t, a.conn.CreateOffer())
	a.untilEvents("offer", 4)
	a.tellCandidates(b)
	a.untilEvent("connected")
	a.close()
	b.close()
	noErrors(t, a, b)
}

func TestAddAndRemoveManyTimes(t *testing.T) {
	a, b := pair(t)
	for round := range 100 {
		source := a.addVideo(fmt.Sprint("camera ", round))
		theirs := b.addVideo(fmt.Sprint("other ", round))
		a.negotiate()
		b.untilPresent(fmt.Sprintf("video camera_%d[]", round))
		a.untilPresent(fmt.Sprintf("video other_%d[]", round))
		require.NoError(t, a.conn.RemoveTrack(source))
		require.NoError(t, b.conn.RemoveTrack(theirs))
		if round%2 == 0 {
			b.negotiate()
			b.untilPresent("")
			a.untilPresent("")
		}
	}
	require.LessOrEqual(t, len(sectionsOf(t, a.offer(len(a.offers)-1))), 3)
	a.close()
	b.close()
	noErrors(t, a, b)
}

func TestTrackIsReplaced(t *testing.T) {
	a, b := pair(t)
	source := a.addVideo("old", "s")
	a.negotiate()
	b.untilPresent("video old[s]")
	require.NoError(t, a.conn.RemoveTrack(source))
	a.addVideo("new", "s")
	a.negotiate()
	b.untilPresent("video new[s]")
	a.close()
	b.close()
	noErrors(t, a, b)
}

func TestTrackIsRemovedInTheAnswer(t *testing.T) {
	a, b := pair(t)
	a.addVideo("mine")
	source := b.addVideo("theirs")
	a.negotiate()
	a.untilPresent("video theirs[]")
	require.NoError(t, b.conn.RemoveTrack(source))
	a.negotiate()
	a.untilPresent("")
	b.untilPresent("video mine[]")
	// It comes back.
	require.NoError(t, b.conn.AddTrack(LocalTrack{Source: source, ID: "again"}))
	a.negotiate()
	b.negotiate()
	a.untilPresent("video again[]")
	a.close()
	b.close()
	noErrors(t, a, b)
}

func TestTracksSurviveGlare(t *testing.T) {
	a, b := pair(t)
	a.signalTo(nil)
	b.signalTo(nil)
	a.addVideo("from a")
	b.addVideo("from b")
	require.NoError(t, a.conn.CreateOffer())
	require.NoError(t, b.conn.CreateOffer())
	a.untilEvent("gathered")
	b.untilEvent("gathered")
	a.signalTo(b)
	b.signalTo(a)
	require.NoError(t, b.conn.SetRemoteOffer(a.offer(0)))
	a.tellCandidates(b)
	a.untilPresent("video from_b[]")
	b.untilPresent("video from_a[]")
	a.untilEvent("connected")
	a.close()
	b.close()
	noErrors(t, a, b)
}

func TestWrongTracks(t *testing.T) {
	a := newSide(t, newTestInstance(t), "a")
	source := newTestSource(t)
	add := func(track LocalTrack) error { return a.conn.AddTrack(track) }
	require.ErrorIs(t, add(LocalTrack{}), ErrInvalidParam)
	require.ErrorIs(t, add(LocalTrack{Source: source, Streams: make([]string, maxStreams+1)}), ErrInvalidParam)
	require.ErrorIs(t, a.conn.RemoveTrack(source), ErrInvalidParam)
	require.NoError(t, add(LocalTrack{Source: source}))
	require.ErrorIs(t, add(LocalTrack{Source: source}), ErrInvalidParam)
	require.NoError(t, a.conn.RemoveTrack(source))
	require.ErrorIs(t, a.conn.RemoveTrack(source), ErrInvalidParam)
	require.NoError(t, add(LocalTrack{Source: source}))
	for range maxTracks - 1 {
		a.addVideo("one of many")
	}
	require.ErrorIs(t, add(LocalTrack{Source: video.NewSource()}), ErrLimit)
	a.close()
	require.ErrorIs(t, a.conn.RemoveTrack(source), ErrClosed)
	noErrors(t, a)
}

func TestOneSourceOnSeveralConnections(t *testing.T) {
	instance := newTestInstance(t)
	source := newTestSource(t)
	var sides []*side
	for range 3 {
		a, b := newSide(t, instance, "a"), newSide(t, instance, "b")
		a.signalTo(b)
		b.signalTo(a)
		require.NoError(t, a.conn.AddTrack(LocalTrack{Source: source, ID: "shared"}))
		a.negotiate()
		b.untilPresent("video shared[]")
		sides = append(sides, a, b)
	}
	for _, s := range sides {
		s.untilEvent("connected")
	}
	noErrors(t, sides...)
	for _, s := range sides {
		s.close()
	}
}
