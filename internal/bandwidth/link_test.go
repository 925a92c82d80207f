package bandwidth

import (
	"math/rand/v2"
	"sync"
	"time"
)

// link is a simulated one-way path in front of which packets queue: it is meant for the virtual
// time of testing/synctest.
type link struct {
	mu       sync.Mutex
	random   *rand.Rand
	rate     float64       // bits per second; 0: no bottleneck
	delay    time.Duration // one way, after the bottleneck
	queue    time.Duration // the longest time a packet may wait at the bottleneck
	loss     float64       // the chance that a packet is lost
	free     time.Time     // when the bottleneck has sent what it took
	sent     int           // packets
	lost     int           // packets
	worst    time.Duration // the longest wait
	stalls   time.Duration // how long the peer is held up on average, about seven times a second
	stalled  time.Time     // the end of the next time it is held up
	stall    time.Duration // how long that is
	received func(at time.Time, packet []byte)
}

func newLink(rate float64, delay, queue time.Duration) *link {
	return &link{random: rand.New(rand.NewPCG(1, 2)), rate: rate, delay: delay, queue: queue}
}

func (l *link) set(change func(*link)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change(l)
}

// send passes a packet on or loses it.
func (l *link) send(packet []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	l.sent++
	if l.random.Float64() < l.loss {
		l.lost++

		return
	}
	if l.free.Before(now) {
		l.free = now
	}
	wait := l.free.Sub(now)
	if wait > l.queue {
		l.lost++

		return
	}
	l.worst = max(l.worst, wait)
	if l.rate > 0 {
		l.free = l.free.Add(time.Duration(float64(8*(len(packet)+42)) / l.rate * float64(time.Second)))
	}
	arrival := l.free.Add(l.delay)
	arrival = l.holdUp(arrival)
	packet = append([]byte(nil), packet...)
	time.AfterFunc(arrival.Sub(now), func() { l.received(arrival, packet) })
}

// holdUp gives when a packet is looked at that arrives at a peer whose processor is busy.
func (l *link) holdUp(arrival time.Time) time.Time {
	if l.stalls == 0 {
		return arrival
	}
	for arrival.After(l.stalled) {
		l.stall = time.Duration(l.random.ExpFloat64() * float64(l.stalls))
		l.stalled = l.stalled.Add(l.stall + time.Duration(l.random.ExpFloat64()*float64(150*time.Millisecond)))
		if l.stalled.Before(arrival.Add(-time.Second)) {
			l.stalled = arrival.Add(-time.Second)
		}
	}
	if arrival.After(l.stalled.Add(-l.stall)) {
		return l.stalled
	}

	return arrival
}
