package codectest

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"libml_webrtc/internal/codec"
)

// mark is what no decoder writes.
const mark = 1234

func marked(count int) []float32 {
	out := make([]float32, count)
	for at := range out {
		out[at] = mark
	}

	return out
}

// copies: what was lost comes from the next packet, and is better than what is made up.
func copies(t *testing.T, audio codec.Audio, means AudioMeans) {
	options := codec.AudioEncoderOptions{Bitrate: 32_000, FEC: true}
	if !means.Copies {
		l := newLine(t, audio, options)
		out := marked(packetFrames)
		require.False(t, l.decoder.Recover(l.encode(Voice(0, packetFrames)), out))
		require.Equal(t, marked(packetFrames), out)

		return
	}
	for channels := 1; channels <= audio.Channels; channels++ {
		for _, test := range []struct{ frames, rate int }{
			// In wider bands longer packets have a copy of the last 20 ms only.
			{packetFrames, 0}, {packetFrames, 16_000}, {2 * packetFrames, 16_000}, {3 * packetFrames, 16_000},
		} {
			options.Channels, options.Bitrate, options.PlaybackRate = channels, 32_000*channels, test.rate
			whole, recovered, made := lossy(t, audio, options, test.frames)
			require.Greater(t, recovered, made+8, "%d channels, %+v", channels, test)
			require.Greater(t, recovered, whole-10, "%d channels, %+v", channels, test)
		}
	}
	// Without it, there are none.
	l := newLine(t, audio, codec.AudioEncoderOptions{Bitrate: 32_000})
	require.NoError(t, l.encoder.SetLoss(0.2))
	for at := range 50 {
		payload := l.encode(Voice(at*packetFrames, packetFrames))
		out := marked(packetFrames)
		require.False(t, l.decoder.Recover(payload, out))
		require.Equal(t, marked(packetFrames), out)
		l.decode(payload)
	}
}

// lossy loses every fifth packet, and says how well what is instead of them is like what was sent: with
// no loss, recovered from copies, and made up. Quiet packets have no copies.
func lossy(t *testing.T, audio codec.Audio, options codec.AudioEncoderOptions, frames int) (whole, recovered, made float64) {
	t.Helper()
	first, second, third := newLine(t, audio, options), newLine(t, audio, options), newLine(t, audio, options)
	in, payloads := talk(t, first, frames, 150)
	_, late := SNR(in, Channel(first.each(payloads[:40]), options.Channels, 0), audioRate/50)
	first.decoder.Reset()

	var want []float32
	outs := [3][]float32{}
	lost, copied := 0, 0
	for at, payload := range payloads[:len(payloads)-1] {
		if at%5 != 4 {
			first.decode(payload)
			second.decode(payload)
			third.decode(payload)

			continue
		}
		pieces := [3][]float32{first.decode(payload), make([]float32, frames*options.Channels), make([]float32, frames*options.Channels)}
		require.True(t, third.decoder.Conceal(pieces[2]))
		lost++
		if !second.decoder.Recover(payloads[at+1], pieces[1]) {
			require.True(t, second.decoder.Conceal(pieces[1]))

			continue
		}
		copied++
		want = append(want, in[at*frames:][:frames-late]...)
		for which, piece := range pieces {
			sane(t, piece)
			outs[which] = append(outs[which], Channel(piece, options.Channels, 0)[late:]...)
		}
	}
	require.Greater(t, copied, lost/2, "of %d", lost)
	result := [3]float64{}
	for which, out := range outs {
		result[which], _ = SNR(want, out, 0)
	}

	return result[0], result[1], result[2]
}

// talk encodes a voice, the same in all channels.
func talk(t *testing.T, l *line, frames, packets int) (in []float32, payloads [][]byte) {
	t.Helper()
	require.NoError(t, l.encoder.SetLoss(0.2))
	in = Voice(0, packets*frames)
	for at := range packets {
		words := in[at*frames:][:frames]
		if l.channels == 2 {
			words = Interleave(words, words)
		}
		payloads = append(payloads, l.encode(words))
	}

	return in, payloads
}

// conceal: what is made up goes on as it was, and fades away.
func conceal(t *testing.T, audio codec.Audio, means AudioMeans) {
	l := newLine(t, audio, codec.AudioEncoderOptions{})
	if !means.Conceals {
		out := marked(packetFrames)
		require.False(t, l.decoder.Conceal(out))
		require.Equal(t, marked(packetFrames), out)

		return
	}
	out := marked(packetFrames)
	require.True(t, l.decoder.Conceal(out), "before anything came")
	require.Zero(t, Power(out))
	l.through(Tone(440, 0.5, 0, audioRate/2))
	for _, frames := range []int{480, 960, 1440, 2880} {
		out = make([]float32, frames)
		require.True(t, l.decoder.Conceal(out))
		sane(t, out)
		if frames == 480 {
			require.InDelta(t, 0.5, Loudness(out, 440), 0.2)
		}
	}
	out = make([]float32, audioRate)
	require.True(t, l.decoder.Conceal(out))
	require.Less(t, Power(out[audioRate/2:]), 0.5*0.5/2/100)
	for _, bad := range []int{0, 1, 479, 481, audioRate + 480} {
		out = marked(bad)
		require.False(t, l.decoder.Conceal(out), "%d samples", bad)
		require.Equal(t, marked(bad), out)
	}
	require.Greater(t, ToneSNR(l.through(Tone(440, 0.5, 0, audioRate))[audioRate/2:], 440), means.Tone)
}

