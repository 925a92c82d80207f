package bandwidth

import (
	"io"
	"sync"
	"time"
)

const (
	paceLeast      = 100_000                // bit/s
	paceBurst      = 5 * time.Millisecond   // may leave at once
	paceNap        = time.Millisecond       // the least that is waited
	queueTime      = 500 * time.Millisecond // what waits longer speeds the pacer up
	videoBytesMost = 2 << 20                // a key frame of 8 Mbit/s video has some 300 kB
	againLeast     = 16 << 10               // bytes of retransmissions that are always allowed at once
	againTime      = 250 * time.Millisecond
	againShare     = 3   // the part of the estimate that retransmissions may take
	freeMost       = 512 // packets that are kept for later
)

// usualPace is the rate at which packets leave: a frame takes less than half of the time until
// the next one.
func usualPace(estimate int) int { return estimate * 5 / 2 }

// pacer holds packets back so that a frame does not leave as one burst, which would fill the
// queue of the bottleneck and lose what does not fit. Retransmissions go first: the peer waits for
// them with a frame it can't show. A goroutine sends; it sleeps when nothing waits.
type pacer struct {
	transmit func(*packet)

	mu     sync.Mutex
	limits limits
	budget float64   // of retransmissions, in bytes
	filled time.Time // when the budget was last looked after
	video  queue
	again  queue     // retransmissions
	next   time.Time // when the next packet may leave
	behind bool      // the next packet waits for the one before it
	spare  []*packet
	// Packets that did not fit or whose stream has ended, and retransmissions that were not made.
	lost, refused uint64

	wake  chan struct{}
	done  chan struct{} // nil: it does not run
	users int
}

func newPacer(transmit func(*packet)) *pacer {
	return &pacer{
		transmit: transmit,
		limits:   limits{estimate: firstRate, pace: usualPace(firstRate)},
		wake:     make(chan struct{}, 1),
	}
}

// start begins to send, for one user more.
func (p *pacer) start() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.users++
	if p.users == 1 {
		p.done = make(chan struct{})
		go p.run(p.done)
	}
}

// end ends a user's stream. What waits of it is dropped when its turn comes, or at once if it was
// the last one; then it returns when the goroutine has ended.
func (p *pacer) end(s *stream) {
	p.mu.Lock()
	s.ended = true
	p.users--
	done := p.done
	last := p.users == 0
	p.mu.Unlock()
	if last {
		p.ring()
		<-done
	}
}

// limits are what a pacer goes by.
type limits struct {
	estimate  int           // bit/s
	pace      int           // at which packets leave, bit/s
	roundTrip time.Duration // as it is now, with what queues on the path
}

func (p *pacer) set(l limits) {
	p.mu.Lock()
	p.limits = l
	p.mu.Unlock()
}

// allows says whether a packet may be sent again. Peers ask for too much when the path is full,
// and what they get then keeps it full: retransmissions have a third of the estimate at most, and
// a packet is not sent again before the last time can have had an effect.
func (p *pacer) allows(s *stream, in incoming) bool {
	now := time.Now()
	share := float64(p.limits.estimate) / 8 / againShare // bytes per second
	p.budget += share * min(now.Sub(p.filled), time.Second).Seconds()
	p.budget = min(p.budget, max(share*againTime.Seconds(), againLeast))
	p.filled = now
	if p.budget <= 0 || s.tooSoon(in, now, p.limits.roundTrip) {
		return false
	}
	p.budget -= float64(len(in.payload))

	return true
}

// add copies a packet and lets it wait.
func (p *pacer) add(s *stream, in incoming) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s.ended || p.users == 0 {
		return io.ErrClosedPipe
	}
	q := &p.video
	again := s.isAgain(in.header)
	if again {
		q = &p.again
		if !p.allows(s, in) {
			p.refused++

			return nil // the peer asks again, if it still matters
		}
	} else if q.bytes > videoBytesMost {
		p.lost++

		return errQueueFull
	}
	waiting := p.get()
	if err := waiting.set(in.header, in.payload); err != nil {
		p.put(waiting)

		return err
	}
	waiting.stream, waiting.again = s, again
	if again {
		if waiting.keep = findKeeper(in.attributes); waiting.keep != nil {
			waiting.keep.Retain()
		}
	}
	q.push(waiting)
	p.ring()

	return nil
}

func (p *pacer) ring() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

func (p *pacer) get() *packet {
	if n := len(p.spare); n > 0 {
		found := p.spare[n-1]
		p.spare = p.spare[:n-1]

		return found
	}

	return &packet{}
}

func (p *pacer) put(done *packet) {
	done.stream, done.keep, done.payload = nil, nil, nil
	if len(p.spare) < freeMost {
		p.spare = append(p.spare, done)
	}
}

func (p *pacer) run(done chan struct{}) {
	defer close(done)
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		p.mu.Lock()
		wait, going := p.send()
		p.mu.Unlock()
		if !going {
			return
		}
		if wait == 0 {
			<-p.wake

			continue
		}
		timer.Reset(max(wait, paceNap))
		<-timer.C
	}
}

// send sends what may leave. It gives how long to wait before the next packet (0: nothing waits),
// and false when nobody uses the pacer any more. The lock is held but while a packet leaves.
func (p *pacer) send() (wait time.Duration, going bool) {
	for {
		if p.users == 0 {
			p.drop()

			return 0, false
		}
		if p.video.count+p.again.count == 0 {
			p.behind = false

			return 0, true
		}
		now := time.Now()
		if earliest := now.Add(-paceBurst); p.next.Before(earliest) {
			p.next = earliest
		}
		if wait = p.next.Sub(now); wait > 0 {
			return wait, true
		}
		leaving := p.again.pop()
		if leaving == nil {
			leaving = p.video.pop()
		}
		if leaving.stream.ended {
			p.lost++
			p.finish(leaving, false)

			continue
		}
		took := float64(8*leaving.size) / p.pace(leaving.size)
		p.next = p.next.Add(time.Duration(took * float64(time.Second)))
		leaving.behind, p.behind = p.behind, true
		p.mu.Unlock()
		p.transmit(leaving)
		p.mu.Lock()
		p.finish(leaving, true)
	}
}

func (p *pacer) finish(done *packet, sent bool) {
	if done.keep != nil {
		done.keep.Release(sent)
	}
	p.put(done)
}

func (p *pacer) drop() {
	for _, q := range []*queue{&p.again, &p.video} {
		for left := q.pop(); left != nil; left = q.pop() {
			p.lost++
			p.finish(left, false)
		}
	}
	p.behind = false
}

// pace is the rate at which packets leave, in bit/s, leaving bytes on top of the queues.
func (p *pacer) pace(leaving int) float64 {
	waiting := float64(8 * (p.video.bytes + p.again.bytes + leaving))

	return max(float64(p.limits.pace), waiting/queueTime.Seconds(), paceLeast)
}

// queued is how long what waits takes to leave.
func (p *pacer) queued() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	waiting := float64(8 * (p.video.bytes + p.again.bytes))

	return time.Duration(waiting / p.pace(0) * float64(time.Second))
}

func (p *pacer) lostPackets() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()

	return p.lost
}
