package audio

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"libml_webrtc/internal/sound"
)

// Each channel is heard on its side, and full scale everywhere does not clip.
func TestMix(t *testing.T) {
	left := map[int][]int{2: {0}, 3: {0}, 4: {0, 2}, 5: {0, 3}, 6: {0, 4}, 7: {0, 5}, 8: {0, 4, 6}}
	right := map[int][]int{2: {1}, 3: {1}, 4: {1, 3}, 5: {1, 4}, 6: {1, 5}, 7: {1, 6}, 8: {1, 5, 7}}
	both := map[int][]int{3: {2}, 5: {2}, 6: {2}, 7: {2, 4}, 8: {2}}
	for channels := 1; channels <= sound.MaxChannels; channels++ {
		for to := 1; to <= min(channels, 2); to++ {
			in, out := make([]float32, channels), make([]float32, to)
			for i := range in {
				in[i] = 1
			}
			mix(in, channels, out, to)
			for _, sample := range out {
				require.InDelta(t, 1, sample, 1e-6, "%d to %d", channels, to)
			}
		}
		if channels < 2 {
			continue
		}
		for at := range channels {
			in, out := make([]float32, channels), make([]float32, 2)
			in[at] = 1
			mix(in, channels, out, 2)
			isLeft, isRight, isBoth := slices.Contains(left[channels], at), slices.Contains(right[channels], at), slices.Contains(both[channels], at)
			require.Equal(t, isLeft || isBoth, out[0] > 0, "channel %d of %d", at, channels)
			require.Equal(t, isRight || isBoth, out[1] > 0, "channel %d of %d", at, channels)
		}
	}
}
