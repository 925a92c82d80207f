package video

import (
	"container/heap"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/logging"
	"github.com/stretchr/testify/require"

	"libml_webrtc/internal/codec"
	"libml_webrtc/internal/picture"
)

// world is a sender, a network and a receiver in a bubble of virtual time.
type world struct {
	t        *testing.T
	random   *rand.Rand
	begun    time.Time
	receiver *Receiver
	codec    *numberedCodec
	other    *numberedCodec
	sender   *numberedSender
	in       chan []byte
	log      *keptLog

	// The network.
	oneWay   time.Duration
	jitter   func() time.Duration
	loss     func() bool
	twice    func() bool // a packet comes twice
	answers  bool        // NACKs are answered
	deaf     bool        // requests for key frames do not arrive
	sequence uint64
	events   events

	// The sender.
	number   uint32
	clock    uint32 // the RTP time stamp when time began
	interval time.Duration
	size     func(key bool) int
	packets  func(number uint32, key bool, timestamp uint32) [][]byte
	wantKey  bool
	history  map[uint16][]byte
	sentAt   map[uint32]time.Duration

	mu     sync.Mutex
	nacks  []nackSeen
	plis   []time.Duration
	shown  []shownPicture
	closed bool
}

type nackSeen struct {
	at      time.Duration
	numbers []uint16
}

type shownPicture struct {
	at            time.Duration
	number        uint32
	time          uint64
	captured      time.Duration
	width, height int
}

func newWorld(t *testing.T, change ...func(*ReceiverOptions)) *world {
	t.Helper()
	w := &world{
		t: t, random: rand.New(rand.NewPCG(1, 2)), begun: time.Now(),
		codec: &numberedCodec{name: nameVP8}, other: &numberedCodec{name: nameVP9}, sender: newNumberedSender(),
		in: make(chan []byte), log: &keptLog{},
		oneWay: 20 * time.Millisecond, answers: true,
		clock: 0xfffe0000, interval: time.Second / 30, wantKey: true,
		size:    func(key bool) int { return map[bool]int{true: 20_000, false: 5_000}[key] },
		history: map[uint16][]byte{}, sentAt: map[uint32]time.Duration{},
	}
	w.packets = func(number uint32, key bool, timestamp uint32) [][]byte {
		return w.sender.frame(number, key, w.size(key), timestamp)
	}
	options := ReceiverOptions{
		Codec: func(payloadType uint8) (codec.Video, bool) {
			switch payloadType {
			case numberedType:
				return w.codec.video(), true
			case otherType:
				return w.other.video(), true
			}
			return codec.Video{}, false
		},
		Read: func(b []byte) (int, error) {
			packet, ok := <-w.in
			if !ok {
				return 0, io.EOF
			}
			return copy(b, packet), nil
		},
		RequestKeyFrame: w.onKeyRequest,
		Nack:            w.onNack,
		RTT:             func() time.Duration { return 2 * w.oneWay },
		Picture:         w.onPicture,
		Log:             w.log,
	}
	for _, f := range change {
		f(&options)
	}
	w.receiver = newReceiver(options, w.now)
	w.receiver.start()
	return w
}

func (w *world) now() time.Duration { return time.Since(w.begun) + time.Hour }

// since is the virtual time since the test began.
func (w *world) since() time.Duration { return time.Since(w.begun) }

func (w *world) close() {
	if w.closed {
		return
	}
	w.closed = true
	close(w.in)
	w.receiver.Close()
	w.codec.mu.Lock()
	defer w.codec.mu.Unlock()
	require.Empty(w.t, w.codec.failures)
	require.Zero(w.t, w.codec.open)
	require.Zero(w.t, w.other.open)
}

func (w *world) onNack(missing []uint16) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.nacks = append(w.nacks, nackSeen{w.since(), append([]uint16(nil), missing...)})
	if !w.answers {
		return
	}
	numbers := append([]uint16(nil), missing...)
	w.later(w.oneWay, func() {
		for _, number := range numbers {
			if packet, ok := w.history[number]; ok {
				w.transmit(packet)
			}
		}
	})
}

func (w *world) onKeyRequest() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.plis = append(w.plis, w.since())
	if !w.deaf {
		w.later(w.oneWay, func() { w.wantKey = true })
	}
}

func (w *world) onPicture(p picture.Picture) {
	w.mu.Lock()
	defer w.mu.Unlock()
	defer p.Release()
	y, _, _ := p.Planes()
	w.shown = append(w.shown, shownPicture{
		w.since(), uint32(y[0])<<24 | uint32(y[1])<<16 | uint32(y[2])<<8 | uint32(y[3]),
		p.Time(), p.Captured() - time.Hour, p.Width(), p.Height(),
	})
}

