package codectest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"libml_webrtc/internal/codec"
)

// audioBitrate: what comes out follows the target.
func audioBitrate(t *testing.T, audio codec.Audio, means AudioMeans) {
	for _, constant := range []bool{false, true} {
		l := newLine(t, audio, codec.AudioEncoderOptions{Bitrate: 24_000, Constant: constant})
		measure := func() int {
			bytes, sizes := 0, map[int]bool{}
			for at := range 100 {
				size := len(l.encode(Voice(at*packetFrames, packetFrames)))
				if at >= 50 {
					bytes += size
					sizes[size] = true
				}
			}
			if constant {
				require.Len(t, sizes, 1)
			}

			return 8 * bytes
		}
		low := measure()
		require.NoError(t, l.encoder.SetBitrate(96_000))
		high := measure()
		require.NoError(t, l.encoder.SetBitrate(24_000))
		again := measure()
		if !means.Bitrates {
			require.Equal(t, []int{low, low}, []int{high, again})

			continue
		}
		require.InEpsilon(t, 24_000, low, 0.25)
		require.InEpsilon(t, 96_000, high, 0.25)
		require.InEpsilon(t, 24_000, again, 0.25)
		// Nonsense is put right.
		for _, nonsense := range []int{-1, 0, 1, 1 << 40} {
			require.NoError(t, l.encoder.SetBitrate(nonsense))
			require.Less(t, len(l.encode(Voice(0, 3*packetFrames))), 1200)
		}
	}
}

// bandwidth: nothing is sent that the other side won't play.
func bandwidth(t *testing.T, audio codec.Audio, means AudioMeans) {
	if !means.Bitrates {
		t.Skip("of one bandwidth")
	}
	for _, test := range []struct {
		rate         int
		passes, ends float64
	}{
		{8000, 3000, 5000}, {12000, 5000, 9500}, {16000, 7000, 9500}, {24000, 11000, 14000}, {48000, 17000, 23000}, {0, 17000, 23000},
	} {
		l := newLine(t, audio, codec.AudioEncoderOptions{PlaybackRate: test.rate})
		in := Tone(test.passes, 0.3, 0, audioRate)
		for at, sample := range Tone(test.ends, 0.3, 0, audioRate) {
			in[at] += sample
		}
		out := l.through(in)[audioRate/2:]
		require.Greater(t, Loudness(out, test.passes), 0.15, "%d", test.rate)
		require.Less(t, Loudness(out, test.ends), 0.03, "%d", test.rate)
	}
}

// silence: with DTX hardly anything is sent while nothing is said, and all else is as without.
func silence(t *testing.T, audio codec.Audio, means AudioMeans) {
	for _, dtx := range []bool{false, true} {
		for channels := 1; channels <= audio.Channels; channels++ {
			l := newLine(t, audio, codec.AudioEncoderOptions{Channels: channels, Bitrate: 32_000 * channels, DTX: dtx})
			for range 2 {
				words := make([][]float32, channels)
				for at := range words {
					words[at] = Voice(0, audioRate/2)
				}
				speak := Interleave(words...)
				for ; len(speak) > 0; speak = speak[packetFrames*channels:] {
					require.NotEmpty(t, l.encode(speak[:packetFrames*channels]), "words")
				}
				sent := sayNothing(t, l)
				if dtx && means.Bitrates {
					require.Less(t, sent, 40)
					require.Positive(t, sent)
				} else {
					require.Equal(t, 100, sent)
				}
			}
		}
	}
}

// sayNothing encodes 2 s of silence, and says how many packets were sent for it.
func sayNothing(t *testing.T, l *line) (sent int) {
	t.Helper()
	for range 100 {
		payload := l.encode(make([]float32, packetFrames*l.channels))
		if len(payload) == 0 {
			require.Positive(t, sent, "the other side knows nothing of the silence")

			continue
		}
		sent++
		out := l.decode(payload)
		require.Len(t, out, packetFrames*l.channels)
		if sent > 30 {
			require.Less(t, Power(out), 1e-6)
		}
	}

	return sent
}
