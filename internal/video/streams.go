package video

import (
	"time"

	"libml_webrtc/internal/codec"
)

// stream is what a payload type stands for.
type stream struct {
	codec       codec.Video
	depacketize depacketizer
}

// streams remembers what the payload type of the last packet stands for, and what else is asked for
// once a second.
type streams struct {
	codec func(payloadType uint8) (codec.Video, bool)

	payloadType uint8
	resolved    bool
	last        *stream

	rtt       time.Duration
	refreshed time.Duration
}

// of gives the stream of a payload type; nil: unknown.
func (s *streams) of(payloadType uint8) *stream {
	if s.resolved && payloadType == s.payloadType {
		return s.last
	}
	known, ok := s.codec(payloadType)
	switch {
	case !ok:
		s.last = nil
	case s.last == nil || payloadType != s.payloadType || s.last.codec.Name != known.Name:
		s.last = nil
		if depacketize := depacketizerOf(known.Name); depacketize != nil {
			s.last = &stream{codec: known, depacketize: depacketize}
		}
	}
	s.payloadType, s.resolved = payloadType, true
	return s.last
}
