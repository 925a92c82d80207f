package rtc

import (
	"errors"
	"fmt"
	"os"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/logging"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// patience is how long a test waits for what must happen; it only guards against hanging.
const patience = 30 * time.Second

func TestMain(m *testing.M) {
	guard := time.AfterFunc(8*time.Minute, func() {
		_ = pprof.Lookup("goroutine").WriteTo(os.Stderr, 1)
		panic("the tests hang")
	})
	defer guard.Stop()
	goleak.VerifyTestMain(m)
}

// limit ends a test that hangs with the stacks of all goroutines.
func limit(t *testing.T) {
	t.Helper()
	guard := time.AfterFunc(2*time.Minute, func() {
		_ = pprof.Lookup("goroutine").WriteTo(os.Stderr, 1)
		panic("hangs: " + t.Name())
	})
	t.Cleanup(func() { guard.Stop() })
}

func newTestInstance(t *testing.T) *Instance {
	t.Helper()
	limit(t)
	options := Options{}
	if os.Getenv("RTC_TEST_LOG") != "" {
		options.LoggerFactory = &logging.DefaultLoggerFactory{Writer: os.Stderr, DefaultLogLevel: logging.LogLevelDebug}
	}
	instance, err := NewInstance(options)
	require.NoError(t, err)
	t.Cleanup(func() {
		instance.Close()
		waitClosed(t, instance.Done(), "the instance")
	})
	return instance
}

func waitClosed(t *testing.T, done <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(patience):
		require.FailNow(t, what+" did not end")
	}
}

// side is a host of one connection: it records the events and signals to its remote side.
type side struct {
	t    *testing.T
	name string
	conn *Connection

	mu       sync.Mutex
	changed  chan struct{} // closed and replaced with every event
	log      []string      // the events, in order
	running  bool          // an event method is running
	overlap  bool
	offers   []string
	answers  []string
	local    []string // candidates
	incoming []*hostChannel
	closed   bool
	lastErr  string

	onEvent func(event string)
	refuses bool  // incoming channels
	remote  *side // where signalling goes; nil: nowhere
}

var _ ConnectionEvents = (*side)(nil)

func newSide(t *testing.T, instance *Instance, name string) *side {
	t.Helper()
	return newSideWith(t, instance, name, Config{})
}

func newSideWith(t *testing.T, instance *Instance, name string, config Config) *side {
	t.Helper()
	s := &side{t: t, name: name, changed: make(chan struct{})}
	conn, err := instance.NewConnection(config, s)
	require.NoError(t, err)
	s.conn = conn
	return s
}

// record notes an event; f changes the state that goes with it.
func (s *side) record(event string, f func()) {
	s.mu.Lock()
	s.overlap = s.overlap || s.running
	s.running = true
	if s.closed {
		s.log = append(s.log, "AFTER CLOSED: "+event)
	}
	s.log = append(s.log, event)
	if f != nil {
		f()
	}
	close(s.changed)
	s.changed = make(chan struct{})
	hook := s.onEvent
	s.mu.Unlock()
	if hook != nil {
		hook(event)
	}
	s.mu.Lock()
	s.running = false
	s.mu.Unlock()
}

func (s *side) Error(message string) {
	s.record("error", func() { s.lastErr = message })
}
func (s *side) Connected()    { s.record("connected", nil) }
func (s *side) Disconnected() { s.record("disconnected", nil) }
func (s *side) Failed()       { s.record("failed", nil) }
func (s *side) LocalOffer(sdp string) {
	s.record("offer", func() { s.offers = append(s.offers, sdp) })
	if remote := s.peer(); remote != nil {
		if err := remote.conn.SetRemoteOffer(sdp); err != nil && !errors.Is(err, ErrClosed) {
			s.t.Errorf("%s: SetRemoteOffer: %v", remote.name, err)
		}
	}
}
func (s *side) LocalAnswer(sdp string) {
	s.record("answer", func() { s.answers = append(s.answers, sdp) })
	if remote := s.peer(); remote != nil {
		if err := remote.conn.SetRemoteAnswer(sdp); err != nil && !errors.Is(err, ErrClosed) {
			s.t.Errorf("%s: SetRemoteAnswer: %v", remote.name, err)
		}
	}
}
func (s *side) LocalCandidate(candidate, mid string, index int) {
	s.record("candidate", func() {
		if mid == "" || index < 0 || !strings.HasPrefix(candidate, "candidate:") {
			s.t.Errorf("%s: candidate %q of section %q, %d", s.name, candidate, mid, index)
		}
		s.local = append(s.local, candidate)
	})
	if remote := s.peer(); remote != nil {
		_ = remote.conn.AddRemoteCandidate(candidate, mid, index)
	}
}
func (s *side) GatheringComplete() { s.record("gathered", nil) }
func (s *side) Closed()            { s.record("closed", func() { s.closed = true }) }

