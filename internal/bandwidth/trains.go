package bandwidth

import "time"

const (
	trainWindow  = 250 * time.Millisecond
	trainSamples = 10 // pairs of packets that make a measurement
)

// trains measures the path with the packets that are sent anyway. The pacer sends a frame's
// packets faster than the estimate, one close behind the other. If they arrive as close together
// as they left, the path carries at least the pacer's rate; if they arrive further apart, their
// distance tells what the bottleneck carries.
type trains struct {
	windows [2]trainSums // the current one and the one before
	begun   time.Duration

	last struct {
		sequence      uint16
		sent, arrival time.Duration
		valid         bool
	}
}

type trainSums struct {
	bits          float64
	sent, arrived time.Duration // the sum of the distances
	samples       int
}

// received notes a packet that has arrived.
func (t *trains) received(now time.Duration, sequence uint16, p *sentPacket, arrival time.Duration) {
	last := &t.last
	if p.behind && last.valid && sequence == last.sequence+1 && arrival >= last.arrival {
		t.turn(now)
		w := &t.windows[0]
		w.bits += float64(8 * p.size)
		w.sent += p.sent - last.sent
		w.arrived += arrival - last.arrival
		w.samples++
	}
	last.sequence, last.sent, last.arrival, last.valid = sequence, p.sent, arrival, true
}

func (t *trains) turn(now time.Duration) {
	switch {
	case now-t.begun >= 2*trainWindow:
		t.windows = [2]trainSums{}
		t.begun = now
	case now-t.begun >= trainWindow:
		t.windows[1], t.windows[0] = t.windows[0], trainSums{}
		t.begun = now
	}
}

// forget begins a new measurement: the rate has changed.
func (t *trains) forget() { t.windows = [2]trainSums{} }

// rates are how fast trains left and how fast they arrived, in bit/s; false: too few of them.
func (t *trains) rates(now time.Duration) (sent, arrived float64, ok bool) {
	t.turn(now)
	a, b := &t.windows[0], &t.windows[1]
	if a.samples+b.samples < trainSamples {
		return 0, 0, false
	}
	bits := a.bits + b.bits
	// A distance of nothing is one that is below the feedback's resolution.
	const finest = 250 * time.Microsecond
	sent = bits / max(a.sent+b.sent, finest).Seconds()
	arrived = bits / max(a.arrived+b.arrived, finest).Seconds()

	return sent, arrived, true
}

// meter is the rate at which packets arrive at the peer.
type meter struct {
	bytes [10]int
	slot  int64 // of the last packet
	first int64 // slot of the first one
	begun bool
}

const meterSlot = 50 * time.Millisecond

func (m *meter) received(arrival time.Duration, size int) {
	slot := int64(arrival / meterSlot)
	n := int64(len(m.bytes))
	switch {
	case !m.begun || slot >= m.slot+n || slot < m.slot-2*n:
		*m = meter{slot: slot, first: slot, begun: true}
	case slot > m.slot:
		for s := m.slot + 1; s <= slot; s++ {
			*m.at(s) = 0
		}
		m.slot = slot
	case slot <= m.slot-n:
		return // too late to count
	}
	*m.at(slot) += size
}

// at is where a slot's bytes are counted; times on the peer's clock may be negative.
func (m *meter) at(slot int64) *int {
	n := int64(len(m.bytes))

	return &m.bytes[(slot%n+n)%n]
}

// rate is in bit/s; 0: not known yet.
func (m *meter) rate() int {
	n := int64(len(m.bytes))
	slots := min(m.slot-m.first, n-1) // the current one is not over
	if slots < 3 {
		return 0
	}
	bytes := -*m.at(m.slot)
	for _, b := range m.bytes {
		bytes += b
	}

	return int(float64(8*bytes) / (time.Duration(slots) * meterSlot).Seconds())
}
