package bandwidth

import (
	"slices"
	"sync"
)

// allotment is who gets how much of the estimate.
type allotment struct {
	mu      sync.Mutex
	streams []*share
	working bool // a goroutine tells the streams their rates
	again   bool // and does so once more afterwards
	plan    []*share
}

type share struct {
	stream      Stream
	least, most int
	rate        int // bit/s
	told        int
}

func (a *allotment) attach(s Stream) {
	a.mu.Lock()
	a.streams = append(a.streams, &share{stream: s})
	a.mu.Unlock()
}

func (a *allotment) detach(s Stream) {
	a.mu.Lock()
	a.streams = slices.DeleteFunc(a.streams, func(one *share) bool { return one.stream == s })
	a.mu.Unlock()
}

// share divides what estimate gives and tells the streams. When another goroutine is at it, that
// one does it once more.
func (a *allotment) share(estimate func(most int) int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.again = true
	if a.working {
		return
	}
	a.working = true
	for a.again {
		a.again = false
		a.plan = append(a.plan[:0], a.streams...)
		a.mu.Unlock()
		total := 0
		for _, s := range a.plan {
			s.least, s.most = s.stream.Bounds()
			total += s.most
		}
		divide(a.plan, estimate(total))
		for _, s := range a.plan {
			s.tell()
		}
		a.mu.Lock()
	}
	a.working = false
}

// tell passes a rate on that has changed by more than a twentieth.
func (s *share) tell() {
	if difference := s.rate - s.told; difference*20 > s.told || -difference*20 > s.told {
		s.told = s.rate
		s.stream.SetBitrate(s.rate)
	}
}

// divide gives each stream its least, and of the rest as much as its most is of all; what one has
// no use for goes to the others.
func divide(streams []*share, rate int) {
	open := 0 // the sum of the mosts that are not reached
	for _, s := range streams {
		s.rate = min(s.least, s.most)
		rate -= s.rate
		if s.rate < s.most {
			open += s.most
		}
	}
	for rate > 0 && open > 0 {
		given, next := 0, 0
		for _, s := range streams {
			if s.rate >= s.most {
				continue
			}
			part := min(int(int64(rate)*int64(s.most)/int64(open)), s.most-s.rate)
			s.rate += part
			given += part
			if s.rate < s.most {
				next += s.most
			}
		}
		if given == 0 {
			return
		}
		rate -= given
		open = next
	}
}
