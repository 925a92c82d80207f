package opus

import (
	"fmt"

	"libml_webrtc/internal/codec"
)

const (
	// maxFrameBytes is the most that one of a packet's frames may have.
	maxFrameBytes = 1275
	// maxBytes is more than a datagram has.
	maxBytes = 1 << 16
	// longSize begins a frame's size of two bytes.
	longSize = 252
)

// packet is how a payload is laid out (RFC 6716, section 3).
type packet struct {
	// frame is how long each of its frames is, at codec.AudioRate.
	frame    int
	count    int
	channels int
	// mdct says that there is only the layer without copies of what was before (CELT).
	mdct bool
	// first is the first frame's data.
	first []byte
}

func broken(why string) error { return fmt.Errorf("%w: Opus: %s", codec.ErrBroken, why) }

// parse checks all that libopus would.
func parse(payload []byte) (packet, error) {
	if len(payload) == 0 || len(payload) > maxBytes {
		return packet{}, broken("nothing in it, or too much")
	}
	head := payload[0]
	p := packet{frame: frameLength(head >> 3), count: 2, channels: 1 + int(head>>2&1), mdct: head&0x80 != 0}
	rest := payload[1:]
	var err error
	switch head & 3 {
	case 0:
		p.count = 1
		p.first = rest
		err = fits(len(rest))
	case 1:
		p.first, err = equalFrames(rest, 2)
	case 2:
		p.first, err = unequalFrames(rest, 2)
	default:
		p.count, p.first, err = anyFrames(rest, p.frame)
	}

	return p, err
}

// frameLength is that of a configuration, the upper 5 bits of the first byte.
func frameLength(configuration byte) int {
	const millisecond = codec.AudioRate / 1000
	within := int(configuration & 3)
	switch {
	case configuration >= 16: // CELT: 2.5, 5, 10, 20 ms
		return 5 * millisecond / 2 << within
	case configuration >= 12: // hybrid: 10, 20 ms
		return 10 * millisecond << (within & 1)
	case within == 3:
		return 60 * millisecond
	default: // SILK: 10, 20, 40 ms
		return 10 * millisecond << within
	}
}

func fits(size int) error {
	if size > maxFrameBytes {
		return broken("a frame that is too large")
	}

	return nil
}

// anyFrames are counted in a byte, and padded if wanted.
func anyFrames(rest []byte, frame int) (count int, first []byte, err error) {
	if len(rest) == 0 {
		return 0, nil, broken("cut off before the number of frames")
	}
	head := rest[0]
	rest = rest[1:]
	count = int(head & 0x3f)
	if count == 0 || count*frame > codec.AudioFramesMost {
		return 0, nil, broken("no frames, or more than 120 ms")
	}
	if head&0x40 != 0 {
		if rest, err = unpad(rest); err != nil {
			return 0, nil, err
		}
	}
	if head&0x80 != 0 {
		first, err = unequalFrames(rest, count)
	} else {
		first, err = equalFrames(rest, count)
	}

	return count, first, err
}

// unpad takes the padding's size from the front and the padding from the end.
func unpad(rest []byte) ([]byte, error) {
	for padding := 0; len(rest) > 0; {
		size := int(rest[0])
		rest = rest[1:]
		if size < 255 {
			padding += size
			if padding > len(rest) {
				break
			}

			return rest[:len(rest)-padding], nil
		}
		padding += 254 // and the next byte says more
	}

	return nil, broken("more padding than there is")
}

func equalFrames(rest []byte, count int) (first []byte, err error) {
	if len(rest)%count != 0 {
		return nil, broken("frames of one size that are not")
	}
	size := len(rest) / count

	return rest[:size], fits(size)
}

// unequalFrames have their sizes in front, but for the last one, which has what is left.
func unequalFrames(rest []byte, count int) (first []byte, err error) {
	sum, firstSize := 0, 0
	for at := range count - 1 {
		var size int
		if size, rest, err = frameSize(rest); err != nil {
			return nil, err
		}
		sum += size
		if at == 0 {
			firstSize = size
		}
	}
	if sum > len(rest) {
		return nil, broken("cut off in a frame")
	}
	if count == 1 {
		firstSize = len(rest)
	}

	return rest[:firstSize], fits(len(rest) - sum)
}

func frameSize(rest []byte) (size int, after []byte, err error) {
	switch {
	case len(rest) > 0 && rest[0] < longSize:
		return int(rest[0]), rest[1:], nil
	case len(rest) > 1:
		return int(rest[0]) + 4*int(rest[1]), rest[2:], nil
	default:
		return 0, nil, broken("cut off in a frame's size")
	}
}

// copied says whether the first frame carries a copy of what was before it (LBRR, RFC 6716, section
// 4.2.4): the flags come first, for each channel one per 20 ms that says whether there is a voice, and
// one for the copy.
func (p packet) copied() bool {
	if p.mdct || len(p.first) < 2 { // a byte alone is silence
		return false
	}
	voices := max(1, p.frame/(codec.AudioRate/50))
	flags := p.first[0]
	if flags>>(7-voices)&1 != 0 {
		return true
	}

	return p.channels == 2 && flags>>(6-2*voices)&1 != 0
}

func describe(payload []byte) (codec.AudioPacket, error) {
	p, err := parse(payload)
	if err != nil {
		return codec.AudioPacket{}, err
	}

	return codec.AudioPacket{Frames: p.frame * p.count, Channels: p.channels}, nil
}
