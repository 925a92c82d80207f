package video

import (
	"math"
	"runtime/debug"
	"sync"
	"time"

	"github.com/pion/logging"

	"libml_webrtc/internal/codec"
	"libml_webrtc/internal/picture"
)

// never is later than any time.
const never = time.Duration(math.MaxInt64)

// ReceiverOptions are what a receiver is made with. Its functions are called without a lock held, and
// from goroutines of the receiver; none may wait for the receiver.
type ReceiverOptions struct {
	// Codec gives the codec of a payload type, as negotiated; false: not a known one.
	Codec func(payloadType uint8) (codec.Video, bool)
	// Read reads the next RTP packet (retransmissions already unwrapped) into b; an error ends the
	// receiver.
	Read func(b []byte) (int, error)
	// RequestKeyFrame sends a picture loss indication; nil: there is no way to.
	RequestKeyFrame func()
	// Nack sends a generic negative acknowledgement, and keeps nothing of missing; nil: lost packets
	// are not sent again.
	Nack func(missing []uint16)
	// RTT is the round-trip time, as far as known; 0: unknown. It is asked once a second. nil: never known.
	RTT func() time.Duration
	// Orientation and PlayoutDelay are the ids of the header extensions; 0: not negotiated.
	Orientation, PlayoutDelay uint8
	// Picture takes over a decoded picture. It is called from one goroutine, in order.
	Picture func(picture.Picture)
	Log     logging.LeveledLogger
}

// Receiver turns the RTP packets of one remote track into pictures, in three goroutines: one reads
// packets and makes frames of them, one sees to what is due without a packet, one decodes.
type Receiver struct {
	options ReceiverOptions
	now     func() time.Duration
	streams streams // of the reading goroutine

	done    chan struct{}
	end     sync.Once
	wake    chan struct{} // the decoding goroutine has something to look at
	alarm   *time.Timer
	running sync.WaitGroup

	mu       sync.Mutex
	watched  bool
	heard    bool // a packet came
	fresh    bool // the next packet begins the order anew
	epoch    int  // counts the times that all waiting frames were given up
	sequence sequencer
	order    order
	playout  playout
	key      keyRequests
	stats    receiverStats
	rotation int // of the frame before
	shown    timing
	alarmAt  time.Duration
}

// timing is when a frame was due.
type timing struct {
	known     bool
	timestamp uint32
	due       time.Duration
}

// NewReceiver starts a receiver. Nobody watches it yet: SetWatched(true) makes it decode.
func NewReceiver(options ReceiverOptions) *Receiver {
	r := newReceiver(options, picture.Now)
	r.start()
	return r
}

func newReceiver(options ReceiverOptions, now func() time.Duration) *Receiver {
	r := &Receiver{
		options: options,
		now:     now,
		done:    make(chan struct{}),
		wake:    make(chan struct{}, 1),
		alarm:   time.NewTimer(never),
		alarmAt: never,
	}
	r.streams.codec = options.Codec
	r.stats.next = never
	r.order.nack = options.Nack != nil
	r.order.deliver = r.queue
	return r
}

func (r *Receiver) start() {
	r.spawn("reading video packets", r.read)
	r.spawn("attending to a video receiver", r.tend)
	r.spawn("decoding video", r.decode)
}

// spawn runs f in a goroutine. When one ends, all do; a defect must not end the host's process.
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

func (r *Receiver) stop() {
	r.end.Do(func() { close(r.done) })
}

func (r *Receiver) hasEnded() bool {
	select {
	case <-r.done:
		return true
	default:
		return false
	}
}

// Close waits until the receiver's goroutines have ended. The owner makes Read fail before.
func (r *Receiver) Close() {
	r.stop()
	r.running.Wait()
	r.alarm.Stop()
}

// SetWatched says whether anybody looks at the pictures. While nobody does, packets are read
// and nothing is kept. When somebody does again, a key frame is asked for.
func (r *Receiver) SetWatched(watched bool) {
	var d duties
	r.watch(watched, &d)
	r.perform(&d)
	r.wakeDecoder()
}

