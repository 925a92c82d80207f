package video

import (
	"crypto/rand"
	"encoding/binary"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/logging"
	"github.com/pion/rtp"

	"libml_webrtc/internal/bandwidth"
	"libml_webrtc/internal/codec"
	"libml_webrtc/internal/picture"
)

// SenderOptions are what a Sender is made with.
type SenderOptions struct {
	Source      *Source
	Codec       codec.Video
	SSRC        uint32
	PayloadType uint8
	// Begin says when the picture of the packets that follow was captured, on the clock of picture.Now. nil: nobody cares.
	Begin func(captured time.Duration)
	// Write hands a packet over; header and payload are used up during the call.
	Write func(header *rtp.Header, payload []byte) error
	// Bandwidth says at what rate to send. nil: as the size of the pictures wants.
	Bandwidth *bandwidth.Controller
	Log       logging.LeveledLogger
}

// Sender encodes the pictures of a source and sends them on one RTP stream, in a goroutine of its
// own. Its methods are safe for concurrent use.
type Sender struct {
	options SenderOptions
	key     keyWish
	most    atomic.Int64 // bit/s that the pictures' size has use for
	rate    atomic.Int64 // bit/s that may be sent

	mu     sync.Mutex
	newest picture.Picture // that was not encoded yet
	anew   int             // how many pictures came with which the encoder is to begin anew
	coming frameRate       // of the pictures that come

	wake  chan struct{}
	stop  chan struct{}
	ended chan struct{}
	close sync.Once
}

// NewSender makes a sender, which runs until it is closed.
func NewSender(options SenderOptions) (*Sender, error) {
	var seed [8]byte
	_, _ = rand.Read(seed[:]) // it never fails
	random := binary.NativeEndian.Uint64(seed[:])
	format, err := newDescriptor(options.Codec.Name, uint16(random>>32))
	if err != nil {
		return nil, err
	}
	s := &Sender{
		options: options,
		wake:    make(chan struct{}, 1),
		stop:    make(chan struct{}),
		ended:   make(chan struct{}),
	}
	s.most.Store(int64(bitrateMost(0, 0)))
	e := &encoding{
		Sender:     s,
		adaptation: newAdaptation(),
		stats:      sendStats{log: options.Log},
		offset:     uint32(random),
		packets: packetiser{
			descriptor: format,
			write:      options.Write,
			header: rtp.Header{
				Version:        2,
				PayloadType:    options.PayloadType,
				SSRC:           options.SSRC,
				SequenceNumber: uint16(random >> 48),
			},
		},
	}
	go e.run()
	options.Source.attach(s)

	return s, nil
}

// RequestKeyFrame asks for a key frame; requests that come in quick succession are one.
func (s *Sender) RequestKeyFrame() {
	if s.key.ask(picture.Now()) {
		s.ring()
	}
}

// Close stops the sender. It returns when nothing of it runs any more.
func (s *Sender) Close() {
	s.close.Do(func() {
		s.options.Source.detach(s)
		close(s.stop)
	})
	<-s.ended
	s.take().Release() // one that was offered meanwhile
}

// Bounds are the bits per second the sender has use for.
func (s *Sender) Bounds() (least, most int) { return bitrateLeast, int(s.most.Load()) }

// SetBitrate says how many bits per second may be sent.
func (s *Sender) SetBitrate(bitsPerSecond int) { s.rate.Store(int64(bitsPerSecond)) }

// offer takes over a reference to a picture that is to be sent.
func (s *Sender) offer(p picture.Picture) {
	s.mu.Lock()
	old := s.newest
	s.newest = p
	if p.Key() {
		s.anew++
	}
	s.coming.add(p.Captured())
	s.mu.Unlock()
	old.Release()
	s.ring()
}

// take gives the newest picture; the zero Picture: there is no new one.
func (s *Sender) take() picture.Picture {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.newest
	s.newest = picture.Picture{}

	return p
}

// waiting is what is known of the picture that waits.
type waiting struct {
	ok       bool // there is one
	captured time.Duration
	anew     int
	coming   frameRate
}

func (s *Sender) look() waiting {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := waiting{ok: s.newest.Valid(), anew: s.anew, coming: s.coming}
	if w.ok {
		w.captured = s.newest.Captured()
	}

	return w
}

func (s *Sender) ring() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}
