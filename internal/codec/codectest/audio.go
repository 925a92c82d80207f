package codectest

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"libml_webrtc/internal/codec"
)

// AudioMeans are what an audio codec has.
type AudioMeans struct {
	// Tone and Voice are how well it can be expected to keep them, in decibels.
	Tone, Voice float64
	// Bitrates: it heeds the bit rate, and what else encoders are told about it.
	Bitrates bool
	// Copies: packets can carry one of the packet before.
	Copies bool
	// Conceals: it makes up what is missing.
	Conceals bool
}

// RunAudio runs the suite for audio.
func RunAudio(t *testing.T, audio codec.Audio, means AudioMeans) {
	t.Helper()
	require.Equal(t, audioRate, codec.AudioRate)
	for _, test := range []struct {
		name string
		run  func(*testing.T, codec.Audio, AudioMeans)
	}{
		{"Tone", tone},
		{"Voice", voice},
		{"Lengths", lengths},
		{"Channels", channelOrder},
		{"Extremes", extremes},
		{"Bitrate", audioBitrate},
		{"Bandwidth", bandwidth},
		{"Silence", silence},
		{"Copies", copies},
		{"Conceal", conceal},
		{"BrokenPayloads", brokenPayloads},
		{"Reset", reset},
		{"Refusals", audioRefusals},
		{"Closed", audioClosed},
		{"Allocations", audioAllocations},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, audio, means) })
	}
}

// packetFrames are 20 ms.
const packetFrames = audioRate / 50

// line is an encoder and the decoder of what it makes.
type line struct {
	t        *testing.T
	encoder  codec.AudioEncoder
	decoder  codec.AudioDecoder
	channels int
	room     []float32
}

func newLine(t *testing.T, audio codec.Audio, options codec.AudioEncoderOptions) *line {
	t.Helper()
	if options.Channels == 0 {
		options.Channels = 1
	}
	if options.Bitrate == 0 {
		options.Bitrate = 64_000 * options.Channels
	}
	encoder, err := audio.NewEncoder(options)
	require.NoError(t, err)
	t.Cleanup(encoder.Close)
	decoder, err := audio.NewDecoder(options.Channels)
	require.NoError(t, err)
	t.Cleanup(decoder.Close)
	room := make([]float32, codec.AudioFramesMost*options.Channels)

	return &line{t: t, encoder: encoder, decoder: decoder, channels: options.Channels, room: room}
}

// encode gives a copy of the payload.
func (l *line) encode(samples []float32) []byte {
	l.t.Helper()
	payload, err := l.encoder.Encode(samples)
	require.NoError(l.t, err)

	return append([]byte(nil), payload...)
}

// decode gives a copy of what was decoded.
func (l *line) decode(payload []byte) []float32 {
	l.t.Helper()
	frames, err := l.decoder.Decode(payload, l.room)
	require.NoError(l.t, err)

	return append([]float32(nil), l.room[:frames*l.channels]...)
}

// through sends all samples through.
func (l *line) through(samples []float32) (out []float32) {
	l.t.Helper()
	for len(samples) > 0 {
		out = append(out, l.decode(l.encode(samples[:packetFrames*l.channels]))...)
		samples = samples[packetFrames*l.channels:]
	}

	return out
}

// each decodes all payloads.
func (l *line) each(payloads [][]byte) (out []float32) {
	l.t.Helper()
	for _, payload := range payloads {
		out = append(out, l.decode(payload)...)
	}

	return out
}

// sane are samples that can be played.
func sane(t *testing.T, samples []float32) {
	t.Helper()
	for at, sample := range samples {
		if !(sample >= -1 && sample <= 1) {
			require.Fail(t, "not within -1 to 1", "%v at %d", sample, at)
		}
	}
}

func tone(t *testing.T, audio codec.Audio, means AudioMeans) {
	for _, frequency := range []float64{200, 440, 1000, 3000} {
		l := newLine(t, audio, codec.AudioEncoderOptions{})
		out := l.through(Tone(frequency, 0.5, 0, audioRate))
		require.Greater(t, ToneSNR(out[audioRate/2:], frequency), means.Tone, "%v Hz", frequency)
		require.InEpsilon(t, 0.5, Loudness(out[audioRate/2:], frequency), 0.02, "%v Hz", frequency)
	}
}

