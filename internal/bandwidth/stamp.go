package bandwidth

import (
	"encoding/binary"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
)

const (
	transportSequenceURI = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
	sendTimeURI          = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
)

// extensions are the ids of the header extensions that are written when a packet leaves; 0: not
// negotiated.
type extensions struct{ transportSequence, sendTime uint8 }

func findExtensions(info *interceptor.StreamInfo) extensions {
	var found extensions
	for _, e := range info.RTPHeaderExtensions {
		if e.ID < 1 || e.ID > 255 {
			continue
		}
		switch e.URI {
		case transportSequenceURI:
			found.transportSequence = uint8(e.ID)
		case sendTimeURI:
			found.sendTime = uint8(e.ID)
		}
	}

	return found
}

// stamp is the memory of the extensions' values, which the header refers to.
type stamp struct {
	transportSequence [2]byte
	sendTime          [3]byte
}

func (s *stamp) writeSequence(header *rtp.Header, id uint8, sequence uint16) error {
	binary.BigEndian.PutUint16(s.transportSequence[:], sequence)

	return header.SetExtension(id, s.transportSequence[:])
}

// writeTime writes the time in seconds as a 6.18 bit fixed-point number that wraps every 64 s.
func (s *stamp) writeTime(header *rtp.Header, id uint8, now time.Time) error {
	nanoseconds := uint64(now.UnixNano()) % uint64(64*time.Second)
	fixed := (nanoseconds << 18) / uint64(time.Second)
	s.sendTime = [3]byte{byte(fixed >> 16), byte(fixed >> 8), byte(fixed)}

	return header.SetExtension(id, s.sendTime[:])
}
