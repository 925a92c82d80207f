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
	tracks   []*hostTrack
	closed   bool
	lastErr  string

	onEvent func(event string)
	refuses bool  // incoming channels and tracks
	silent  bool  // its offers go nowhere
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
	silent := false
	s.record("offer", func() {
		s.offers = append(s.offers, sdp)
		silent = s.silent
	})
	if remote := s.peer(); remote != nil && !silent {
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
	for _, track := range s.tracks {
		require.True(s.t, track.released, "track %q of %s was not released", track.id, s.name)
	}
	for _, h := range s.incoming {
		require.True(s.t, h.released, "channel %q of %s was not released", h.label, s.name)
	}
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
