package audio

import "libml_webrtc/internal/codec"

const (
	// sequenceWindow is how far a number may be from the newest one: ten seconds of packets.
	sequenceWindow = 500
	// A packet far from all others is believed once a second one comes within this distance of it.
	restartNearby = 16
)

// sequencer unwraps sequence numbers and notices when a stream begins anew: with another SSRC, or numbers far away. A
// single stray packet does not count as that.
type sequencer struct {
	started bool
	ssrc    uint32
	highest int64
	suspect bool
	number  uint16 // of the suspect
	of      uint32 // its SSRC
}

type placement int

const (
	placed    placement = iota
	restarted           // the stream begins anew with this packet
	unplaced            // of no use
)

// place sets the packet's seq.
func (s *sequencer) place(p *received) placement {
	if !s.started {
		s.begin(p)

		return placed
	}
	if p.ssrc == s.ssrc {
		distance := int64(int16(p.number - uint16(s.highest)))
		if -sequenceWindow < distance && distance < sequenceWindow {
			p.seq = s.highest + distance
			s.highest = max(s.highest, p.seq)

			return placed
		}
	}
	if distance := int(int16(p.number - s.number)); s.suspect && s.of == p.ssrc && distance != 0 &&
		-restartNearby < distance && distance < restartNearby {
		s.begin(p)

		return restarted
	}
	s.suspect, s.number, s.of = true, p.number, p.ssrc

	return unplaced
}

// begin makes a packet the first of a stream.
func (s *sequencer) begin(p *received) {
	// Far from zero, so that what precedes the first packet has a number, too.
	p.seq = int64(p.number) + 1<<20
	s.started, s.ssrc, s.highest, s.suspect = true, p.ssrc, p.seq, false
}

// timeline unwraps timestamps.
type timeline struct {
	begun bool
	clock int
	last  uint32
	ticks int64
	base  int64
	end   int64 // of the newest packet
}

// place sets the packet's start. When the clock changes with the codec, a packet follows the one before it.
func (t *timeline) place(p *received) {
	clock := p.by.ClockRate
	if !t.begun || clock != t.clock {
		*t = timeline{begun: true, clock: clock, last: p.timestamp, base: t.end, end: t.end}
	}
	t.ticks += int64(int32(p.timestamp - t.last))
	t.last = p.timestamp
	p.start = t.base + t.ticks*codec.AudioRate/int64(clock)
	t.end = max(t.end, p.start+int64(p.frames))
}

// timestamp is the reverse.
func (t *timeline) timestamp(position int64) uint32 {
	ticks := (position - t.base) * int64(t.clock) / codec.AudioRate

	return t.last + uint32(ticks-t.ticks)
}
