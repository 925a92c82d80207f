package rtc

import (
	"net/netip"
	"time"

	"github.com/pion/webrtc/v4"
)

// A connection whose path is lost is led back by an ICE restart. pion gives the old path up when it makes an offer that
// restarts, so that comes only when the application's signalling is known to be alive: first goes an offer that changes
// nothing; as soon as the peer has answered it, one that restarts. Without signalling the old path is kept, and is
// used again if it comes back.
//
// Who made the first offer of all begins; the other side waits for a while, since its peer may be one that does not
// restart by itself. After that both try again until the time is up.

// recovery is how that stands. The connection's lock guards it.
type recovery struct {
	leads    bool      // this side made the first offer
	lostAt   time.Time // zero: there is a path, or there never was one
	checking time.Time // since when ICE looks for a path; zero: it does not
	heard    time.Time // when the last description of the peer came
	next     time.Time // when to try again
	regather bool      // the machine's addresses changed since the last restart
	timer    *time.Timer
}

// lookForPath follows ICE while it looks for a path: the first one, or another one after a restart.
func (c *Connection) lookForPath(peer *webrtc.PeerConnection) {
	timing := c.instance.timing
	connected := c.wasConnected()
	now := time.Now()
	c.mu.Lock()
	if c.recovery.checking.IsZero() {
		c.recovery.checking = now
	}
	since := c.recovery.checking
	lost := !c.recovery.lostAt.IsZero()
	c.mu.Unlock()
	switch {
	case c.lastReport() == conditionFailed: // it waits for the application, or for a stroke of luck
	case lost || connected && now.Sub(since) >= timing.disconnected:
		c.leadBack(peer)
	case connected:
		c.lookAgain(since.Add(timing.disconnected))
	case now.Sub(since) >= timing.first:
		c.fail(timing.first)
	default:
		c.lookAgain(since.Add(timing.first))
	}
}

// leadBack is for a connection that has lost its path: it tries what is due.
func (c *Connection) leadBack(peer *webrtc.PeerConnection) {
	if c.lastReport() == conditionFailed {
		return
	}
	c.reportLoss()
	timing := c.instance.timing
	now := time.Now()
	vanished := c.addressVanished(peer)
	c.mu.Lock()
	r := &c.recovery
	if r.lostAt.IsZero() {
		r.lostAt, r.next = now, now
		if !r.leads && !vanished {
			r.next = now.Add(timing.retry)
		}
	}
	end := r.lostAt.Add(timing.failed - timing.disconnected)
	due := !now.Before(r.next)
	if due {
		r.next = now.Add(timing.retry)
	}
	next := r.next
	c.mu.Unlock()
	if !now.Before(end) {
		c.fail(timing.failed)
		return
	}
	if next.After(end) {
		next = end
	}
	c.lookAgain(next)
	if !due {
		return
	}
	if err := c.enqueue(operation{name: "restarting ICE", run: c.offerRestart}); err != nil {
		c.log.Debugf("no ICE restart: %v", err)
	}
}

// lookAgain has the state looked at once more at that time.
func (c *Connection) lookAgain(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return
	}
	wait := max(time.Until(at), time.Millisecond)
	if c.recovery.timer == nil {
		c.recovery.timer = time.AfterFunc(wait, c.evaluation.kick)
		return
	}
	c.recovery.timer.Reset(wait)
}

// stopLooking ends that. The connection's lock is held.
func (r *recovery) stopLooking() {
	if r.timer != nil {
		r.timer.Stop()
	}
}

// foundPath is for a connection that has a path, maybe again. Media that were never up are started anyway.
func (c *Connection) foundPath() {
	c.mu.Lock()
	back := !c.recovery.lostAt.IsZero() || !c.recovery.checking.IsZero()
	c.recovery.lostAt, c.recovery.checking, c.recovery.regather = time.Time{}, time.Time{}, false
	c.recovery.stopLooking()
	c.mu.Unlock()
	if back && c.mediaUp.Load() {
		c.refreshMedia()
	}
}

