package rtc

import (
	"errors"
	"time"

	"github.com/pion/webrtc/v4"
)

// Both sides may have an offer out at once. Before anything was negotiated the one that gets the other's offer yields.
// After that the side that made the first offer of all prevails: its peer takes its own offer back, answers, and
// offers again what the application asked for. Both sides know who that is, so that nothing is lost and nobody is told
// of an error.

// replaceOffer notes the offer that is out from now on.
func (c *Connection) replaceOffer(out *pendingOffer) {
	if before := c.media.out; before != nil {
		if out.automatic && before.automatic {
			out.at = before.at
		}
		c.mu.Lock()
		c.expectStray()
		c.mu.Unlock()
	}
	c.media.out = out
	c.projectSignaling() // the answer may come as soon as the offer is told
}

// prevails keeps the peer's offer waiting while one of this side goes before it. The peer yields, or it does not know
// how to: then its offer is answered when it has waited.
func (c *Connection) prevails(offer *description) bool {
	out, patience := c.media.out, c.instance.timing.retry
	c.mu.Lock()
	leads := c.recovery.leads
	c.mu.Unlock()
	if out == nil || out.applied || !leads || out.automatic && time.Since(out.at) > patience {
		return false
	}
	if c.media.waiting == nil {
		time.AfterFunc(patience, func() {
			// The connection may have ended; then there is nothing to do.
			_ = c.enqueue(operation{name: "answering an offer that waited", run: c.yield})
		})
	}
	c.media.waiting = offer
	return true
}

// yield answers the peer's offer that waited.
func (c *Connection) yield() error {
	offer := c.media.waiting
	if offer == nil {
		return nil
	}
	c.media.waiting = nil
	peer, err := c.rollBack()
	if err != nil {
		return err
	}
	return c.answerOfferOf(peer, offer)
}

// leadFromNow: the first offer of all was this side's.
func (c *Connection) leadFromNow() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.recovery.leads = true
}

// offerAnswered: an offer of the peer's that waited was taken back by it.
func (c *Connection) offerAnswered() { c.media.out, c.media.waiting = nil, nil }

// rollBack makes room for the peer's offer when one of this side is out (W3C's implicit
// rollback). pion has no rollback; as long as nothing was negotiated, a new peer connection
// that was never told of the offer comes to the same.
func (c *Connection) rollBack() (*webrtc.PeerConnection, error) {
	peer := c.currentPeer()
	out := c.media.out
	switch {
	case out != nil && !out.applied:
		c.takeBack(out)
		return peer, nil
	case peer.SignalingState() == webrtc.SignalingStateStable:
		return peer, nil
	case peer.CurrentRemoteDescription() != nil:
		return nil, errors.New("an offer of this side is still out, and its answer was not understood; " +
			"set the peer's answer first")
	}
	return c.replacePeer(peer)
}

// takeBack forgets an offer that is out. What an application wanted to say with it is said in the next one.
func (c *Connection) takeBack(out *pendingOffer) {
	c.media.out = nil
	if !out.automatic {
		_ = c.CreateOffer() // it only fails when the connection has ended
	}
}

// expectStray: the peer may answer an offer that is not the last one, or was taken back. It is not the application's
// mistake when it passes that answer on. The connection's lock is held.
func (c *Connection) expectStray() {
	c.straysUntil = time.Now().Add(c.instance.timing.failed)
}

func (c *Connection) isStray() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.mayBeStray()
}

// mayBeStray: the connection's lock is held.
func (c *Connection) mayBeStray() bool { return time.Now().Before(c.straysUntil) }
