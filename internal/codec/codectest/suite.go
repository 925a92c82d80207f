// Package codectest is the suites that every video codec and every audio codec of the library passes.
package codectest

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"libml_webrtc/internal/codec"
	"libml_webrtc/internal/picture"
)

const (
	frameRate = 30
	tick      = 90000 / frameRate
)

// Run runs the suite.
func Run(t *testing.T, video codec.Video) {
	t.Helper()
	tests := []struct {
		name string
		run  func(*testing.T, codec.Video)
	}{
		{"Sizes", sizes},
		{"Quality", quality},
		{"Colours", colours},
		{"Threads", threads},
		{"KeyFrames", keyFrames},
		{"Rate", rate},
		{"Pauses", pauses},
		{"NewSize", newSize},
		{"BrokenFrames", brokenFrames},
		{"OnlyKeyFramesHelp", onlyKeyFramesHelp},
		{"Refusals", refusals},
		{"Allocations", allocations},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before := picture.Alive()
			test.run(t, video)
			require.Equal(t, before, picture.Alive(), "pictures are left")
		})
	}
}

// loop is an encoder and the decoder of what it makes.
type loop struct {
	t       *testing.T
	encoder codec.Encoder
	decoder codec.Decoder
	at      uint64
}

func newLoop(t *testing.T, video codec.Video, width, height, bitrate int) *loop {
	t.Helper()
	encoder, err := video.NewEncoder(codec.EncoderOptions{
		Width: width, Height: height, Bitrate: bitrate, FrameRate: frameRate,
	})
	require.NoError(t, err)
	t.Cleanup(encoder.Close)
	decoder, err := video.NewDecoder()
	require.NoError(t, err)
	t.Cleanup(decoder.Close)

	return &loop{t: t, encoder: encoder, decoder: decoder}
}

func (l *loop) encode(p picture.Picture, key bool) codec.Frame {
	l.t.Helper()
	frame, err := l.encoder.Encode(p, l.at, key)
	require.NoError(l.t, err)
	l.at += tick

	return frame
}

func (l *loop) decode(frame codec.Frame) picture.Picture {
	l.t.Helper()
	p, err := l.decoder.Decode(frame.Data)
	require.NoError(l.t, err)
	require.True(l.t, p.Valid())

	return p
}

func sizes(t *testing.T, video codec.Video) {
	for _, size := range [][2]int{{1, 1}, {2, 2}, {3, 5}, {16, 16}, {17, 33}, {321, 239}, {1280, 720}, {1920, 1080}, {8192, 2}, {1, 8192}} {
		l := newLoop(t, video, size[0], size[1], 4_000_000)
		for n := range 3 {
			original := Pattern(size[0], size[1], n)
			frame := l.encode(original, false)
			if n > 0 && len(frame.Data) == 0 { // a picture of a few pixels may be worth nothing
				original.Release()

				continue
			}
			require.NotEmpty(t, frame.Data, "%v", size)
			require.Equal(t, n == 0, frame.Key, "%v, frame %d", size, n)
			decoded := l.decode(frame)
			require.Equal(t, size, [2]int{decoded.Width(), decoded.Height()})
			require.Greater(t, PSNR(original, decoded), 25.0, "%v, frame %d", size, n)
			decoded.Release()
			original.Release()
		}
	}
}

func quality(t *testing.T, video codec.Video) {
	l := newLoop(t, video, 640, 360, 1_000_000)
	last := 0.0
	for n := range 45 {
		original := Pattern(640, 360, n)
		if frame := l.encode(original, false); frame.Data != nil {
			decoded := l.decode(frame)
			last = PSNR(original, decoded)
			decoded.Release()
		}
		original.Release()
	}
	require.Greater(t, last, 33.0)
}

