package codectest

import (
	"math"
	"sync"
)

const audioRate = 48000

// Tone makes frames of a tone, from a frame on, in one channel.
func Tone(frequency, amplitude float64, from, frames int) []float32 {
	out := make([]float32, frames)
	for at := range out {
		out[at] = float32(amplitude * math.Sin(2*math.Pi*frequency*float64(from+at)/audioRate))
	}

	return out
}

// voiceFrames are 10 s, after which the voice begins again without a break.
const voiceFrames = 10 * audioRate

// Voice makes frames of something like speech, from a frame on, in one channel: a pitch that glides,
// three formants that move, four syllables per second. It has nothing above 3.4 kHz.
func Voice(from, frames int) []float32 {
	out := make([]float32, frames)
	for done := 0; done < frames; {
		done += copy(out[done:], wholeVoice()[(from+done)%voiceFrames:])
	}

	return out
}

var wholeVoice = sync.OnceValue(func() []float32 {
	out := make([]float32, voiceFrames)
	for at := range out {
		out[at] = voiceAt(float64(at) / audioRate)
	}

	return out
})

func voiceAt(seconds float64) float32 {
	turns := 2 * math.Pi * seconds
	// The phase is the integral of the pitch.
	pitch := 130 + 25*math.Sin(1.3*turns)
	sine, cosine := math.Sincos(130*turns - 25/1.3*math.Cos(1.3*turns))
	formants := [3]float64{550 + 250*math.Sin(2.1*turns), 1500 + 500*math.Sin(1.7*turns+1), 2600 + 200*math.Sin(0.9*turns+2)}
	sample, before := 0.0, 0.0
	for frequency := pitch; frequency < 3400; frequency += pitch {
		sample += formant(frequency, formants) * sine
		sine, before = 2*cosine*sine-before, sine // the next multiple's
	}
	syllable := 0.5 + 0.5*math.Sin(4*turns)

	return float32(0.12 * syllable * syllable * sample)
}

// formant is how loud a frequency is.
func formant(frequency float64, formants [3]float64) float64 {
	loudness := 0.0
	for at, centre := range formants {
		width := 90 + 60*float64(at)
		off := (frequency - centre) / width
		loudness += 1 / (1 + off*off) / float64(at+1)
	}

	return loudness
}

// Interleave puts channels of one length together.
func Interleave(channels ...[]float32) []float32 {
	out := make([]float32, len(channels)*len(channels[0]))
	for at := range out {
		out[at] = channels[at%len(channels)][at/len(channels)]
	}

	return out
}

// Channel takes one out of several.
func Channel(samples []float32, channels, which int) []float32 {
	out := make([]float32, len(samples)/channels)
	for at := range out {
		out[at] = samples[at*channels+which]
	}

	return out
}

// Power is the mean of the squares.
func Power(samples []float32) float64 {
	sum := 0.0
	for _, sample := range samples {
		sum += float64(sample) * float64(sample)
	}

	return sum / float64(max(len(samples), 1))
}

// SNR compares one channel of got with want, in decibels; got may be late by up to latest frames, and
// how late it is that it is most like it is told. Equal ones give 200.
func SNR(want, got []float32, latest int) (decibels float64, late int) {
	const enough = audioRate / 4
	best := math.Inf(-1)
	for at := range latest + 1 {
		product := 0.0
		for n := range max(min(len(want), len(got)-at, enough), 0) {
			product += float64(want[n]) * float64(got[n+at])
		}
		if product > best {
			best, late = product, at
		}
	}
	signal, noise := 0.0, 0.0
	for n := range max(min(len(want), len(got)-late), 0) {
		off := float64(want[n]) - float64(got[n+late])
		signal += float64(want[n]) * float64(want[n])
		noise += off * off
	}

	return ratio(signal, noise), late
}

// ToneSNR compares a tone of one channel with all else that is heard, in decibels.
func ToneSNR(samples []float32, frequency float64) float64 {
	loudness := Loudness(samples, frequency)
	tone := loudness * loudness / 2

	return ratio(tone, Power(samples)-tone)
}

func ratio(signal, noise float64) float64 {
	if noise <= 0 {
		return 200
	}

	return 10 * math.Log10(signal/noise)
}

// Loudness is how much of a frequency there is in one channel: the amplitude of a tone.
func Loudness(samples []float32, frequency float64) float64 {
	sine, cosine := 0.0, 0.0
	for at, sample := range samples {
		s, c := math.Sincos(2 * math.Pi * frequency * float64(at) / audioRate)
		sine += s * float64(sample)
		cosine += c * float64(sample)
	}

	return 2 * math.Hypot(sine, cosine) / float64(max(len(samples), 1))
}
