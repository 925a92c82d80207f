package audio

import (
	"math"
	"runtime/debug"
	"sync"
	"time"

	"github.com/pion/logging"

	"libml_webrtc/internal/codec"
	"libml_webrtc/internal/sound"
)

const (
	// never is later than any time.
	never = time.Duration(math.MaxInt64)
	// stalledMost is how much is caught up with after the process was held up; the host's sinks have room for that.
	stalledMost = 100 * time.Millisecond
)

// ReceiverOptions are what a Receiver is made with. Its functions are called without a lock held, and from goroutines of the
// receiver; none may wait for the receiver.
type ReceiverOptions struct {
	// Codec gives the codec of a payload type, as negotiated; false: not a known one.
	Codec func(payloadType uint8) (codec.Audio, bool)
	// Read reads the next RTP packet into b; an error ends the receiver.
	Read func(b []byte) (int, error)
	// Play takes over 10 ms of sound. It is called from one goroutine, in order, every 10 ms, as soon as something was
	// heard and while somebody listens.
	Play func(sound.Block)
	Log  logging.LeveledLogger
}

// Receiver turns the RTP packets of one remote track into sound, in two goroutines: one reads packets, one plays.
type Receiver struct {
	options ReceiverOptions
	now     func() time.Duration

	done    chan struct{}
	end     sync.Once
	wake    chan struct{} // there is something to play
	running sync.WaitGroup

	mu       sync.Mutex
	watched  bool
	sequence sequencer
	timeline timeline
	jitter   jitter
	waiting  waiting
	playout  playout
	least    time.Duration // of the delay, for the sake of the pictures that belong to the sound
	stats    ReceiverStatistics
}

// NewReceiver starts a receiver. Nobody listens yet: SetWatched(true) makes it decode.
func NewReceiver(options ReceiverOptions) *Receiver {
	r := newReceiver(options, now)
	r.spawn("reading audio packets", r.read)
	r.spawn("playing audio", r.play)

	return r
}

func newReceiver(options ReceiverOptions, clock func() time.Duration) *Receiver {
	return &Receiver{options: options, now: clock, done: make(chan struct{}), wake: make(chan struct{}, 1)}
}

// spawn runs f in a goroutine. When one ends, both do; a defect must not end the host's process.
func (r *Receiver) spawn(what string, f func()) {
	r.running.Go(func() {
		defer r.stop()
		defer func() {
			if reason := recover(); reason != nil {
				r.options.Log.Errorf("panic in %s: %v\n%s", what, reason, debug.Stack())
			}
		}()
		f()
	})
}

func (r *Receiver) stop() { r.end.Do(func() { close(r.done) }) }

// Close waits until the receiver's goroutines have ended. The owner makes Read fail before.
func (r *Receiver) Close() {
	r.stop()
	r.running.Wait()
}

// SetWatched says whether anybody listens. While nobody does, packets are read and nothing is kept.
func (r *Receiver) SetWatched(watched bool) {
	r.mu.Lock()
	if r.watched != watched {
		r.watched = watched
		r.forget()
	}
	r.mu.Unlock()
	r.ring()
}

// SetLeastDelay has Delay be no less, for sound that is to be heard together with pictures that come later.
func (r *Receiver) SetLeastDelay(least time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.least = min(max(least, 0), delayMost)
}

// Delay is how much sound waits, on average.
func (r *Receiver) Delay() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()

	return framesLong(int64(r.playout.level))
}

// Timing is the RTP timestamp of what was played last, and when that was, on the clock of picture.Now; false: nothing was
// played since somebody began to listen.
func (r *Receiver) Timing() (timestamp uint32, at time.Duration, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()

	return r.playout.timestamp, r.playout.at, r.playout.timed
}

// forget gives up all that waits. The lock is held.
func (r *Receiver) forget() {
	r.waiting.clear()
	r.playout.stop()
}

func (r *Receiver) ring() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// read is the goroutine that receives packets.
func (r *Receiver) read() {
	s := parser{codec: r.options.Codec}
	p := new(received)
	for {
		size, err := r.options.Read(p.bytes[:])
		if err != nil {
			return
		}
		if s.parse(p, size, r.now()) {
			p = r.take(p)
		}
	}
}

// take takes a packet over and gives one for the next.
func (r *Receiver) take(p *received) *received {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stats.Received++
	switch r.sequence.place(p) {
	case unplaced:
		return p
	case restarted:
		r.waiting.clear()
		r.timeline.begun = false
		r.jitter.restart()
		r.playout.jump = true
	case placed:
	}
	r.timeline.place(p)
	r.jitter.observe(p)
	if !r.watched {
		return p
	}
	switch r.waiting.insert(p) {
	case arrivalLate:
		r.stats.Late++

		return p
	case arrivalTwice:
		return p
	case arrivalTaken:
	}
	if !r.playout.begun {
		r.playout.expect(p.arrived)
		r.ring()
	}

	return r.waiting.pool.get()
}

// play is the goroutine that plays.
func (r *Receiver) play() {
	var q player
	defer q.close()
	timer := time.NewTimer(never)
	defer timer.Stop()
	next := time.Duration(0)
	for {
		wait := never
		if r.expects() {
			wait, next = r.playDue(&q, next)
		} else {
			next = 0
		}
		timer.Reset(wait)
		select {
		case <-r.done:
			return
		case <-r.wake:
		case <-timer.C:
		}
	}
}

// expects says whether there is anything to be played.
func (r *Receiver) expects() bool {
	r.mu.Lock()
	defer r.mu.Unlock()

	return r.watched && r.playout.expected
}

// playDue plays what is due, and says how long to wait for the next 10 ms, and when they are due.
func (r *Receiver) playDue(q *player, next time.Duration) (wait, due time.Duration) {
	for {
		select {
		case <-r.done:
			return never, next
		default:
		}
		at := r.now()
		if at-next > stalledMost {
			next = at
		}
		if at < next {
			return next - at, next
		}
		next += sound.Length
		if block := r.turn(q, at); block.Valid() {
			r.options.Play(block)
		}
		r.report(q, at)
	}
}
