package rtc

import "sync"

// freeMessageBytes: messages up to this size need no turn.
const freeMessageBytes = 16 << 10

// turnBytes is how much a channel may send in one turn when others wait.
const turnBytes = 1 << 20

// turn lets one channel at a time have large messages under way. Where message interleaving
// (RFC 8260) is negotiated, pion sends the fragments of all channels' messages in rotation;
// when the parts of unfinished messages fill the peer's receive window, none of them can
// ever be completed and the association stands still. With one large message under way at a
// time this can't happen.
type turn struct {
	mu      sync.Mutex
	holder  *DataChannel
	waiting []turnWaiter
}

type turnWaiter struct {
	channel *DataChannel
	granted chan struct{}
}

// take waits until it is the channel's turn; false: the channel ended meanwhile.
func (t *turn) take(d *DataChannel) bool {
	t.mu.Lock()
	if t.holder == nil || t.holder == d {
		t.holder = d
		t.mu.Unlock()
		return true
	}
	waiter := turnWaiter{channel: d, granted: make(chan struct{})}
	t.waiting = append(t.waiting, waiter)
	holder := t.holder
	t.mu.Unlock()

	// The holder may have nothing to send any more; then only its pump can find out.
	holder.pump.kick()
	select {
	case <-waiter.granted:
		return true
	case <-d.ctx.Done():
		t.leave(d)
		return false
	}
}

// contended says whether the channel has the turn and others wait for it.
func (t *turn) contended(d *DataChannel) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.holder == d && len(t.waiting) > 0
}

// pass gives the turn to the next channel.
func (t *turn) pass(d *DataChannel) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.holder == d {
		t.next()
	}
}

// leave is for a channel that has ended, whether it has the turn or waits for it.
func (t *turn) leave(d *DataChannel) {
	t.mu.Lock()
	defer t.mu.Unlock()
	kept := t.waiting[:0]
	for _, waiter := range t.waiting {
		if waiter.channel != d {
			kept = append(kept, waiter)
		}
	}
	clear(t.waiting[len(kept):])
	t.waiting = kept
	if t.holder == d {
		t.next()
	}
}

func (t *turn) next() {
	t.holder = nil
	if len(t.waiting) == 0 {
		return
	}
	first := t.waiting[0]
	t.waiting[0] = turnWaiter{}
	t.waiting = t.waiting[1:]
	t.holder = first.channel
	close(first.granted)
}
