package audio

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/stretchr/testify/require"

	"libml_webrtc/internal/codec"
	"libml_webrtc/internal/sound"
)

// scribe is a codec that writes down what it is given.
type scribe struct {
	made    []codec.AudioEncoderOptions
	encoded [][]float32
	bitrate int
	loss    float64
	silent  bool
	broken  bool
	closed  int
}

func (c *scribe) codec(clock, channels int) codec.Audio {
	return codec.Audio{
		Name: "scribe", ClockRate: clock, Channels: channels,
		NewEncoder: func(options codec.AudioEncoderOptions) (codec.AudioEncoder, error) {
			c.made = append(c.made, options)

			return c, nil
		},
	}
}

func (c *scribe) Encode(samples []float32) ([]byte, error) {
	if c.broken {
		return nil, errors.New("broken")
	}
	c.encoded = append(c.encoded, append([]float32(nil), samples...))
	if c.silent {
		return nil, nil
	}

	return []byte{1, 2, 3}, nil
}

func (c *scribe) SetBitrate(bitsPerSecond int) error { c.bitrate = bitsPerSecond; return nil }
func (c *scribe) SetLoss(fraction float64) error     { c.loss = fraction; return nil }
func (c *scribe) Close()                             { c.closed++ }

type sent struct {
	header   rtp.Header
	recorded time.Duration
}

type outbox struct {
	packets []sent
	fail    error
}

func (o *outbox) write(header *rtp.Header, _ []byte, recorded time.Duration) error {
	o.packets = append(o.packets, sent{header.Clone(), recorded})
	if err := header.SetExtension(1, []byte{1}); err != nil { // as interceptors do
		return err
	}

	return o.fail
}

// quietSource is one whose host pushes nothing.
func quietSource(t *testing.T) *Source {
	t.Helper()
	s := NewSource(SourceOptions{
		Take: func([]sound.Block) (int, bool) { return 0, false },
		Feed: func(bool) {},
		Play: func(block sound.Block) { block.Release() },
	})
	t.Cleanup(s.Close)

	return s
}

type senderTest struct {
	*Sender
	t     *testing.T
	codec scribe
	out   outbox
	at    time.Duration
}

func newSenderTest(t *testing.T, clock, channels int, options SenderOptions) *senderTest {
	t.Helper()
	s := &senderTest{t: t, at: time.Second}
	options.Source, options.Codec, options.Write = quietSource(t), s.codec.codec(clock, channels), s.out.write
	options.SSRC, options.PayloadType = 7, 111
	s.Sender = NewSender(options)
	t.Cleanup(s.Close)

	return s
}

// say sends a packet whose channels have the values 0.1, 0.2 and so on.
func (s *senderTest) say(channels int) {
	s.t.Helper()
	var blocks [packetBlocks]sound.Block
	for i := range blocks {
		blocks[i] = sound.New(channels)
		for at := range blocks[i].Samples() {
			blocks[i].Samples()[at] = float32(at%channels+1) / 10
		}
		blocks[i].SetRecorded(s.at)
		s.at += sound.Length
	}
	s.options.Source.mu.Lock()
	s.send(&blocks)
	s.options.Source.mu.Unlock()
	for _, block := range blocks {
		block.Release()
	}
}

func TestSenderTimestamps(t *testing.T) {
	for _, clock := range []int{48000, 8000} {
		s := newSenderTest(t, clock, 1, SenderOptions{})
		for range 5 {
			s.say(1)
		}
		s.at += 300 * time.Millisecond
		s.say(1)
		s.at += 20 * time.Millisecond // held up, no pause
		s.say(1)
		s.codec.silent = true
		s.say(1)
		s.say(1)
		s.codec.silent = false
		s.say(1)
		step := uint32(clock / 50)
		stamps := []uint32{0, 1, 2, 3, 4, 20, 21, 24}
		require.Len(t, s.out.packets, len(stamps))
		first := s.out.packets[0].header
		for i, p := range s.out.packets {
			require.Equal(t, first.Timestamp+stamps[i]*step, p.header.Timestamp, "packet %d", i)
			require.Equal(t, first.SequenceNumber+uint16(i), p.header.SequenceNumber)
			require.Equal(t, i == 0 || i == 5 || i == 7, p.header.Marker, "packet %d", i)
			require.Equal(t, uint32(7), p.header.SSRC)
			require.Equal(t, uint8(111), p.header.PayloadType)
			require.Empty(t, p.header.Extensions)
		}
		require.Equal(t, time.Second+20*time.Millisecond, s.out.packets[1].recorded)
	}
}

func TestSenderChannels(t *testing.T) {
	for _, test := range []struct {
		codec  int
		stereo bool
		pushed int
		coded  int
	}{
		{2, true, 1, 1}, {2, true, 2, 2}, {2, true, 6, 2}, {2, false, 2, 1}, {2, false, 8, 1}, {1, true, 2, 1},
	} {
		s := newSenderTest(t, 48000, test.codec, SenderOptions{Stereo: test.stereo})
		s.say(test.pushed)
		require.Len(t, s.codec.encoded, 1)
		require.Equal(t, test.coded, s.codec.made[0].Channels)
		require.Len(t, s.codec.encoded[0], test.coded*packetBlocks*sound.Frames)
		if test.pushed == 2 && test.coded == 2 {
			require.Equal(t, []float32{0.1, 0.2, 0.1, 0.2}, s.codec.encoded[0][:4])
		}
	}
	s := newSenderTest(t, 48000, 2, SenderOptions{Stereo: true})
	s.say(1)
	s.say(2)
	require.Equal(t, 2, s.codec.made[1].Channels)
	require.Equal(t, 1, s.codec.closed)
}

