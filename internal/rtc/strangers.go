package rtc

import (
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// strangerFound is told of a stream that no description declares: not all peers write a=ssrc. It runs in a
// goroutine of pion's.
func (c *Connection) strangerFound(s *stranger, ssrc uint32, first rtp.Header) {
	c.spawn("a stream without a name", func() {
		c.operating.Lock()
		defer c.operating.Unlock()
		if c.ctx.Err() == nil {
			c.adopt(s, ssrc, &first)
		}
	})
}

// adopt finds out which section a stream belongs to, by the mid in the header of its packets or, where only one comes
// into question, by its payload type, and receives it there.
func (c *Connection) adopt(s *stranger, ssrc uint32, first *rtp.Header) {
	var of *line
	for _, one := range c.media.lines.agreed {
		m := c.media.remote[one.mid]
		if m == nil || !m.sends() || m.ssrc != 0 || !m.supports(first.PayloadType) {
			continue
		}
		mid := first.GetExtension(m.extensionID(extensionMid))
		if mid != nil && string(mid) != one.mid {
			continue
		}
		if of != nil {
			return
		}
		of = one
	}
	if of == nil {
		c.log.Debugf("a stream that belongs to no section: SSRC %d, payload type %d", ssrc, first.PayloadType)
		return
	}
	peer := c.currentPeer()
	for _, transceiver := range peer.GetTransceivers() {
		if transceiver.Mid() != of.label || transceiver.Receiver() == nil || len(transceiver.Receiver().Tracks()) > 0 {
			continue
		}
		s.adopt()
		parameters := webrtc.RTPReceiveParameters{Encodings: []webrtc.RTPDecodingParameters{
			{RTPCodingParameters: webrtc.RTPCodingParameters{SSRC: webrtc.SSRC(ssrc)}},
		}}
		if err := transceiver.Receiver().Receive(parameters); err != nil {
			c.log.Warnf("receiving a stream that was not declared: %v", err)
			return
		}
		c.media.adopted[of.label] = ssrc
		c.media.remote[of.mid].ssrc = ssrc
		c.settle(peer)
	}
}
