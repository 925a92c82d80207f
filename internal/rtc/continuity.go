package rtc

import (
	"time"

	"github.com/pion/rtp"
)

// continuity joins what several senders send one after the other on one stream (one SSRC): a peer's SRTP drops
// all that comes after a jump backwards. One sender at a time calls apply; join comes before each new one.
type continuity struct {
	clock           uint32 // of the timestamps, in units per second
	begun, joining  bool
	sequence        uint16
	timestamp       uint32
	at              time.Time
	sequenceOffset  uint16
	timestampOffset uint32
}

func (c *continuity) join() { c.joining = c.begun }

func (c *continuity) apply(header *rtp.Header, now time.Time) {
	if c.joining {
		c.joining = false
		elapsed := max(now.Sub(c.at), time.Millisecond)
		c.sequenceOffset = c.sequence + 1 - header.SequenceNumber
		c.timestampOffset = c.timestamp + uint32(elapsed.Milliseconds()*int64(c.clock)/1000) - header.Timestamp
	}
	header.SequenceNumber += c.sequenceOffset
	header.Timestamp += c.timestampOffset
	if !c.begun || int16(header.SequenceNumber-c.sequence) > 0 {
		c.begun, c.sequence, c.timestamp, c.at = true, header.SequenceNumber, header.Timestamp, now
	}
}
