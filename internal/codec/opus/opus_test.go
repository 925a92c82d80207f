package opus

import (
	"testing"

	"github.com/stretchr/testify/require"

	"libml_webrtc/internal/codec"
	"libml_webrtc/internal/codec/codectest"
)

func TestOpus(t *testing.T) {
	codectest.RunAudio(t, Audio(), codectest.AudioMeans{
		Tone: 35, Voice: 20, Bitrates: true, Copies: true, Conceals: true,
	})
}

func FuzzDecode(f *testing.F) { codectest.FuzzAudio(f, Audio()) }

// The last packet before a silence is one that says so, that it isn't taken for a loss.
func TestSilenceIsTold(t *testing.T) {
	encoder, err := Audio().NewEncoder(codec.AudioEncoderOptions{Channels: 1, Bitrate: 32_000, DTX: true})
	require.NoError(t, err)
	defer encoder.Close()
	told, silences := false, 0
	for at := range 200 {
		samples := make([]float32, 960)
		if at%100 < 50 {
			samples = codectest.Voice(at*960, 960)
		}
		payload, err := encoder.Encode(samples)
		require.NoError(t, err)
		if len(payload) > 0 {
			told = len(payload) <= 2

			continue
		}
		require.True(t, told, "packet %d", at)
		silences++
	}
	require.Greater(t, silences, 50)
}

// No wish makes a payload that does not fit into a datagram.
func TestLargest(t *testing.T) {
	for _, constant := range []bool{false, true} {
		encoder, err := Audio().NewEncoder(codec.AudioEncoderOptions{Channels: 2, Bitrate: 2_000_000, Constant: constant})
		require.NoError(t, err)
		defer encoder.Close()
		decoder, err := Audio().NewDecoder(2)
		require.NoError(t, err)
		defer decoder.Close()
		room := make([]float32, 2*codec.AudioFramesMost)
		for _, frames := range []int{480, 960, 1920, 2880} {
			for at := range 5 {
				samples := codectest.Interleave(codectest.Voice(at*frames, frames), codectest.Tone(5000, 1, 7, frames))
				payload, err := encoder.Encode(samples)
				require.NoError(t, err)
				require.LessOrEqual(t, len(payload), 1160)
				require.Greater(t, len(payload), 300)
				decoded, err := decoder.Decode(payload, room)
				require.NoError(t, err)
				require.Equal(t, frames, decoded)
			}
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	encoder, err := Audio().NewEncoder(codec.AudioEncoderOptions{Channels: 1, Bitrate: 64_000})
	require.NoError(b, err)
	defer encoder.Close()
	samples, at := codectest.Voice(0, 960*100), 0
	for b.Loop() {
		_, _ = encoder.Encode(samples[at%100*960:][:960])
		at++
	}
}

func BenchmarkDecode(b *testing.B) {
	encoder, err := Audio().NewEncoder(codec.AudioEncoderOptions{Channels: 1, Bitrate: 64_000})
	require.NoError(b, err)
	defer encoder.Close()
	decoder, err := Audio().NewDecoder(1)
	require.NoError(b, err)
	defer decoder.Close()
	payload, err := encoder.Encode(codectest.Voice(0, 960))
	require.NoError(b, err)
	room := make([]float32, 960)
	for b.Loop() {
		_, _ = decoder.Decode(payload, room)
	}
}