func colours(t *testing.T, video codec.Video) {
	for _, want := range [][3]byte{{16, 128, 128}, {235, 128, 128}, {81, 90, 240}, {145, 54, 34}, {41, 240, 110}} {
		l := newLoop(t, video, 64, 64, 500_000)
		original := picture.New(64, 64)
		planes := func(p picture.Picture) [3][]byte {
			y, u, v := p.Planes()

			return [3][]byte{y, u, v}
		}
		for plane, pixels := range planes(original) {
			for at := range pixels {
				pixels[at] = want[plane]
			}
		}
		decoded := l.decode(l.encode(original, false))
		for plane, pixels := range planes(decoded) {
			for _, value := range pixels {
				require.InDelta(t, want[plane], value, 4, "%v, plane %d", want, plane)
			}
		}
		decoded.Release()
		original.Release()
	}
}

// threads: what several make together, a decoder decodes.
func threads(t *testing.T, video codec.Video) {
	encoder, err := video.NewEncoder(codec.EncoderOptions{
		Width: 640, Height: 360, Bitrate: 1_000_000, FrameRate: frameRate, Threads: 4,
	})
	require.NoError(t, err)
	defer encoder.Close()
	decoder, err := video.NewDecoder()
	require.NoError(t, err)
	defer decoder.Close()
	for n := range 5 {
		original := Pattern(640, 360, n)
		frame, err := encoder.Encode(original, uint64(n)*tick, n == 3)
		require.NoError(t, err)
		decoded, err := decoder.Decode(frame.Data)
		require.NoError(t, err)
		require.Greater(t, PSNR(original, decoded), 25.0, "frame %d", n)
		decoded.Release()
		original.Release()
	}
}

func keyFrames(t *testing.T, video codec.Video) {
	l := newLoop(t, video, 320, 180, 500_000)
	for n := range 40 {
		original := Pattern(320, 180, n)
		wanted := n == 20
		frame := l.encode(original, wanted)
		original.Release()
		if n == 0 || wanted {
			require.True(t, frame.Key, "frame %d", n)
			// A decoder that has seen nothing before begins here.
			fresh, err := video.NewDecoder()
			require.NoError(t, err)
			decoded, err := fresh.Decode(frame.Data)
			require.NoError(t, err)
			decoded.Release()
			fresh.Close()
		} else {
			require.False(t, frame.Key, "frame %d", n)
		}
	}
}

// rate: what comes out follows the target, up and down, and the quantizer tells of it.
func rate(t *testing.T, video codec.Video) {
	l := newLoop(t, video, 320, 180, 150_000)
	measure := func(from int) (bitrate int, quantizer float64) {
		bytes, coded := 0, 0
		for n := from; n < from+90; n++ {
			original := Pattern(320, 180, n)
			if frame := l.encode(original, false); frame.Data != nil && n >= from+30 {
				bytes += len(frame.Data)
				quantizer += frame.Quantizer
				coded++
			}
			original.Release()
		}
		require.Positive(t, coded)

		return bytes * 8 / 2, quantizer / float64(coded)
	}
	low, coarse := measure(0)
	require.InEpsilon(t, 150_000, low, 0.4)
	require.NoError(t, l.encoder.SetRate(600_000, frameRate))
	high, fine := measure(90)
	require.Greater(t, high, 2*low)
	require.Less(t, high, 900_000)
	require.Less(t, fine, coarse)
	require.GreaterOrEqual(t, fine, 0.0)
	require.LessOrEqual(t, coarse, 1.0)
	require.NoError(t, l.encoder.SetRate(150_000, frameRate))
	again, _ := measure(180)
	require.InEpsilon(t, 150_000, again, 0.4)
}

// pauses: a picture after a gap gets no more bits than others, whatever the timestamps say.
func pauses(t *testing.T, video codec.Video) {
	l := newLoop(t, video, 320, 180, 200_000)
	bytes, since := 0, 0
	for n := range 60 {
		switch n {
		case 40:
			l.at += 5 * 90000
		case 50:
			l.at = 0
		}
		original := Pattern(320, 180, n)
		frame := l.encode(original, false)
		original.Release()
		if n >= 20 && n < 40 {
			bytes += len(frame.Data)
			since++
		}
		if n >= 40 {
			require.Less(t, len(frame.Data), 3*bytes/since, "frame %d", n)
		}
	}
}

