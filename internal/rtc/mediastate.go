package rtc

import (
	"crypto/rand"
	"encoding/binary"

	"github.com/pion/webrtc/v4"
)

// mediaState is what was said about media, by both sides.
type mediaState struct {
	cname string // of all that this side sends
	ssrc  uint32 // of what this side says about what it receives

	attached []*localTrack
	book     formatBook
	lines    lineBook
	local    *localDescription        // the last one of this side that was agreed on
	out      *pendingOffer            // nil: none of this side waits for an answer
	waiting  *description             // an offer of the peer, until ours is answered
	remote   map[string]*mediaSection // of the last description of the peer, by mid
	ufrag    string                   // of ICE, in it
	tried    int                      // remote candidates since then
	tracks   map[string]*RemoteTrack  // by mid
	inlets   map[string]*inlet        // by label
	adopted  map[string]uint32        // by label: the stream that was found where none was declared
}

func newMediaState() mediaState {
	var ssrc [4]byte
	_, _ = rand.Read(ssrc[:]) // never fails
	return mediaState{
		cname:  rand.Text(),
		ssrc:   binary.BigEndian.Uint32(ssrc[:]),
		book:   newFormatBook(),
		lines:  newLineBook(),
		tracks: make(map[string]*RemoteTrack),
		inlets: make(map[string]*inlet),

		adopted: make(map[string]uint32),
	}
}

// read gives the sections of audio and video of a description, by mid, less what contradicts earlier ones.
func (m *mediaState) read(d *description, all lines) map[string]*mediaSection {
	sections := d.mediaSections()
	m.book.take(sections)
	byMid := make(map[string]*mediaSection, len(sections))
	for _, section := range sections {
		byMid[section.mid] = section
		if section.ssrc != 0 || !section.sends() {
			delete(m.adopted, all[section.index].label)
			continue
		}
		section.ssrc = m.adopted[all[section.index].label]
		// Retransmissions of a stream that is not declared can't be told from others; they come on it itself.
		for i := range section.formats {
			section.formats[i].repair = 0
		}
	}
	return byMid
}

// startOver forgets what was negotiated with a peer that was replaced: nothing, in the end.
func (m *mediaState) startOver() {
	m.book, m.lines = newFormatBook(), newLineBook()
	m.local, m.out, m.remote = nil, nil, nil
}

// preferCodecs has pion name in each section the codecs of that section, in the peer's order, or those that this
// side offers.
func (c *Connection) preferCodecs(peer *webrtc.PeerConnection) error {
	for _, transceiver := range peer.GetTransceivers() {
		kind := KindVideo
		if transceiver.Kind() == webrtc.RTPCodecTypeAudio {
			kind = KindAudio
		}
		formats := c.media.book.own(kind)
		if one := c.media.lines.agreed.byLabel(transceiver.Mid()); one != nil {
			if m := c.media.remote[one.mid]; m != nil && len(m.formats) > 0 {
				formats = m.formats
			}
		}
		if err := transceiver.SetCodecPreferences(parametersOf(formats)); err != nil {
			return err //nolint:wrapcheck // says it all
		}
	}
	return nil
}

// chooseFormats tells the outlets what the peer takes.
func (l *localDescription) chooseFormats() {
	for mid, o := range l.outlets {
		if m := l.remote[mid]; m != nil {
			o.prefer(m.formats)
		}
	}
}

// startMedia is for when the transports are up: what is encoded before is lost.
func (c *Connection) startMedia() {
	if c.mediaUp.Swap(true) {
		return
	}
	c.operating.Lock()
	defer c.operating.Unlock()
	for _, local := range c.media.attached {
		if local.outlet != nil {
			local.outlet.wake()
		}
	}
}

// refreshMedia is for when the transports are up again: the path may be another one, and the peer has missed pictures and
// waits for one that stands for itself.
func (c *Connection) refreshMedia() {
	c.bandwidth.StartOver()
	c.operating.Lock()
	defer c.operating.Unlock()
	for _, local := range c.media.attached {
		if local.outlet != nil {
			local.outlet.requestKeyFrame()
		}
	}
}

// endOutlets stops what is sent.
func (c *Connection) endOutlets() {
	for _, local := range c.media.attached {
		if local.outlet != nil {
			local.outlet.end()
		}
	}
}
