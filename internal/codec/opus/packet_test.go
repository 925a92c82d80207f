package opus

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"libml_webrtc/internal/codec"
)

// layout makes packets by RFC 6716, section 3.2.
type layout struct {
	configuration byte
	stereo        bool
	frames        [][]byte
	varying       bool
	padding       int // -1: none
}

func putSize(out []byte, size int) []byte {
	if size < 252 {
		return append(out, byte(size))
	}
	low := 252 + size%4

	return append(out, byte(low), byte((size-low)/4))
}

// payload uses code 3.
func (l layout) payload() []byte {
	out := []byte{l.configuration<<3 | 3, byte(len(l.frames))}
	if l.stereo {
		out[0] |= 4
	}
	if l.varying {
		out[1] |= 0x80
	}
	if l.padding >= 0 {
		out[1] |= 0x40
		left := l.padding
		for ; left > 254; left -= 254 {
			out = append(out, 255)
		}
		out = append(out, byte(left))
	}
	for at, frame := range l.frames {
		if l.varying && at < len(l.frames)-1 {
			out = putSize(out, len(frame))
		}
	}
	for _, frame := range l.frames {
		out = append(out, frame...)
	}

	return append(out, make([]byte, max(l.padding, 0))...)
}

// By RFC 6716, table 2, in 1/48 ms.
var frameLengths = [32]int{
	480, 960, 1920, 2880, 480, 960, 1920, 2880, 480, 960, 1920, 2880, 480, 960, 480, 960,
	120, 240, 480, 960, 120, 240, 480, 960, 120, 240, 480, 960, 120, 240, 480, 960,
}

func TestParse(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for configuration, length := range frameLengths {
		for range 200 {
			l := layout{
				configuration: byte(configuration), stereo: random.IntN(2) == 0, varying: random.IntN(2) == 0,
				padding: random.IntN(1000)*random.IntN(2) - 1,
			}
			size := random.IntN(maxFrameBytes + 1)
			for range 1 + random.IntN(codec.AudioFramesMost/length) {
				if l.varying {
					size = random.IntN(maxFrameBytes + 1)
				}
				frame := make([]byte, size)
				if size > 0 {
					frame[0] = byte(random.IntN(256))
				}
				l.frames = append(l.frames, frame)
			}
			payload := l.payload()
			if len(payload) > maxBytes {
				continue
			}
			p, err := parse(payload)
			require.NoError(t, err)
			require.Equal(t, length, p.frame)
			require.Len(t, l.frames, p.count)
			require.True(t, slices.Equal(l.frames[0], p.first))
			require.Equal(t, l.stereo, p.channels == 2)
			require.Equal(t, configuration >= 16, p.mdct)
		}
	}
}

func TestParseShort(t *testing.T) {
	for _, test := range []struct {
		name    string
		payload []byte
		frames  int
		first   []byte
	}{
		{"silence", []byte{0x08}, 960, []byte{}},
		{"one frame", []byte{0x08, 7}, 960, []byte{7}},
		{"two equal frames", []byte{0x09, 7, 8}, 1920, []byte{7}},
		{"two empty frames", []byte{0x09}, 1920, []byte{}},
		{"two frames", []byte{0x0a, 1, 7, 8, 9}, 1920, []byte{7}},
		{"two frames, the second empty", []byte{0x0a, 1, 7}, 1920, []byte{7}},
		{"three empty frames", []byte{0x0b, 3}, 2880, []byte{}},
		{"nothing but padding", []byte{0x0b, 0x41, 3, 0, 0, 0}, 960, []byte{}},
	} {
		p, err := parse(test.payload)
		require.NoError(t, err, test.name)
		require.Equal(t, test.frames, p.frame*p.count, test.name)
		require.Equal(t, test.first, p.first, test.name)
	}
}

func TestParseBroken(t *testing.T) {
	large := make([]byte, maxFrameBytes+1)
	for name, payload := range map[string][]byte{
		"empty":                             {},
		"more than a datagram":              make([]byte, maxBytes+1),
		"a frame that is too large":         append([]byte{0x08}, large...),
		"two equal frames that are not":     {0x09, 1},
		"two frames that are too large":     append(append([]byte{0x09}, large...), large...),
		"no size":                           {0x0a},
		"half a size":                       {0x0a, 252},
		"more than there is":                {0x0a, 3, 0, 0},
		"the second is too large":           append([]byte{0x0a, 0}, large...),
		"no count":                          {0x0b},
		"no frames":                         {0x0b, 0},
		"more than 120 ms":                  {0x0b, 7},
		"49 frames of 2.5 ms":               {0x83, 49},
		"no padding":                        {0x0b, 0x41},
		"more padding than there is":        {0x0b, 0x41, 2, 0},
		"endless padding":                   {0x0b, 0x41, 255, 255, 255},
		"no sizes":                          {0x0b, 0x83},
		"no last size":                      {0x0b, 0x83, 0},
		"three equal frames that are not":   {0x0b, 3, 0},
		"sizes that are more than there is": {0x0b, 0x83, 2, 2, 0, 0, 0},
	} {
		_, err := parse(payload)
		require.ErrorIs(t, err, codec.ErrBroken, name)
	}
}

// The flags by RFC 6716, section 4.2.3: those of the middle channel, then those of the side.
func TestCopied(t *testing.T) {
	for _, test := range []struct {
		name   string
		head   byte
		flags  byte
		copied bool
	}{
		{"10 ms", 0x00, 0b01000000, true},
		{"10 ms, a voice only", 0x00, 0b10111111, false},
		{"20 ms", 0x08, 0b01000000, true},
		{"20 ms, a voice only", 0x08, 0b10111111, false},
		{"40 ms", 0x10, 0b00100000, true},
		{"40 ms, two voices only", 0x10, 0b11011111, false},
		{"60 ms", 0x18, 0b00010000, true},
		{"60 ms, three voices only", 0x18, 0b11101111, false},
		{"hybrid", 0x78, 0b01000000, true},
		{"20 ms, the middle's", 0x0c, 0b01000000, true},
		{"20 ms, the side's", 0x0c, 0b00010000, true},
		{"20 ms, voices only", 0x0c, 0b10101111, false},
		{"40 ms, the side's", 0x14, 0b00000100, true},
		{"60 ms, the side's", 0x1c, 0b00000001, true},
		{"60 ms, voices only", 0x1c, 0b11101110, false},
		{"CELT", 0xf8, 0b11111111, false},
	} {
		p, err := parse([]byte{test.head, test.flags, 0, 0})
		require.NoError(t, err)
		require.Equal(t, test.copied, p.copied(), test.name)
		p, err = parse([]byte{test.head, test.flags})
		require.NoError(t, err)
		require.False(t, p.copied(), "%s, silence", test.name)
	}
}
