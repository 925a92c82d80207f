package audio

import (
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/pion/logging"

	"libml_webrtc/internal/picture"
	"libml_webrtc/internal/sound"
)

// SourceOptions are what a Source is made with. Its functions must not wait for the Source.
type SourceOptions struct {
	// Take fills out with the oldest blocks that the host has pushed, whose references the Source gets, and says how
	// many are left. false: there are not that many; as soon as there are, Ring is called once.
	Take func(out []sound.Block) (left int, ok bool)
	// Feed says whether the host's sound is wanted. Nothing is, at first.
	Feed func(wanted bool)
	// Play takes over a block for the sinks of the host's that listen to the source.
	Play func(sound.Block)
	Log  logging.LeveledLogger
}

// Source plays out the sound of a local source, in a goroutine of its own. Safe for concurrent use.
type Source struct {
	options SourceOptions
	now     func() time.Duration

	mu      sync.Mutex // held while sound is handed on
	senders []*Sender
	watched bool
	closed  bool

	demand sync.Mutex // held while Feed is called, which keeps its calls in order
	wanted bool       // what it was told last

	schedule schedule // of the goroutine
	wake     chan struct{}
	stop     chan struct{}
	ended    chan struct{}
}

// NewSource makes a source, which runs until it is closed.
func NewSource(options SourceOptions) *Source {
	s := &Source{
		options: options,
		now:     picture.Now,
		wake:    make(chan struct{}, 1),
		stop:    make(chan struct{}),
		ended:   make(chan struct{}),
	}
	go s.run()

	return s
}

// SetWatched says whether a sink of the host's listens.
func (s *Source) SetWatched(watched bool) {
	s.mu.Lock()
	s.watched = watched
	s.mu.Unlock()
	s.tell()
}

// Ring says that there is as much sound as Take has asked for. It never blocks.
func (s *Source) Ring() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Close ends the source: senders get nothing more, and Play is not called again. It returns when its goroutine has ended.
func (s *Source) Close() {
	s.mu.Lock()
	closed := s.closed
	s.closed, s.senders, s.watched = true, nil, false
	s.mu.Unlock()
	if !closed {
		close(s.stop)
	}
	<-s.ended
	s.tell()
}

func (s *Source) attach(sender *Sender) {
	s.mu.Lock()
	if !s.closed {
		s.senders = append(s.senders, sender)
	}
	s.mu.Unlock()
	s.tell()
}

// detach returns when the sender gets nothing any more.
func (s *Source) detach(sender *Sender) {
	s.mu.Lock()
	s.senders = slices.DeleteFunc(s.senders, func(one *Sender) bool { return one == sender })
	s.mu.Unlock()
	s.tell()
}

// wants says whether anybody listens.
func (s *Source) wants() bool {
	s.mu.Lock()
	defer s.mu.Unlock()

	return len(s.senders) > 0 || s.watched
}

// tell calls Feed if somebody listens where nobody did, or the other way round.
func (s *Source) tell() {
	s.demand.Lock()
	defer s.demand.Unlock()
	if wanted := s.wants(); wanted != s.wanted {
		s.wanted = wanted
		s.options.Feed(wanted)
		s.Ring() // Take says then when there is enough
	}
}

func (s *Source) run() {
	defer close(s.ended)
	defer func() {
		if reason := recover(); reason != nil {
			s.options.Log.Errorf("panic in playing out an audio source: %v\n%s", reason, debug.Stack())
		}
	}()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		select {
		case <-s.stop:
			return
		case <-s.wake:
		case <-timer.C:
		}
		wait, ok := s.play()
		if !ok {
			wait = time.Hour
		}
		timer.Reset(wait)
	}
}

// play hands on what is due, and says how long to wait for more; false: until Ring.
func (s *Source) play() (time.Duration, bool) {
	if !s.wants() {
		s.schedule.stop()

		return 0, false
	}
	for {
		now := s.now()
		if wait := s.schedule.wait(now); wait > 0 {
			return wait, true
		}
		var blocks [packetBlocks]sound.Block
		left, ok := s.options.Take(blocks[:])
		if !ok {
			s.schedule.starve()

			return 0, false
		}
		s.schedule.leave(now, left)
		s.hand(&blocks)
	}
}

// hand gives sound to all who listen.
func (s *Source) hand(blocks *[packetBlocks]sound.Block) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sender := range s.senders {
		sender.send(blocks)
	}
	for _, block := range blocks {
		if s.watched {
			s.options.Play(block)
		} else {
			block.Release()
		}
	}
}
