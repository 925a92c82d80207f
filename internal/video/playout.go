package video

import "time"

const (
	// waitingFramesMost and waitingBytesMost bound the frames that wait to be decoded.
	waitingFramesMost = 256
	waitingBytesMost  = 8 << 20
	// A decoder that is this far behind skips to a key frame.
	behindMost = time.Second
)

// playout keeps encoded frames until they are due.
type playout struct {
	jitter jitter
	clock  mediaClock

	ring  [waitingFramesMost]*inFrame
	first int
	count int
	bytes int
}

// push takes a frame over; false: there is no room, and it did not.
func (q *playout) push(f *inFrame) bool {
	if q.count == waitingFramesMost || q.bytes+len(f.data) > waitingBytesMost {
		return false
	}
	media, onward := q.clock.media(f.timestamp)
	if !onward {
		q.restart()
		media, _ = q.clock.media(f.timestamp)
	}
	f.due = q.jitter.due(f, media)
	f.time = q.clock.pictureTime(f.arrived, media, q.jitter.least)
	q.ring[(q.first+q.count)%waitingFramesMost] = f
	q.count++
	q.bytes += len(f.data)
	return true
}

// pop gives the frame that is due; nil: none, wait for the time.
func (q *playout) pop(now time.Duration) (f *inFrame, wait time.Duration) {
	if q.count == 0 {
		return nil, never
	}
	if f = q.ring[q.first]; now < f.due {
		return nil, f.due - now
	}
	return q.take(), 0
}

func (q *playout) take() *inFrame {
	f := q.ring[q.first]
	q.ring[q.first] = nil
	q.first = (q.first + 1) % waitingFramesMost
	q.count--
	q.bytes -= len(f.data)
	return f
}

// isBehind says that the decoder can't keep up.
func (q *playout) isBehind(now time.Duration) bool {
	return q.count > 1 && now-q.ring[q.first].due > behindMost
}

// skip drops the frames before the next key frame, or the newest, and says how many those were. If
// there is no key frame, the queue is empty then.
func (q *playout) skip(newest bool, into *framePool) (dropped int) {
	keep := q.count
	for i := range q.count {
		if q.ring[(q.first+i)%waitingFramesMost].key {
			keep = i
			if !newest {
				break
			}
		}
	}
	for range keep {
		into.put(q.take())
	}
	return keep
}

// clear drops all.
func (q *playout) clear(into *framePool) (dropped int) {
	for q.count > 0 {
		into.put(q.take())
		dropped++
	}
	return dropped
}

// restart is for a stream that begins anew.
func (q *playout) restart() {
	q.jitter.reset()
	q.clock.restart()
}
