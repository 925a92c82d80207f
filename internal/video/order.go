package video

import (
	"slices"
	"time"
)

const (
	// heldMost bounds the memory that waiting packets take: 4 MiB.
	heldMost = 2048
	// candidatesMost are the beginnings of key frames that are followed at a time.
	candidatesMost = 32

	budgetLeast = 300 * time.Millisecond
	budgetMost  = time.Second
	// budgetWithoutNack is for packets that were overtaken, where nobody sends lost ones again.
	budgetWithoutNack = 100 * time.Millisecond
	// tailPatience is how long the rest of a frame may take to come.
	tailPatience = 50 * time.Millisecond
)

// order puts packets in their order and makes frames of them: while it is synced, each frame with no
// gap to the one before, so that a decoder never sees a frame whose references are damaged. When it
// gives up on a gap it goes on with the next complete key frame.
type order struct {
	packets packetPool
	frames  framePool
	missing missingList
	nack    bool // missing packets are sent again
	rtt     time.Duration

	slots      [sequenceWindow]slot
	held       int   // packets in slots
	low        int64 // all below is done with; slots are in use from here up to highest
	highest    int64
	synced     bool
	current    run    // when synced: the frame that begins at low
	candidates []run  // key frames, behind a gap or while not synced, by where they begin
	codec      string // of the last frame

	deliver func(f *inFrame) bool // false: nobody can take it, nor what follows
	counts  counts
}

// slot is the place of a sequence number.
type slot struct {
	filled bool
	packet *received // nil when filled: a filler
}

// counts are kept for the statistics.
type counts struct {
	lost, recovered, dropped uint64
}

// begin starts anew where the next packet is seq.
func (o *order) begin(seq int64) {
	o.clear()
	o.low, o.highest = seq, seq-1
}

// clear gives up all that waits.
func (o *order) clear() {
	o.counts.lost += uint64(o.missing.dropBelow(o.highest + 1))
	o.discard(o.highest + 1)
	o.candidates = o.candidates[:0]
	o.synced = false
}

// insert takes a packet over.
func (o *order) insert(p *received, now time.Duration) {
	if p.seq < o.low || p.seq <= o.highest && o.at(p.seq).filled {
		o.packets.put(p)
		return
	}
	seq, key := p.seq, p.fragment.key
	if seq >= o.low+sequenceWindow || o.held >= heldMost || !o.note(seq, now) {
		o.begin(seq)
	}
	o.highest = max(o.highest, seq)
	o.store(p)
	o.advance(now)
	if key {
		o.follow(seq)
	}
	o.settle(now)
}

func (o *order) store(p *received) {
	s := o.at(p.seq)
	s.filled = true
	if p.isFiller() {
		o.packets.put(p)
		return
	}
	s.packet = p
	o.held++
}

// note keeps the list of the missing; false: there are too many.
func (o *order) note(seq int64, now time.Duration) bool {
	if seq > o.highest {
		if o.missing.add(o.highest+1, seq, now) {
			return true
		}
		o.counts.lost += uint64(seq - o.highest - 1)
		return false
	}
	if asked, ok := o.missing.found(seq, now, o.rtt); ok && asked {
		o.counts.recovered++
	}
	return true
}

func (o *order) at(seq int64) *slot { return &o.slots[seq&(sequenceWindow-1)] }

// advance delivers what can be delivered in order.
func (o *order) advance(now time.Duration) {
	for o.synced {
		switch o.grow(&o.current, now) {
		case runGrowing:
			if o.current.head == nil {
				// Fillers between frames are done with: there may be very many.
				o.release(o.current.next)
				o.current.start = o.low
			}
			return
		case runBroken:
			o.synced = false
		case runComplete:
			o.finish(now)
		}
	}
}

// finish delivers the current frame, which is complete.
func (o *order) finish(now time.Duration) {
	f := o.assemble(&o.current, now)
	o.release(o.current.next)
	o.current = run{start: o.low, next: o.low}
	if f == nil || !f.key && f.stream.codec.Name != o.codec || !o.deliver(f) {
		o.synced = false
		return
	}
	o.codec = f.stream.codec.Name
}

// desync makes the next frame a key frame. What comes after one that is there already is kept.
func (o *order) desync(now time.Duration) {
	o.synced = false
	o.settle(now)
}

// expire gives up on what has been missing for too long.
func (o *order) expire(now time.Duration) {
	for o.deadline() <= now {
		o.synced = false
		o.counts.lost += uint64(o.missing.dropOlder(now - o.budget()))
		o.settle(now)
	}
}

// deadline is when expire has something to do.
func (o *order) deadline() time.Duration {
	if o.missing.empty() {
		return never
	}
	patience := o.budget()
	if o.synced && len(o.candidates) > 0 && o.candidates[0].complete {
		patience = min(patience, o.lastChance())
	}
	return o.missing.list[0].since + patience
}

