package video

import (
	"slices"
	"sync"

	"libml_webrtc/internal/picture"
)

// Source hands the pictures of a local source to the senders that send it. Safe for concurrent use.
type Source struct {
	mu      sync.Mutex
	senders []*Sender
	last    picture.Picture // for senders that come later, and for key frames while nothing is pushed
	closed  bool

	demand   sync.Mutex // held while onDemand is called, which keeps its calls in order
	onDemand func(wanted bool)
	wanted   bool // what onDemand was told last
}

// NewSource makes a source without senders.
func NewSource() *Source { return &Source{} }

// Deliver takes over a reference to a picture. It never blocks; each sender gets the newest one.
func (s *Source) Deliver(p picture.Picture) {
	s.mu.Lock()
	if s.closed || len(s.senders) == 0 {
		s.mu.Unlock()
		p.Release()

		return
	}
	old := s.last
	s.last = p
	for _, sender := range s.senders {
		sender.offer(p.Share())
	}
	s.mu.Unlock()
	old.Release()
}

// OnDemand sets who is told that pictures are wanted (the first sender came) or not any more.
// f may call Deliver, but must not wait for a sender to be made or closed.
func (s *Source) OnDemand(f func(wanted bool)) {
	s.demand.Lock()
	s.onDemand, s.wanted = f, false
	s.demand.Unlock()
	s.tell()
}

// Close says that no picture will come any more: the senders get no more, and new ones none.
func (s *Source) Close() {
	s.mu.Lock()
	s.closed, s.senders = true, nil
	old := s.last
	s.last = picture.Picture{}
	s.mu.Unlock()
	old.Release()
	s.tell()
}

// attach adds a sender, which gets the last picture at once.
func (s *Source) attach(sender *Sender) {
	s.mu.Lock()
	if !s.closed {
		s.senders = append(s.senders, sender)
		if s.last.Valid() {
			sender.offer(s.last.Share())
		}
	}
	s.mu.Unlock()
	s.tell()
}

func (s *Source) detach(sender *Sender) {
	var old picture.Picture
	s.mu.Lock()
	s.senders = slices.DeleteFunc(s.senders, func(one *Sender) bool { return one == sender })
	if len(s.senders) == 0 {
		old, s.last = s.last, picture.Picture{}
	}
	s.mu.Unlock()
	old.Release()
	s.tell()
}

// latest gives the last picture, with a reference; the zero Picture: there is none.
func (s *Source) latest() picture.Picture {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.last.Valid() {
		return picture.Picture{}
	}

	return s.last.Share()
}

// tell calls onDemand if there are senders where there were none, or the other way round.
func (s *Source) tell() {
	s.demand.Lock()
	defer s.demand.Unlock()
	s.mu.Lock()
	wanted := len(s.senders) > 0
	s.mu.Unlock()
	if wanted != s.wanted && s.onDemand != nil {
		s.wanted = wanted
		s.onDemand(wanted)
	}
}
