package video

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"libml_webrtc/internal/codec"
)

// sentFrame is a frame as its packets say it is.
type sentFrame struct {
	data      []byte
	timestamp uint32
	pictureID uint16
	key       bool
	packets   int
}

// frameReader puts packets together again, and checks what has to be true of each of them.
type frameReader struct {
	t       *testing.T
	name    string
	frame   sentFrame
	started bool
	next    uint16 // sequence number
	frames  []sentFrame
}

func (r *frameReader) write(header *rtp.Header, payload []byte) error {
	require.LessOrEqual(r.t, len(payload), payloadMost)
	require.Empty(r.t, header.Extensions)
	if r.started {
		require.Equal(r.t, r.next, header.SequenceNumber)
	}
	r.started, r.next = true, header.SequenceNumber+1
	first := r.frame.packets == 0
	if first {
		r.frame.timestamp = header.Timestamp
	}
	require.Equal(r.t, r.frame.timestamp, header.Timestamp)
	switch r.name {
	case "VP8":
		r.vp8(payload, first)
	case "VP9":
		r.vp9(payload, first, header.Marker)
	}
	r.frame.packets++
	if header.Marker {
		r.frames = append(r.frames, r.frame)
		r.frame = sentFrame{}
	}
	// What interceptors do: the next packet must come without it.
	require.NoError(r.t, header.SetExtension(1, []byte{1, 2, 3}))

	return nil
}

func (r *frameReader) vp8(payload []byte, first bool) {
	var packet codecs.VP8Packet
	data, err := packet.Unmarshal(payload)
	require.NoError(r.t, err)
	require.Equal(r.t, first, packet.S == 1)
	require.Zero(r.t, packet.PID)
	require.Equal(r.t, uint8(1), packet.I)
	require.True(r.t, first || packet.PictureID == r.frame.pictureID)
	r.frame.pictureID = packet.PictureID
	r.frame.data = append(r.frame.data, data...)
	r.frame.key = r.frame.data[0]&1 == 0
}

func (r *frameReader) vp9(payload []byte, first, last bool) {
	var packet codecs.VP9Packet
	data, err := packet.Unmarshal(payload)
	require.NoError(r.t, err)
	require.Equal(r.t, first, packet.B)
	require.Equal(r.t, last, packet.E)
	require.True(r.t, packet.I && packet.F && !packet.L)
	if packet.P {
		require.Equal(r.t, []uint8{1}, packet.PDiff)
	}
	require.True(r.t, first || packet.PictureID == r.frame.pictureID)
	r.frame.pictureID, r.frame.key = packet.PictureID, !packet.P
	require.Equal(r.t, first && r.frame.key, packet.V)
	if packet.V {
		require.Equal(r.t, []uint16{640}, packet.Width)
		require.Equal(r.t, []uint16{360}, packet.Height)
	}
	r.frame.data = append(r.frame.data, data...)
}

func newTestPacketiser(t *testing.T, name string) (*packetiser, *frameReader) {
	t.Helper()
	r := &frameReader{t: t, name: name}
	d, err := newDescriptor(name, 0xfffe)
	require.NoError(t, err)

	return &packetiser{descriptor: d, write: r.write, header: rtp.Header{Version: 2, SequenceNumber: 65534}}, r
}

func TestPacketsHoldTheFrame(t *testing.T) {
	for _, name := range []string{"VP8", "VP9"} {
		p, r := newTestPacketiser(t, name)
		random := rand.New(rand.NewPCG(3, 4))
		var sent [][]byte
		for n := range 300 {
			data := make([]byte, 1+random.IntN(payloadMost*[]int{1, 3, 40}[n%3]))
			if n < 60 {
				data = make([]byte, payloadMost-30+n) // around the limits
			}
			for i := range data {
				data[i] = byte(random.Uint32())
			}
			key := n%7 == 0
			data[0] |= 1
			if key {
				data[0] &^= 1
			}
			sent = append(sent, data)
			_, err := p.send(codec.Frame{Data: data, Key: key}, uint32(n), 640, 360)
			require.NoError(t, err)
		}
		require.Len(t, r.frames, len(sent))
		for n, frame := range r.frames {
			require.True(t, bytes.Equal(sent[n], frame.data))
			require.Equal(t, n%7 == 0, frame.key)
			require.Equal(t, uint16(0x7ffe+n)&0x7fff, frame.pictureID)
		}
	}
}

func TestPacketsAreAboutEquallyLarge(t *testing.T) {
	for _, name := range []string{"VP8", "VP9"} {
		p, _ := newTestPacketiser(t, name)
		var sizes []int
		p.write = func(_ *rtp.Header, payload []byte) error {
			sizes = append(sizes, len(payload))

			return nil
		}
		_, err := p.send(codec.Frame{Data: make([]byte, 3*payloadMost), Key: true}, 0, 640, 360)
		require.NoError(t, err)
		require.Len(t, sizes, 4)
		for _, size := range sizes {
			assert.InDelta(t, 3*payloadMost/4, size, 12)
		}
	}
}

func TestPacketisingAllocatesNothing(t *testing.T) {
	for _, name := range []string{"VP8", "VP9"} {
		p, _ := newTestPacketiser(t, name)
		value := []byte{1, 2, 3}
		p.write = func(header *rtp.Header, _ []byte) error { return header.SetExtension(1, value) }
		frame := codec.Frame{Data: make([]byte, 9999)}
		allocations := testing.AllocsPerRun(100, func() { _, _ = p.send(frame, 0, 640, 360) })
		assert.Zero(t, allocations)
	}
}

func TestAnUnknownCodecHasNoPackets(t *testing.T) {
	_, err := newDescriptor("H265", 0)
	require.ErrorIs(t, err, errCodec)
}

func FuzzPackets(f *testing.F) {
	f.Add([]byte{0, 1, 2}, true, true)
	f.Add(make([]byte, 3*payloadMost), false, false)
	f.Fuzz(func(t *testing.T, data []byte, key, vp9 bool) {
		if len(data) == 0 {
			return
		}
		name := "VP8"
		if vp9 {
			name = "VP9"
		}
		p, r := newTestPacketiser(t, name)
		_, err := p.send(codec.Frame{Data: data, Key: key}, 7, 640, 360)
		require.NoError(t, err)
		require.Len(t, r.frames, 1)
		require.True(t, bytes.Equal(data, r.frames[0].data))
	})
}
