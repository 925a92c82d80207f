package rtc

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pion/webrtc/v4"

	"libml_webrtc/internal/audio"
	"libml_webrtc/internal/video"
)

// maxTracks bounds the tracks of this side, per connection.
const maxTracks = 64

// MediaSource is what a track sends: a *video.Source or an *audio.Source.
type MediaSource interface {
	// Close ends it; its senders get nothing more.
	Close()
}

// LocalTrack is a source to be sent under a name.
type LocalTrack struct {
	Source  MediaSource
	ID      string
	Streams []string
}

// localTrack is a LocalTrack in the words of SDP.
type localTrack struct {
	source  MediaSource
	kind    Kind
	id      string
	streams []string // at least one; "-" stands for none
	outlet  *outlet  // on the current peer; nil: not attached yet. Only operations look at it.
}

// AddTrack sends a source to the peer, once that is negotiated: it is part of the next description that this
// side makes.
func (c *Connection) AddTrack(track LocalTrack) error {
	kind, ok := kindOf(track.Source)
	switch {
	case !ok:
		return fmt.Errorf("%w: a track needs its source, of video or audio", ErrInvalidParam)
	case len(track.Streams) > maxStreams:
		return fmt.Errorf("%w: %d streams of a track are more than %d", ErrInvalidParam, len(track.Streams), maxStreams)
	}
	local := newLocalTrack(track, kind)
	op := operation{name: "adding the track " + local.id, run: func() error { return c.attachTrack(local) }}
	c.mu.Lock()
	err := c.noteTrack(local)
	if err == nil {
		if err = c.admit(op); err == nil {
			c.locals[local.source] = local
		}
	}
	c.mu.Unlock()
	if err == nil {
		c.operations.kick()
	}
	return err
}

// kindOf is what a source gives; false: it is none.
func kindOf(source MediaSource) (Kind, bool) {
	switch source.(type) {
	case *video.Source:
		return KindVideo, true
	case *audio.Source:
		return KindAudio, true
	default:
		return 0, false
	}
}

// noteTrack checks whether a track can be added. The connection's lock is held.
func (c *Connection) noteTrack(local *localTrack) error {
	if _, present := c.locals[local.source]; present {
		return fmt.Errorf("%w: the source is on this connection already", ErrInvalidParam)
	}
	if len(c.locals) >= maxTracks {
		return fmt.Errorf("%w: the connection has %d tracks; remove some first", ErrLimit, len(c.locals))
	}
	return nil
}

// RemoveTrack ends the sending of a source at once. The peer is told with the next offer.
func (c *Connection) RemoveTrack(source MediaSource) error {
	c.mu.Lock()
	local, present := c.locals[source]
	var err error
	if !present {
		err = fmt.Errorf("%w: the source is not on this connection", ErrInvalidParam)
	} else if err = c.admit(operation{name: "removing the track " + local.id, run: func() error { return c.detachTrack(local) }}); err == nil {
		delete(c.locals, source)
	}
	c.mu.Unlock()
	if err == nil {
		c.operations.kick()
	}
	return err
}

func newLocalTrack(track LocalTrack, kind Kind) *localTrack {
	local := &localTrack{source: track.Source, kind: kind, id: token(track.ID)}
	for _, stream := range track.Streams {
		if stream = token(stream); !slices.Contains(local.streams, stream) {
			local.streams = append(local.streams, stream)
		}
	}
	if len(local.streams) > 1 {
		local.streams = slices.DeleteFunc(local.streams, func(stream string) bool { return stream == noStream })
	}
	if len(local.streams) == 0 {
		local.streams = []string{noStream}
	}
	return local
}

// token replaces what would end a name, or its line, in SDP.
func token(name string) string {
	if name == "" {
		return noStream
	}
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r == 0x7f {
			return '_'
		}
		return r
	}, name)
}

// attachTrack runs as an operation.
func (c *Connection) attachTrack(local *localTrack) error {
	if err := c.attachOutlet(c.currentPeer(), local); err != nil {
		c.mu.Lock()
		if c.locals[local.source] == local {
			delete(c.locals, local.source)
		}
		c.mu.Unlock()
		return err
	}
	c.media.attached = append(c.media.attached, local)
	return nil
}

// attachOutlet makes the pion side of a track. pion takes the first transceiver that sends nothing and never did since
// it was negotiated last, and otherwise makes one (W3C's addTrack is more wasteful: there, a transceiver that has
// ever sent something stays unused for good).
func (c *Connection) attachOutlet(peer *webrtc.PeerConnection, local *localTrack) error {
	o := newOutlet(c, local)
	sender, err := peer.AddTrack(o)
	if err != nil {
		return fmt.Errorf("adding the track %s: %w", local.id, err)
	}
	o.sender = sender
	local.outlet = o
	c.spawn("reading reports about a track", o.readReports)
	return nil
}

// detachTrack runs as an operation.
func (c *Connection) detachTrack(local *localTrack) error {
	c.media.attached = slices.DeleteFunc(c.media.attached, func(t *localTrack) bool { return t == local })
	o := local.outlet
	if o == nil {
		return nil
	}
	local.outlet = nil
	o.end()
	if err := c.currentPeer().RemoveTrack(o.sender); err != nil {
		return fmt.Errorf("removing the track %s: %w", local.id, err)
	}
	return nil
}

// reattachTracks puts the tracks on a peer that takes the place of another.
func (c *Connection) reattachTracks(peer *webrtc.PeerConnection) error {
	var failures error
	for _, local := range c.media.attached {
		if local.outlet != nil {
			local.outlet.end()
		}
		failures = errors.Join(failures, c.attachOutlet(peer, local))
	}
	return failures
}

// outletOf finds the outlet that sends through a sender of pion's. Only for operations.
func (c *Connection) outletOf(sender *webrtc.RTPSender) *outlet {
	if sender == nil {
		return nil
	}
	for _, local := range c.media.attached {
		if local.outlet != nil && local.outlet.sender == sender {
			return local.outlet
		}
	}
	return nil
}