// offerRestart runs as an operation.
func (c *Connection) offerRestart() error {
	c.mu.Lock()
	lost := !c.recovery.lostAt.IsZero()
	c.mu.Unlock()
	peer := c.currentPeer()
	if !lost || peer.CurrentRemoteDescription() == nil || peer.SignalingState() != webrtc.SignalingStateStable {
		return nil
	}
	return c.makeOffer(true)
}

// wantsRestart says whether an offer restarts ICE. One that an application asks for does so whenever the path is
// lost.
func (c *Connection) wantsRestart(peer *webrtc.PeerConnection, automatic bool) bool {
	state := peer.ICEConnectionState()
	if state == webrtc.ICEConnectionStateFailed {
		return true
	}
	unanswered := c.media.out != nil && c.media.out.restarts
	c.mu.Lock()
	r := &c.recovery
	lost := state == webrtc.ICEConnectionStateDisconnected || !r.lostAt.IsZero()
	again := unanswered && !r.regather
	alive := r.heard.After(r.lostAt)
	c.mu.Unlock()
	if !lost || again || automatic && (!alive || c.hasNoAddress(peer)) {
		return false
	}
	c.mu.Lock()
	r.regather = false
	c.mu.Unlock()
	return true
}

// heard: a description of the peer was applied, so that signalling is alive, and it is time to restart ICE: unless that
// was the answer to a restart (restarted), the peer's own offer, or there is no network to restart in.
func (c *Connection) heard(peer *webrtc.PeerConnection, restarted bool) {
	ready := peer.RemoteDescription().Type == webrtc.SDPTypeAnswer && !restarted && !c.hasNoAddress(peer)
	c.mu.Lock()
	r := &c.recovery
	r.heard = time.Now()
	r.next = r.heard
	if !ready {
		r.next = r.heard.Add(2 * c.instance.timing.retry)
	}
	lost := !r.lostAt.IsZero()
	c.mu.Unlock()
	if lost {
		c.evaluation.kick()
	}
}

// addressesChanged is told when the machine has left a network or joined one.
func (c *Connection) addressesChanged() {
	c.mu.Lock()
	r := &c.recovery
	r.regather = true
	if !r.lostAt.IsZero() {
		r.next = time.Now()
	}
	c.mu.Unlock()
	c.evaluation.kick()
}

// addressVanished says whether the path in use begins at an address that the machine does not have any more.
func (c *Connection) addressVanished(peer *webrtc.PeerConnection) bool {
	local, ok := localAddress(peer)
	addresses := c.instance.addresses.Load()
	return ok && addresses != nil && addresses.seen[local] && !addresses.all[local]
}

// hasNoAddress says whether a restart would find nothing where it could begin.
func (c *Connection) hasNoAddress(peer *webrtc.PeerConnection) bool {
	addresses := c.instance.addresses.Load()
	return addresses != nil && !addresses.usable && c.addressVanished(peer)
}

// localAddress is where the path in use begins; false: there is none, or it begins at a relay, whose own path
// is not known.
func localAddress(peer *webrtc.PeerConnection) (netip.Addr, bool) {
	pair, err := peer.SCTP().Transport().ICETransport().GetSelectedCandidatePair()
	if err != nil || pair == nil || pair.Local == nil {
		return netip.Addr{}, false
	}
	text := pair.Local.Address
	switch pair.Local.Typ {
	case webrtc.ICECandidateTypeHost:
	case webrtc.ICECandidateTypeSrflx, webrtc.ICECandidateTypePrflx:
		text = pair.Local.RelatedAddress
	default:
		return netip.Addr{}, false
	}
	address, err := netip.ParseAddr(text)
	if err != nil || address.IsUnspecified() {
		return netip.Addr{}, false
	}
	return address.Unmap().WithZone(""), true
}