// newSize: the decoder goes on with what another encoder made.
func newSize(t *testing.T, video codec.Video) {
	l := newLoop(t, video, 320, 180, 500_000)
	for n, size := range [][2]int{{320, 180}, {641, 359}, {160, 90}, {2, 2}, {320, 180}} {
		other := newLoop(t, video, size[0], size[1], 500_000)
		for range 2 {
			original := Pattern(size[0], size[1], n)
			decoded := l.decode(other.encode(original, false))
			require.Equal(t, size, [2]int{decoded.Width(), decoded.Height()})
			decoded.Release()
			original.Release()
		}
	}
}

// brokenFrames: whatever comes, the decoder lives on and decodes from the next key frame.
func brokenFrames(t *testing.T, video codec.Video) {
	l := newLoop(t, video, 320, 180, 500_000)
	random := rand.New(rand.NewPCG(1, 2))
	for n := range 60 {
		original := Pattern(320, 180, n)
		frame := l.encode(original, n%3 == 0)
		data := append([]byte(nil), frame.Data...)
		if n%3 == 0 {
			decoded := l.decode(frame)
			require.Greater(t, PSNR(original, decoded), 25.0)
			decoded.Release()
		}
		original.Release()
		for range 1 + random.IntN(8) {
			if len(data) > 0 {
				data[random.IntN(len(data))] ^= byte(1 + random.IntN(255))
			}
		}
		broken := data[:random.IntN(len(data)+1)]
		if decoded, err := l.decoder.Decode(broken); err == nil {
			decoded.Release()
		} else {
			require.ErrorIs(t, err, codec.ErrBroken)
		}
	}
	_, err := l.decoder.Decode(nil)
	require.ErrorIs(t, err, codec.ErrBroken)
}

// onlyKeyFramesHelp: after an error no picture comes that may be wrong.
func onlyKeyFramesHelp(t *testing.T, video codec.Video) {
	l := newLoop(t, video, 320, 180, 500_000)
	for n := range 30 {
		key := n == 20
		original := Pattern(320, 180, n)
		frame := l.encode(original, key)
		original.Release()
		require.NotEmpty(t, frame.Data, "frame %d", n)
		data := frame.Data
		if n == 10 {
			data = data[:1]
		}
		decoded, err := l.decoder.Decode(data)
		if n >= 10 && n < 20 {
			require.ErrorIs(t, err, codec.ErrBroken, "frame %d", n)
			require.False(t, decoded.Valid())

			continue
		}
		require.NoError(t, err, "frame %d", n)
		decoded.Release()
	}
}

func refusals(t *testing.T, video codec.Video) {
	for _, options := range []codec.EncoderOptions{
		{Width: 0, Height: 16, Bitrate: 100_000, FrameRate: 30},
		{Width: 16, Height: 8193, Bitrate: 100_000, FrameRate: 30},
		{Width: 16, Height: 16, Bitrate: 0, FrameRate: 30},
		{Width: 16, Height: 16, Bitrate: 100_000, FrameRate: 0},
	} {
		_, err := video.NewEncoder(options)
		require.Error(t, err, "%+v", options)
	}
	l := newLoop(t, video, 32, 32, 100_000)
	other := Pattern(64, 64, 0)
	defer other.Release()
	_, err := l.encoder.Encode(other, 0, false)
	require.Error(t, err, "a picture of another size")
	l.encoder.Close()
	l.encoder.Close()
	_, err = l.encoder.Encode(other, 0, false)
	require.Error(t, err)
	require.Error(t, l.encoder.SetRate(100_000, 30))
	l.decoder.Close()
	l.decoder.Close()
	_, err = l.decoder.Decode([]byte{1})
	require.Error(t, err)
}

func allocations(t *testing.T, video codec.Video) {
	l := newLoop(t, video, 160, 90, 200_000)
	original := Pattern(160, 90, 0)
	defer original.Release()
	perFrame := testing.AllocsPerRun(50, func() {
		frame, err := l.encoder.Encode(original, l.at, false)
		l.at += tick
		if err != nil || frame.Data == nil {
			return
		}
		if decoded, err := l.decoder.Decode(frame.Data); err == nil {
			decoded.Release()
		}
	})
	require.Zero(t, perFrame, "allocations per frame")
}
