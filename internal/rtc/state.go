package rtc

import (
	"fmt"
	"time"

	"github.com/pion/webrtc/v4"
)

// condition is what the host was told about the connection.
type condition int

const (
	conditionNew condition = iota
	conditionConnected
	conditionLost // it was connected, or the peer closed it
	conditionFailed
)

// evaluate compares the state as it is with what was reported. It runs after every change
// and may find that several changes came to nothing.
func (c *Connection) evaluate() {
	c.mu.Lock()
	peer, gone := c.peer, c.peerGone
	c.mu.Unlock()
	ice, dtls := peer.ICEConnectionState(), peer.SCTP().Transport().State()
	shut := peer.ConnectionState() == webrtc.PeerConnectionStateClosed

	switch {
	case shut && !gone && !c.wasConnected():
		// pion closes everything when DTLS ends, be it by an alert in the handshake.
		c.report(conditionFailed, "the DTLS handshake failed, or the peer closed the connection before it "+
			"was up; check that each side uses the other's latest description, then make a new connection")
		c.abandonChannels()
	case gone || shut:
		c.report(conditionLost, "")
		c.abandonChannels()
	case dtls == webrtc.DTLSTransportStateFailed:
		c.report(conditionFailed, "the DTLS handshake failed: the peer's certificate does not match the "+
			"fingerprint in its description, or the peer refused ours; make a new connection")
		c.abandonChannels()
	case ice == webrtc.ICEConnectionStateFailed:
		c.fail(c.instance.timing.failed)
	case ice == webrtc.ICEConnectionStateChecking:
		c.lookForPath(peer)
	case ice == webrtc.ICEConnectionStateDisconnected, up(ice) && c.addressVanished(peer):
		c.leadBack(peer)
	case up(ice) && dtls == webrtc.DTLSTransportStateConnected:
		c.foundPath()
		c.startMedia()
		c.report(conditionConnected, "")
	}
}

func up(ice webrtc.ICEConnectionState) bool {
	return ice == webrtc.ICEConnectionStateConnected || ice == webrtc.ICEConnectionStateCompleted
}

// fail gives up on a path, for now: one that is found later counts.
func (c *Connection) fail(after time.Duration) {
	c.report(conditionFailed, fmt.Sprintf("ICE failed: no path to the peer for %v; "+
		"check that both sides exchange their offers, answers and candidates, then make a new offer", after))
}

// report tells the host about a transition, if it is one.
func (c *Connection) report(now condition, reason string) {
	c.emit.Lock()
	defer c.emit.Unlock()
	before := c.reported
	if before == now || c.closed.Load() {
		return
	}
	c.reported = now
	switch now {
	case conditionNew:
	case conditionConnected:
		c.events.Connected()
	case conditionLost:
		if before != conditionFailed {
			c.events.Disconnected()
		}
	case conditionFailed:
		c.log.Error(reason)
		c.events.Failed()
		c.events.Error(reason)
		if before != conditionLost {
			c.events.Disconnected()
		}
	}
}

// reportLoss is for a connection that may come back; one that was never up is not lost, and
// one that failed is worse than that.
func (c *Connection) reportLoss() {
	if c.lastReport() == conditionConnected {
		c.report(conditionLost, "")
	}
}

func (c *Connection) wasConnected() bool { return c.lastReport() != conditionNew }

func (c *Connection) lastReport() condition {
	c.emit.Lock()
	defer c.emit.Unlock()
	return c.reported
}

// associationEnded is told when SCTP accepts no more channels: because the association has
// ended (no reason), or because pion could not make sense of a new channel, after which it
// looks at no other.
func (c *Connection) associationEnded(peer *webrtc.PeerConnection, reason error) {
	if c.currentPeer() != peer {
		return
	}
	if reason != nil {
		c.postError(fmt.Sprintf("the peer opened a data channel in a way that is not understood (%v); "+
			"no further channels of the peer are accepted on this connection", reason))
		return
	}
	c.mu.Lock()
	c.peerGone = true
	c.mu.Unlock()
	c.evaluation.kick()
}

// abandonChannels ends the channels that were never open; open ones end with their streams,
// after the messages that arrived.
func (c *Connection) abandonChannels() {
	for _, d := range c.snapshotChannels() {
		if !d.isOpen() {
			d.release(true)
		}
	}
}
