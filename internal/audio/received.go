package audio

import (
	"time"

	"github.com/pion/rtp"

	"libml_webrtc/internal/codec"
)

const (
	// packetBytes is room for any packet that fits into an Ethernet frame.
	packetBytes = 2048
	// freePackets are kept for reuse.
	freePackets = 64
	// codecsAsked is how often it is asked anew what a payload type stands for.
	codecsAsked = time.Second
)

// received is a packet that came. All lengths and times of media are in frames at codec.AudioRate.
type received struct {
	ssrc      uint32
	number    uint16
	seq       int64 // number, unwrapped
	timestamp uint32
	start     int64 // timestamp, unwrapped, in frames
	arrived   time.Duration
	by        *codec.Audio
	frames    int
	channels  int
	payload   []byte
	bytes     [packetBytes]byte
	next      *received
}

// silences says that there is nothing to be heard until further notice: what a codec with DTX sends.
func (p *received) silences() bool { return len(p.payload) <= 2 }

// packetPool recycles packets. Not safe for concurrent use.
type packetPool struct {
	free  *received
	count int
}

func (l *packetPool) get() *received {
	p := l.free
	if p == nil {
		return new(received)
	}
	l.free, p.next = p.next, nil
	l.count--

	return p
}

func (l *packetPool) put(p *received) {
	if p == nil || l.count >= freePackets {
		return
	}
	p.by, p.payload = nil, nil
	p.next, l.free = l.free, p
	l.count++
}

// parser reads RTP packets.
type parser struct {
	codec  func(payloadType uint8) (codec.Audio, bool)
	packet rtp.Packet // kept for its memory

	payloadType uint8
	last        *codec.Audio // what it stands for; nil: unknown
	asked       time.Duration
}

// parse reads what is in p.bytes; false: it is of no use.
func (s *parser) parse(p *received, size int, now time.Duration) bool {
	packet := &s.packet
	if size <= 0 || size > packetBytes || packet.Unmarshal(p.bytes[:size]) != nil || packet.Version != 2 {
		return false
	}
	by := s.codecOf(packet.PayloadType, now)
	if by == nil {
		return false
	}
	described, err := by.Describe(packet.Payload)
	if err != nil || described.Frames <= 0 || described.Frames > codec.AudioFramesMost {
		return false
	}
	p.ssrc, p.number, p.timestamp, p.arrived = packet.SSRC, packet.SequenceNumber, packet.Timestamp, now
	p.by, p.payload = by, packet.Payload
	p.frames, p.channels = described.Frames, min(max(described.Channels, 1), by.Channels)

	return true
}

// codecOf remembers the codec of the last packet: its address changes only when it is another one.
func (s *parser) codecOf(payloadType uint8, now time.Duration) *codec.Audio {
	if s.asked != 0 && payloadType == s.payloadType && now-s.asked < codecsAsked {
		return s.last
	}
	known, ok := s.codec(payloadType)
	switch {
	case !ok:
		s.last = nil
	case s.last == nil || s.last.Name != known.Name:
		s.last = &known
	}
	s.payloadType, s.asked = payloadType, max(now, 1)

	return s.last
}
