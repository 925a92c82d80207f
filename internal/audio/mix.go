package audio

import "libml_webrtc/internal/sound"

// Down-mixing to two channels goes by the order of channels that WAVE files have: left, right, centre, low
// frequencies, back left, back right, side left, side right. ITU-R BS.775 gives the weights; all are scaled so that nothing
// clips.
const attenuated = 0.70710678 // -3 dB

// place is where a channel goes in stereo.
type place struct{ left, right float32 }

var (
	toLeft      = place{1, 0}
	toRight     = place{0, 1}
	toBoth      = place{attenuated, attenuated}
	toLeftSoft  = place{attenuated, 0}
	toRightSoft = place{0, attenuated}
	toNone      = place{} // low frequencies, which are left out as BS.775 has it
)

// places are by the number of channels.
var places = scaled([sound.MaxChannels + 1][]place{
	3: {toLeft, toRight, toBoth},
	4: {toLeft, toRight, toLeftSoft, toRightSoft},
	5: {toLeft, toRight, toBoth, toLeftSoft, toRightSoft},
	6: {toLeft, toRight, toBoth, toNone, toLeftSoft, toRightSoft},
	7: {toLeft, toRight, toBoth, toNone, toBoth, toLeftSoft, toRightSoft},
	8: {toLeft, toRight, toBoth, toNone, toLeftSoft, toRightSoft, toLeftSoft, toRightSoft},
})

// scaled has no sum of weights exceed 1.
func scaled(all [sound.MaxChannels + 1][]place) [sound.MaxChannels + 1][]place {
	for _, of := range all {
		var sum float32
		for _, p := range of {
			sum += p.left
		}
		for i := range of {
			of[i].left /= sum
			of[i].right /= sum
		}
	}

	return all
}

// mix writes what has from channels with to of them, one or two and no more than from; all are interleaved.
func mix(in []float32, from int, out []float32, to int) {
	switch {
	case from == to:
		copy(out, in)
	case to == 1 && from == 2:
		for i := range len(in) / 2 {
			out[i] = (in[2*i] + in[2*i+1]) / 2
		}
	default:
		mixMany(in, from, out, to)
	}
}

func mixMany(in []float32, from int, out []float32, to int) {
	weights := places[from]
	for i := range len(in) / from {
		var left, right float32
		for channel, weight := range weights {
			sample := in[i*from+channel]
			left += weight.left * sample
			right += weight.right * sample
		}
		if to == 1 {
			out[i] = (left + right) / 2
		} else {
			out[2*i], out[2*i+1] = left, right
		}
	}
}
