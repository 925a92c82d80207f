package bandwidth

import (
	"encoding/binary"
	"strings"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
)

// stream is an RTP stream that the connection sends.
type stream struct {
	controller *Controller
	writer     interceptor.RTPWriter
	extensions extensions
	audio      bool
	resentSSRC uint32 // of its retransmissions; 0: they have the stream's own
	stamp      stamp  // of packets that are not paced; guarded by the controller's sending

	// Guarded by the pacer's lock.
	ended   bool
	newest  uint16 // sequence number
	started bool
	resent  [resentSize]resent
}

// resentSize is how many packets are known to have been sent again.
const resentSize = 512

type resent struct {
	sequence uint16
	at       time.Time
}

// incoming is what the interceptors before hand over.
type incoming struct {
	header     *rtp.Header
	payload    []byte
	attributes interceptor.Attributes
}

func newStream(c *Controller, info *interceptor.StreamInfo, writer interceptor.RTPWriter) *stream {
	return &stream{
		controller: c,
		writer:     writer,
		extensions: findExtensions(info),
		audio:      strings.HasPrefix(strings.ToLower(info.MimeType), "audio/"),
		resentSSRC: info.SSRCRetransmission,
	}
}

// Write lets a packet leave when it is its turn. Audio is little and late at once: it leaves now.
func (s *stream) Write(header *rtp.Header, payload []byte, attributes interceptor.Attributes) (int, error) {
	if s.audio {
		return s.controller.transmitNow(s, header, payload)
	}
	if err := s.controller.pacer.add(s, incoming{header, payload, attributes}); err != nil {
		return 0, err
	}

	return header.MarshalSize() + len(payload), nil
}

// tooSoon says whether a packet was sent again less than a round trip ago: the peer can't have got
// that one yet. The pacer's lock is held.
func (s *stream) tooSoon(in incoming, now time.Time, roundTrip time.Duration) bool {
	sequence := in.header.SequenceNumber
	if s.resentSSRC != 0 && len(in.payload) >= 2 {
		sequence = binary.BigEndian.Uint16(in.payload) // the one it had at first
	}
	last := &s.resent[sequence%resentSize]
	if last.sequence == sequence && now.Sub(last.at) < roundTrip {
		return true
	}
	*last = resent{sequence, now}

	return false
}

// isAgain says whether a packet is a retransmission. Without a stream of their own they are known
// by their numbers. The pacer's lock is held.
func (s *stream) isAgain(header *rtp.Header) bool {
	if s.resentSSRC != 0 && header.SSRC == s.resentSSRC {
		return true
	}
	if s.started && int16(header.SequenceNumber-s.newest) <= 0 {
		return true
	}
	s.started, s.newest = true, header.SequenceNumber

	return false
}
