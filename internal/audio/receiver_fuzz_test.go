package audio

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"libml_webrtc/internal/codec"
	"libml_webrtc/internal/codec/g711"
	"libml_webrtc/internal/codec/opus"
	"libml_webrtc/internal/sound"
)

// FuzzReceiver takes any packets at any times. The input is a row of records: a byte of time that passes, in
// half milliseconds, a byte of size, and a packet of that size.
func FuzzReceiver(f *testing.F) {
	header := func(payloadType, number byte) []byte {
		return []byte{0x80, payloadType, 0, number, 0, 0, number, 0, 0, 0, 0, 1}
	}
	record := func(wait byte, packet []byte) []byte { return append([]byte{wait, byte(len(packet))}, packet...) }
	var seed []byte
	for i := range byte(20) {
		seed = append(seed, record(20, append(header(111, i), 0xf8, 1, 2, 3))...)
	}
	seed = append(seed, record(200, append(header(0, 200), make([]byte, 160)...))...)
	f.Add(seed)
	f.Add(record(0, append(header(111, 0), 0x0b, 0x41, 3, 0, 0, 0)))
	known := map[uint8]codec.Audio{111: opus.Audio(), 0: g711.PCMU()}
	f.Fuzz(func(t *testing.T, input []byte) {
		alive := sound.Alive()
		at := time.Hour
		r := newReceiver(ReceiverOptions{}, func() time.Duration { return at })
		s := parser{codec: func(payloadType uint8) (codec.Audio, bool) { c, ok := known[payloadType]; return c, ok }}
		var q player
		defer q.close()
		r.SetWatched(true)
		p := new(received)
		due := at
		for records := 0; len(input) >= 2 && records < 50; records++ {
			wait, size := input[0], int(input[1])
			input = input[2:]
			size = min(size, len(input))
			at += time.Duration(wait) * time.Millisecond / 2
			if s.parse(p, copy(p.bytes[:], input[:size]), at) {
				p = r.take(p)
			}
			input = input[size:]
			for ; due <= at; due += sound.Length {
				block := r.turn(&q, due)
				if !block.Valid() {
					continue
				}
				for _, sample := range block.Samples() {
					require.True(t, sample >= -2 && sample <= 2)
				}
				block.Release()
			}
		}
		require.LessOrEqual(t, r.waiting.frames, waitingMost*codec.AudioFramesMost)
		require.Equal(t, alive, sound.Alive())
	})
}
