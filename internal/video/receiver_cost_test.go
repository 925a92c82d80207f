package video

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"libml_webrtc/internal/codec"
	"libml_webrtc/internal/picture"
)

// blindDecoder decodes anything to nothing.
type blindDecoder struct{ decoded int }

func (d *blindDecoder) Decode([]byte) (picture.Picture, error) {
	d.decoded++
	return picture.Picture{}, nil
}
func (d *blindDecoder) Close() {}

// steady is a receiver and the packets of some frames, which it gets again and again.
type steady struct {
	*still
	packets  [][]byte
	sequence uint16
	frames   int
	decoder  *blindDecoder
}

func newSteady(t require.TestingT) *steady {
	s := &steady{decoder: &blindDecoder{}}
	s.still = newStill(t, &numberedCodec{name: nameVP8}, &numberedCodec{name: nameVP9})
	s.streams.codec = func(uint8) (codec.Video, bool) {
		return codec.Video{Name: nameVP8, NewDecoder: func() (codec.Decoder, error) { return s.decoder, nil }}, true
	}
	sender := newNumberedSender()
	sender.extensions = func(uint32, bool) []rtpExtension { return []rtpExtension{{3, []byte{1}}, {4, []byte{0, 0, 50}}} }
	s.packets = sender.frame(0, true, 8_000, 0)
	s.SetWatched(true)
	return s
}

// frame sends a frame; one packet of every tenth comes late, as if it had been lost.
func (s *steady) frame() {
	s.frames++
	var late []byte
	for i, packet := range s.packets {
		binary.BigEndian.PutUint16(packet[2:], s.sequence)
		binary.BigEndian.PutUint32(packet[4:], uint32(s.frames*3000))
		s.sequence++
		if i == 1 && s.frames%10 == 0 {
			late = packet
			continue
		}
		s.receive(packet)
		s.clock += time.Millisecond
	}
	s.clock += 18 * time.Millisecond
	if late != nil {
		s.clock += 30 * time.Millisecond
		s.receive(late)
	}
	for s.decodeNext(&s.still.decoder) == 0 {
	}
}

func TestReceiverAllocatesNothing(t *testing.T) {
	s := newSteady(t)
	defer s.close()
	for range 300 {
		s.frame()
	}
	require.Zero(t, testing.AllocsPerRun(300, s.frame))
	require.Greater(t, s.decoder.decoded, 570)
	require.NotZero(t, s.order.counts.recovered)
}

func BenchmarkReceiver(b *testing.B) {
	s := newSteady(b)
	defer s.close()
	b.ReportAllocs()
	for b.Loop() {
		s.frame()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(s.packets)), "ns/packet")
}
