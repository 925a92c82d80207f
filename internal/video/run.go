package video

import "time"

// run is a frame on its way: packets without a gap from its first one on.
type run struct {
	start    int64
	next     int64 // the first number that was not looked at
	grown    time.Duration
	complete bool // of a candidate: it ends before next
	head     *received
}

type runState int

const (
	runGrowing  runState = iota
	runComplete          // the frame ends before next
	runBroken            // these packets are no frame
)

// grow looks at the packets that have come.
func (o *order) grow(r *run, now time.Duration) runState {
	for r.next <= o.highest {
		s := o.at(r.next)
		if !s.filled {
			return runGrowing
		}
		if p := s.packet; p != nil {
			switch {
			case r.head == nil:
				if !p.fragment.first {
					return runBroken
				}
				r.head = p
			case p.timestamp != r.head.timestamp:
				// The frame ended without a marker.
				if !p.fragment.first {
					return runBroken
				}
				return runComplete
			}
			if p.last {
				r.next++
				return runComplete
			}
		}
		r.next++
		r.grown = now
	}
	return runGrowing
}

// assemble makes a frame of a complete run; nil: it is too large.
func (o *order) assemble(r *run, now time.Duration) *inFrame {
	f := o.frames.get()
	f.begin(r.head)
	f.ready = now
	for seq := r.start; seq < r.next; seq++ {
		p := o.at(seq).packet
		if p == nil {
			continue
		}
		if len(f.data)+len(p.fragment.data) > frameBytesMost {
			o.frames.put(f)
			return nil
		}
		f.add(p)
	}
	return f
}
