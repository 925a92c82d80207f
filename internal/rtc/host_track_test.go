package rtc

import (
	"fmt"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"libml_webrtc/internal/picture"
	"libml_webrtc/internal/sound"
	"libml_webrtc/internal/video"
)

// hostTrack is a host of one track of the peer.
type hostTrack struct {
	side     *side
	track    *RemoteTrack
	kind     Kind
	id       string
	streams  []string
	removed  bool
	released bool
	pictures int
	width    int
	height   int
	sound    []float32 // what was heard, interleaved
	channels int
}

var _ TrackEvents = (*hostTrack)(nil)

func (s *side) TrackAdded(track *RemoteTrack, kind Kind, id string, streams []string) TrackEvents {
	h := &hostTrack{side: s, track: track, kind: kind, id: id, streams: streams}
	refused := false
	s.record("track "+id, func() {
		if refused = s.refuses; !refused {
			s.tracks = append(s.tracks, h)
		}
	})
	if refused {
		return nil
	}
	return h
}

// Picture implements TrackEvents; it comes outside the order of the others.
func (h *hostTrack) Picture(p picture.Picture) {
	defer p.Release()
	h.side.mu.Lock()
	defer h.side.mu.Unlock()
	if h.removed || h.released {
		h.side.log = append(h.side.log, "PICTURE AFTER THE END of "+h.id)
	}
	h.pictures++
	h.width, h.height = p.Width(), p.Height()
	close(h.side.changed)
	h.side.changed = make(chan struct{})
}

// Sound implements TrackEvents, likewise.
func (h *hostTrack) Sound(block sound.Block) {
	defer block.Release()
	h.side.mu.Lock()
	defer h.side.mu.Unlock()
	if h.removed || h.released {
		h.side.log = append(h.side.log, "SOUND AFTER THE END of "+h.id)
	}
	h.channels = block.Channels()
	h.sound = append(h.sound, block.Samples()...)
	close(h.side.changed)
	h.side.changed = make(chan struct{})
}

func (h *hostTrack) Removed()  { h.side.record("removed "+h.id, func() { h.removed = true }) }
func (h *hostTrack) Released() { h.side.look(func() { h.released = true }) }

// present lists the tracks that were added and not removed, by name.
func (s *side) present() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.presentLocked()
}

func (s *side) presentLocked() string {
	var names []string
	for _, h := range s.tracks {
		if !h.removed {
			names = append(names, fmt.Sprintf("%s %s%v", h.kind, h.id, h.streams))
		}
	}
	sort.Strings(names)
	return strings.Join(names, ", ")
}

func (s *side) untilPresent(names string) {
	s.t.Helper()
	s.until("the tracks "+names+" (has "+s.present()+")", func() bool { return s.presentLocked() == names })
}

// addVideo adds a track of a new source.
func (s *side) addVideo(id string, streams ...string) *video.Source {
	s.t.Helper()
	source := newTestSource(s.t)
	require.NoError(s.t, s.conn.AddTrack(LocalTrack{Source: source, ID: id, Streams: streams}))
	return source
}

func newTestSource(t *testing.T) *video.Source {
	t.Helper()
	source := video.NewSource()
	t.Cleanup(source.Close)
	return source
}

// negotiate makes a side offer, and waits until the answer was applied.
func (s *side) negotiate() {
	s.t.Helper()
	answers, offers := s.peer().counted("answer"), s.counted("offer")
	require.NoError(s.t, s.conn.CreateOffer())
	s.untilEvents("offer", offers+1)
	s.peer().untilEvents("answer", answers+1)
	require.Eventually(s.t, func() bool {
		s.conn.mu.Lock()
		defer s.conn.mu.Unlock()
		return s.conn.signaling == signalingStable
	}, patience, tick, "the answer did not come")
	s.idle()
}

// idle waits until all operations that were called for have run.
func (s *side) idle() {
	s.t.Helper()
	done := make(chan struct{})
	require.NoError(s.t, s.conn.enqueue(operation{name: "waiting", run: func() error { close(done); return nil }}))
	waitClosed(s.t, done, "the operations")
}

func noErrors(t *testing.T, sides ...*side) {
	t.Helper()
	for _, s := range sides {
		s.look(func() { require.Equal(t, 0, s.count("error"), "%s: %s", s.name, s.lastErr) })
	}
}
