package rtc

import (
	"errors"
	"fmt"

	"github.com/pion/webrtc/v4"
)

// CreateOffer makes an offer and applies it as the local description; LocalOffer tells it.
// After a loss the offer restarts ICE, since the old path is gone.
func (c *Connection) CreateOffer() error {
	return c.enqueue(operation{name: "CreateOffer", leads: true, to: signalingHaveLocalOffer, run: c.makeOffer})
}

// SetRemoteOffer applies the peer's offer and makes and applies the answer, which LocalAnswer
// tells. An offer of this side that is still out is rolled back for it, if it is the first.
func (c *Connection) SetRemoteOffer(sdp string) error {
	offer, err := parseDescription(webrtc.SDPTypeOffer, sdp)
	if err != nil {
		return err
	}
	return c.enqueue(operation{
		name: "SetRemoteOffer", leads: true, to: signalingStable,
		run: func() error { return c.answerOffer(offer) },
	})
}

// SetRemoteAnswer applies the peer's answer to the offer that is out.
func (c *Connection) SetRemoteAnswer(sdp string) error {
	answer, err := parseDescription(webrtc.SDPTypeAnswer, sdp)
	if err != nil {
		return err
	}
	return c.enqueue(operation{
		name: "SetRemoteAnswer", leads: true, to: signalingStable, answer: true,
		run: func() error { return c.applyAnswer(answer) },
	})
}

func (c *Connection) makeOffer() error {
	peer := c.currentPeer()
	if pending := peer.PendingLocalDescription(); pending != nil && pending.Type == webrtc.SDPTypeOffer {
		// Nothing that an offer says can have changed since; pion would not replace it.
		c.tellDescription(*pending, nil)
		return nil
	}
	c.withholdCandidates()
	defer c.releaseCandidates()
	options := &webrtc.OfferOptions{ICERestart: c.needsRestart(peer)}
	options.ICETricklingSupported = true
	offer, err := peer.CreateOffer(options)
	if err != nil {
		return fmt.Errorf("making the offer: %w", err)
	}
	if err := peer.SetLocalDescription(offer); err != nil {
		return fmt.Errorf("applying the offer: %w", err)
	}
	c.tellDescription(offer, nil)
	return nil
}

func (c *Connection) needsRestart(peer *webrtc.PeerConnection) bool {
	if peer.CurrentRemoteDescription() == nil {
		return false
	}
	switch peer.ICEConnectionState() {
	case webrtc.ICEConnectionStateDisconnected, webrtc.ICEConnectionStateFailed:
		return true
	default:
		return false
	}
}

func (c *Connection) answerOffer(offer *description) error {
	if err := offer.check(); err != nil {
		return err
	}
	remote, err := offer.forPion()
	if err != nil {
		return err
	}
	peer, err := c.rollBack()
	if err != nil {
		return err
	}
	c.withholdCandidates()
	defer c.releaseCandidates()
	if err := c.exchange(peer, remote, offer); err != nil {
		return errors.Join(err, c.recover(peer))
	}
	return nil
}

func (c *Connection) exchange(peer *webrtc.PeerConnection, remote webrtc.SessionDescription, offer *description) error {
	if err := peer.SetRemoteDescription(remote); err != nil {
		return fmt.Errorf("applying the offer: %w", err)
	}
	options := &webrtc.AnswerOptions{}
	options.ICETricklingSupported = true
	answer, err := peer.CreateAnswer(options)
	if err != nil {
		return fmt.Errorf("making the answer: %w", err)
	}
	if err := peer.SetLocalDescription(answer); err != nil {
		return fmt.Errorf("applying the answer: %w", err)
	}
	c.tellDescription(answer, offer)
	c.applyHeldCandidates(peer)
	return nil
}

func (c *Connection) applyAnswer(answer *description) error {
	if err := answer.check(); err != nil {
		return err
	}
	remote, err := answer.forPion()
	if err != nil {
		return err
	}
	peer := c.currentPeer()
	if err := peer.SetRemoteDescription(remote); err != nil {
		return fmt.Errorf("applying the answer: %w", err)
	}
	c.applyHeldCandidates(peer)
	return nil
}

// rollBack makes room for the peer's offer when one of this side is out (W3C's implicit
// rollback). pion has no rollback; as long as nothing was negotiated, a new peer connection
// that was never told of the offer comes to the same.
func (c *Connection) rollBack() (*webrtc.PeerConnection, error) {
	peer := c.currentPeer()
	if peer.SignalingState() == webrtc.SignalingStateStable {
		return peer, nil
	}
	if peer.CurrentRemoteDescription() != nil {
		return nil, errors.New("an offer of this side is still out, and one of a connection that is " +
			"negotiated can't be taken back; set the peer's answer first")
	}
	return c.replacePeer(peer)
}

// recover leads back to a state from which the next description can be applied.
func (c *Connection) recover(peer *webrtc.PeerConnection) error {
	if peer.CurrentRemoteDescription() != nil || peer.SignalingState() == webrtc.SignalingStateStable {
		return nil
	}
	_, err := c.replacePeer(peer)
	return err
}

// replacePeer puts a fresh peer connection, with the same data channels, in the place of one
// that has negotiated nothing.
func (c *Connection) replacePeer(old *webrtc.PeerConnection) (*webrtc.PeerConnection, error) {
	fresh, err := c.newPeer()
	if err != nil {
		return nil, fmt.Errorf("starting over: %w", err)
	}
	c.mu.Lock()
	c.peer = fresh
	c.mu.Unlock()

	c.emit.Lock()
	c.gatherer = gatherer{withhold: c.gatherer.withhold}
	c.emit.Unlock()

	for _, d := range c.snapshotChannels() {
		if err := d.attach(fresh); err != nil {
			return nil, err
		}
	}
	c.spawn("closing what was rolled back", func() {
		if err := old.GracefulClose(); err != nil {
			c.log.Debugf("closing a peer connection that was rolled back: %v", err)
		}
	})
	return fresh, nil
}
