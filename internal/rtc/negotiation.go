package rtc

import (
	"errors"
	"fmt"
	"time"

	"github.com/pion/webrtc/v4"
)

// pendingOffer is an offer of this side that waits for its answer. pion is told of the first one only at once: what
// pion was not told of can be taken back, and need never be answered.
type pendingOffer struct {
	local     *localDescription
	made      webrtc.SessionDescription // by pion
	applied   bool                      // pion was told
	automatic bool                      // it leads back a connection that was lost
	restarts  bool                      // it restarts ICE, as pion has done already
	at        time.Time                 // since when none of these was answered
}

// CreateOffer makes an offer and applies it as the local description; LocalOffer tells it.
// After a loss the offer restarts ICE, since the old path is gone.
func (c *Connection) CreateOffer() error {
	return c.enqueue(operation{
		name: "CreateOffer", leads: true, to: signalingHaveLocalOffer,
		run: func() error { return c.makeOffer(false) },
	})
}

// SetRemoteOffer applies the peer's offer and makes and applies the answer, which LocalAnswer
// tells. When an offer of this side is still out, one of both has to yield (glare.go).
func (c *Connection) SetRemoteOffer(sdp string) error {
	offer, err := parseDescription(webrtc.SDPTypeOffer, sdp)
	if err != nil {
		return err
	}
	return c.enqueue(operation{
		name: "SetRemoteOffer", leads: true, to: signalingStable, yields: true,
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

func (c *Connection) makeOffer(automatic bool) error {
	peer, before := c.currentPeer(), c.media.out
	negotiated := peer.CurrentRemoteDescription() != nil
	out := &pendingOffer{applied: !negotiated, automatic: automatic, at: time.Now()}
	restart := negotiated && c.wantsRestart(peer, automatic)
	out.restarts = restart || before != nil && before.restarts
	c.withholdCandidates()
	defer c.releaseCandidates()
	if err := c.preferCodecs(peer); err != nil {
		return err
	}
	options := &webrtc.OfferOptions{ICERestart: restart}
	options.ICETricklingSupported = true
	var err error
	if out.made, err = peer.CreateOffer(options); err != nil {
		return fmt.Errorf("making the offer: %w", err)
	}
	if out.local, err = c.planOffer(peer, out.made); err != nil {
		return err
	}
	// pion would not replace a first offer that is out. It need not: another one with the same transport only says
	// more about media, and what pion keeps of an offer of its own is not looked at any more.
	if out.applied && before == nil {
		if err := peer.SetLocalDescription(out.made); err != nil {
			return fmt.Errorf("applying the offer: %w", err)
		}
	}
	c.replaceOffer(out)
	return c.tellLocal(out.local, out.made.Type)
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

func (c *Connection) answerOffer(offer *description) error {
	if err := offer.check(); err != nil {
		return err
	}
	if c.prevails(offer) {
		return nil
	}
	peer, err := c.rollBack()
	if err != nil {
		return err
	}
	return c.answerOfferOf(peer, offer)
}

func (c *Connection) answerOfferOf(peer *webrtc.PeerConnection, offer *description) error {
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
		return errors.Join(fmt.Errorf("applying the offer: %w", err), c.regain(peer))
	}
	c.media.remote, c.media.ufrag = sections, offer.ufrag()
	c.media.lines.agree(all)
	if err := c.answer(peer, offer); err != nil {
		return errors.Join(err, c.regain(peer))
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
	c.applyCandidatesOf(offer, peer)
	c.heard(peer, false)
	return nil
}

func (c *Connection) applyAnswer(answer *description) error {
	peer, out := c.currentPeer(), c.media.out
	if out == nil {
		if c.isStray() {
			return nil
		}
		return errors.New("no offer of this side waits for an answer")
	}
	local := out.local
	all := local.told()
	if err := answer.fit(all); err != nil {
		if c.isStray() {
			return nil
		}
		return err
	}
	if err := answer.check(); err != nil {
		return err
	}
	if out.restarts && answer.ufrag() == c.media.ufrag && c.isStray() {
		return nil // to an offer before, which did not restart ICE
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
	first := peer.CurrentRemoteDescription() == nil
	if !out.applied {
		if err := peer.SetLocalDescription(out.made); err != nil {
			return fmt.Errorf("applying the offer: %w", err)
		}
		out.applied = true
	}
	if err := peer.SetRemoteDescription(remote); err != nil {
		return fmt.Errorf("applying the answer: %w", err)
	}
	if first {
		c.leadFromNow()
	}
	c.offerAnswered()
	c.media.local = local
	c.media.remote, c.media.ufrag = sections, answer.ufrag()
	c.media.lines.agree(all)
	c.settle(peer)
	c.applyCandidatesOf(answer, peer)
	c.heard(peer, out.restarts)
	return nil
}

// regain leads back to a state from which the next description can be applied.
func (c *Connection) regain(peer *webrtc.PeerConnection) error {
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
