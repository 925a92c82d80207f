package video

import (
	"sync"
	"time"
)

const (
	// keyInterval is at least between two key frames that were asked for, and keyIntervalMost at
	// most: another one is no help before the last one had the time to arrive.
	keyInterval     = 300 * time.Millisecond
	keyIntervalMost = 2 * time.Second
	keyPatience     = 100 * time.Millisecond // after which the last picture will do for one
)

// keyWish is the peers' wish for a key frame. It is granted now and then, and never forgotten.
type keyWish struct {
	mu    sync.Mutex
	since time.Duration // 0: there is none
	next  time.Duration // when the next one may be granted
}

// ask notes a wish and says whether it is a new one.
func (k *keyWish) ask(now time.Duration) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.since > 0 {
		return false
	}
	k.since = now

	return true
}

// granted notes that a key frame was made, and how long it will take to arrive.
func (k *keyWish) granted(now, takes time.Duration) {
	k.mu.Lock()
	k.since, k.next = 0, now+min(keyInterval+takes, keyIntervalMost)
	k.mu.Unlock()
}

// due says whether a picture that is at hand is to be coded as a key frame.
func (k *keyWish) due(now time.Duration) bool {
	k.mu.Lock()
	defer k.mu.Unlock()

	return k.since > 0 && now >= k.next
}

// repeat is how long to wait before the last picture is coded again for want of a new one.
// false: nobody wishes for a key frame.
func (k *keyWish) repeat(now time.Duration) (time.Duration, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.since == 0 {
		return 0, false
	}

	return max(k.since+keyPatience, k.next) - now, true
}
