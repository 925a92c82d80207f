package video

import (
	"time"

	"libml_webrtc/internal/picture"
)

const (
	videoClockRate = 90000
	// sendClockMost is how far the application's time stamps may run away from the clock.
	sendClockMost = 250 * time.Millisecond
	// sendClockFollow is the part of a deviation that is taken back per picture.
	sendClockFollow = 256
	frameRateFirst  = 30
	frameRateMost   = 1000
	frameRateLeast  = 1
)

// sendClock gives pictures the time at which they were taken, in units of the RTP clock. That is
// the application's time stamp as long as it runs like the clock: it is exacter than the time at
// which the picture was pushed. Not safe for concurrent use.
type sendClock struct {
	begun bool
	base  time.Duration // from the application's time stamps to the clock
	last  uint64
}

// stamp gives a picture's time, which grows strictly.
func (c *sendClock) stamp(p picture.Picture) uint64 {
	return c.next(time.Duration(p.Time())*time.Microsecond, p.Captured())
}

func (c *sendClock) next(application, captured time.Duration) uint64 {
	deviation := captured - (application + c.base)
	if !c.begun || deviation > sendClockMost || deviation < -sendClockMost {
		c.begun = true
		c.base = captured - application
		deviation = 0
	}
	c.base += deviation / sendClockFollow

	return c.at(application + c.base)
}

// at gives the time of a picture that is sent once more.
func (c *sendClock) at(now time.Duration) uint64 {
	microseconds := uint64(max(now.Microseconds(), 0))
	// Two factors, so that it does not overflow before the clock does.
	ticks := microseconds/1_000_000*videoClockRate + microseconds%1_000_000*videoClockRate/1_000_000
	c.last = max(ticks, c.last+1)

	return c.last
}

// atTicks is the time that at makes ticks of.
func atTicks(ticks uint64) time.Duration {
	return time.Duration(ticks/videoClockRate)*time.Second +
		time.Duration(ticks%videoClockRate)*time.Second/videoClockRate
}

// frameRate measures how many pictures come per second.
type frameRate struct {
	last     time.Duration
	interval time.Duration // smoothed; 0: not known yet
}

func (f *frameRate) add(captured time.Duration) {
	interval := captured - f.last
	known := f.last > 0
	f.last = captured
	switch {
	case !known || interval <= 0 || interval > time.Second/frameRateLeast:
		// The first one, or one after a pause, which says nothing about the ones to come.
	case f.interval == 0:
		f.interval = interval
	default:
		f.interval += (interval - f.interval) / 8
	}
}

// rate is in pictures per second.
func (f *frameRate) rate() float64 {
	if f.interval <= 0 {
		return frameRateFirst
	}

	return min(max(time.Second.Seconds()/f.interval.Seconds(), frameRateLeast), frameRateMost)
}
