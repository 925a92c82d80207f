// SPDX-License-Identifier: MIT

package link

import (
	"math/rand/v2"
	"time"
)

// Settings say what a direction does to its packets. The zero value lets everything through at once.
type Settings struct {
	Delay     time.Duration // of every packet
	Jitter    time.Duration // up to this much more; the order is kept
	Rate      int           // bit/s; 0: unbounded
	Queue     time.Duration // with a rate: how long a packet may wait for its turn before there is no room for it
	Loss      float64       // share of packets, 0 to 1
	Burst     float64       // with loss: how many are lost in a row, on average; below 1: 1
	Reorder   float64       // share of packets that those behind may overtake, 0 to 1
	ReorderBy time.Duration // how much later these come
	Duplicate float64       // share of packets that come twice, 0 to 1
	MTU       int           // bytes; what is larger is lost without a word; 0: unbounded
}

// Counters count a direction's packets and bytes since it began.
type Counters struct {
	Packets        uint64 // that came in
	Bytes          uint64
	Delivered      uint64 // that went out
	DeliveredBytes uint64
	Lost           uint64 // by loss and interruption
	Overflowed     uint64 // for which the queue had no room
	Reordered      uint64
	Duplicated     uint64
}

type fate int

const (
	passes fate = iota
	overtaken
	lost
	overflowed
)

// model decides what becomes of each packet. It knows no packets and no clock: it is told their size and the time.
type model struct {
	settings Settings
	random   *rand.Rand
	cutUntil time.Time
	losing   bool      // in a burst of loss
	busy     time.Time // the transmitter has sent what it took by then
	last     time.Time // when the last packet in order is due
}

func newModel(seed uint64) *model {
	return &model{random: rand.New(rand.NewPCG(seed, 0x6c696e6b))}
}

// set changes the settings from now on. What was taken already comes when it was due.
func (m *model) set(settings Settings) {
	if settings.Rate != m.settings.Rate {
		m.busy = time.Time{}
	}
	m.settings = settings
}

// cut loses everything for a while.
func (m *model) cut(until time.Time) { m.cutUntil = until }

// admit says when a packet that comes now is due at the other end, unless it never gets there.
func (m *model) admit(now time.Time, size int) (time.Time, fate) {
	if now.Before(m.cutUntil) || m.loses() || m.settings.MTU > 0 && size > m.settings.MTU {
		return time.Time{}, lost
	}
	sent, room := m.transmit(now, size)
	if !room {
		return time.Time{}, overflowed
	}
	due := sent.Add(m.settings.Delay + m.share(m.settings.Jitter))
	if due.Before(m.last) {
		due = m.last
	}
	if m.settings.Reorder > 0 && m.random.Float64() < m.settings.Reorder {
		return due.Add(m.settings.ReorderBy), overtaken
	}
	m.last = due
	return due, passes
}

// duplicates says whether a packet that was admitted comes twice.
func (m *model) duplicates() bool {
	return m.settings.Duplicate > 0 && m.random.Float64() < m.settings.Duplicate
}

// loses follows Gilbert's model: a burst ends with the same chance after each of its packets, and begins as often as
// makes the share right.
func (m *model) loses() bool {
	loss, burst := m.settings.Loss, m.settings.Burst
	if burst <= 1 || loss <= 0 || loss >= 1 {
		m.losing = false
		return loss > 0 && m.random.Float64() < loss
	}
	if m.losing {
		m.losing = m.random.Float64() >= 1/burst
	} else {
		m.losing = m.random.Float64() < loss/(burst*(1-loss))
	}
	return m.losing
}

// transmit says when the last bit of a packet has left, if the queue has room for it.
func (m *model) transmit(now time.Time, size int) (sent time.Time, room bool) {
	if m.settings.Rate <= 0 {
		return now, true
	}
	start := now
	if m.busy.After(now) {
		start = m.busy
	}
	if start.Sub(now) > m.settings.Queue {
		return time.Time{}, false
	}
	m.busy = start.Add(time.Duration(int64(size) * 8 * int64(time.Second) / int64(m.settings.Rate)))
	return m.busy, true
}

func (m *model) share(most time.Duration) time.Duration {
	if most <= 0 {
		return 0
	}
	return time.Duration(m.random.Int64N(int64(most)))
}
