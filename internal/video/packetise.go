package video

import (
	"errors"
	"fmt"

	"github.com/pion/rtp"

	"libml_webrtc/internal/codec"
)

// payloadMost is the most bytes of a packet's payload. With the RTP header, its extensions, what
// RTX and SRTP add, and the headers of IPv6 and a TURN server, a packet stays below 1280 bytes.
const payloadMost = 1160

var errCodec = errors.New("there is no RTP payload format for the codec")

// descriptor writes what precedes a frame's data in each packet of a codec's payload format.
type descriptor interface {
	// begin is told a frame, before its packets.
	begin(f codec.Frame, width, height int)
	// write writes a packet's descriptor, at most 16 bytes, to b.
	write(b []byte, first, last bool) int
}

func newDescriptor(name string, pictureID uint16) (descriptor, error) {
	switch name {
	case nameVP8:
		return &vp8Descriptor{pictureID: pictureID & pictureIDMask}, nil
	case nameVP9:
		return &vp9Descriptor{pictureID: pictureID & pictureIDMask}, nil
	default:
		return nil, fmt.Errorf("%w: %s", errCodec, name)
	}
}

// pictureIDMask are the 15 bits of a long picture id.
const pictureIDMask = 0x7fff

// writePictureID writes a picture id in its long form.
func writePictureID(b []byte, id uint16) {
	b[0], b[1] = 0x80|byte(id>>8), byte(id)
}

// packetiser cuts frames into RTP packets. It allocates nothing: header and payload are the same
// for each packet.
type packetiser struct {
	descriptor descriptor
	write      func(*rtp.Header, []byte) error
	header     rtp.Header
	extensions []rtp.Extension // the memory of the header's
	payload    [payloadMost]byte
}

// send hands the packets of a frame over, all about equally large. It goes on after an error, and
// gives the first one: the packets that follow are of use when the peer asks for the missing one.
func (p *packetiser) send(f codec.Frame, timestamp uint32, width, height int) (bytes int, failed error) {
	p.descriptor.begin(f, width, height)
	first := true
	rest := f.Data
	for len(rest) > 0 {
		// The first packet's descriptor may be longer, so the rest is divided anew each time.
		size := p.descriptor.write(p.payload[:], first, false)
		packets := (len(rest) + payloadMost - size - 1) / (payloadMost - size)
		part := (len(rest) + packets - 1) / packets
		if packets == 1 {
			size = p.descriptor.write(p.payload[:], first, true)
		}
		copy(p.payload[size:], rest[:part])
		rest = rest[part:]
		p.header.Marker = len(rest) == 0
		p.header.Timestamp = timestamp
		if err := p.hand(p.payload[:size+part]); err != nil && failed == nil {
			failed = err
		}
		bytes += size + part
		first = false
	}

	return bytes, failed
}

// hand hands one packet over. Who gets it may add header extensions, which are gone for the next.
func (p *packetiser) hand(payload []byte) error {
	p.header.Extension, p.header.ExtensionProfile = false, 0
	p.header.Extensions = p.extensions[:0]
	err := p.write(&p.header, payload)
	p.extensions = p.header.Extensions
	p.header.SequenceNumber++

	return err
}
