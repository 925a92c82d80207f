package bandwidth

import (
	"github.com/pion/interceptor"
	"github.com/pion/rtp"
)

// packetMost bounds a packet, header included; larger ones can't be sent in a UDP datagram over
// the internet without being fragmented, and nothing of ours makes them.
const packetMost = 1600

// packet is a copy of an RTP packet that waits to be sent.
type packet struct {
	stream  *stream
	header  rtp.Header
	payload []byte
	size    int // on the wire above UDP, but for what is added when the packet leaves
	// keep is told when the packet has left, for retransmissions of pion's NACK responder.
	keep keeper
	// behind says that the packet had to wait for the one before it.
	behind bool
	again  bool // it is a retransmission
	stamp  stamp
	raw    [packetMost]byte // holds the header's extensions and the payload
}

// set copies a packet. The header is written out and read back, because that copies its
// extensions into the packet's own memory without an allocation.
func (p *packet) set(header *rtp.Header, payload []byte) error {
	size, err := header.MarshalTo(p.raw[:])
	if err != nil {
		return err
	}
	if _, err = p.header.Unmarshal(p.raw[:size]); err != nil {
		return err
	}
	p.header.PaddingSize = header.PaddingSize
	if size+len(payload) > len(p.raw) {
		return errTooLarge
	}
	p.payload = p.raw[size : size+copy(p.raw[size:], payload)]
	p.size = size + len(payload)

	return nil
}

// keeper is how pion's NACK responder learns that a retransmission has left: until then it does
// not queue the same packet again. Its type is internal to pion, its methods are not.
type keeper interface {
	Retain()
	Release(sent bool)
}

func findKeeper(attributes interceptor.Attributes) keeper {
	for _, value := range attributes {
		if k, ok := value.(keeper); ok {
			return k
		}
	}

	return nil
}

// queue is a first-in first-out queue of packets that keeps its memory.
type queue struct {
	ring  []*packet
	first int
	count int
	bytes int
}

func (q *queue) push(p *packet) {
	if q.count == len(q.ring) {
		grown := make([]*packet, max(64, 2*len(q.ring)))
		for i := range q.count {
			grown[i] = q.ring[(q.first+i)%len(q.ring)]
		}
		q.ring, q.first = grown, 0
	}
	q.ring[(q.first+q.count)%len(q.ring)] = p
	q.count++
	q.bytes += p.size
}

func (q *queue) pop() *packet {
	if q.count == 0 {
		return nil
	}
	p := q.ring[q.first]
	q.ring[q.first] = nil
	q.first = (q.first + 1) % len(q.ring)
	q.count--
	q.bytes -= p.size

	return p
}
