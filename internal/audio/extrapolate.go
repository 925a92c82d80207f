package audio

import "libml_webrtc/internal/sound"

const (
	// historyFrames is how much of what was heard is remembered.
	historyFrames = stretchNeeds
	// joined is how long what was made up goes on beside what comes after it: 5 ms.
	joined = 240
)

// extrapolation makes sound up where a codec can't: the last period of the pitch goes on.
type extrapolation struct {
	history [2 * historyFrames]float32 // interleaved, the newest at the end
	running bool
	period  int
	at      int // within the period
}

// remember keeps the end of what was heard.
func (e *extrapolation) remember(in []float32, channels int) {
	e.running = false
	size := historyFrames * channels
	history := e.history[:size]
	if len(in) >= size {
		copy(history, in[len(in)-size:])

		return
	}
	copy(history, history[len(in):])
	copy(history[size-len(in):], in)
}

func (e *extrapolation) clear() { *e = extrapolation{} }

// begin goes on from here, if it did not yet.
func (e *extrapolation) begin(channels int) {
	if !e.running {
		e.running, e.at = true, 0
		e.period = lastPeriod(e.history[:historyFrames*channels], channels)
	}
}

// rearrange gives what was heard another number of channels.
func (e *extrapolation) rearrange(before, channels int) {
	old := e.history
	rearrange(old[:historyFrames*before], before, e.history[:], channels)
	e.running = false
}

// fill goes on for as long as out is.
func (e *extrapolation) fill(out []float32, channels int) {
	e.begin(channels)
	history := e.history[:historyFrames*channels]
	from := (historyFrames - e.period) * channels
	for i := range len(out) / channels {
		copy(out[i*channels:(i+1)*channels], history[from+e.at*channels:])
		e.at = (e.at + 1) % e.period
	}
}

// join has what was made up fade out while what was decoded fades in.
func (e *extrapolation) join(decoded []float32, channels int) {
	if !e.running {
		return
	}
	var made [2 * joined]float32
	frames := min(joined, len(decoded)/channels)
	e.fill(made[:frames*channels], channels)
	for i := range frames {
		w := float32(i+1) / float32(frames+1)
		for c := range channels {
			at := i*channels + c
			decoded[at] = made[at]*(1-w) + decoded[at]*w
		}
	}
	e.running = false
}

// lastPeriod looks from the end backwards.
func lastPeriod(history []float32, channels int) int {
	var mono [stretchNeeds]float32
	for i := range mono {
		sum := float32(0)
		for c := range channels {
			sum += history[(historyFrames-1-i)*channels+c]
		}
		mono[i] = sum
	}
	lag, likeness := bestLag(&mono)
	if likeness < 0.3 {
		return sound.Frames // noise: a long period sounds least like a tone
	}

	return lag
}
