package audio

// ReceiverStatistics are since the receiver began. Frames are at codec.AudioRate.
type ReceiverStatistics struct {
	Received  uint64 // packets
	Late      uint64 // packets that came when their time was over
	Lost      uint64 // packets that did not come in time, or were broken
	Recovered uint64 // frames, from copies in later packets
	Concealed uint64 // frames that were made up
	Skipped   uint64 // frames that were left out, since too much waited
	Shortened uint64 // frames
	Extended  uint64 // frames
	// Target and Level are how much sound should wait, and does, in frames.
	Target, Level int
}

// Statistics are as of now.
func (r *Receiver) Statistics() ReceiverStatistics {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.stats
	s.Target, s.Level = framesOf(r.target()), int(r.playout.level)

	return s
}

// adjust makes what is pending shorter or longer, if too much or too little waits; false: it wants more of it for that.
// The lock is held: it takes some ten microseconds, every tenth of a second at most.
func (r *Receiver) adjust(q *player) bool {
	o := &r.playout
	if o.pause > 0 {
		o.pause--

		return true
	}
	if q.concealed > 0 || q.held != nil {
		return true
	}
	target := float64(framesOf(r.target()))
	low := target - float64(framesOf(levelLess))
	high := target + float64(framesOf(levelMore))
	waits := float64(r.waits(q))
	switch {
	case waits > target+float64(framesOf(levelMost)):
		r.skip(q, int(waits-target))

		return true
	case o.level > high && waits > low:
		return r.stretch(q, true, o.level > target+float64(framesOf(levelHurry)))
	case o.level < low && waits < high:
		return r.stretch(q, false, false)
	default:
		o.pending = 0

		return true
	}
}

// stretch makes a change; false: more sound is needed for it, and there is some.
func (r *Receiver) stretch(q *player, shorter, hurry bool) bool {
	o := &r.playout
	if q.pending() < stretchNeeds {
		return r.waiting.frames == 0
	}
	likeness := likenessUsual
	switch o.pending++; {
	case o.pending > stretchImpatient, hurry && o.pending > stretchHurried:
		likeness = likenessAny
	case hurry || o.pending > stretchPatient:
		likeness = likenessHurry
	}
	changed := q.stretch(shorter, likeness)
	if changed == 0 {
		return true
	}
	// What does not fit now will not fit soon: the next change need not wait as long as the first one.
	o.pending, o.pause = max(o.pending-stretchHurried, 0), stretchPause
	if hurry {
		o.pause = 1
	}
	o.level += float64(changed)
	if shorter {
		r.stats.Shortened += uint64(-changed)
	} else {
		r.stats.Extended += uint64(changed)
	}

	return true
}

// skip leaves out what waits longest. The lock is held.
func (r *Receiver) skip(q *player, frames int) {
	o := &r.playout
	for frames > 0 {
		p := r.waiting.first()
		if p == nil {
			break
		}
		r.waiting.take(p)
		r.stats.Skipped += uint64(p.frames)
		frames -= p.frames
		o.position = p.start + int64(p.frames)
		r.waiting.pool.put(p)
	}
	o.level = float64(r.waits(q))
	q.cut()
}
