package audio

// waitingMost is how many packets wait at most: five seconds of usual ones.
const waitingMost = 256

// waiting are the packets that were not played yet, by their numbers. Not safe for concurrent use.
type waiting struct {
	slots  [waitingMost]*received
	begun  bool
	open   bool  // nothing was taken yet: earlier packets may still come
	next   int64 // what is before it has been taken or given up
	newest int64
	frames int // of all that wait
	pool   packetPool
}

type arrival int

const (
	arrivalTaken arrival = iota
	arrivalLate
	arrivalTwice
)

// insert takes a packet over if the first result says so.
func (w *waiting) insert(p *received) arrival {
	if !w.begun {
		w.begun, w.open, w.next, w.newest = true, true, p.seq, p.seq
	}
	if w.open && p.seq < w.next && w.newest-p.seq < waitingMost {
		w.next = p.seq
	}
	if p.seq < w.next {
		return arrivalLate
	}
	for p.seq >= w.next+waitingMost {
		w.drop()
	}
	slot := &w.slots[p.seq%waitingMost]
	if *slot != nil {
		return arrivalTwice
	}
	*slot = p
	w.newest = max(w.newest, p.seq)
	w.frames += p.frames

	return arrivalTaken
}

// first is the packet that is to be played next, and stays; nil: there is none.
func (w *waiting) first() *received {
	if !w.begun || w.frames == 0 {
		return nil
	}
	for seq := w.next; seq <= w.newest; seq++ {
		if p := w.slots[seq%waitingMost]; p != nil {
			return p
		}
	}

	return nil
}

// take takes the first one out. What precedes it is given up.
func (w *waiting) take(p *received) {
	w.slots[p.seq%waitingMost] = nil
	w.frames -= p.frames
	w.next = p.seq + 1
	w.newest = max(w.newest, p.seq)
	w.open = false
}

// drop gives up the packet that would be next, whether it has come or not.
func (w *waiting) drop() {
	if p := w.slots[w.next%waitingMost]; p != nil {
		w.slots[w.next%waitingMost] = nil
		w.frames -= p.frames
		w.pool.put(p)
	}
	w.next++
	w.newest = max(w.newest, w.next-1)
}

// clear forgets all.
func (w *waiting) clear() {
	for i, p := range w.slots {
		if p != nil {
			w.slots[i] = nil
			w.pool.put(p)
		}
	}
	w.begun, w.frames = false, 0
}
