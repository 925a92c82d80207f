package video

import "time"

const (
	// frameBytesMost is more than any encoder makes of a picture of 8192 x 8192 in real time.
	frameBytesMost = 4 << 20
	freeFrames     = 8
)

// inFrame is an encoded frame as it came, complete.
type inFrame struct {
	data      []byte
	stream    *stream
	key       bool
	timestamp uint32
	arrived   time.Duration // its first packet
	ready     time.Duration // when nothing was missing any more
	due       time.Duration // when it is to be decoded
	time      uint64        // of the picture, in microseconds
	rotation  int           // in degrees; -1: not said
	limits    playoutLimits
	limited   bool // limits were said
}

// framePool recycles frames and their memory. Not safe for concurrent use.
type framePool struct{ free []*inFrame }

func (l *framePool) get() *inFrame {
	count := len(l.free)
	if count == 0 {
		return new(inFrame)
	}
	f := l.free[count-1]
	l.free = l.free[:count-1]
	*f = inFrame{data: f.data[:0]}
	return f
}

func (l *framePool) put(f *inFrame) {
	if len(l.free) < freeFrames {
		l.free = append(l.free, f)
	}
}

// begin takes over what the first packet says of a frame.
func (f *inFrame) begin(p *received) {
	f.stream, f.key, f.timestamp, f.arrived, f.rotation = p.stream, p.fragment.key, p.timestamp, p.arrived, -1
}

// add appends a packet.
func (f *inFrame) add(p *received) {
	f.data = append(f.data, p.fragment.data...)
	f.arrived = min(f.arrived, p.arrived)
	if p.rotation >= 0 {
		f.rotation = p.rotation
	}
	if p.limits != nil {
		f.limits, f.limited = *p.limits, true
	}
}
