// SPDX-License-Identifier: MIT

package link

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

var start = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func with(settings Settings) *model {
	m := newModel(1)
	m.set(settings)
	return m
}

func TestNothingSetLetsAllThroughAtOnce(t *testing.T) {
	m := with(Settings{})
	for at := range 100 {
		now := start.Add(time.Duration(at) * time.Microsecond)
		due, fate := m.admit(now, 1500)
		assert.Equal(t, passes, fate)
		assert.Equal(t, now, due)
	}
}

func TestDelay(t *testing.T) {
	m := with(Settings{Delay: 50 * time.Millisecond})
	due, fate := m.admit(start, 100)
	assert.Equal(t, passes, fate)
	assert.Equal(t, start.Add(50*time.Millisecond), due)
	// A shorter delay lets nobody overtake.
	m.set(Settings{Delay: time.Millisecond})
	due, _ = m.admit(start.Add(time.Millisecond), 100)
	assert.Equal(t, start.Add(50*time.Millisecond), due)
}

func TestJitterKeepsTheOrder(t *testing.T) {
	m := with(Settings{Delay: 10 * time.Millisecond, Jitter: 20 * time.Millisecond})
	last := start
	shortest, longest := time.Hour, time.Duration(0)
	for at := range 1000 {
		now := start.Add(time.Duration(at) * 30 * time.Millisecond)
		due, fate := m.admit(now, 100)
		assert.Equal(t, passes, fate)
		assert.False(t, due.Before(last))
		last = due
		shortest, longest = min(shortest, due.Sub(now)), max(longest, due.Sub(now))
	}
	assert.InDelta(t, 10, shortest.Milliseconds(), 1)
	assert.InDelta(t, 30, longest.Milliseconds(), 1)
}

func TestRateSpacesPackets(t *testing.T) {
	m := with(Settings{Rate: 1_000_000, Queue: time.Second})
	for at := range 10 {
		due, fate := m.admit(start, 1250) // 10 ms each
		assert.Equal(t, passes, fate)
		assert.Equal(t, start.Add(time.Duration(at+1)*10*time.Millisecond), due)
	}
	// What was not used is not saved up.
	due, _ := m.admit(start.Add(time.Minute), 1250)
	assert.Equal(t, start.Add(time.Minute+10*time.Millisecond), due)
}

func TestQueueIsBounded(t *testing.T) {
	m := with(Settings{Rate: 1_000_000, Queue: 100 * time.Millisecond})
	taken := 0
	for range 1000 {
		if _, fate := m.admit(start, 1250); fate == passes {
			taken++
		} else {
			assert.Equal(t, overflowed, fate)
		}
	}
	assert.Equal(t, 11, taken) // one on its way, 100 ms of others
	_, fate := m.admit(start.Add(20*time.Millisecond), 1250)
	assert.Equal(t, passes, fate)
	// An end of the bottleneck ends the queue, too.
	m.set(Settings{})
	due, fate := m.admit(start.Add(20*time.Millisecond), 1250)
	assert.Equal(t, passes, fate)
	assert.Equal(t, start.Add(120*time.Millisecond), due) // behind what was taken before
}

func TestLossIsAShare(t *testing.T) {
	const packets = 200_000
	for _, burst := range []float64{0, 1, 3, 10} {
		for _, share := range []float64{0, 0.01, 0.1, 0.5, 1} {
			m := with(Settings{Loss: share, Burst: burst})
			gone, bursts, before := 0, 0, false
			for range packets {
				_, fate := m.admit(start, 100)
				if fate == lost {
					gone++
					if !before {
						bursts++
					}
				}
				before = fate == lost
			}
			assert.InDelta(t, share, float64(gone)/packets, 0.02*share+0.002, "loss %v, burst %v", share, burst)
			if burst > 1 && share > 0 && share < 0.5 {
				assert.InDelta(t, burst, float64(gone)/float64(bursts), 0.15*burst, "loss %v, burst %v", share, burst)
			}
		}
	}
}

func TestLossEnds(t *testing.T) {
	m := with(Settings{Loss: 0.5, Burst: 100})
	for range 1000 {
		m.admit(start, 100)
	}
	m.set(Settings{})
	for range 1000 {
		_, fate := m.admit(start, 100)
		assert.Equal(t, passes, fate)
	}
}

func TestCut(t *testing.T) {
	m := with(Settings{})
	m.cut(start.Add(time.Second))
	_, fate := m.admit(start.Add(999*time.Millisecond), 100)
	assert.Equal(t, lost, fate)
	_, fate = m.admit(start.Add(time.Second), 100)
	assert.Equal(t, passes, fate)
}

func TestReorder(t *testing.T) {
	m := with(Settings{Delay: 10 * time.Millisecond, Reorder: 0.1, ReorderBy: 30 * time.Millisecond})
	late := 0
	for at := range 10_000 {
		now := start.Add(time.Duration(at) * time.Millisecond)
		due, fate := m.admit(now, 100)
		if fate == overtaken {
			late++
			assert.Equal(t, now.Add(40*time.Millisecond), due)
		} else {
			assert.Equal(t, now.Add(10*time.Millisecond), due)
		}
	}
	assert.InDelta(t, 1000, late, 100)
}

func TestSameSeedSameFate(t *testing.T) {
	one, same, other := newModel(7), newModel(7), newModel(8)
	differ := false
	for _, m := range []*model{one, same, other} {
		m.set(Settings{Loss: 0.5})
	}
	for range 1000 {
		_, a := one.admit(start, 1)
		_, b := same.admit(start, 1)
		_, c := other.admit(start, 1)
		assert.Equal(t, a, b)
		differ = differ || a != c
	}
	assert.True(t, differ)
}
