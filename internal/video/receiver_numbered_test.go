package video

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync"

	"github.com/pion/rtp"

	"libml_webrtc/internal/codec"
	"libml_webrtc/internal/picture"
)

const (
	numberedType = 96 // of the payload
	otherType    = 97
)

// numberedFrame is a frame of a made-up codec: it has a number, and can only be decoded after the frame before.
// In VP8's clothes it begins as VP8's frames do.
func numberedFrame(name string, number uint32, key bool, size int) []byte {
	data := make([]byte, max(size, 24))
	switch {
	case name == nameVP9 && key:
		data[0] = 0x80
	case name == nameVP9:
		data[0] = 0x84
	case key:
		copy(data, []byte{0x10, 0, 0, 0x9d, 0x01, 0x2a})
	default:
		data[0] = 0x11
	}
	if key {
		data[11] = 1
	}
	binary.BigEndian.PutUint32(data[12:], number)
	binary.BigEndian.PutUint32(data[16:], uint32(len(data)))
	for i := 24; i < len(data); i++ {
		data[i] = byte(i*7) ^ byte(number)
	}
	return data
}

// numberedCodec decodes numberedFrames and remembers what it saw.
type numberedCodec struct {
	name string

	mu       sync.Mutex
	made     int
	open     int
	numbers  []uint32
	keys     int
	failures []string
	fail     func(number uint32) error // makes Decode fail
	slow     func(number uint32)       // is called by Decode
	hide     func(number uint32) bool  // the frame shows nothing
	wide     bool
}

func (c *numberedCodec) video() codec.Video {
	return codec.Video{Name: c.name, NewDecoder: func() (codec.Decoder, error) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.made++
		c.open++
		return &numberedDecoder{codec: c}, nil
	}}
}

func (c *numberedCodec) seen() []uint32 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]uint32(nil), c.numbers...)
}

type numberedDecoder struct {
	codec *numberedCodec
	begun bool
	next  uint32
}

func (d *numberedDecoder) Close() {
	d.codec.mu.Lock()
	defer d.codec.mu.Unlock()
	d.codec.open--
}

func (d *numberedDecoder) Decode(data []byte) (picture.Picture, error) {
	c := d.codec
	number, key, err := checkNumbered(data)
	if err == nil && !key && (!d.begun || number != d.next) {
		err = fmt.Errorf("frame %d came where %d was due", number, d.next)
	}
	if c.slow != nil {
		c.slow(number)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil {
		c.failures = append(c.failures, err.Error())
		return picture.Picture{}, err
	}
	if c.fail != nil {
		if err := c.fail(number); err != nil {
			d.begun = false
			return picture.Picture{}, err
		}
	}
	d.begun, d.next = true, number+1
	c.numbers = append(c.numbers, number)
	if key {
		c.keys++
	}
	if c.hide != nil && c.hide(number) {
		return picture.Picture{}, nil
	}
	width := 16
	if c.wide {
		width = 32
	}
	p := picture.New(width, 16)
	y, _, _ := p.Planes()
	clear(y)
	binary.BigEndian.PutUint32(y, number)
	return p, nil
}

func checkNumbered(data []byte) (number uint32, key bool, err error) {
	if len(data) < 24 {
		return 0, false, errors.New("a frame is too short")
	}
	number, key = binary.BigEndian.Uint32(data[12:]), data[11] == 1
	if size := binary.BigEndian.Uint32(data[16:]); size != uint32(len(data)) {
		return 0, false, fmt.Errorf("frame %d has %d bytes, not %d", number, len(data), size)
	}
	for i := 24; i < len(data); i++ {
		if data[i] != byte(i*7)^byte(number) {
			return 0, false, fmt.Errorf("frame %d is damaged at %d", number, i)
		}
	}
	return number, key, nil
}

// numberedSender packetises numberedFrames.
type numberedSender struct {
	codec      string
	sequence   uint16
	ssrc       uint32
	kind       uint8
	most       int // bytes of the bitstream per packet
	extensions func(frame uint32, last bool) []rtpExtension
	noMarker   bool
}

type rtpExtension struct {
	id   uint8
	data []byte
}

func newNumberedSender() *numberedSender {
	return &numberedSender{codec: nameVP8, sequence: 65500, ssrc: 0x1234, kind: numberedType, most: 1000}
}

// frame gives the packets of a frame.
func (s *numberedSender) frame(number uint32, key bool, size int, timestamp uint32) [][]byte {
	var packets [][]byte
	data := numberedFrame(s.codec, number, key, size)
	for first := true; len(data) > 0; first = false {
		part := data[:min(len(data), s.most)]
		data = data[len(part):]
		packets = append(packets, s.packet(number, key, first, len(data) == 0, part, timestamp))
	}
	return packets
}

func (s *numberedSender) packet(number uint32, key, first, last bool, part []byte, timestamp uint32) []byte {
	payload := s.descriptor(number, key, first, last)
	p := rtp.Packet{
		Header:  rtp.Header{Version: 2, Marker: last && !s.noMarker, PayloadType: s.kind, Timestamp: timestamp},
		Payload: append(payload, part...),
	}
	if s.extensions != nil {
		for _, e := range s.extensions(number, last) {
			if err := p.SetExtension(e.id, e.data); err != nil {
				panic(err)
			}
		}
	}
	return s.send(&p)
}

func (s *numberedSender) descriptor(number uint32, key, first, last bool) []byte {
	bit := func(set bool, bit byte) byte {
		if set {
			return bit
		}
		return 0
	}
	if s.codec == nameVP9 {
		head := 0x80 | bit(!key, 0x40) | bit(first, 0x08) | bit(last, 0x04)
		return []byte{head, 0x80 | byte(number>>8), byte(number)}
	}
	return []byte{0x80 | bit(first, 0x10), 0x80, 0x80 | byte(number>>8), byte(number)}
}

// part gives a packet of a descriptor and data.
func (s *numberedSender) part(descriptor, data []byte, last bool, timestamp uint32) []byte {
	return s.send(&rtp.Packet{
		Header:  rtp.Header{Version: 2, Marker: last, PayloadType: s.kind, Timestamp: timestamp},
		Payload: append(descriptor, data...),
	})
}

func (s *numberedSender) send(p *rtp.Packet) []byte {
	p.SSRC, p.SequenceNumber = s.ssrc, s.sequence
	s.sequence++
	b, err := p.Marshal()
	if err != nil {
		panic(err)
	}
	return b
}

// padding gives a packet as congestion control sends it to probe the network.
func (s *numberedSender) padding(timestamp uint32) []byte {
	b := s.send(&rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: s.kind, Timestamp: timestamp}})
	b[0] |= 0x20
	b = append(b, make([]byte, 200)...)
	b[len(b)-1] = 200
	return b
}
