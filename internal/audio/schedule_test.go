package audio

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// host is a simulated host and the schedule that plays out what it pushes.
type host struct {
	schedule schedule
	now      time.Duration
	waiting  int // blocks
	hungry   bool
	left     []time.Duration // when packets left
	most     int             // blocks that have waited, lately
}

// run goes on in steps of a millisecond. push gives how many blocks come at a moment.
func (h *host) run(length time.Duration, push func(now time.Duration) int) {
	h.most = 0
	for end := h.now + length; h.now < end; h.now += time.Millisecond {
		h.waiting += push(h.now)
		h.most = max(h.most, h.waiting)
		for !h.hungry || h.waiting >= packetBlocks {
			h.hungry = false
			if h.schedule.wait(h.now) > 0 {
				break
			}
			if h.waiting < packetBlocks {
				h.schedule.starve()
				h.hungry = true

				break
			}
			h.waiting -= packetBlocks
			h.schedule.leave(h.now, h.waiting)
			h.left = append(h.left, h.now)
		}
	}
}

// every gives so many blocks as often as that.
func every(interval time.Duration, blocks int) func(time.Duration) int {
	next := time.Duration(0)

	return func(now time.Duration) int {
		if now < next {
			return 0
		}
		next = max(next, now-interval) + interval

		return blocks
	}
}

// gaps are the least and the most between two packets.
func (h *host) gaps() (least, most time.Duration) {
	least = time.Hour
	for i := 1; i < len(h.left); i++ {
		gap := h.left[i] - h.left[i-1]
		least, most = min(least, gap), max(most, gap)
	}

	return least, most
}

func TestScheduleIsSteady(t *testing.T) {
	for name, push := range map[string]func(time.Duration) int{
		"10 ms at a time":  every(10*time.Millisecond, 1),
		"20 ms at a time":  every(20*time.Millisecond, 2),
		"100 ms at a time": every(100*time.Millisecond, 10),
		"500 ms at a time": every(500*time.Millisecond, 50),
	} {
		var h host
		h.run(30*time.Second, push)
		least, most := h.gaps()
		require.GreaterOrEqual(t, least, 19*time.Millisecond, name)
		require.LessOrEqual(t, most, 21*time.Millisecond, name)
		require.InDelta(t, 1500, len(h.left), 30, name)
	}
}

// What a host has pushed ahead is worked off, slowly.
func TestScheduleWorksOff(t *testing.T) {
	var h host
	h.waiting = 30
	h.run(40*time.Second, every(10*time.Millisecond, 1))
	h.run(time.Second, every(10*time.Millisecond, 1))
	require.LessOrEqual(t, h.most, 2*packetBlocks)
	least, _ := h.gaps()
	require.GreaterOrEqual(t, least, packetLength-2*hurry)
}

// A host whose clock is fast or slow neither makes sound pile up nor stops it.
func TestScheduleFollowsTheHost(t *testing.T) {
	for name, interval := range map[string]time.Duration{
		"fast": 10*time.Millisecond - 3*time.Microsecond,
		"slow": 10*time.Millisecond + 3*time.Microsecond,
	} {
		var h host
		h.run(10*time.Minute, every(interval, 1))
		h.run(10*time.Second, every(interval, 1))
		require.LessOrEqual(t, h.most, 2*packetBlocks, name)
	}
}

// A host that pushes until it is refused goes by the clock of the schedule.
func TestScheduleIsAClock(t *testing.T) {
	var h host
	h.run(60*time.Second, func(time.Duration) int { return max(100-h.waiting, 0) })
	least, most := h.gaps()
	require.Equal(t, packetLength, least)
	require.Equal(t, packetLength, most)
}

func TestScheduleAfterAPause(t *testing.T) {
	var h host
	h.run(time.Second, every(10*time.Millisecond, 1))
	h.run(time.Second, func(time.Duration) int { return 0 })
	before := len(h.left)
	h.run(time.Second, every(10*time.Millisecond, 1))
	require.InDelta(t, 50, len(h.left)-before, 2)
	least, _ := h.gaps()
	require.GreaterOrEqual(t, least, 10*time.Millisecond)
}

// After the process was held up, what is missing leaves at once, but not after a long time.
func TestScheduleCatchesUp(t *testing.T) {
	var h host
	h.run(time.Second, every(10*time.Millisecond, 1))
	h.now += 100 * time.Millisecond
	h.waiting += 10
	h.run(20*time.Millisecond, every(10*time.Millisecond, 1))
	require.LessOrEqual(t, h.waiting, packetBlocks)
	h.now += time.Second
	h.waiting += 100
	before := len(h.left)
	h.run(100*time.Millisecond, every(10*time.Millisecond, 1))
	require.InDelta(t, 5, len(h.left)-before, 1)
}