func (s *side) DataChannel(dc *DataChannel, label string) ChannelEvents {
	h := newHostChannel(s, label)
	h.dc = dc
	refused := false
	s.record("channel "+label, func() {
		if refused = s.refuses; !refused {
			s.incoming = append(s.incoming, h)
		}
	})
	if refused {
		return nil
	}
	return h
}

// peer is where signalling goes now.
func (s *side) peer() *side {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.remote
}

// signalTo changes where signalling goes.
func (s *side) signalTo(remote *side) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.remote = remote
}

// look reads or changes the recorded state.
func (s *side) look(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

// offer, answer and candidates are what was told so far.
func (s *side) offer(i int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.offers[i]
}

func (s *side) answer(i int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.answers[i]
}

// tellCandidates gives the candidates found so far to another side.
func (s *side) tellCandidates(to *side) {
	s.t.Helper()
	s.mu.Lock()
	candidates := append([]string(nil), s.local...)
	s.mu.Unlock()
	for _, candidate := range candidates {
		require.NoError(s.t, to.conn.AddRemoteCandidate(candidate, "0", 0))
	}
}

// until waits for a condition on the recorded state.
func (s *side) until(what string, condition func() bool) {
	s.t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		s.mu.Lock()
		ok, changed := condition(), s.changed
		s.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-changed:
		case <-deadline.C:
			s.mu.Lock()
			defer s.mu.Unlock()
			require.FailNow(s.t, fmt.Sprintf("%s: waited in vain for %s; events: %v; last error: %s",
				s.name, what, s.log, s.lastErr))
		}
	}
}

func (s *side) count(event string) int {
	n := 0
	for _, e := range s.log {
		if e == event {
			n++
		}
	}
	return n
}

func (s *side) counted(event string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count(event)
}

func (s *side) untilEvent(event string) { s.t.Helper(); s.untilEvents(event, 1) }

func (s *side) untilEvents(event string, n int) {
	s.t.Helper()
	s.until(fmt.Sprintf("%d x %s", n, event), func() bool { return s.count(event) >= n })
}

func (s *side) close() {
	s.t.Helper()
	s.conn.Close()
	s.untilEvent("closed")
	s.mu.Lock()
	defer s.mu.Unlock()
	require.False(s.t, s.overlap, "event methods of %s overlapped", s.name)
	require.Equal(s.t, "closed", s.log[len(s.log)-1])
	for _, h := range s.incoming {
		require.True(s.t, h.released, "channel %q of %s was not released", h.label, s.name)
	}
}

// hostChannel is the host's end of a channel: its outbox and what came in.
type hostChannel struct {
	side  *side
	label string
	dc    *DataChannel

	opens, closes int
	released      bool
	maxSize       int
	messages      []OutMessage
	bytes         int
	room          int // how many messages are taken still; -1: any number
	discard       bool
	refused       int
	wantsResume   bool

	out      sync.Mutex
	queue    []OutMessage
	fetching bool
	taken    bool
	sentAll  int
}

var _ ChannelEvents = (*hostChannel)(nil)
var _ Outbox = (*hostChannel)(nil)

func newHostChannel(s *side, label string) *hostChannel {
	return &hostChannel{side: s, label: label, room: -1}
}

