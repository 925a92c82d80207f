package video

import "time"

const (
	keyRequestDefault = 300 * time.Millisecond // while no round-trip time is known
	keyRequestLeast   = 200 * time.Millisecond
	keyRequestMost    = time.Second
	// A sender that has paused is asked less often.
	keyRequestPaused = 3 * time.Second
	pausedAfter      = 2 * time.Second
	// keyArrivalMost is how long a key frame may be on its way before it is asked for again.
	keyArrivalMost = 3 * time.Second
)

// keyRequests says when a key frame is to be asked for: at once when one is needed, and again and
// again until one is there.
type keyRequests struct {
	asked  bool
	at     time.Duration // of the last request
	packet time.Duration // when the last packet came
}

// next is when the next request is due. coming is the key frame that arrives now, if any.
func (k *keyRequests) next(now, rtt time.Duration, coming *run) time.Duration {
	pause := keyRequestDefault
	switch {
	case now-k.packet >= pausedAfter:
		pause = keyRequestPaused
	case rtt > 0:
		pause = min(max(rtt+rtt/2, keyRequestLeast), keyRequestMost)
	}
	at := now
	if k.asked {
		at = k.at + pause
	}
	if coming != nil && coming.head != nil {
		// Another key frame would only fill the same narrow link.
		at = max(at, min(coming.grown+pause, coming.head.arrived+keyArrivalMost))
	}
	return at
}

// sent notes a request.
func (k *keyRequests) sent(now time.Duration) {
	k.asked, k.at = true, now
}
