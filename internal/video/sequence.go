package video

const (
	// sequenceWindow is how many sequence numbers are looked at together: seconds of any video.
	sequenceWindow = 4096
	// A packet far from all others is believed once a second one comes within this distance of it.
	restartNearby = 64
)

// sequencer unwraps sequence numbers and notices when a stream begins anew: with another SSRC, or
// numbers far away. A single stray packet does not count as that.
type sequencer struct {
	started bool
	ssrc    uint32
	highest int64
	suspect *received
}

type placement int

const (
	placed    placement = iota
	suspected           // the sequencer keeps the packet
	restarted           // the stream begins anew with the suspect, which takeSuspect gives, and this packet
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
	return s.weigh(p)
}

// begin makes a packet the first of a stream.
func (s *sequencer) begin(p *received) {
	// Far from zero, so that what precedes the first packet has a number, too.
	p.seq = int64(p.number) + 1<<20
	s.started, s.ssrc, s.highest = true, p.ssrc, p.seq
}

// weigh compares a packet that does not fit with the last one that did not.
func (s *sequencer) weigh(p *received) placement {
	if s.suspect == nil || s.suspect.ssrc != p.ssrc {
		return suspected
	}
	distance := int(int16(p.number - s.suspect.number))
	switch {
	case distance == 0:
		return unplaced
	case -restartNearby < distance && distance < restartNearby:
		return restarted
	}
	return suspected
}

// suspectIs keeps a packet, and gives the one that was kept until now.
func (s *sequencer) suspectIs(p *received) (before *received) {
	before, s.suspect = s.suspect, p
	return before
}