func voice(t *testing.T, audio codec.Audio, means AudioMeans) {
	l := newLine(t, audio, codec.AudioEncoderOptions{})
	in := Voice(0, 2*audioRate)
	got, late := SNR(in, l.through(in), audioRate/50)
	require.Greater(t, got, means.Voice)
	require.LessOrEqual(t, late, audioRate/100, "late by more than 10 ms")
}

// lengths: whatever is sent comes out as long, and as late.
func lengths(t *testing.T, audio codec.Audio, means AudioMeans) {
	for channels := 1; channels <= audio.Channels; channels++ {
		for _, frames := range []int{480, 960, 1920, 2880} {
			l := newLine(t, audio, codec.AudioEncoderOptions{Channels: channels})
			same := make([][]float32, channels)
			for at := range same {
				same[at] = Voice(0, 10*frames)
			}
			in := Interleave(same...)
			var out []float32
			for at := range 10 {
				payload := l.encode(in[at*frames*channels:][:frames*channels])
				packet, err := audio.Describe(payload)
				require.NoError(t, err)
				require.Equal(t, frames, packet.Frames)
				require.LessOrEqual(t, packet.Channels, channels)
				require.Less(t, len(payload), 1200)
				// What it needs is enough.
				decoded, err := l.decoder.Decode(payload, l.room[:frames*channels])
				require.NoError(t, err)
				require.Equal(t, frames, decoded)
				out = append(out, l.room[:frames*channels]...)
			}
			for at := range channels {
				got, _ := SNR(same[at], Channel(out, channels, at), audioRate/50)
				require.Greater(t, got, means.Voice-6, "%d channels, %d frames", channels, frames)
			}
		}
	}
}

func channelOrder(t *testing.T, audio codec.Audio, _ AudioMeans) {
	if audio.Channels < 2 {
		t.Skip("one channel only")
	}
	l := newLine(t, audio, codec.AudioEncoderOptions{Channels: 2})
	in := Interleave(Tone(440, 0.5, 0, audioRate), Tone(1000, 0.25, 0, audioRate))
	out := l.through(in)[audioRate:]
	left, right := Channel(out, 2, 0), Channel(out, 2, 1)
	require.InDelta(t, 0.5, Loudness(left, 440), 0.02)
	require.InDelta(t, 0.25, Loudness(right, 1000), 0.02)
	require.Less(t, Loudness(left, 1000), 0.02)
	require.Less(t, Loudness(right, 440), 0.02)

	// A decoder gives the channels that it was made for, whatever was coded.
	payload := l.encode(in[:2*packetFrames])
	packet, err := audio.Describe(payload)
	require.NoError(t, err)
	require.Equal(t, 2, packet.Channels)
	mono, err := audio.NewDecoder(1)
	require.NoError(t, err)
	defer mono.Close()
	frames, err := mono.Decode(payload, l.room[:packetFrames])
	require.NoError(t, err)
	require.Equal(t, packetFrames, frames)
	single := newLine(t, audio, codec.AudioEncoderOptions{})
	out = nil
	for at := range 20 {
		frames, err = l.decoder.Decode(single.encode(Tone(440, 0.5, at*packetFrames, packetFrames)), l.room)
		require.NoError(t, err)
		require.Equal(t, packetFrames, frames)
		out = append(out, l.room[:2*frames]...)
	}
	out = out[20*packetFrames:]
	require.InDelta(t, 0.5, Loudness(Channel(out, 2, 0), 440), 0.03)
	require.InDelta(t, 0.5, Loudness(Channel(out, 2, 1), 440), 0.03)
}

// extremes: what no microphone gives breaks nothing, and what comes out can be played.
func extremes(t *testing.T, audio codec.Audio, means AudioMeans) {
	l := newLine(t, audio, codec.AudioEncoderOptions{})
	huge := Tone(300, 1e30, 0, packetFrames)
	none := make([]float32, packetFrames)
	for at := range none {
		none[at] = [...]float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)), 0}[at%4]
	}
	square := Tone(300, 1e6, 0, packetFrames)
	for at := range square {
		square[at] = min(max(square[at], -1), 1)
	}
	for range 5 {
		for _, samples := range [][]float32{square, huge, none, make([]float32, packetFrames), Tone(23999, 3, 7, packetFrames)} {
			sane(t, l.through(samples))
		}
	}
	out := l.through(Tone(440, 0.5, 0, 2*audioRate))
	sane(t, out)
	require.Greater(t, ToneSNR(out[audioRate:], 440), means.Tone)
}
