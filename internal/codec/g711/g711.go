// Package g711 is PCMU and PCMA: 8 kHz, one channel, 8 bits per sample.
package g711

import (
	"errors"
	"fmt"

	"libml_webrtc/internal/codec"
	"libml_webrtc/internal/sound"
)

const (
	rate = 8000
	// ratio is that of our rate to the codec's.
	ratio = codec.AudioRate / rate
	// step is 10 ms, of which packets are made up.
	step     = rate / 100
	maxBytes = codec.AudioFramesMost / ratio
)

var (
	errSettings = errors.New("G.711 takes no such settings")
	errLength   = errors.New("not 10, 20, 40 or 60 ms of samples")
	errRoom     = errors.New("too little room for what was decoded")
	errClosed   = errors.New("the codec is closed")
)

// PCMU is the µ-law.
func PCMU() codec.Audio { return audio("PCMU", muLaw) }

// PCMA is the A-law.
func PCMA() codec.Audio { return audio("PCMA", aLaw) }

func audio(name string, l law) codec.Audio {
	return codec.Audio{
		Name:      name,
		ClockRate: rate,
		Channels:  1,
		NewEncoder: func(options codec.AudioEncoderOptions) (codec.AudioEncoder, error) {
			return newEncoder(name, l, options)
		},
		NewDecoder: func(channels int) (codec.AudioDecoder, error) { return newDecoder(name, l, channels) },
		Describe: func(payload []byte) (codec.AudioPacket, error) {
			if err := check(name, payload); err != nil {
				return codec.AudioPacket{}, err
			}

			return codec.AudioPacket{Frames: ratio * len(payload), Channels: 1}, nil
		},
	}
}

// check: every byte is a sample, so there is only their number to look at.
func check(name string, payload []byte) error {
	if len(payload) == 0 || len(payload) > maxBytes {
		return fmt.Errorf("%w: %s: %d bytes", codec.ErrBroken, name, len(payload))
	}

	return nil
}

type encoder struct {
	name      string
	law       law
	resampler *sound.Resampler
	samples   [6 * step]float32
	payload   [6 * step]byte
}

// newEncoder has no use for the bit rate, which is fixed, and for what there is against losses.
func newEncoder(name string, l law, options codec.AudioEncoderOptions) (codec.AudioEncoder, error) {
	if options.Channels != 1 || options.Bitrate < 1 || options.PlaybackRate < 0 {
		return nil, fmt.Errorf("%w: %s, %+v", errSettings, name, options)
	}
	resampler, err := newResampler(codec.AudioRate, rate)
	if err != nil {
		return nil, fmt.Errorf("encoding %s: %w", name, err)
	}

	return &encoder{name: name, law: l, resampler: resampler}, nil
}

// newResampler makes one that gives for each packet what belongs to it.
func newResampler(from, to int) (*sound.Resampler, error) {
	resampler, err := sound.NewResampler(1, from, to)
	if err == nil {
		resampler.Prime()
	}

	return resampler, err
}

func (e *encoder) Encode(samples []float32) ([]byte, error) {
	if e.resampler == nil {
		return nil, fmt.Errorf("encoding %s: %w", e.name, errClosed)
	}
	switch len(samples) {
	case ratio * step, 2 * ratio * step, 4 * ratio * step, 6 * ratio * step:
	default:
		return nil, fmt.Errorf("encoding %s: %w: %d", e.name, errLength, len(samples))
	}
	_, count := e.resampler.Run(samples, e.samples[:len(samples)/ratio])
	for at, sample := range e.samples[:count] {
		e.payload[at] = e.law.compress(sample)
	}

	return e.payload[:count], nil
}

func (e *encoder) SetBitrate(int) error { return e.closed() }

func (e *encoder) SetLoss(float64) error { return e.closed() }

func (e *encoder) closed() error {
	if e.resampler == nil {
		return fmt.Errorf("setting up %s: %w", e.name, errClosed)
	}

	return nil
}

func (e *encoder) Close() {
	if e.resampler != nil {
		e.resampler.Close()
		e.resampler = nil
	}
}