// transmit puts a packet on the network. The lock is held.
func (w *world) transmit(packet []byte) {
	if w.loss != nil && w.loss() {
		return
	}
	count := 1
	if w.twice != nil && w.twice() {
		count = 2
	}
	for range count {
		delay := w.oneWay
		if w.jitter != nil {
			delay += w.jitter()
		}
		w.later(delay, func() {
			w.mu.Unlock()
			defer w.mu.Lock()
			w.in <- packet
		})
	}
}

// deliver gives a packet to the receiver now.
func (w *world) deliver(packets ...[]byte) {
	for _, packet := range packets {
		w.in <- packet
	}
	synctest.Wait()
}

// send sends one frame, now.
func (w *world) send() {
	key := w.wantKey
	w.wantKey = false
	packets := w.packets(w.number, key, w.timestamp())
	w.sentAt[w.number] = w.since()
	w.number++
	for _, packet := range packets {
		w.remember(packet)
		w.transmit(packet)
	}
}

func (w *world) timestamp() uint32 { return w.clock + uint32(w.since()*9/100_000) }

func (w *world) remember(packet []byte) {
	w.history[uint16(packet[2])<<8|uint16(packet[3])] = packet
}

// run lets the sender send frames for a time.
func (w *world) run(duration time.Duration) {
	end := w.since() + duration
	next := w.since()
	for ; w.since() < end; w.tick() {
		w.mu.Lock()
		if w.since() >= next && w.interval > 0 {
			w.send()
			next += w.interval
		}
		w.mu.Unlock()
	}
}

// idle lets time go on without frames.
func (w *world) idle(duration time.Duration) {
	interval := w.interval
	w.interval = 0
	w.run(duration)
	w.interval = interval
}

// tick is a millisecond.
func (w *world) tick() {
	w.mu.Lock()
	for len(w.events) > 0 && w.events[0].at <= w.since() {
		e := heap.Pop(&w.events).(event)
		e.run()
	}
	w.mu.Unlock()
	synctest.Wait()
	time.Sleep(time.Millisecond)
}

// later runs f, with the lock held. The lock is held.
func (w *world) later(delay time.Duration, f func()) {
	w.sequence++
	heap.Push(&w.events, event{w.since() + delay, w.sequence, f})
}

func (w *world) pictures() []shownPicture {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]shownPicture(nil), w.shown...)
}

func (w *world) keyRequests() []time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]time.Duration(nil), w.plis...)
}

func (w *world) asked() []nackSeen {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]nackSeen(nil), w.nacks...)
}

// requireOrder checks that pictures came in order, with growing times.
func (w *world) requireOrder() {
	w.t.Helper()
	shown := w.pictures()
	for i := 1; i < len(shown); i++ {
		require.Greater(w.t, shown[i].number, shown[i-1].number)
		require.Greater(w.t, shown[i].time, shown[i-1].time)
	}
}

// requireAll checks that every frame up to before the end was shown.
func (w *world) requireAll() {
	w.t.Helper()
	w.requireOrder()
	shown := w.pictures()
	require.Equal(w.t, int(w.number), len(shown), "shown")
}

type event struct {
	at       time.Duration
	sequence uint64
	run      func()
}

type events []event

func (e events) Len() int { return len(e) }
func (e events) Less(i, j int) bool {
	return e[i].at < e[j].at || e[i].at == e[j].at && e[i].sequence < e[j].sequence
}
func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e *events) Push(x any)   { *e = append(*e, x.(event)) }
func (e *events) Pop() any {
	last := (*e)[len(*e)-1]
	*e = (*e)[:len(*e)-1]
	return last
}

// random loss in so many packets of a hundred.
func (w *world) lossOf(percent float64) func() bool {
	return func() bool { return w.random.Float64()*100 < percent }
}

// keptLog keeps what is logged.
type keptLog struct {
	logging.LeveledLogger // none: others must not be called
	mu                    sync.Mutex
	lines                 []string
}

func (l *keptLog) keepf(format string, arguments ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, fmt.Sprintf(format, arguments...))
}

func (l *keptLog) Debug(line string)                      { l.keepf("%s", line) }
func (l *keptLog) Debugf(format string, arguments ...any) { l.keepf(format, arguments...) }
func (l *keptLog) Warnf(format string, arguments ...any)  { l.keepf(format, arguments...) }
func (l *keptLog) Errorf(format string, arguments ...any) { l.keepf("error: "+format, arguments...) }

// with gives the lines that begin with a text.
func (l *keptLog) with(begin string) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var found []string
	for _, line := range l.lines {
		if strings.HasPrefix(line, begin) {
			found = append(found, line)
		}
	}
	return found
}
