package audio

import "time"

const (
	// packetLength is how much sound a packet has.
	packetLength = 20 * time.Millisecond
	packetBlocks = 2

	// backlogPackets is how many packets it is looked at whether more sound waits than has to: 5 s.
	backlogPackets = 250
	// hurry is how much sooner each packet leaves while what waits too long is worked off.
	hurry = time.Millisecond
	// catchUpMost is how much is sent at once after the process was held up.
	catchUpMost = 200 * time.Millisecond
	// hostClocks is from how many waiting blocks on it is clear that the host pushes as much as it can, and is held back by
	// what is taken.
	hostClocks = 80
)

// schedule says when packets are to leave. A host may push as irregularly as it likes; packets leave one every 20 ms, by an
// absolute schedule, which yields to the host where that is late, and works off what waits for no reason.
type schedule struct {
	begun   bool
	starved bool
	next    time.Duration

	looked int
	least  int // blocks that were left, at the least
	most   int
	early  int // how many packets more leave a little earlier
}

// wait is how long to wait for the next packet.
func (s *schedule) wait(now time.Duration) time.Duration {
	if !s.begun || s.starved {
		return 0
	}

	return max(s.next-now, 0)
}

// starve notes that there is not enough sound for the packet that is due.
func (s *schedule) starve() { s.starved = true }

// leave notes that a packet leaves, and how many blocks are left after it.
func (s *schedule) leave(now time.Duration, left int) {
	if !s.begun || s.starved || now-s.next > catchUpMost {
		s.next = max(now, s.next)
	}
	if !s.begun {
		s.least = left
	}
	s.begun, s.starved = true, false
	s.next += packetLength
	if s.early > 0 {
		s.early--
		s.next -= hurry
	}
	s.least, s.most = min(s.least, left), max(s.most, left)
	if s.looked++; s.looked == backlogPackets {
		if s.least >= packetBlocks && s.most < hostClocks {
			s.early = s.least / packetBlocks * int(packetLength/hurry)
		}
		s.looked, s.least, s.most = 0, left, left
	}
}

// stop is for a source nobody listens to any more.
func (s *schedule) stop() { *s = schedule{} }
