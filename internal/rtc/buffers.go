package rtc

import (
	"errors"
	"io"
	"slices"
	"sync"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/transport/v5/packetio"
)

const (
	mediaBufferBytes    = 1 << 20
	reportBufferBytes   = 128 << 10
	strangerBufferBytes = 64 << 10
	// maxStrangers is how many streams that no description has declared are looked at.
	maxStrangers = 64
)

// errStranger keeps pion away from the packets of a stream that it would make nothing of.
var errStranger = errors.New("no description declares this stream")

// streamBuffers gives SRTP its buffers, one for each stream (SSRC) in each direction of RTCP and for received RTP. That is
// the one place where pion lets see that a stream is there which it knows nothing of.
type streamBuffers struct {
	// found is told of an undeclared stream, by its first packet.
	found func(s *stranger, ssrc uint32, first rtp.Header)

	mu        sync.Mutex
	declared  map[uint32]bool // by the peer's last description
	strangers int
	reports   map[uint32]*packetBuffer // of the streams of this side
	primary   map[uint32]uint32        // by the SSRC of retransmissions
}

func newStreamBuffers(found func(*stranger, uint32, rtp.Header)) *streamBuffers {
	return &streamBuffers{found: found, reports: make(map[uint32]*packetBuffer), primary: make(map[uint32]uint32)}
}

// declare says which streams the peer's description has.
func (b *streamBuffers) declare(sections map[string]*mediaSection) {
	declared := make(map[uint32]bool)
	for _, m := range sections {
		declared[m.ssrc], declared[m.repair] = true, true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.declared = declared
}

// send says that this side will send a stream and its retransmissions.
func (b *streamBuffers) send(ssrc, repair uint32) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reports[ssrc] = nil
	if repair != 0 {
		b.primary[repair] = ssrc
	}
}

func (b *streamBuffers) stopSending(ssrc uint32) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.reports, ssrc)
	for repair, primary := range b.primary {
		if primary == ssrc {
			delete(b.primary, repair)
		}
	}
}

// make is what SRTP calls, with the lock of all its streams held.
func (b *streamBuffers) make(kind packetio.BufferPacketType, ssrc uint32) io.ReadWriteCloser {
	b.mu.Lock()
	defer b.mu.Unlock()
	if kind == packetio.RTCPBufferPacket {
		return b.makeForReports(ssrc)
	}
	if ssrc == 0 || b.declared[ssrc] { // 0: Chrome's probes of the bandwidth
		return newPacketBuffer(mediaBufferBytes)
	}
	b.strangers++
	if b.strangers > maxStrangers {
		return newPacketBuffer(1)
	}
	return &stranger{
		packetBuffer: newPacketBuffer(strangerBufferBytes), buffers: b, ssrc: ssrc,
		heard: make(chan struct{}), closed: make(chan struct{}),
	}
}

func (b *streamBuffers) makeForReports(ssrc uint32) io.ReadWriteCloser {
	if primary, known := b.primary[ssrc]; known && b.reports[primary] != nil {
		return redirected{newPacketBuffer(reportBufferBytes), b.reports[primary], primary}
	}
	buffer := newPacketBuffer(reportBufferBytes)
	if _, sent := b.reports[ssrc]; sent {
		b.reports[ssrc] = buffer
	}
	return buffer
}

// packetBuffer is a buffer of pion's, as its SRTP wants it.
type packetBuffer struct{ *packetio.Buffer }

func newPacketBuffer(limit int) *packetBuffer {
	b := &packetBuffer{packetio.NewBuffer()}
	b.SetLimitSize(limit)
	return b
}

func (b *packetBuffer) Read(p []byte) (int, error) {
	n, _, err := b.Buffer.Read(p, nil)
	return n, err //nolint:wrapcheck // for every packet
}

func (b *packetBuffer) Write(p []byte) (int, error) {
	return b.Buffer.Write(p, nil) //nolint:wrapcheck // for every packet
}

// redirected is for what the peer says about the retransmissions of a stream; pion would leave it unread. Peers send
// transport-wide feedback, which is about everything, under the name of what they received last.
type redirected struct {
	*packetBuffer
	to      *packetBuffer
	primary uint32
}

func (r redirected) Write(p []byte) (int, error) {
	packets, err := rtcp.Unmarshal(p)
	if err != nil {
		return len(p), nil //nolint:nilerr // dropped, as it would be when read
	}
	for _, packet := range packets {
		if slices.Contains(packet.DestinationSSRC(), r.primary) {
			return len(p), nil // it gets there by itself
		}
	}
	return r.to.Write(p)
}

// stranger is the buffer of an undeclared stream.
type stranger struct {
	*packetBuffer
	buffers *streamBuffers
	ssrc    uint32
	heard   chan struct{} // the first packet is there
	closed  chan struct{}

	mu      sync.Mutex
	first   *rtp.Header
	told    bool
	adopted bool
	ended   bool
}

func (s *stranger) Write(p []byte) (int, error) {
	s.mu.Lock()
	if s.first == nil {
		var header rtp.Header
		if _, err := header.Unmarshal(slices.Clone(p)); err == nil {
			s.first = &header
			close(s.heard)
		}
	}
	s.mu.Unlock()
	return s.packetBuffer.Write(p)
}

// Read gives nothing to pion, which looks at the first packet of a stream that it does not know, until it is known
// whose the stream is.
func (s *stranger) Read(p []byte) (int, error) {
	s.mu.Lock()
	adopted := s.adopted
	s.mu.Unlock()
	if adopted {
		return s.packetBuffer.Read(p)
	}
	select {
	case <-s.heard:
	case <-s.closed:
		return 0, io.EOF
	}
	s.mu.Lock()
	told := s.told
	s.told = true
	s.mu.Unlock()
	if !told {
		s.buffers.found(s, s.ssrc, *s.first)
	}
	return 0, errStranger
}

// adopt lets the packets be read.
func (s *stranger) adopt() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.adopted = true
	s.SetLimitSize(mediaBufferBytes)
}

func (s *stranger) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended {
		s.ended = true
		close(s.closed)
	}
	return s.packetBuffer.Close() //nolint:wrapcheck // says it all
}
