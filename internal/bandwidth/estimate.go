package bandwidth

import (
	"slices"
	"time"

	"github.com/pion/logging"
	"github.com/pion/rtcp"
)

const (
	firstRate = 2_000_000 // bit/s: sharp from the first second; a narrower path shows within one more
	leastRate = 30_000    // bit/s

	stepInterval   = 250 * time.Millisecond // between two steps up
	holdLeast      = time.Second            // without steps after a queue began to grow
	holdMost       = 16 * time.Second
	trialTime      = 2 * time.Second        // after which a step was right
	cutInterval    = 250 * time.Millisecond // between two cuts
	drainInterval  = 400 * time.Millisecond // between a cut and another one because the queue still stands
	capacityMemory = 5 * time.Second
	queueShort     = 40 * time.Millisecond
	queueLong      = 150 * time.Millisecond
	blindMost      = 300_000          // bit/s
	trainSpread    = 0.85             // of the rate at which a train left: one that arrives slower met a bottleneck
	paceMost       = 60_000_000       // bit/s
	paceLoss       = 0.02             // with more it stays what it usually is
	jamMemory      = 10 * time.Second // after a queue began to grow
	rttMemory      = 15 * time.Second
	silence        = 1500 * time.Millisecond // without feedback while packets leave
	silencedFactor = 0.7
)

// estimate is what the path is believed to carry. Not safe for concurrent use.
type estimate struct {
	log     logging.LeveledLogger
	loggers logging.LoggerFactory
	delay   *delayEstimate // nil before there is a stream
	history history
	loss    lossLimit
	trains  trains

	leaving, arriving meter

	rate     int // bit/s
	most     int // that anybody has use for
	byDelay  int // what delay allows
	opened   bool
	begun    bool
	rtt      time.Duration
	rtts     [4]time.Duration // the latest ones
	rttNext  int
	leastRTT time.Duration // in the last while
	// The least ones of the current while and of the one before, and when the current one began.
	leastRTTs [2]time.Duration
	rttSince  time.Duration
	capacity  int           // what the path carried when a queue last began to grow, bit/s; 0: not known
	measured  time.Duration // when capacity was
	stepped   time.Duration // when the rate was last raised in a step
	trial     bool          // whether that was right is not known yet
	overused  time.Duration // when a queue last began to grow
	queued    time.Duration // when there was a queue, the last time
	hold      time.Duration // for how long after that there are no steps
	heard     bool          // there was a feedback
	unheard   time.Duration // when the first packet was sent after the last one; 0: none was
	reports   reports

	pace   int           // at which packets leave, bit/s; 0: as usual
	narrow bool          // there are signs of a bottleneck: a queue, or losses
	paced  time.Duration // when that was last raised
}

func newEstimate(loggers logging.LoggerFactory) *estimate {
	return &estimate{
		log:     loggers.NewLogger("bandwidth"),
		loggers: loggers,
		rate:    firstRate,
		most:    firstRate,
		hold:    holdLeast,
	}
}

// open allows the estimate to begin, which it does with the first packet.
func (e *estimate) open() {
	e.opened = true
	if e.delay == nil {
		e.delay = newDelayEstimate(e.loggers)
	}
}

// end stops what runs, and nothing is begun again before open: a packet or a feedback may still
// be on its way here.
func (e *estimate) end() {
	if e.delay != nil {
		e.delay.end()
	}
	e.begun, e.opened = false, false
	e.unheard = 0
}

// startOver forgets what is known of a path that is not the one in use any more, and of the packets that went there.
// What this side sends, and what the peer understands, stays.
func (e *estimate) startOver() {
	fresh := newEstimate(e.loggers)
	fresh.delay, fresh.history, fresh.leaving = e.delay, e.history, e.leaving
	fresh.most, fresh.opened, fresh.heard = e.most, e.opened, e.heard
	fresh.reports.allowed = e.reports.allowed
	fresh.history.count = 0
	*e = *fresh
}

// sent notes that a packet leaves, and gives its transport-wide sequence number.
func (e *estimate) sent(now time.Duration, size int, behind bool) uint16 {
	if !e.begun && e.opened {
		e.begun = true
		e.jump(e.current())
		e.stepped, e.unheard = now, 0
	}
	sequence := e.history.add(now, size, behind)
	e.leaving.received(now, size)
	if e.begun {
		e.delay.sent(sequence, size)
	}
	if e.unheard == 0 {
		e.unheard = now
	}

	return sequence
}

