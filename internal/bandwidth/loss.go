package bandwidth

import (
	"math"
	"time"
)

const (
	lossHigh     = 0.10 // beyond what the path loses anyway: the rate falls
	lossLow      = 0.05 // beyond what the path loses anyway: it rises again
	lossOwnMost  = 0.35 // a path that loses more by itself can't be used anyway
	lossMemory   = 700 * time.Millisecond
	lossReturn   = 3 * time.Second        // losses this soon after the rate rose came from that
	lossPackets  = 20                     // that are judged at a time
	lossInterval = 300 * time.Millisecond // between two changes
)

// lossLimit judges losses. Losses that delay does not announce come from a shallow queue, which a
// lower rate helps, or from a bad radio link, which it does not. So the rate falls when many
// packets are lost; and when that has not made it better, they are taken for the path's own and
// the rate is what it was before. When the losses end the rate is soon back, too; but if they
// return with it, it comes back slowly the next time.
type lossLimit struct {
	loss    float64 // smoothed
	own     float64 // what the path loses at any rate
	updated time.Duration
	changed time.Duration

	lost, count int // since updated

	limit  int           // bit/s; 0: none
	began  time.Duration // when the limit came
	before int           // the rate then
	worst  float64
	raised time.Duration // when the limit last rose; 0: never
	slowly bool
}

// update takes what became of some packets, and the rate at which they were sent. It gives a rate
// that is known to be right, when there is one, else 0.
func (l *lossLimit) update(now time.Duration, lost, count, rate int) (right int) {
	l.lost += lost
	l.count += count
	// Few packets say little.
	if l.count < lossPackets && (l.count == 0 || now-l.updated < lossMemory) {
		return 0
	}
	latest := max(float64(l.lost)/float64(l.count), 0)
	l.lost, l.count = 0, 0
	weight := 1 - math.Exp(-float64(now-l.updated)/float64(lossMemory))
	l.updated = now
	l.loss += weight * (latest - l.loss)
	l.own = min(l.own, l.loss+lossLow)
	if now-l.changed < lossInterval {
		return 0
	}
	switch {
	case min(l.loss, latest) > l.own+lossHigh:
		l.changed = now

		return l.reduce(now, rate)
	case l.limit > 0 && latest < l.own+lossLow:
		l.changed = now

		return l.raise(now)
	default:
		return 0
	}
}

func (l *lossLimit) reduce(now time.Duration, rate int) (right int) {
	if l.raised > 0 {
		l.slowly = now-l.raised < lossReturn
	}
	if l.limit == 0 {
		l.began, l.before, l.worst = now, rate, l.loss
		l.limit = rate
	}
	l.worst = max(l.worst, l.loss)
	l.limit = int(float64(l.limit) * (1 - l.loss/2))
	if l.limit < l.before*7/10 && l.loss > l.worst*3/4 && l.loss < lossOwnMost {
		l.own, l.limit = l.loss, 0

		return l.before
	}

	return 0
}

func (l *lossLimit) raise(now time.Duration) (right int) {
	l.raised = now
	if l.slowly {
		// It goes on above the rate before: that may have been too much, too.
		l.limit = l.limit * 104 / 100
		if l.limit > 2*l.before {
			l.limit, l.slowly = 0, false
		}

		return 0
	}
	l.limit = max(2*l.limit, l.before/4)
	if l.limit >= l.before {
		l.limit = 0

		return l.before
	}

	return l.limit
}
