package codectest

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"libml_webrtc/internal/codec"
)

// reset: a decoder is then as a new one.
func reset(t *testing.T, audio codec.Audio, _ AudioMeans) {
	for channels := 1; channels <= audio.Channels; channels++ {
		l := newLine(t, audio, codec.AudioEncoderOptions{Channels: channels})
		var payloads [][]byte
		for at := range 10 {
			words := make([][]float32, channels)
			for channel := range words {
				words[channel] = Voice((at+5+10*channel)*packetFrames, packetFrames)
			}
			payloads = append(payloads, l.encode(Interleave(words...)))
		}
		want := l.each(payloads)
		require.False(t, slices.Equal(want, l.each(payloads)), "nothing is kept from packet to packet")
		l.decoder.Reset()
		require.True(t, slices.Equal(want, l.each(payloads)))
	}
}

func audioRefusals(t *testing.T, audio codec.Audio, _ AudioMeans) {
	for _, options := range []codec.AudioEncoderOptions{
		{Channels: 0, Bitrate: 32_000}, {Channels: -1, Bitrate: 32_000}, {Channels: audio.Channels + 1, Bitrate: 32_000},
		{Channels: 1, Bitrate: 0}, {Channels: 1, Bitrate: -1}, {Channels: 1, Bitrate: 32_000, PlaybackRate: -1},
	} {
		_, err := audio.NewEncoder(options)
		require.Error(t, err, "%+v", options)
	}
	for _, channels := range []int{-1, 0, audio.Channels + 1} {
		_, err := audio.NewDecoder(channels)
		require.Error(t, err, "%d channels", channels)
	}
	l := newLine(t, audio, codec.AudioEncoderOptions{Channels: audio.Channels})
	for _, frames := range []int{0, 1, 120, 240, 479, 481, 1440, 3840, 4800, 5760, 48000} {
		_, err := l.encoder.Encode(make([]float32, frames*audio.Channels))
		require.Error(t, err, "%d frames", frames)
	}
	if audio.Channels > 1 {
		_, err := l.encoder.Encode(make([]float32, packetFrames*audio.Channels+1))
		require.Error(t, err, "no whole frame")
	}
	for _, loss := range []float64{-1, 0, 0.5, 1, 7} {
		require.NoError(t, l.encoder.SetLoss(loss))
	}
	payload := l.encode(make([]float32, packetFrames*audio.Channels))
	for _, room := range []int{0, 1, packetFrames*audio.Channels - 1} {
		_, err := l.decoder.Decode(payload, l.room[:room])
		require.Error(t, err, "room for %d samples", room)
		require.NotErrorIs(t, err, codec.ErrBroken)
	}
	l.decode(payload)
}

func audioClosed(t *testing.T, audio codec.Audio, _ AudioMeans) {
	l := newLine(t, audio, codec.AudioEncoderOptions{FEC: true})
	payload := l.encode(Voice(0, packetFrames))
	for range 2 {
		l.encoder.Close()
		l.decoder.Close()
	}
	_, err := l.encoder.Encode(make([]float32, packetFrames))
	require.Error(t, err)
	require.Error(t, l.encoder.SetBitrate(32_000))
	require.Error(t, l.encoder.SetLoss(0.1))
	_, err = l.decoder.Decode(payload, l.room)
	require.Error(t, err)
	require.False(t, l.decoder.Recover(payload, l.room[:packetFrames]))
	require.False(t, l.decoder.Conceal(l.room[:packetFrames]))
	l.decoder.Reset()
}

func audioAllocations(t *testing.T, audio codec.Audio, _ AudioMeans) {
	l := newLine(t, audio, codec.AudioEncoderOptions{Channels: audio.Channels, FEC: true})
	same := make([][]float32, audio.Channels)
	for at := range same {
		same[at] = Voice(0, packetFrames)
	}
	words := Interleave(same...)
	room := make([]float32, len(words))
	perPacket := testing.AllocsPerRun(50, func() {
		payload, err := l.encoder.Encode(words)
		if err != nil {
			return
		}
		_, _ = audio.Describe(payload)
		l.decoder.Recover(payload, room)
		l.decoder.Conceal(room)
		_, _ = l.decoder.Decode(payload, l.room)
	})
	require.Zero(t, perPacket, "allocations per packet")
}
