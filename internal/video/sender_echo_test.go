package video

import (
	"encoding/binary"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/stretchr/testify/require"

	"libml_webrtc/internal/codec"
	"libml_webrtc/internal/picture"
)

// echoCodec is a codec whose frames say what they were made of.
type echoCodec struct {
	mu        sync.Mutex
	encoders  int // that are open
	made      int
	refused   int
	encoded   int
	last      codec.EncoderOptions
	rate      int
	quantizer float64
	size      int           // of a frame in bytes
	block     chan struct{} // encoding waits for it, if there is one
	begun     chan struct{} // told when encoding begins, if there is one
	fail      error
}

func (c *echoCodec) video() codec.Video {
	return codec.Video{Name: "VP8", NewEncoder: func(o codec.EncoderOptions) (codec.Encoder, error) {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.fail != nil {
			c.refused++

			return nil, c.fail
		}
		c.encoders++
		c.made++
		c.last, c.rate = o, o.Bitrate

		return &echoEncoder{codec: c, width: o.Width, height: o.Height, data: make([]byte, max(c.size, 24))}, nil
	}}
}

type echoEncoder struct {
	codec         *echoCodec
	width, height int
	began         bool
	timestamp     uint64
	data          []byte
}

var errEcho = errors.New("fake")

func (e *echoEncoder) Encode(p picture.Picture, timestamp uint64, key bool) (codec.Frame, error) {
	c := e.codec
	if c.begun != nil {
		c.begun <- struct{}{}
	}
	if c.block != nil {
		<-c.block
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.fail != nil:
		return codec.Frame{}, c.fail
	case p.Width() != e.width || p.Height() != e.height || timestamp <= e.timestamp || (!e.began && !key):
		return codec.Frame{}, errEcho
	}
	e.began, e.timestamp = true, timestamp
	c.encoded++
	e.data[0] = 1
	if key {
		e.data[0] = 0
	}
	binary.BigEndian.PutUint32(e.data[4:], uint32(e.width))
	binary.BigEndian.PutUint32(e.data[8:], uint32(e.height))
	binary.BigEndian.PutUint64(e.data[12:], p.Time())

	return codec.Frame{Data: e.data, Key: key, Quantizer: c.quantizer}, nil
}

func (e *echoEncoder) SetRate(bitrate int, _ float64) error {
	e.codec.mu.Lock()
	defer e.codec.mu.Unlock()
	e.codec.rate = bitrate

	return nil
}

func (e *echoEncoder) Close() {
	e.codec.mu.Lock()
	defer e.codec.mu.Unlock()
	e.codec.encoders--
}

// echoFrame is a frame of the echo codec, at the other end.
type echoFrame struct {
	key           bool
	width, height int
	time          uint64
	timestamp     uint32
}

// outlet collects frames. Safe for concurrent use.
type outlet struct {
	mu     sync.Mutex
	reader frameReader
}

func newOutlet(t *testing.T, name string) *outlet {
	t.Helper()

	return &outlet{reader: frameReader{t: t, name: name}}
}

func (s *outlet) write(header *rtp.Header, payload []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()

	return s.reader.write(header, payload)
}

func (s *outlet) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()

	return len(s.reader.frames)
}

func (s *outlet) frames() []echoFrame {
	s.mu.Lock()
	defer s.mu.Unlock()
	frames := make([]echoFrame, 0, len(s.reader.frames))
	for _, f := range s.reader.frames {
		frames = append(frames, echoFrame{
			key:       f.key,
			width:     int(binary.BigEndian.Uint32(f.data[4:])),
			height:    int(binary.BigEndian.Uint32(f.data[8:])),
			time:      binary.BigEndian.Uint64(f.data[12:]),
			timestamp: f.timestamp,
		})
	}

	return frames
}

func (s *outlet) wait(t *testing.T, count int) {
	t.Helper()
	require.Eventually(t, func() bool { return s.count() >= count }, 5*time.Second, time.Millisecond)
}