// silent says whether packets leave and nothing is heard of them; the rate falls then.
func (e *estimate) silent(now time.Duration) bool {
	if !e.begun || !e.heard || e.unheard == 0 || now-e.unheard < silence+e.rtt {
		return false
	}
	e.unheard = now
	e.jump(max(int(float64(e.current())*silencedFactor), leastRate))
	e.rate = e.byDelay

	return true
}

func (e *estimate) jump(rate int) {
	if !e.begun {
		return
	}
	if err := e.delay.begin(rate); err != nil {
		e.log.Errorf("no bandwidth estimation: %v", err)
	}
	e.byDelay = rate
	e.trains.forget()
}

// feedback takes what the peer says of packets.
func (e *estimate) feedback(now time.Duration, feedback *rtcp.TransportLayerCC) {
	if !e.begun {
		return
	}
	e.heard, e.unheard = true, 0
	lost, count := 0, 0
	newest := time.Duration(-1)
	e.history.read(feedback, func(s status) {
		p := e.history.find(s.sequence)
		if p == nil || p.fate == fateReceived {
			return
		}
		if !s.received {
			if p.fate == fateUnknown {
				p.fate = fateLost
				lost++
				count++
			}

			return
		}
		if p.fate == fateLost {
			lost-- // it was only late
		} else {
			count++
		}
		p.fate = fateReceived
		newest = max(newest, p.sent)
		e.arriving.received(s.arrival, p.size)
		e.trains.received(now, s.sequence, p, s.arrival)
		e.delay.received(s.sequence, s.arrival)
	})
	if newest >= 0 {
		e.measure(now, now-newest)
	}
	right := e.loss.update(now, max(lost, 0), count, e.current())
	e.judge(now)
	if e.queue() > 2*queueShort {
		e.queued = now
	}
	if right > e.byDelay && e.queued < e.loss.began && e.queue() < queueShort {
		e.stepped, e.trial = now, true
		e.jump(right)
		e.rate = e.byDelay
	}
}

// measure takes a round trip, from a packet's leaving to the feedback on it. The least one of the
// last while is what the path takes without a queue.
func (e *estimate) measure(now, rtt time.Duration) {
	e.rtt = rtt
	e.rtts[e.rttNext] = rtt
	e.rttNext = (e.rttNext + 1) % len(e.rtts)
	if e.leastRTTs[0] == 0 || now-e.rttSince > rttMemory {
		e.leastRTTs = [2]time.Duration{rtt, e.leastRTTs[0]}
		e.rttSince = now
	}
	e.leastRTTs[0] = min(e.leastRTTs[0], rtt)
	e.leastRTT = e.leastRTTs[0]
	if e.leastRTTs[1] > 0 {
		e.leastRTT = min(e.leastRTT, e.leastRTTs[1])
	}
}

// judge brings the parts together.
func (e *estimate) judge(now time.Duration) {
	before := e.byDelay
	e.byDelay = e.delay.rate()
	switch {
	case e.byDelay < before:
		e.overuse(now, min(before, e.current()))
	case e.queue() > queueLong && now-e.overused > drainInterval+e.rtt:
		e.drain(now)
	default:
		e.step(now)
	}
	e.setPace(now)
	e.rate = e.byDelay
	if e.loss.limit > 0 {
		// What arrives in spite of the losses is carried.
		e.rate = min(e.rate, max(e.loss.limit, e.arriving.rate()*3/4))
	}
}

// current is what may be sent: no more than anybody has use for.
func (e *estimate) current() int {
	rate := e.rate
	if !e.heard {
		rate = e.reports.current(rate)
	}

	return max(min(rate, e.most), leastRate)
}

// use says how much there is use for. pion's estimate also grows while less is sent than it
// allows, so that what is above the old bound was never tried.
func (e *estimate) use(most int) {
	if tried := max(e.most, firstRate) * 3 / 2; e.begun && most > e.most && e.byDelay > tried {
		e.jump(tried)
		e.rate = min(e.rate, tried)
	}
	e.most = most
}

// overuse is called when pion has found that a queue grows, and has lowered its estimate to a
// little less than what arrives.
func (e *estimate) overuse(now time.Duration, before int) {
	if e.overused > 0 && now-e.overused < cutInterval+e.rtt {
		e.jump(before) // the last cut has not had its effect yet

		return
	}
	if e.trial && now-e.stepped < trialTime {
		e.hold = min(2*e.hold, holdMost) // the last step was one too many
	}
	e.trial = false
	e.overused = now
	e.learn(now, before)
	// Pion's estimate is what arrived, which is little after heavy losses or when little was sent.
	if rate := min(before*85/100, e.drained(e.capacity)); rate > e.byDelay {
		e.jump(rate)
	}
}

