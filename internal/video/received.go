package video

import (
	"time"

	"github.com/pion/rtp"
)

const (
	// packetBytes is room for any packet that fits into an Ethernet frame.
	packetBytes = 2048
	// freePackets are kept for reuse; what a burst needed beyond them is given back.
	freePackets = 256
)

// received is a packet that came. What is of no use for any frame (padding, other payload
// formats) has no stream: it only says that its sequence number is not missing.
type received struct {
	ssrc      uint32
	number    uint16
	seq       int64 // number, unwrapped
	timestamp uint32
	arrived   time.Duration
	last      bool // the frame ends here
	stream    *stream
	fragment  fragment

	rotation int            // in degrees; -1: not said
	limits   *playoutLimits // nil: not said
	said     playoutLimits

	size  int
	bytes [packetBytes]byte
	next  *received
}

// isFiller says that a packet has nothing of a frame.
func (p *received) isFiller() bool { return p.stream == nil }

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
	p.stream, p.fragment = nil, fragment{}
	p.next, l.free = l.free, p
	l.count++
}

// parser reads RTP packets.
type parser struct {
	orientation, playoutDelay uint8
	streamOf                  func(payloadType uint8) *stream
	packet                    rtp.Packet // kept for its memory
}

// parse reads what is in p.bytes; false: it is not an RTP packet, or a broken one.
func (s *parser) parse(p *received) bool {
	packet := &s.packet
	if err := packet.Unmarshal(p.bytes[:p.size]); err != nil || packet.Version != 2 {
		return false
	}
	p.ssrc, p.number, p.timestamp, p.last = packet.SSRC, packet.SequenceNumber, packet.Timestamp, packet.Marker
	p.stream, p.fragment, p.rotation, p.limits = nil, fragment{}, -1, nil
	if len(packet.Payload) == 0 {
		return true
	}
	if p.stream = s.streamOf(packet.PayloadType); p.stream == nil {
		return true
	}
	var ok bool
	if p.fragment, ok = p.stream.depacketize(packet.Payload); !ok {
		return false
	}
	s.extensions(p)
	return true
}

func (s *parser) extensions(p *received) {
	if s.orientation != 0 {
		if degrees, ok := rotationOf(s.packet.GetExtension(s.orientation)); ok {
			p.rotation = degrees
		}
	}
	if s.playoutDelay != 0 {
		var ok bool
		if p.said, ok = playoutLimitsOf(s.packet.GetExtension(s.playoutDelay)); ok {
			p.limits = &p.said
		}
	}
}