// brokenPayloads: whatever comes, the decoder lives on.
func brokenPayloads(t *testing.T, audio codec.Audio, means AudioMeans) {
	l := newLine(t, audio, codec.AudioEncoderOptions{Channels: audio.Channels, FEC: true})
	other := newLine(t, audio, codec.AudioEncoderOptions{Bitrate: 20_000, FEC: true})
	require.NoError(t, other.encoder.SetLoss(0.2))
	random := rand.New(rand.NewPCG(1, 2))
	words := make([]float32, packetFrames*audio.Channels)
	room := make([]float32, packetFrames*audio.Channels)
	for n := range 600 {
		var data []byte
		switch n % 3 {
		case 0:
			data = make([]byte, random.IntN(100))
			for at := range data {
				data[at] = byte(random.IntN(256))
			}
		case 1:
			for at := range words {
				words[at] = 0.3 * float32(math.Sin(float64(at*n)))
			}
			data = l.encode(words)
		default:
			data = other.encode(Voice(n*packetFrames, packetFrames))
		}
		for range random.IntN(4) {
			if len(data) > 0 {
				data[random.IntN(len(data))] ^= byte(1 + random.IntN(255))
			}
		}
		feed(t, audio, l, data[:random.IntN(len(data)+1)], room)
	}
	feed(t, audio, l, nil, room)
	feed(t, audio, l, make([]byte, 70_000), room)
	// What follows is heard as if nothing had been.
	tones := make([][]float32, audio.Channels)
	for at := range tones {
		tones[at] = Tone(440, 0.5, 0, audioRate)
	}
	out := Channel(l.through(Interleave(tones...)), audio.Channels, audio.Channels-1)
	require.Greater(t, ToneSNR(out[audioRate/2:], 440), means.Tone)
}

// feed gives a payload to all that takes one. Describe and Decode are of one opinion.
func feed(t testing.TB, audio codec.Audio, l *line, data []byte, room []float32) {
	t.Helper()
	if l.decoder.Recover(data, room) {
		for _, sample := range room {
			if !(sample >= -1 && sample <= 1) {
				t.Fatalf("recovered %v", sample)
			}
		}
	}
	packet, described := audio.Describe(data)
	frames, err := l.decoder.Decode(data, l.room)
	if described != nil || err != nil {
		require.ErrorIs(t, described, codec.ErrBroken)
		require.ErrorIs(t, err, codec.ErrBroken)
		require.Zero(t, frames)

		return
	}
	require.Equal(t, packet.Frames, frames)
	require.GreaterOrEqual(t, packet.Channels, 1)
	require.LessOrEqual(t, packet.Channels, audio.Channels)
	for _, sample := range l.room[:frames*l.channels] {
		if !(sample >= -1 && sample <= 1) {
			t.Fatalf("decoded %v", sample)
		}
	}
}

// FuzzAudio feeds a decoder, and sees that it decodes what comes after.
func FuzzAudio(f *testing.F, audio codec.Audio) {
	f.Helper()
	encoder, err := audio.NewEncoder(codec.AudioEncoderOptions{Channels: 1, Bitrate: 24_000, FEC: true})
	require.NoError(f, err)
	defer encoder.Close()
	require.NoError(f, encoder.SetLoss(0.3))
	var payloads [][]byte
	for at := range 20 {
		payload, err := encoder.Encode(Voice(at*packetFrames, packetFrames))
		require.NoError(f, err)
		payloads = append(payloads, append([]byte(nil), payload...))
	}
	f.Add(payloads[0], payloads[1])
	f.Add(payloads[18], payloads[19])
	f.Add(payloads[19], []byte{})
	f.Add([]byte{0xff, 0x43, 0x01, 0x00}, []byte{0x0b, 0x82, 0x01, 0x80, 0x80})
	f.Fuzz(func(t *testing.T, first, second []byte) {
		for channels := 1; channels <= audio.Channels; channels++ {
			decoder, err := audio.NewDecoder(channels)
			require.NoError(t, err)
			l := &line{decoder: decoder, channels: channels, room: make([]float32, codec.AudioFramesMost*channels)}
			room := make([]float32, packetFrames*channels)
			for _, data := range [][]byte{first, second, payloads[19]} {
				feed(t, audio, l, data, room)
				decoder.Conceal(room)
			}
			frames, err := decoder.Decode(payloads[19], l.room)
			require.NoError(t, err)
			require.Equal(t, packetFrames, frames)
			decoder.Close()
		}
	})
}
