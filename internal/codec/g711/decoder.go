package g711

import (
	"fmt"

	"libml_webrtc/internal/codec"
	"libml_webrtc/internal/sound"
)

type decoder struct {
	name      string
	law       law
	resampler *sound.Resampler
	samples   [maxBytes]float32
}

func newDecoder(name string, l law, channels int) (codec.AudioDecoder, error) {
	if channels != 1 {
		return nil, fmt.Errorf("%w: %s, %d channels", errSettings, name, channels)
	}
	resampler, err := newResampler(rate, codec.AudioRate)
	if err != nil {
		return nil, fmt.Errorf("decoding %s: %w", name, err)
	}

	return &decoder{name: name, law: l, resampler: resampler}, nil
}

func (d *decoder) Decode(payload []byte, out []float32) (frames int, err error) {
	if d.resampler == nil {
		return 0, fmt.Errorf("decoding %s: %w", d.name, errClosed)
	}
	if err := check(d.name, payload); err != nil {
		return 0, err
	}
	frames = ratio * len(payload)
	if frames > len(out) {
		return 0, fmt.Errorf("decoding %s: %w", d.name, errRoom)
	}
	for at, code := range payload {
		d.samples[at] = d.law.expand[code]
	}
	_, frames = d.resampler.Run(d.samples[:len(payload)], out[:frames])
	for at, sample := range out[:frames] { // the filter overshoots at steps
		out[at] = min(max(sample, -1), 1)
	}

	return frames, nil
}

// Recover: there are no copies.
func (d *decoder) Recover([]byte, []float32) bool { return false }

// Conceal is left to the receiver.
func (d *decoder) Conceal([]float32) bool { return false }

func (d *decoder) Reset() {
	if d.resampler != nil {
		d.resampler.Reset()
		d.resampler.Prime()
	}
}

func (d *decoder) Close() {
	if d.resampler != nil {
		d.resampler.Close()
		d.resampler = nil
	}
}
