package sound

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// tones has a tone per channel: of frequency, twice that, and so on.
func tones(channels, rate, frames int, frequency float64) []float32 {
	out := make([]float32, channels*frames)
	for at := range out {
		frame, channel := at/channels, at%channels
		out[at] = float32(0.5 * math.Sin(2*math.Pi*frequency*float64(channel+1)*float64(frame)/float64(rate)))
	}

	return out
}

func newResampler(t *testing.T, channels, from, to int) *Resampler {
	t.Helper()
	r, err := NewResampler(channels, from, to)
	require.NoError(t, err)
	t.Cleanup(r.Close)

	return r
}

// all runs all of in through in pieces of some frames.
func all(r *Resampler, in []float32, piece int) []float32 {
	var out []float32
	room := make([]float32, 97*r.channels)
	for len(in) > 0 {
		now := in[:min(len(in), piece*r.channels)]
		taken, given := r.Run(now, room)
		out = append(out, room[:given*r.channels]...)
		in = in[taken*r.channels:]
	}

	return out
}

// snr is in decibels, without the ends, which the filter sees half of.
func snr(want, got []float32, edge int) float64 {
	signal, noise := 0.0, 0.0
	for at := edge; at < min(len(want), len(got))-edge; at++ {
		signal += float64(want[at]) * float64(want[at])
		noise += (float64(want[at]) - float64(got[at])) * (float64(want[at]) - float64(got[at]))
	}

	return 10 * math.Log10(signal/noise)
}

func TestResampler(t *testing.T) {
	for _, rate := range []int{8000, 11025, 16000, 22050, 24000, 32000, 44100, 47999, 48000, 96000, 192000} {
		for _, channels := range []int{1, 2, 5} {
			t.Run(fmt.Sprintf("%d Hz, %d channels", rate, channels), func(t *testing.T) {
				const frequency = 440
				got := all(newResampler(t, channels, rate, Rate), tones(channels, rate, rate/5, frequency), 100)
				want := tones(channels, Rate, Rate/5, frequency)
				require.InDelta(t, len(want), len(got), Rate/100*float64(channels))
				require.Greater(t, snr(want, got, Rate/50*channels), 80.0)
				back := all(newResampler(t, channels, Rate, rate), want, 100)
				require.Greater(t, snr(tones(channels, rate, rate/5, frequency), back, rate/50*channels), 80.0)
			})
		}
	}
}

// What the lower rate can't carry is not heard.
func TestResamplerTakesAway(t *testing.T) {
	for _, frequency := range []float64{4400, 7000, 15000, 23000} {
		for _, sample := range all(newResampler(t, 1, Rate, 8000), tones(1, Rate, Rate/5, frequency), 480)[100:] {
			require.Less(t, math.Abs(float64(sample)), 1e-4, "%v Hz", frequency)
		}
	}
}

func TestResamplerInPieces(t *testing.T) {
	in := tones(2, 44100, 10000, 300)
	want := all(newResampler(t, 2, 44100, Rate), in, 10000)
	for _, piece := range []int{1, 7, 441} {
		require.Equal(t, want, all(newResampler(t, 2, 44100, Rate), in, piece))
	}
}

// It is one of the two that ends a run.
func TestResamplerRoom(t *testing.T) {
	for _, rate := range []int{8000, 44100, Rate, 96000} {
		r := newResampler(t, 2, rate, Rate)
		in, out := make([]float32, 2*1000), make([]float32, 2*50)
		for range 100 {
			taken, given := r.Run(in, out)
			require.True(t, taken == 1000 || given == 50, "%d, %d", taken, given)
		}
		taken, given := r.Run(nil, out)
		require.Zero(t, taken+given)
		taken, given = r.Run(in, out[:1])
		require.Zero(t, taken+given, "no whole frame")
	}
}

func TestResamplerPrime(t *testing.T) {
	for _, test := range []struct{ from, to, in, out int }{
		{8000, Rate, 80, 480}, {Rate, 8000, 480, 80}, {8000, Rate, 1, 6}, {44100, Rate, 441, 480}, {Rate, Rate, 480, 480},
	} {
		r := newResampler(t, 2, test.from, test.to)
		in, out := tones(2, test.from, test.in, 1000), make([]float32, 2*1000)
		for range 2 {
			r.Prime()
			for range 50 {
				taken, given := r.Run(in, out)
				require.Equal(t, test.in, taken)
				require.Equal(t, test.out, given)
			}
			r.Reset()
		}
	}
}

// Nothing of what was before is heard, on no channel.
func TestResamplerReset(t *testing.T) {
	for _, rates := range [][2]int{{8000, Rate}, {44100, Rate}, {96000, Rate}, {Rate, 8000}, {Rate, Rate}} {
		const channels = 5
		r := newResampler(t, channels, rates[0], rates[1])
		loud, quiet := tones(channels, rates[0], 1000, 700), tones(channels, rates[0], 1000, 250)
		want := all(r, quiet, 100)
		all(r, loud, 333)
		r.Reset()
		require.Equal(t, want, all(r, quiet, 100), "%v", rates)
	}
}

func TestResamplerRefusals(t *testing.T) {
	for _, bad := range [][3]int{
		{0, 8000, Rate}, {MaxChannels + 1, 8000, Rate}, {-1, 8000, Rate},
		{1, 7999, Rate}, {1, Rate, 192001}, {1, -1, Rate}, {1, 0, Rate}, {1 << 32, 8000, Rate}, {1, 8000 + 1<<32, Rate},
	} {
		_, err := NewResampler(bad[0], bad[1], bad[2])
		require.Error(t, err, "%v", bad)
	}
	r := newResampler(t, 1, 8000, Rate)
	r.Close()
	r.Close()
	r.Reset()
	r.Prime()
	taken, given := r.Run(make([]float32, 8), make([]float32, 48))
	require.Zero(t, taken+given)
}

func TestResamplerAllocations(t *testing.T) {
	r := newResampler(t, 2, 44100, Rate)
	in, out := make([]float32, 2*441), make([]float32, 2*480)
	require.Zero(t, testing.AllocsPerRun(100, func() { r.Run(in, out) }))
}

func BenchmarkResampler(b *testing.B) {
	r, err := NewResampler(2, 44100, Rate)
	require.NoError(b, err)
	defer r.Close()
	in, out := tones(2, 44100, 441, 440), make([]float32, 2*500)
	for b.Loop() {
		r.Run(in, out)
	}
}
