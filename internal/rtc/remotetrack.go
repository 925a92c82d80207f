package rtc

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/pion/webrtc/v4"
)

// RemoteTrack is a track of the peer, as the host knows it.
type RemoteTrack struct {
	connection *Connection
	section    *mediaSection // of the description that announced it
	watching   worker
	watched    atomic.Bool
	events     TrackEvents // set before anybody else knows of the track; nil: the host refused it

	mu    sync.Mutex
	inlet *inlet // nil: nothing can arrive
}

func newRemoteTrack(c *Connection, m *mediaSection) *RemoteTrack {
	t := &RemoteTrack{connection: c, section: m}
	t.watching = worker{connection: c, what: "watching a track", run: t.watch}
	return t
}

// SetWatched says whether anybody looks at the pictures, or listens. Nobody does at first.
func (t *RemoteTrack) SetWatched(watched bool) {
	t.watched.Store(watched)
	t.watching.kick()
}

// watch passes on what SetWatched said; that may take writing to the network.
func (t *RemoteTrack) watch() {
	t.mu.Lock()
	in := t.inlet
	t.mu.Unlock()
	if in != nil {
		in.watch(t)
	}
}

func (t *RemoteTrack) setInlet(in *inlet) {
	t.mu.Lock()
	old := t.inlet
	t.inlet = in
	t.mu.Unlock()
	if old != nil && old != in {
		old.leave(t)
	}
	if in != nil {
		in.feed(t)
		in.watch(t)
	}
}

// name is what the host learns; the peer need not give one.
func (t *RemoteTrack) name() string {
	if t.section.track != "" {
		return t.section.track
	}
	return "track-" + t.section.mid
}

// continues says whether a section still carries this track.
func (t *RemoteTrack) continues(m *mediaSection) bool {
	before := t.section
	return m != nil && m.sends() && m.kind == before.kind && m.track == before.track && slices.Equal(m.streams, before.streams)
}

// settle does what the descriptions that were exchanged have come to. It runs within an operation.
func (c *Connection) settle(peer *webrtc.PeerConnection) {
	m := &c.media
	for mid, o := range m.local.outlets {
		o.negotiate(m.remote[mid])
	}
	for mid, t := range m.tracks {
		if !t.continues(m.remote[mid]) {
			c.removeTrack(t)
		}
	}
	sending := make(map[string]bool)
	for _, one := range m.lines.agreed {
		section := m.remote[one.mid]
		sending[one.label] = section != nil && section.sends()
	}
	for label, in := range m.inlets {
		if !sending[label] {
			c.closeInlet(in)
		}
	}
	for _, one := range m.lines.agreed {
		if !sending[one.label] {
			continue
		}
		section := m.remote[one.mid]
		t := m.tracks[one.mid]
		if t == nil {
			t = c.addTrack(section)
		}
		if t.events != nil {
			t.setInlet(c.openInlet(peer, one.label, section))
		}
	}
}

// addTrack tells the host of a track.
func (c *Connection) addTrack(section *mediaSection) *RemoteTrack {
	t := newRemoteTrack(c, section)
	c.media.tracks[section.mid] = t
	c.post(func(events ConnectionEvents) {
		t.events = events.TrackAdded(t, section.kind, t.name(), slices.Clone(section.streams))
	})
	return t
}

// removeTrack tells the host that a track is gone.
func (c *Connection) removeTrack(t *RemoteTrack) {
	delete(c.media.tracks, t.section.mid)
	c.releaseTrack(t, true)
}

// releaseTrack is the end of a track for the host.
func (c *Connection) releaseTrack(t *RemoteTrack, tell bool) {
	t.setInlet(nil)
	if t.events == nil {
		return
	}
	if tell {
		c.post(func(ConnectionEvents) { t.events.Removed() })
	}
	c.emitting(t.events.Released)
}

// openInlet gives what reads a section's packets; nil: the peer did not say which ones they are.
func (c *Connection) openInlet(peer *webrtc.PeerConnection, label string, section *mediaSection) *inlet {
	var from *webrtc.RTPReceiver
	for _, transceiver := range peer.GetTransceivers() {
		if transceiver.Mid() == label {
			from = transceiver.Receiver()
		}
	}
	in := c.media.inlets[label]
	if in != nil && in.from == from {
		in.accept(section)
		return in
	}
	if in != nil {
		c.closeInlet(in)
	}
	if from == nil || len(from.Tracks()) == 0 {
		c.log.Warnf("the peer does not say the SSRC of the track %q in section %q", section.track, section.mid)
		return nil
	}
	in = newInlet(c, peer, label, from, section)
	c.media.inlets[label] = in
	return in
}

func (c *Connection) closeInlet(in *inlet) {
	delete(c.media.inlets, in.label)
	in.close()
}

// endTracks is for the end of the connection, after pion has stopped its receivers.
func (c *Connection) endTracks() {
	for _, in := range c.media.inlets {
		c.closeInlet(in)
	}
	for mid, t := range c.media.tracks {
		delete(c.media.tracks, mid)
		c.releaseTrack(t, false)
	}
}
