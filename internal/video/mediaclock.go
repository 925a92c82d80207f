package video

import "time"

// clockDrift is how far times of pictures may be from those of arrivals before they are moved there. They
// move slowly up to clockJump: that far, two clocks run at different speeds.
const clockDrift = 100 * time.Millisecond

// mediaClock unwraps RTP time stamps, of which there are 90,000 a second, and tells the times of
// pictures from them.
type mediaClock struct {
	started bool
	last    uint32
	ticks   int64

	anchored bool
	anchor   time.Duration // picture time = media time + anchor
	before   time.Duration // media time of the picture before
	time     uint64        // of the picture before
}

// media is a time stamp as time since the stream began; false: time goes backwards.
func (c *mediaClock) media(timestamp uint32) (time.Duration, bool) {
	if !c.started {
		c.started, c.last = true, timestamp
	}
	passed := int64(int32(timestamp - c.last))
	c.ticks += passed
	c.last = timestamp
	return time.Duration(c.ticks * 100_000 / 9), passed >= 0
}

// restart is for a stream that begins anew. The times of pictures grow on.
func (c *mediaClock) restart() {
	c.started, c.anchored, c.ticks = false, false, 0
}

// pictureTime is the time of a picture in microseconds on the clock of arrivals: the arrival of
// the stream's first frame plus what the time stamps say has passed since. shift is how far the
// clock of arrivals is ahead of media time when the network is empty.
func (c *mediaClock) pictureTime(arrived, media, shift time.Duration) uint64 {
	ahead := shift - c.anchor
	switch {
	case !c.anchored:
		c.anchored, c.anchor = true, arrived-media
	case ahead > clockJump || ahead < 0:
		c.anchor = shift // no picture was taken after it arrived
	case ahead > clockDrift:
		slow := max(media-c.before, 0) / 1000
		c.anchor += min(ahead, slow)
	}
	c.before = media
	c.time = max(uint64(max(media+c.anchor, 0)/time.Microsecond), c.time+1)
	return c.time
}