func TestSenderBitrate(t *testing.T) {
	s := newSenderTest(t, 48000, 2, SenderOptions{Stereo: true})
	least, most := s.Bounds()
	require.Equal(t, bitrateLeast, least)
	require.Equal(t, bitrateMostStereo, most)
	s.say(2)
	require.Equal(t, bitrateMostStereo, s.codec.made[0].Bitrate)
	s.SetBitrate(40_000)
	s.say(2)
	require.Equal(t, 40_000, s.codec.bitrate)
	s.SetBitrate(1000)
	s.say(2)
	require.Equal(t, bitrateLeast, s.codec.bitrate)
	s.SetBitrate(10_000_000)
	s.say(1)
	require.Equal(t, bitrateMostMono, s.codec.made[1].Bitrate)

	s = newSenderTest(t, 48000, 2, SenderOptions{BitrateMost: 16_000})
	least, most = s.Bounds()
	require.Equal(t, []int{16_000, 16_000}, []int{least, most})
	s.say(1)
	require.Equal(t, 16_000, s.codec.made[0].Bitrate)
}

func TestSenderLoss(t *testing.T) {
	s := newSenderTest(t, 48000, 2, SenderOptions{FEC: true, DTX: true, PlaybackRate: 16000})
	s.say(1)
	require.True(t, s.codec.made[0].FEC)
	require.True(t, s.codec.made[0].DTX)
	require.Equal(t, 16000, s.codec.made[0].PlaybackRate)
	s.SetLoss(64)
	s.say(1)
	require.InDelta(t, 0.25, s.codec.loss, 0)
}

// After an error there is a new encoder, but not at once; time goes on, and what can't be written ends nothing.
func TestSenderErrors(t *testing.T) {
	s := newSenderTest(t, 48000, 1, SenderOptions{})
	s.say(1)
	s.codec.broken = true
	s.say(1)
	s.codec.broken = false
	require.Equal(t, 1, s.codec.closed)
	for range 60 {
		s.say(1)
	}
	require.Len(t, s.codec.made, 2)
	first, second := s.out.packets[0].header, s.out.packets[1].header
	require.Equal(t, first.SequenceNumber+1, second.SequenceNumber)
	require.Zero(t, (second.Timestamp-first.Timestamp)%960)
	require.GreaterOrEqual(t, (second.Timestamp-first.Timestamp)/960, uint32(50))
	s.out.fail = errors.New("no network")
	before := len(s.out.packets)
	s.say(1)
	s.say(1)
	require.Len(t, s.out.packets, before+2)
}

func TestSenderAllocatesNothing(t *testing.T) {
	s := newSenderTest(t, 48000, 2, SenderOptions{Stereo: true})
	one := []byte{1}
	s.options.Write = func(header *rtp.Header, _ []byte, _ time.Duration) error { return header.SetExtension(1, one) }
	s.options.Codec.NewEncoder = func(codec.AudioEncoderOptions) (codec.AudioEncoder, error) { return frugal{}, nil }
	s.say(2)
	var blocks [packetBlocks]sound.Block
	for i := range blocks {
		blocks[i] = sound.New(2)
		blocks[i].SetRecorded(s.at)
		defer blocks[i].Release()
	}
	require.Zero(t, testing.AllocsPerRun(100, func() { s.send(&blocks) }))
}

var frugalPayload = []byte{1}

type frugal struct{}

func (frugal) Encode([]float32) ([]byte, error) { return frugalPayload, nil }
func (frugal) SetBitrate(int) error             { return nil }
func (frugal) SetLoss(float64) error            { return nil }
func (frugal) Close()                           {}

// crowd is a host with as much sound as is wanted, for the life of a source.
type crowd struct {
	mu     sync.Mutex
	wanted []bool
	taken  int
	played int
}

func TestSourceServesAllWhoListen(t *testing.T) {
	var c crowd
	heard := make(chan struct{}, 1000)
	s := NewSource(SourceOptions{
		Take: func(out []sound.Block) (int, bool) {
			c.mu.Lock()
			defer c.mu.Unlock()
			for i := range out {
				out[i] = sound.New(1)
				clear(out[i].Samples())
				c.taken++
			}

			return 100, true
		},
		Feed: func(wanted bool) {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.wanted = append(c.wanted, wanted)
		},
		Play: func(block sound.Block) {
			block.Release()
			c.mu.Lock()
			defer c.mu.Unlock()
			c.played++
			heard <- struct{}{}
		},
	})
	alive := sound.Alive()
	var code scribe
	sender := NewSender(SenderOptions{Source: s, Codec: code.codec(48000, 2), Write: new(outbox).write})
	s.SetWatched(true)
	for range 6 {
		<-heard
	}
	sender.Close()
	encoded := len(code.encoded)
	<-heard
	<-heard
	<-heard
	require.Len(t, code.encoded, encoded)
	require.GreaterOrEqual(t, encoded, 2)
	s.SetWatched(false)
	s.SetWatched(true)
	s.Close()
	s.Close()
	played := c.played
	require.Equal(t, []bool{true, false, true, false}, c.wanted)
	require.Equal(t, c.taken, played)
	require.Equal(t, alive, sound.Alive())
	NewSender(SenderOptions{Source: s, Codec: code.codec(48000, 2), Write: new(outbox).write}).Close()
}
