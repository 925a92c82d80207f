package bandwidth

import (
	"math"
	"time"

	"github.com/pion/rtcp"
)

// reports is the estimate for peers that send no transport-wide feedback: what their receiver
// reports say of losses, and what they allow by REMB. Not safe for concurrent use.
type reports struct {
	rate    int // bit/s; 0: nothing was reported
	allowed int // by REMB; 0: they say nothing
	updated time.Duration
	lowered time.Duration
}

// report takes the share of packets that were lost, of the stream that lost most.
func (r *reports) report(now time.Duration, lost float64, rate, most int) {
	if r.rate == 0 {
		r.rate, r.updated = rate, now
	}
	seconds := min((now - r.updated).Seconds(), 1)
	r.updated = now
	switch {
	case lost < 0.02:
		r.rate = min(int(float64(r.rate)*math.Pow(1.08, seconds)), max(most, leastRate))
	case lost > 0.1 && now-r.lowered > lossInterval:
		r.lowered = now
		r.rate = max(int(float64(r.rate)*(1-lost/2)), leastRate)
	}
}

// current is the rate after all reports; 0: there were none.
func (r *reports) current(rate int) int {
	if r.rate > 0 {
		rate = r.rate
	}
	if r.allowed > 0 {
		rate = min(rate, max(r.allowed, leastRate))
	}

	return rate
}

// feedback takes what the peer says.
func (c *Controller) feedback(packets []rtcp.Packet) {
	now := time.Since(c.start)
	changed := false
	c.mu.Lock()
	if len(c.streams) > 0 {
		for _, packet := range packets {
			changed = c.take(now, packet) || changed
		}
	}
	c.mu.Unlock()
	if changed {
		c.Review()
	}
}

func (c *Controller) take(now time.Duration, packet rtcp.Packet) bool {
	e := c.estimate
	switch p := packet.(type) {
	case *rtcp.TransportLayerCC:
		e.feedback(now, p)
	case *rtcp.ReceiverReport:
		return e.report(now, p.Reports)
	case *rtcp.SenderReport:
		return e.report(now, p.Reports)
	case *rtcp.ReceiverEstimatedMaximumBitrate:
		e.reports.allowed = int(min(float64(p.Bitrate), gccMost))
	default:
		return false
	}

	return true
}

// report takes a report's blocks.
func (e *estimate) report(now time.Duration, blocks []rtcp.ReceptionReport) bool {
	if len(blocks) == 0 {
		return false
	}
	worst := uint8(0)
	for _, block := range blocks {
		worst = max(worst, block.FractionLost)
	}
	e.reports.report(now, float64(worst)/256, e.current(), e.most)

	return true
}
