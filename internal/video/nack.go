package video

import (
	"slices"
	"time"
)

const (
	missingMost = 500
	nacksMost   = 10

	retransmissionDefault = 100 * time.Millisecond // while no round-trip time is known
	retransmissionLeast   = 20 * time.Millisecond
	retransmissionMost    = 500 * time.Millisecond

	reorderMost = 30 * time.Millisecond
)

// missing is a sequence number that was skipped.
type missing struct {
	seq    int64
	since  time.Duration
	nackAt time.Duration
	nacked time.Duration // when it was asked for last
	first  time.Duration // and at first
	nacks  int
	guess  bool // nothing that came later proves that it was sent
}

// missingList are the missing packets by sequence number, and thus by age, too.
type missingList struct {
	list     []missing
	earliest time.Duration // no nackAt is before

	// patience is how long packets were seen to come late by another way, unasked.
	patience time.Duration
	// roundTrip is how long a retransmission took lately; 0: unknown.
	roundTrip time.Duration
}

func (m *missingList) empty() bool { return len(m.list) == 0 }

// add appends the numbers from first up to before end; false: that would be too many.
func (m *missingList) add(first, end int64, now time.Duration) bool {
	if end-first > int64(missingMost-len(m.list)) {
		return false
	}
	at := now + m.patience
	if m.empty() || at < m.earliest {
		m.earliest = at
	}
	for seq := first; seq < end; seq++ {
		m.list = append(m.list, missing{seq: seq, since: now, nackAt: at})
	}
	return true
}

// suppose appends a number that may not have been sent yet, to be asked for at once; false: there are
// too many.
func (m *missingList) suppose(seq int64, now time.Duration) bool {
	if !m.add(seq, seq+1, now) {
		return false
	}
	entry := &m.list[len(m.list)-1]
	entry.guess, entry.nackAt, m.earliest = true, now, now
	return true
}

// found removes a number that came after all; asked: because it was asked for.
func (m *missingList) found(seq int64, now, rtt time.Duration) (asked, ok bool) {
	i, ok := slices.BinarySearchFunc(m.list, seq, func(a missing, seq int64) int { return int(a.seq - seq) })
	if !ok {
		return false, false
	}
	asked = m.learn(&m.list[i], now, rtt)
	m.list = slices.Delete(m.list, i, i+1)
	return asked, true
}

// learn tells a retransmission from a packet that was overtaken, and remembers how long either took.
func (m *missingList) learn(found *missing, now, rtt time.Duration) (asked bool) {
	if found.guess {
		return found.nacks > 1 // nobody knows whether any request brought it
	}
	took := now - found.nacked
	if found.nacks == 0 || found.nacks == 1 && took < m.tooSoon(rtt) {
		m.wait(now - found.since)
		return false
	}
	if found.nacks > 1 {
		// Nobody knows which request brought it. Mostly it is the first: who took the last for it, would
		// ask ever too early, and never learn.
		took = now - found.first
	}
	if m.roundTrip == 0 {
		m.roundTrip = took
	} else {
		m.roundTrip += (took - m.roundTrip) / 8
	}
	// Losses cost their patience; it fades with them.
	m.patience -= m.patience / 8
	return true
}

// tooSoon is a time within which no retransmission can arrive.
func (m *missingList) tooSoon(rtt time.Duration) time.Duration {
	switch {
	case rtt > 0:
		return rtt / 2
	case m.roundTrip > 0:
		return m.roundTrip / 2
	}
	return 5 * time.Millisecond
}

// wait lets the next gaps wait a little longer than a packet was late that nobody had to ask for.
func (m *missingList) wait(late time.Duration) {
	m.patience = max(m.patience, min(late+late/4, reorderMost))
}

// dropBelow removes the numbers below seq and says how many those were.
func (m *missingList) dropBelow(seq int64) int {
	count := 0
	for count < len(m.list) && m.list[count].seq < seq {
		count++
	}
	m.list = slices.Delete(m.list, 0, count)
	return count
}

// dropOlder removes what has been missing since a time or longer and says how many those were.
func (m *missingList) dropOlder(since time.Duration) int {
	count := 0
	for count < len(m.list) && m.list[count].since <= since {
		count++
	}
	m.list = slices.Delete(m.list, 0, count)
	return count
}

// due appends the numbers that are to be asked for now.
func (m *missingList) due(into []uint16, now, rtt time.Duration) []uint16 {
	if m.empty() || now < m.earliest {
		return into
	}
	m.earliest = never
	for i := range m.list {
		entry := &m.list[i]
		if entry.nacks >= nacksMost {
			continue
		}
		if entry.nackAt <= now {
			into = append(into, uint16(entry.seq))
			entry.nacks++
			entry.nacked = now
			if entry.nacks == 1 {
				entry.first = now
			}
			entry.nackAt = now + m.pause(entry.nacks, rtt)
		}
		m.earliest = min(m.earliest, entry.nackAt)
	}
	return into
}

// next is when due has something to say; never: not by itself.
func (m *missingList) next() time.Duration {
	if m.empty() {
		return never
	}
	return m.earliest
}

// retransmission is how long one is expected to take. The measured time counts the sender's queue, too.
func (m *missingList) retransmission(rtt time.Duration) time.Duration {
	if rtt = max(rtt, m.roundTrip); rtt == 0 {
		return retransmissionDefault
	}
	return min(max(rtt+rtt/8, retransmissionLeast), retransmissionMost)
}

// pause is the time to the next request. It grows: a jam that has just begun takes longer than any
// round trip before, and who asks in vain adds to it.
func (m *missingList) pause(nacks int, rtt time.Duration) time.Duration {
	pause := m.retransmission(rtt)
	for range nacks - 1 {
		if pause < retransmissionDefault {
			pause = min(2*pause, retransmissionDefault)
		}
	}
	for range nacks - 3 {
		pause += pause / 4
	}
	return min(pause, time.Second)
}