func (r *Receiver) watch(watched bool, d *duties) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.watched == watched || r.hasEnded() {
		return
	}
	r.watched = watched
	r.fresh = true
	r.forget()
	r.attend(r.now(), d)
}

// Timing is the RTP timestamp of the frame that was shown last, and when that was due, on the clock of picture.Now; false:
// none was shown since somebody began to watch.
func (r *Receiver) Timing() (timestamp uint32, due time.Duration, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.shown.timestamp, r.shown.due, r.shown.known
}

// Delay is how much later frames are shown than if the network was steady.
func (r *Receiver) Delay() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.playout.jitter.shift - r.playout.jitter.least
}

// SetLeastDelay has Delay be no less, for pictures that are to be shown together with sound that comes later.
func (r *Receiver) SetLeastDelay(least time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.playout.jitter.sound = min(max(least, 0), playoutLimitMost)
}

// forget gives up all that waits. The lock is held.
func (r *Receiver) forget() {
	r.order.clear()
	r.playout.clear(&r.order.frames)
	r.playout.jitter.reset()
	r.shown = timing{}
	r.epoch++
}

// read is the goroutine that receives packets.
func (r *Receiver) read() {
	s := parser{
		orientation:  r.options.Orientation,
		playoutDelay: r.options.PlayoutDelay,
		streamOf:     r.streams.of,
	}
	var d duties
	p := new(received)
	for {
		size, err := r.options.Read(p.bytes[:])
		if err != nil {
			return
		}
		p.size = min(max(size, 0), packetBytes)
		p.arrived = r.now()
		rtt := r.refresh(p.arrived)
		if !s.parse(p) {
			continue
		}
		p = r.take(p, rtt, &d)
		r.perform(&d)
	}
}

// take takes a packet over and gives one for the next.
func (r *Receiver) take(p *received, rtt time.Duration, d *duties) *received {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.order.rtt = rtt
	p = r.accept(p)
	r.attend(r.now(), d)
	return p
}

// refresh asks once a second what may change.
func (r *Receiver) refresh(now time.Duration) time.Duration {
	s := &r.streams
	if s.refreshed == 0 || now-s.refreshed >= time.Second {
		s.refreshed = now
		s.resolved = false
		if r.options.RTT != nil {
			s.rtt = min(max(r.options.RTT(), 0), 10*time.Second)
		}
	}
	return s.rtt
}

// accept finds a packet's place and gives one for the next. The lock is held.
func (r *Receiver) accept(p *received) *received {
	r.stats.packet(p)
	r.heard = true
	r.key.packet = p.arrived
	switch r.sequence.place(p) {
	case unplaced:
		return p
	case suspected:
		if before := r.sequence.suspectIs(p); before != nil {
			return before
		}
	case restarted:
		r.restart(p)
	case placed:
		if !r.watched {
			return p
		}
		r.insert(p)
	}
	return r.order.packets.get()
}

func (r *Receiver) insert(p *received) {
	if r.fresh {
		r.fresh = false
		// What came while nobody watched is not waited for.
		first := r.sequence.highest
		if p.seq < first {
			first++
		}
		r.order.begin(first)
	}
	r.order.insert(p, p.arrived)
}

// restart begins anew with the packet that was suspected and this one, in their order.
func (r *Receiver) restart(p *received) {
	first, second := r.sequence.suspectIs(nil), p
	if int16(second.number-first.number) < 0 {
		first, second = second, first
	}
	r.sequence.begin(first)
	r.sequence.place(second)
	r.playout.restart()
	r.rotation = 0
	r.order.begin(first.seq)
	if !r.watched {
		r.order.packets.put(first)
		r.order.packets.put(second)
		return
	}
	r.insert(first)
	r.insert(second)
}

// queue is the order's way to hand over a frame. The lock is held.
func (r *Receiver) queue(f *inFrame) bool {
	// What is not said again has not changed.
	if f.rotation < 0 {
		f.rotation = r.rotation
	}
	r.rotation = f.rotation
	if !r.playout.push(f) {
		r.stats.dropped += uint64(r.playout.clear(&r.order.frames)) + 1
		r.epoch++
		r.order.frames.put(f)
		return false
	}
	r.wakeDecoder()
	return true
}

func (r *Receiver) wakeDecoder() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}
