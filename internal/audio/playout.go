package audio

import (
	"time"

	"libml_webrtc/internal/codec"
	"libml_webrtc/internal/sound"
)

const (
	// delayBegin is waited with, at least, when sound begins.
	delayBegin = 40 * time.Millisecond
	// levelSmoothing is how slowly the level follows: half a second.
	levelSmoothing = 1.0 / 50
	// So much less or more than the target is not worth a change. Together it is more than a change may be.
	levelLess = 5 * time.Millisecond
	levelMore = 12 * time.Millisecond
	// From so much too much on, it is hurried.
	levelHurry = 100 * time.Millisecond
	// From so much too much on, what is too old is left out.
	levelMost = 500 * time.Millisecond

	// stretchPause is between two changes, in blocks.
	stretchPause = 8
	// How alike two periods have to be. Where nothing fits for long, less will do: noise fits nowhere.
	likenessUsual    = 0.9
	likenessHurry    = 0.6
	likenessAny      = -1
	stretchPatient   = 100 // blocks
	stretchImpatient = 300
	stretchHurried   = 50

	// A pause or a leap of the sender's clock of more than that is not filled.
	gapMost = 2 * codec.AudioRate
	// After so much without any packet, sound begins anew, with some in hand.
	beginAnew = codec.AudioRate / 5
)

// playout is what is played when. The receiver's lock guards it.
type playout struct {
	expected bool          // a packet came
	since    time.Duration // when
	begun    bool          // something was played since
	jump     bool          // the stream began anew
	position int64         // where the next packet should start, in frames
	starved  int           // frames that were made up since there was no packet at all

	level   float64 // frames that wait, smoothed
	pause   int     // blocks until the next change
	pending int     // blocks since a change was wanted

	timed     bool
	timestamp uint32
	at        time.Duration
}

// expect begins to wait for enough sound.
func (o *playout) expect(at time.Duration) {
	if !o.expected {
		o.expected, o.since = true, at
	}
}

// stop is for the end of listening.
func (o *playout) stop() { *o = playout{jump: true} }

// deed is what the playing goroutine is to do.
type deed int

const (
	deedNothing deed = iota // it is too early to play
	deedPlay                // there is enough
	deedDecode              // the packet that is held
	deedRecover             // what is missing before it, from it
	deedConceal             // 10 ms, or what is missing
)

// turn makes the next 10 ms; none: it is too early.
func (r *Receiver) turn(q *player, at time.Duration) sound.Block {
	for {
		do, frames := r.decide(q, at)
		switch do {
		case deedNothing:
			return sound.Block{}
		case deedPlay:
			return q.block(at)
		case deedDecode:
			r.decoded(q, q.decode(q.held))
		case deedRecover:
			r.filled(q, frames, q.recover(q.held))
		case deedConceal:
			q.conceal(frames)
			r.concealed(q, frames)
		}
	}
}

// decide looks for what is next.
func (r *Receiver) decide(q *player, at time.Duration) (deed, int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	o := &r.playout
	if o.jump {
		o.jump, o.begun, o.timed, o.since = false, false, false, at
		q.clear(&r.waiting.pool)
	}
	if !o.begun && !r.begin(at) {
		return deedNothing, 0
	}
	if q.pending() >= sound.Frames && (r.adjust(q) || !r.continues(q)) {
		r.played(q, at)

		return deedPlay, 0
	}
	if q.held == nil {
		r.hold(q, at)
	}
	switch {
	case q.held == nil:
		return deedConceal, sound.Frames
	case q.gap == 0:
		return deedDecode, 0
	case q.gap+q.over == q.held.frames && !q.recovered && q.held.frames%sound.Frames == 0:
		q.recovered = true

		return deedRecover, q.gap
	case q.gap > q.held.frames && q.gap-q.held.frames < sound.Frames:
		return deedConceal, q.gap - q.held.frames
	default:
		return deedConceal, min(q.gap, sound.Frames)
	}
}

// continues says whether a packet follows without a gap. The lock is held.
func (r *Receiver) continues(q *player) bool {
	p := r.waiting.first()

	return q.held == nil && p != nil && p.seq == r.waiting.next && p.start == r.playout.position
}

// begin says whether enough waits. The lock is held.
func (r *Receiver) begin(at time.Duration) bool {
	o := &r.playout
	first := r.waiting.first()
	target := max(r.target(), delayBegin)
	if first == nil || r.waiting.frames < framesOf(target) && at-o.since < target+sound.Length {
		return false
	}
	o.begun, o.position, o.starved = true, first.start, 0
	o.level = float64(r.waiting.frames)

	return true
}

// target is how much should wait. The lock is held.
func (r *Receiver) target() time.Duration { return max(r.jitter.target(), r.least) }

// hold takes the next packet, and finds out what is missing before it. The lock is held.
func (r *Receiver) hold(q *player, at time.Duration) {
	o := &r.playout
	p := r.waiting.first()
	if p == nil {
		return
	}
	gap := int(min(max(p.start-o.position, -gapMost-1), gapMost+1))
	inOrder := p.seq == r.waiting.next
	if gap > gapMost || gap < 0 {
		gap = 0 // the sender's clock leapt, or stood still
	}
	missing := gap - o.starved
	if o.starved >= beginAnew && missing < sound.Frames && r.waiting.frames < framesOf(r.target()) &&
		at-p.arrived < r.target() {
		return // made up goes on until there is enough in hand
	}
	if !inOrder {
		r.stats.Lost += uint64(p.seq - r.waiting.next)
		r.jitter.lose(p.seq - r.waiting.next)
	}
	r.waiting.take(p)
	q.held, q.gap, q.recovered, q.over = p, max(missing, 0), false, gap-max(missing, 0)
	o.position, o.starved = p.start, 0
}

// played notes what is played now. The lock is held.
func (r *Receiver) played(q *player, at time.Duration) {
	o := &r.playout
	if r.timeline.begun {
		o.timed, o.at = true, at
		o.timestamp = r.timeline.timestamp(o.position - int64(q.gap) - int64(q.pending()))
	}
	if o.starved == 0 { // while nothing comes, the level says nothing
		o.level += (float64(r.waits(q)) - o.level) * levelSmoothing
	}
}

// waits is how much sound is there. The lock is held.
func (r *Receiver) waits(q *player) int {
	waits := q.pending() + r.waiting.frames
	if q.held != nil {
		waits += q.held.frames + q.gap
	}

	return waits
}

// decoded notes that the held packet was decoded; 0 frames: it was broken, and is as good as lost.
func (r *Receiver) decoded(q *player, frames int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if frames == 0 {
		r.stats.Lost++
	}
	r.playout.position = q.held.start + int64(frames)
	r.waiting.pool.put(q.held)
	q.held = nil
}

// filled notes that what is missing before the held packet was recovered, or not.
func (r *Receiver) filled(q *player, frames int, ok bool) {
	if !ok {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	q.gap = 0
	r.stats.Recovered += uint64(frames)
}

// concealed notes that something was made up.
func (r *Receiver) concealed(q *player, frames int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if q.held != nil {
		q.gap -= frames
	} else {
		r.playout.starved += frames
	}
	if !q.quiet {
		r.stats.Concealed += uint64(frames)
	}
}