// attend does what is due and says when something is again; it appends the numbers to be asked for.
func (o *order) attend(nack []uint16, now time.Duration) ([]uint16, time.Duration) {
	o.expire(now)
	if !o.nack {
		return nack, o.deadline()
	}
	next := o.supposeTail(now)
	nack = o.missing.due(nack, now, o.rtt)
	return nack, min(next, o.deadline(), o.missing.next())
}

// supposeTail takes the packet after the newest for lost, when a frame stays without its end. Otherwise it would
// be missed with the next frame only, which may take long.
func (o *order) supposeTail(now time.Duration) (next time.Duration) {
	if !o.synced || !o.missing.empty() || o.current.head == nil || o.highest+1 >= o.low+sequenceWindow {
		return never
	}
	if at := o.current.grown + tailPatience; now < at {
		return at
	}
	if o.missing.suppose(o.highest+1, now) {
		o.highest++
	}
	return never
}

// budget is how long the picture may stand still for a missing packet: a lost one can be asked for four
// times where the network is not slow, and a key frame would take longer than one more time.
func (o *order) budget() time.Duration {
	if !o.nack {
		return budgetWithoutNack
	}
	return min(max(budgetLeast, 5*max(o.rtt, o.missing.roundTrip)), budgetMost)
}

// lastChance is the time in which a retransmission comes, if it comes at once: a key frame behind the
// gap need not wait any longer.
func (o *order) lastChance() time.Duration {
	if !o.nack {
		return reorderMost
	}
	return o.missing.patience + o.missing.retransmission(o.rtt)
}

// settle looks for a key frame to go on with, when there is a reason to, and drops what is of no
// use any more.
func (o *order) settle(now time.Duration) {
	o.growCandidates(now)
	for !o.synced && len(o.candidates) > 0 && o.candidates[0].complete {
		o.jump(now)
	}
	if !o.synced {
		o.trim()
	}
}

// jump goes on with the first candidate, which is complete.
func (o *order) jump(now time.Duration) {
	key := o.candidates[0]
	o.counts.lost += uint64(o.missing.dropBelow(key.start))
	o.discard(key.start)
	o.synced, o.current = true, run{start: key.start, next: key.start}
	o.advance(now)
	o.prune()
}

// trim drops packets that can't be part of a key frame: those before any that began, and before
// any number that is missing and might begin one.
func (o *order) trim() {
	floor := o.highest + 1
	if len(o.candidates) > 0 {
		floor = min(floor, o.candidates[0].start)
	}
	if !o.missing.empty() {
		floor = min(floor, o.missing.list[0].seq)
	}
	o.discard(floor)
}

// discard drops the packets below end.
func (o *order) discard(end int64) {
	for seq := o.low; seq < end; seq++ {
		if s := o.at(seq); s.packet != nil && s.packet.last {
			o.counts.dropped++
		}
	}
	o.release(end)
}

// release empties the slots below end, which low is then.
func (o *order) release(end int64) {
	for ; o.low < end; o.low++ {
		s := o.at(o.low)
		if s.packet != nil {
			o.packets.put(s.packet)
			o.held--
		}
		*s = slot{}
	}
}

// follow notes the beginning of a key frame, which is behind a gap, or nothing came before.
func (o *order) follow(seq int64) {
	if o.synced && seq < o.current.next {
		return
	}
	if len(o.candidates) == candidatesMost {
		o.candidates = slices.Delete(o.candidates, 0, 1)
	}
	i := len(o.candidates)
	for i > 0 && o.candidates[i-1].start > seq {
		i--
	}
	o.candidates = slices.Insert(o.candidates, i, run{start: seq, next: seq})
}

// growCandidates follows the key frames that are coming in, and forgets those that never can
// be complete.
func (o *order) growCandidates(now time.Duration) {
	o.prune()
	kept := o.candidates[:0]
	for _, key := range o.candidates {
		if !key.complete {
			switch o.grow(&key, now) {
			case runBroken:
				continue
			case runComplete:
				key.complete = true
			case runGrowing:
				if o.givenUp(key.next) {
					continue
				}
			}
		}
		kept = append(kept, key)
	}
	o.candidates = kept
}

// givenUp says that a number is neither there nor waited for.
func (o *order) givenUp(seq int64) bool {
	return seq <= o.highest && (o.missing.empty() || seq < o.missing.list[0].seq)
}

// coming is the key frame that arrives now; nil: none does.
func (o *order) coming() *run {
	for i := range o.candidates {
		if key := &o.candidates[i]; !key.complete && key.head != nil {
			return key
		}
	}
	return nil
}

// prune forgets candidates that were delivered in order or are gone.
func (o *order) prune() {
	from := o.low
	if o.synced {
		from = o.current.next
	}
	count := 0
	for count < len(o.candidates) && o.candidates[count].start < from {
		count++
	}
	o.candidates = slices.Delete(o.candidates, 0, count)
}
