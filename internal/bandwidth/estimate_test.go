package bandwidth

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

const testQueue = 300 * time.Millisecond

// average is the mean rate that arrived.
func average(seconds []second) (arrived int) {
	for _, s := range seconds {
		arrived += s.arrived
	}

	return arrived / len(seconds)
}

func worst(seconds []second) (wait time.Duration, lost int) {
	for _, s := range seconds {
		wait = max(wait, s.worst)
		lost += s.lost
	}

	return wait, lost
}

// usualWait is the mean of the seconds' longest waits.
func usualWait(seconds []second) (wait time.Duration) {
	for _, s := range seconds {
		wait += s.worst
	}

	return wait / time.Duration(len(seconds))
}

func TestANarrowLinkIsFoundWithinThreeSeconds(t *testing.T) {
	for _, rate := range []float64{150e3, 500e3, 1e6} {
		for _, delay := range []time.Duration{5 * time.Millisecond, 150 * time.Millisecond} {
			got := simulate(t, newLink(rate, delay, testQueue), 2_500_000, 20*time.Second, nil)
			for _, s := range got[3:] {
				assert.Less(t, float64(s.rate), max(1.4*rate, 300e3))
			}
			assert.Greater(t, float64(average(got[1:3])), 0.5*rate, "something always gets through")
			assert.Greater(t, float64(average(got[5:])), 0.7*rate)
			_, lost := worst(got[5:])
			assert.LessOrEqual(t, lost, 10)
			if rate >= 500e3 {
				assert.Less(t, usualWait(got[8:]), 150*time.Millisecond)
			}
		}
	}
}

func TestAWideLinkIsUsedSoon(t *testing.T) {
	got := simulate(t, newLink(0, 50*time.Millisecond, testQueue), 8_000_000, 10*time.Second, nil)
	assert.GreaterOrEqual(t, got[2].rate, 8_000_000)
	got = simulate(t, newLink(5e6, 50*time.Millisecond, testQueue), 8_000_000, 20*time.Second, nil)
	assert.Greater(t, average(got[3:]), 3_500_000)
	wait, lost := worst(got)
	assert.Zero(t, lost)
	assert.Less(t, wait, 100*time.Millisecond)
}

func TestAShallowQueueIsNotFlooded(t *testing.T) {
	for _, rate := range []float64{500e3, 2e6} {
		got := simulate(t, newLink(rate, 50*time.Millisecond, 40*time.Millisecond), 5_000_000, 20*time.Second, nil)
		assert.Greater(t, float64(average(got[3:])), 0.7*rate)
		_, lost := worst(got[3:])
		assert.Less(t, lost, 20*20)
	}
}

func TestRandomLossIsNotTakenForAFullLink(t *testing.T) {
	for _, loss := range []float64{0.01, 0.05, 0.1, 0.2} {
		l := newLink(10e6, 50*time.Millisecond, testQueue)
		l.loss = loss
		got := simulate(t, l, 2_500_000, 25*time.Second, nil)
		assert.Greater(t, average(got[2:]), 1_500_000)
		assert.Greater(t, average(got[15:]), 1_800_000)
	}
}

func TestTheRateIsBackTwoSecondsAfterHeavyLosses(t *testing.T) {
	for _, loss := range []float64{0.15, 0.3, 0.6, 0.95} {
		got := simulate(t, newLink(10e6, 50*time.Millisecond, testQueue), 2_500_000, 16*time.Second,
			func(c *call, at time.Duration) {
				c.link.set(func(l *link) {
					l.loss = 0
					if at > 5*time.Second && at < 10*time.Second {
						l.loss = loss
					}
				})
			})
		assert.Greater(t, got[11].rate, 1_200_000)
		assert.Greater(t, got[12].arrived, 1_500_000)
	}
}

func TestALinkThatWidensIsUsed(t *testing.T) {
	got := simulate(t, newLink(500e3, 50*time.Millisecond, testQueue), 2_500_000, 25*time.Second,
		func(c *call, at time.Duration) {
			if at > 10*time.Second {
				c.link.set(func(l *link) { l.rate = 3e6 })
			}
		})
	assert.Greater(t, got[15].rate, 2_000_000)
	assert.Greater(t, average(got[17:]), 2_000_000)
}

