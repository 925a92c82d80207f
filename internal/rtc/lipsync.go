package rtc

import (
	"slices"
	"sync"
	"time"

	"github.com/pion/rtcp"
)

const (
	// sinkDelay is how much later sound is heard than it is given to the host's sinks: they keep some in hand.
	sinkDelay = 15 * time.Millisecond
	// lipsTolerated is the difference that nobody notices by far (ITU-R BT.1359 has 45 ms).
	lipsTolerated = 10 * time.Millisecond
	// lipsStep is the most that is put right at once.
	lipsStep = 80 * time.Millisecond
	// lipsMost: with more, the sender's reports are wrong.
	lipsMost = 5 * time.Second
	// lipsDelayMost is how much sound or pictures wait for the others.
	lipsDelayMost = 500 * time.Millisecond
)

// timed is a receiver that can say what it plays, and be told to wait.
type timed interface {
	// Timing is which RTP timestamp was played last, and when.
	Timing() (timestamp uint32, at time.Duration, ok bool)
	// Delay is how much later it plays than if the network was steady.
	Delay() time.Duration
	// SetLeastDelay has Delay be no less.
	SetLeastDelay(least time.Duration)
}

// lipSync has sound and pictures of a stream be played together, by the reports of their sender.
type lipSync struct {
	mu      sync.Mutex
	members []*lipMember
}

// lipMember is a track of sound or pictures.
type lipMember struct {
	timed

	kind    Kind
	streams func() []string
	rate    func() uint32 // of its timestamps

	reported  bool
	ntp       time.Duration // by the last sender report
	timestamp uint32
	least     time.Duration // that it was told
}

func (s *lipSync) add(m *lipMember) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.members = append(s.members, m)
}

func (s *lipSync) remove(m *lipMember) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.members = slices.DeleteFunc(s.members, func(one *lipMember) bool { return one == m })
}

// report notes a sender report, and puts right what is apart.
func (s *lipSync) report(m *lipMember, ntp uint64, timestamp uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m.reported, m.ntp, m.timestamp = true, fromNTP(ntp), timestamp
	for _, other := range s.members {
		if !other.reported || other.kind == m.kind || !m.sharesStream(other) {
			continue
		}
		if m.kind == KindAudio {
			align(m, other)
		} else {
			align(other, m)
		}
		return
	}
}

// align has the one wait that is ahead.
func align(sound, pictures *lipMember) {
	heard, ok := sound.lag()
	seen, known := pictures.lag()
	apart := heard + sinkDelay - seen
	if !ok || !known || apart > lipsMost || apart < -lipsMost {
		return
	}
	switch {
	case apart > lipsTolerated:
		shift(sound, pictures, min(apart, lipsStep))
	case apart < -lipsTolerated:
		shift(pictures, sound, min(-apart, lipsStep))
	}
}

// shift has late catch up, as far as it only waits for the other, and otherwise early wait.
func shift(late, early *lipMember, by time.Duration) {
	if late.least > 0 {
		late.least = max(min(late.least, late.Delay())-by, 0)
		late.SetLeastDelay(late.least)
		return
	}
	early.least = min(early.Delay()+by, lipsDelayMost)
	early.SetLeastDelay(early.least)
}

// lag is by how much the clock of playing is ahead of the clock of capturing, which is the same for all that a
// sender sends.
func (m *lipMember) lag() (time.Duration, bool) {
	timestamp, at, ok := m.Timing()
	rate := m.rate()
	if !ok || rate == 0 {
		return 0, false
	}
	passed := time.Duration(int64(int32(timestamp-m.timestamp)) * int64(time.Second) / int64(rate))
	return at - (m.ntp + passed), true
}

// sharesStream says whether two tracks belong together.
func (m *lipMember) sharesStream(other *lipMember) bool {
	theirs := other.streams()
	return slices.ContainsFunc(m.streams(), func(stream string) bool { return slices.Contains(theirs, stream) })
}

// readReports reads what the peer says about its track; the interceptors take their share on the way.
func (in *inlet) readReports() {
	readReports(in.from.Read, func(packet rtcp.Packet) {
		if report, ok := packet.(*rtcp.SenderReport); ok && report.SSRC == uint32(in.stream.SSRC()) {
			in.connection.lips.report(in.lips, report.NTPTime, report.RTPTime)
		}
	})
}