func (s *side) createChannel(label string) *hostChannel {
	s.t.Helper()
	h := newHostChannel(s, label)
	dc, err := s.conn.CreateDataChannel(label, h)
	require.NoError(s.t, err)
	s.mu.Lock()
	h.dc = dc
	s.mu.Unlock()
	return h
}

func (h *hostChannel) Open(maxMessageSize int) {
	h.side.record("open "+h.label, func() {
		h.opens++
		h.maxSize = maxMessageSize
		if len(h.messages) > 0 {
			h.side.t.Errorf("channel %q: a message before open", h.label)
		}
	})
}

func (h *hostChannel) Message(data []byte, binary bool) bool {
	taken := false
	h.side.record("message "+h.label, func() {
		h.side.log = h.side.log[:len(h.side.log)-1] // there may be many
		if h.released || h.closes > 0 || h.opens != 1 {
			h.side.t.Errorf("channel %q: a message outside its life", h.label)
		}
		if h.room == 0 {
			h.refused++
			h.wantsResume = true
			return
		}
		if h.room > 0 {
			h.room--
		}
		taken = true
		h.bytes += len(data)
		if !h.discard {
			h.messages = append(h.messages, OutMessage{Data: append([]byte(nil), data...), Binary: binary})
		}
	})
	return taken
}

func (h *hostChannel) Closed() {
	h.side.record("channel closed "+h.label, func() { h.closes++ })
}
func (h *hostChannel) Outbox() Outbox { return h }
func (h *hostChannel) Released() {
	h.side.record("released "+h.label, func() {
		if h.released {
			h.side.t.Errorf("channel %q released twice", h.label)
		}
		h.released = true
	})
}

func (h *hostChannel) Take() []OutMessage {
	h.out.Lock()
	defer h.out.Unlock()
	if h.taken {
		h.side.t.Errorf("channel %q: Take before Release", h.label)
	}
	if len(h.queue) == 0 {
		h.fetching = false
		return nil
	}
	n := min(len(h.queue), 64)
	batch := h.queue[:n:n]
	h.queue = h.queue[n:]
	h.taken = true
	return batch
}

func (h *hostChannel) Release() {
	h.out.Lock()
	defer h.out.Unlock()
	if !h.taken {
		h.side.t.Errorf("channel %q: Release without Take", h.label)
	}
	h.taken = false
}

// send puts a message into the outbox, which has no bound here.
func (h *hostChannel) send(data []byte, binary bool) {
	h.out.Lock()
	h.queue = append(h.queue, OutMessage{Data: data, Binary: binary})
	ring := !h.fetching
	h.fetching = true
	h.out.Unlock()
	if ring {
		h.dc.Kick()
	}
}

func (h *hostChannel) untilOpen() {
	h.side.t.Helper()
	h.side.until("open "+h.label, func() bool { return h.opens == 1 })
}

func (h *hostChannel) untilMessages(n int) {
	h.side.t.Helper()
	h.side.until(fmt.Sprintf("%d messages on %s", n, h.label), func() bool { return len(h.messages) >= n })
}

// untilIncoming waits for the nth channel of the peer to be open.
func (s *side) untilIncoming(n int) *hostChannel {
	s.t.Helper()
	var h *hostChannel
	s.until("an incoming channel", func() bool {
		if len(s.incoming) < n {
			return false
		}
		h = s.incoming[n-1]
		return h.opens == 1
	})
	return h
}

// pair makes two sides that signal to each other.
func pair(t *testing.T) (a, b *side) {
	t.Helper()
	instance := newTestInstance(t)
	a, b = newSide(t, instance, "a"), newSide(t, instance, "b")
	a.remote, b.remote = b, a
	return a, b
}

// connected makes a pair with a channel of a's that is open on both sides.
func connected(t *testing.T) (a, b *side, ours, theirs *hostChannel) {
	t.Helper()
	a, b = pair(t)
	ours = a.createChannel("first")
	require.NoError(t, a.conn.CreateOffer())
	ours.untilOpen()
	theirs = b.untilIncoming(1)
	return a, b, ours, theirs
}