func TestALinkThatNarrowsIsNoticed(t *testing.T) {
	got := simulate(t, newLink(3e6, 50*time.Millisecond, testQueue), 2_500_000, 20*time.Second,
		func(c *call, at time.Duration) {
			if at > 5*time.Second {
				c.link.set(func(l *link) { l.rate = 400e3 })
			}
		})
	for _, s := range got[7:] {
		assert.Less(t, s.rate, 560_000)
	}
	assert.Greater(t, average(got[8:]), 230_000)
	wait, lost := worst(got[9:])
	assert.LessOrEqual(t, lost, 5)
	assert.Less(t, wait, testQueue)
}

func TestLittleToSendDoesNotMakeTheLinkNarrow(t *testing.T) {
	got := simulate(t, newLink(3e6, 50*time.Millisecond, testQueue), 2_500_000, 25*time.Second,
		func(c *call, at time.Duration) {
			c.media = 1
			if at > 3*time.Second && at < 18*time.Second {
				c.media = 0.05
			}
		})
	assert.Greater(t, got[17].rate, 2_000_000)
	assert.Greater(t, average(got[18:]), 2_000_000)
}

func TestABusyPeerDoesNotMakeTheLinkNarrow(t *testing.T) {
	for _, stalls := range []time.Duration{10 * time.Millisecond, 50 * time.Millisecond, 150 * time.Millisecond} {
		for _, media := range []float64{0.3, 1} {
			l := newLink(50e6, time.Millisecond, testQueue)
			l.stalls = stalls
			got := simulate(t, l, 2_500_000, 20*time.Second, func(c *call, _ time.Duration) { c.media = media })
			for _, s := range got {
				assert.Greater(t, s.rate, 1_200_000)
			}
		}
	}
}

func TestSilenceLowersTheRate(t *testing.T) {
	got := simulate(t, newLink(0, 20*time.Millisecond, testQueue), 2_500_000, 20*time.Second,
		func(c *call, at time.Duration) {
			c.link.set(func(l *link) {
				l.loss = 0
				if at > 3*time.Second && at < 10*time.Second {
					l.loss = 1
				}
			})
		})
	assert.Less(t, got[9].rate, 1_000_000)
	assert.Greater(t, got[13].rate, 2_000_000)
}

// A connection that was led back after half a minute sends as a new one does, at once; a path that is narrower than the
// one before is found out like any other.
func TestANewPathStartsOver(t *testing.T) {
	for _, rate := range []float64{0, 500e3} {
		started := false
		got := simulate(t, newLink(0, 20*time.Millisecond, testQueue), 2_500_000, 40*time.Second,
			func(c *call, at time.Duration) {
				c.link.set(func(l *link) {
					l.loss = 0
					if at > 3*time.Second && at < 30*time.Second {
						l.loss = 1
					} else if at >= 30*time.Second {
						l.rate = rate
					}
				})
				if at >= 30*time.Second && !started {
					started = true
					c.controller.StartOver()
				}
			})
		assert.Less(t, got[29].rate, 50_000)
		if rate == 0 {
			assert.Greater(t, got[31].rate, 1_500_000)
			continue
		}
		for _, s := range got[33:] {
			assert.Less(t, float64(s.rate), 1.4*rate)
		}
		assert.Greater(t, float64(average(got[33:])), 0.6*rate)
	}
}

// TestAPeerThatAsksTooOften is the worst that a narrowing link can do: everything is asked for ten
// times while the queue is full.
func TestAPeerThatAsksTooOften(t *testing.T) {
	for _, delay := range []time.Duration{time.Millisecond, 50 * time.Millisecond} {
		c := &call{t: t, link: newLink(0, delay, testQueue), media: 1, stream: testStream{least: 30_000, most: 1_700_000}}
		c.nacks = &nacks{asked: map[uint16]int{}}
		got := c.simulate(20*time.Second, func(c *call, at time.Duration) {
			if at > 5*time.Second {
				c.link.set(func(l *link) { l.rate = 500e3 })
			}
		})
		for _, s := range got[8:] {
			assert.Less(t, s.rate, 650_000)
		}
		assert.Greater(t, average(got[6:9]), 350_000)
		assert.Greater(t, average(got[10:]), 380_000)
		_, lost := worst(got[8:])
		assert.LessOrEqual(t, lost, 20)
		assert.Less(t, c.nacks.again, 200, "of more than a thousand that are asked for")
	}
}
