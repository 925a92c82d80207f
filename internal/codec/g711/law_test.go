package g711

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// The values of ITU-T G.711, tables 1 and 2: the largest and the smallest of the pieces.
func TestValues(t *testing.T) {
	for _, test := range []struct {
		code  byte
		value float32
	}{
		{0x80, 8031}, {0x8f, 4191}, {0x90, 3999}, {0xa0, 1983}, {0xb0, 975}, {0xc0, 471}, {0xd0, 219},
		{0xe0, 93}, {0xef, 33}, {0xf0, 30}, {0xfe, 2}, {0xff, 0}, {0x00, -8031}, {0x7e, -2},
	} {
		require.InDelta(t, test.value, muLaw.expand[test.code]*muScale, 1e-6, "µ-law, %#x", test.code)
	}
	for _, test := range []struct {
		code  byte
		value float32
	}{
		{0xaa, 4032}, {0xa5, 2112}, {0xba, 2016}, {0x8a, 1008}, {0x9a, 504}, {0xea, 252}, {0xfa, 126},
		{0xca, 63}, {0xc5, 33}, {0xda, 31}, {0xd5, 1}, {0x2a, -4032}, {0x55, -1},
	} {
		require.InDelta(t, test.value, aLaw.expand[test.code]*aScale, 1e-6, "A-law, %#x", test.code)
	}
}

// Every value has its own code back, and what lies between has that of one of its neighbours.
func TestNearest(t *testing.T) {
	for name, l := range map[string]law{"µ-law": muLaw, "A-law": aLaw} {
		for code, value := range l.expand {
			back := l.compress(value)
			require.InDelta(t, value, l.expand[back], 0, "%s, %#x", name, code)
			if value != 0 {
				require.Equal(t, byte(code), back, name)
			}
		}
		for at := range 20001 {
			sample := float32(at-10000) / 10000
			got := l.expand[l.compress(sample)]
			best := math.Inf(1)
			for _, value := range l.expand {
				best = min(best, math.Abs(float64(value-sample)))
			}
			// Where two pieces meet, the boundary is half a step of the finer one off the middle.
			allowed := best + (math.Abs(float64(sample))+1.0*muBias/muScale)/60
			require.LessOrEqual(t, math.Abs(float64(got-sample)), allowed, "%s, %v", name, sample)
		}
	}
}

func TestOutOfRange(t *testing.T) {
	nan := float32(math.NaN())
	infinite := float32(math.Inf(1))
	for name, l := range map[string]law{"µ-law": muLaw, "A-law": aLaw} {
		require.Equal(t, l.compress(1), l.compress(infinite), name)
		require.Equal(t, l.compress(-1), l.compress(-infinite), name)
		require.Equal(t, l.compress(0), l.compress(nan), name)
		require.Greater(t, l.expand[l.compress(1)], float32(0.97), name)
		require.Less(t, l.expand[l.compress(-1)], float32(-0.97), name)
	}
}
