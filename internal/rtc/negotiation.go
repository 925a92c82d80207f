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
	// pion would not replace an offer that is out. It need not: another one with the same transport only says
	// more about media, and what pion keeps of an offer of its own is not looked at any more.
	again := peer.SignalingState() == webrtc.SignalingStateHaveLocalOffer
	c.withholdCandidates()
	defer c.releaseCandidates()
	if err := c.preferCodecs(peer); err != nil {
		return err
	}
	options := &webrtc.OfferOptions{ICERestart: !again && c.needsRestart(peer)}
	options.ICETricklingSupported = true
	offer, err := peer.CreateOffer(options)
	if err != nil {
		return fmt.Errorf("making the offer: %w", err)
	}
	local, err := c.planOffer(peer, offer)
	if err != nil {
		return err
	}
	if !again {
		if err := peer.SetLocalDescription(offer); err != nil {
			return fmt.Errorf("applying the offer: %w", err)
		}
	}
	c.media.local = local
	return c.tellLocal(local, offer.Type)
}

// tellLocal tells a description of this side.
func (c *Connection) tellLocal(local *localDescription, kind webrtc.SDPType) error {
	text, err := local.write()
	if err != nil {
		return err
	}
	c.tellDescription(webrtc.SessionDescription{Type: kind, SDP: text})
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
	peer, err := c.rollBack()
	if err != nil {
		return err
	}
	all := c.media.lines.ofOffer(offer)
	sections := c.media.read(offer, all)
	remote, err := shown{description: offer, lines: all, sections: sections, book: &c.media.book}.text()
	if err != nil {
		return err
	}
	c.withholdCandidates()
	defer c.releaseCandidates()
	c.buffers.declare(sections)
	if err := peer.SetRemoteDescription(remote); err != nil {
		return errors.Join(fmt.Errorf("applying the offer: %w", err), c.recover(peer))
	}
	c.media.remote = sections
	c.media.lines.agree(all)
	if err := c.answer(peer, offer); err != nil {
		return errors.Join(err, c.recover(peer))
	}
	return nil
}

func (c *Connection) answer(peer *webrtc.PeerConnection, offer *description) error {
	if err := c.preferCodecs(peer); err != nil {
		return err
	}
	options := &webrtc.AnswerOptions{}
	options.ICETricklingSupported = true
	answer, err := peer.CreateAnswer(options)
	if err != nil {
		return fmt.Errorf("making the answer: %w", err)
	}
	local, err := c.planAnswer(peer, answer, offer, c.media.lines.agreed)
	if err != nil {
		return err
	}
	c.media.local = local
	local.chooseFormats()
	if err := peer.SetLocalDescription(answer); err != nil {
		return fmt.Errorf("applying the answer: %w", err)
	}
	c.settle(peer)
	if err := c.tellLocal(local, answer.Type); err != nil {
		return err
	}
	c.applyHeldCandidates(peer)
	return nil
}

func (c *Connection) applyAnswer(answer *description) error {
	peer, local := c.currentPeer(), c.media.local
	if local == nil || local.answer {
		return errors.New("no offer of this side waits for an answer")
	}
	all := local.told()
	if err := answer.fit(all); err != nil {
		return err
	}
	if err := answer.check(); err != nil {
		return err
	}
	sections := c.media.read(answer, all)
	remote, err := shown{
		description: answer, lines: all, sections: sections, book: &c.media.book,
		sends: func(mid string) bool { return local.outlets[mid] != nil },
	}.text()
	if err != nil {
		return err
	}
	for index, one := range all {
		one.dead = one.dead || answer.rejects(index)
	}
	local.remote = sections
	local.chooseFormats()
	c.buffers.declare(sections)
	if err := peer.SetRemoteDescription(remote); err != nil {
		return fmt.Errorf("applying the answer: %w", err)
	}
	c.media.remote = sections
	c.media.lines.agree(all)
	c.settle(peer)
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
	switch {
	case peer.SignalingState() == webrtc.SignalingStateStable:
		return nil
	case peer.CurrentRemoteDescription() == nil:
		_, err := c.replacePeer(peer)
		return err
	}
	// An answer that nobody sees ends the negotiation.
	answer, err := peer.CreateAnswer(nil)
	if err == nil {
		err = peer.SetLocalDescription(answer)
	}
	if err != nil {
		return fmt.Errorf("getting over that: %w", err)
	}
	return nil
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

	c.media.startOver()
	if err := c.reattachTracks(fresh); err != nil {
		return nil, err
	}

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