// learn finds out what the path carried, as far as that can be known.
func (e *estimate) learn(now time.Duration, before int) {
	sent, arrived, ok := e.trains.rates(now)
	switch {
	case ok && (arrived < trainSpread*sent || int(arrived) > before):
		// The packets came further apart than they left, or close together at a higher rate.
		e.capacity, e.measured = int(arrived), now
	case e.idles(before):
		e.capacity, e.measured = before, now
	case now-e.measured > capacityMemory:
		e.capacity = 0
	}
	if !e.idles(before) {
		e.capacity = min(e.capacity, before) // more than that was not carried
	}
}

// idles says whether much less is sent than may be, because there is little to send or the
// processor is busy. What arrives does not tell then what could.
func (e *estimate) idles(rate int) bool { return e.leaving.rate() < rate*6/10 }

// drain is called when a long queue stands: it does not grow, which is all that pion looks for,
// but does not go either.
func (e *estimate) drain(now time.Duration) {
	e.overused, e.trial = now, false
	from := e.arriving.rate() // what the path carries, as it is full
	if e.idles(e.current()) {
		from = e.current()
	}
	e.capacity, e.measured = from, now
	if rate := e.drained(from); rate < e.byDelay {
		e.jump(max(rate, leastRate))
	}
}

// drained is how much of a capacity may be used so that the queue has gone within a second.
func (e *estimate) drained(capacity int) int {
	return int(float64(capacity) * (1 - min(max(e.queue().Seconds(), 0.15), 0.4)))
}

// setPace finds the rate at which packets leave, where the usual one is not best. Where they
// arrive further apart than they left it is the bottleneck's, so that a large frame does not
// overflow its queue. As long as they arrive as close together as they left it rises: a frame is
// there the sooner.
func (e *estimate) setPace(now time.Duration) {
	jammed := e.overused > 0 && now-e.overused < jamMemory
	e.narrow = jammed || e.queue() > queueShort || e.loss.limit > 0 || e.loss.loss > paceLoss
	sent, arrived, ok := e.trains.rates(now)
	switch {
	case !ok:
	case arrived < trainSpread*sent:
		e.pace = int(arrived)
	case now == e.overused || e.loss.limit > 0 || e.loss.loss > paceLoss:
		e.pace = min(e.pace, usualPace(e.current()))
	case now-e.paced >= stepInterval:
		e.pace, e.paced = min(max(e.pace, e.current())*5/4, paceMost), now
	}
}

// leaveAt is the rate at which packets leave. That they arrived further apart may also come from a busy
// processor, so they leave slower than usual only where there are other signs of a narrow path.
func (e *estimate) leaveAt() int {
	usual := usualPace(e.current())
	switch {
	case e.pace == 0:
		return usual
	case e.narrow:
		return max(e.pace, e.current()*11/10)
	default:
		return max(e.pace, usual)
	}
}

// step raises the estimate faster than pion's 8 % per second, where there seems to be room.
func (e *estimate) step(now time.Duration) {
	if e.trial && now-e.stepped >= trialTime {
		e.trial, e.hold = false, holdLeast // the last step was right
	}
	if e.byDelay >= e.most || e.loss.limit > 0 || e.queue() > queueShort {
		return
	}
	if now-e.stepped < stepInterval+e.rtt || (e.overused > 0 && now-e.overused < e.hold) {
		return
	}
	rate := 0
	if _, arrived, ok := e.trains.rates(now); ok {
		rate = int(min(1.5*float64(e.byDelay), 0.85*arrived))
	} else if now-e.stepped > time.Second {
		// Too little is sent to measure anything. A small step does little harm.
		rate = min(e.byDelay*5/4, blindMost)
	}
	// After a queue has gone, what the path carried before is tried first.
	if now-e.measured < capacityMemory {
		rate = max(rate, min(e.capacity*85/100, 2*e.byDelay))
	}
	if rate < e.byDelay*11/10 {
		return
	}
	e.stepped, e.trial, e.capacity = now, true, 0
	e.jump(rate)
}

// roundTrip is how long it takes now until a packet is known to have arrived.
func (e *estimate) roundTrip() time.Duration { return slices.Max(e.rtts[:]) }

// queue is how long packets seem to wait on the path: all of the latest ones, as a single one may
// have waited for a processor.
func (e *estimate) queue() time.Duration { return slices.Min(e.rtts[:]) - e.leastRTT }
