package audio

import "math"

// Sound is made shorter or longer by one period of its pitch: the ear does not notice, if the two ends fit.
const (
	lagLeast = 120 // 2.5 ms: 400 Hz
	lagMost  = 600 // 12.5 ms: 80 Hz
	compared = 360 // 7.5 ms
	// stretchNeeds is how much sound it takes.
	stretchNeeds = lagMost + compared

	// Every so many frames are looked at at first.
	coarse = 4

	// silenceLevel is the mean square below which any two parts fit: -60 dB.
	silenceLevel = 1e-6
)

// findLag gives the period after which the beginning of in is most like itself, and how much: 1 is the same.
func findLag(in []float32, channels int) (lag int, likeness float64) {
	var mono [stretchNeeds]float32
	for i := range mono {
		sum := float32(0)
		for c := range channels {
			sum += in[i*channels+c]
		}
		mono[i] = sum
	}

	return bestLag(&mono)
}

func bestLag(mono *[stretchNeeds]float32) (lag int, likeness float64) {
	own := energy(mono[:compared], 1)
	if own < silenceLevel*compared {
		return lagMost, 1
	}
	lag, likeness = lagMost, -1
	for l := lagLeast; l <= lagMost; l += coarse {
		if is := similarity(mono, l, coarse); is > likeness {
			lag, likeness = l, is
		}
	}
	center := lag
	likeness = -1
	for l := max(center-coarse, lagLeast); l <= min(center+coarse, lagMost); l++ {
		if is := similarity(mono, l, 1); is > likeness {
			lag, likeness = l, is
		}
	}

	return lag, likeness
}

// similarity is the normalised correlation of the beginning with what comes a lag later.
func similarity(mono *[stretchNeeds]float32, lag, step int) float64 {
	var both, own, theirs float32
	for i := 0; i < compared; i += step {
		a, b := mono[i], mono[i+lag]
		both += a * b
		own += a * a
		theirs += b * b
	}
	if own == 0 || theirs == 0 {
		return 0
	}

	return float64(both) / math.Sqrt(float64(own)*float64(theirs))
}

func energy(in []float32, step int) float64 {
	sum := 0.0
	for i := 0; i < len(in); i += step {
		sum += float64(in[i]) * float64(in[i])
	}

	return sum
}

// shorten leaves out lag frames of in, and gives what is left, in its memory.
func shorten(in []float32, channels, lag int) []float32 {
	overlap := min(compared, lag)
	for i := range overlap {
		w := float32(i+1) / float32(overlap+1)
		for c := range channels {
			at := i*channels + c
			in[at] = in[at]*(1-w) + in[at+lag*channels]*w
		}
	}
	copy(in[overlap*channels:], in[(overlap+lag)*channels:])

	return in[:len(in)-lag*channels]
}

// lengthen repeats lag frames, in memory that follows in, of which there is enough.
func lengthen(in []float32, channels, lag int) []float32 {
	overlap := min(compared, lag)
	out := in[:len(in)+lag*channels]
	copy(out[(lag+overlap)*channels:], in[overlap*channels:])
	for i := range overlap {
		w := float32(i+1) / float32(overlap+1)
		for c := range channels {
			at := i*channels + c
			out[at+lag*channels] = in[at+lag*channels]*(1-w) + in[at]*w
		}
	}

	return out
}
