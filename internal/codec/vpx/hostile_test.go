package vpx

import (
	"testing"

	"github.com/stretchr/testify/require"

	"libml_webrtc/internal/codec"
	"libml_webrtc/internal/codec/codectest"
	"libml_webrtc/internal/picture"
)

// vp8Header begins a VP8 key frame of a size.
func vp8Header(width, height int) []byte {
	return []byte{
		0x10, 0x20, 0x00, // a key frame that is shown, its first partition 256 bytes
		0x9d, 0x01, 0x2a,
		byte(width), byte(width >> 8), byte(height), byte(height >> 8),
	}
}

// bits are written from the highest to the lowest of each byte, as in VP9's headers.
type bits struct {
	bytes []byte
	used  int
}

func (b *bits) put(value, count int) *bits {
	for at := count - 1; at >= 0; at-- {
		if b.used%8 == 0 {
			b.bytes = append(b.bytes, 0)
		}
		b.bytes[len(b.bytes)-1] |= byte(value>>at&1) << (7 - b.used%8)
		b.used++
	}

	return b
}

// vp9Header begins a VP9 key frame of a profile and size.
func vp9Header(profile, width, height int) []byte {
	b := &bits{}
	b.put(2, 2).put(profile&1, 1).put(profile>>1, 1)
	if profile == 3 {
		b.put(0, 1)
	}
	b.put(0, 1).put(0, 1).put(1, 1).put(0, 1) // new, a key frame, shown, not error resilient
	b.put(0x498342, 24)
	if profile >= 2 {
		b.put(0, 1) // 10 bits
	}
	b.put(1, 3).put(0, 1) // BT.601, limited
	if profile&1 == 1 {
		b.put(0, 3) // 4:4:4
	}
	b.put(width-1, 16).put(height-1, 16)

	return b.bytes
}

// What is refused is so by the first bytes, and the decoder goes on.
func TestHostileHeaders(t *testing.T) {
	rest := make([]byte, 4096)
	for _, test := range []struct {
		name  string
		video codec.Video
		data  []byte
		want  string
	}{
		{"VP8, too wide", VP8(), vp8Header(8193, 16), "too large"},
		{"VP8, too high", VP8(), vp8Header(16, 16383), "too large"},
		{"VP8, no size", VP8(), vp8Header(0, 0), ""},
		{"VP8, no key frame first", VP8(), []byte{0x11, 0x20, 0x00}, "no key frame"},
		{"VP9, too wide", VP9(), vp9Header(0, 8193, 16), "too large"},
		{"VP9, too high", VP9(), vp9Header(0, 16, 65536), "too large"},
		{"VP9, 4:4:4", VP9(), vp9Header(1, 64, 64), ""},
		{"VP9, 10 bits", VP9(), vp9Header(2, 64, 64), ""},
		{"VP9, 4:4:4 of 10 bits", VP9(), vp9Header(3, 64, 64), ""},
		{"VP9, no key frame first", VP9(), (&bits{}).put(0x86, 8).bytes, "no key frame"},
	} {
		t.Run(test.name, func(t *testing.T) {
			decoder, err := test.video.NewDecoder()
			require.NoError(t, err)
			defer decoder.Close()
			before := picture.Alive()
			for _, data := range [][]byte{append(test.data, rest[:2]...), append(test.data, rest...)} {
				_, err = decoder.Decode(data)
				require.ErrorIs(t, err, codec.ErrBroken)
				require.ErrorContains(t, err, test.want)
			}
			require.Equal(t, before, picture.Alive())

			encoder, err := test.video.NewEncoder(codec.EncoderOptions{
				Width: 48, Height: 32, Bitrate: 100_000, FrameRate: 30,
			})
			require.NoError(t, err)
			defer encoder.Close()
			original := codectest.Pattern(48, 32, 0)
			defer original.Release()
			frame, err := encoder.Encode(original, 0, false)
			require.NoError(t, err)
			decoded, err := decoder.Decode(frame.Data)
			require.NoError(t, err)
			require.True(t, decoded.Valid())
			decoded.Release()
		})
	}
}
