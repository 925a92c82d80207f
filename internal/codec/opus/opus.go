// Package opus is Opus by libopus, with the settings of real-time calls.
package opus

/*
#cgo CFLAGS: -std=gnu11 -O2 -Wall -Wextra -fvisibility=hidden -I${SRCDIR}/../../..
#cgo linux,!android,amd64 CFLAGS: -I${SRCDIR}/../../../build/codecs/linux_amd64/include
#cgo linux,!android,amd64 LDFLAGS: ${SRCDIR}/../../../build/codecs/linux_amd64/lib/libopus.a -lm
#cgo windows,amd64 CFLAGS: -I${SRCDIR}/../../../build/codecs/windows_amd64/include
#cgo windows,amd64 LDFLAGS: ${SRCDIR}/../../../build/codecs/windows_amd64/lib/libopus.a
#include "internal/codec/opus/opus.h"

#cgo noescape ml_opus_encode
#cgo nocallback ml_opus_encode
#cgo noescape ml_opus_decode
#cgo nocallback ml_opus_decode
#cgo noescape ml_opus_recover
#cgo nocallback ml_opus_recover
#cgo noescape ml_opus_conceal
#cgo nocallback ml_opus_conceal
*/
import "C"

import (
	"errors"
	"fmt"
	"unsafe"

	"libml_webrtc/internal/codec"
)

const (
	maxChannels = 2
	minBitrate  = 6000
	maxBitrate  = 510_000
	// step is 10 ms, of which packets and what is concealed are made up.
	step = codec.AudioRate / 100
)

var (
	errSettings = errors.New("libopus takes no such settings")
	errLength   = errors.New("not 10, 20, 40 or 60 ms of samples")
	errRoom     = errors.New("too little room for what was decoded")
	errClosed   = errors.New("the codec is closed")
	errNoMemory = errors.New("no memory for a codec")
)

// Audio is RFC 6716, in packets by RFC 7587.
func Audio() codec.Audio {
	return codec.Audio{
		Name:       "opus",
		ClockRate:  codec.AudioRate,
		Channels:   maxChannels,
		NewEncoder: newEncoder,
		NewDecoder: newDecoder,
		Describe:   describe,
	}
}

type encoder struct {
	c        *C.ml_opus_encoder
	channels int
}

func newEncoder(options codec.AudioEncoderOptions) (codec.AudioEncoder, error) {
	if options.Channels < 1 || options.Channels > maxChannels || options.Bitrate < 1 || options.PlaybackRate < 0 {
		return nil, fmt.Errorf("%w: %+v", errSettings, options)
	}
	settings := C.ml_opus_settings{
		channels:      C.int32_t(options.Channels),
		bitrate:       bitrate(options.Bitrate),
		playback_rate: C.int32_t(min(options.PlaybackRate, codec.AudioRate)),
		fec:           C.bool(options.FEC),
		dtx:           C.bool(options.DTX),
		constant:      C.bool(options.Constant),
	}
	c := C.ml_opus_encoder_new(&settings)
	if c == nil {
		return nil, fmt.Errorf("%w: %+v", errNoMemory, options)
	}

	return &encoder{c: c, channels: options.Channels}, nil
}

func bitrate(bitsPerSecond int) C.int32_t {
	return C.int32_t(min(max(bitsPerSecond, minBitrate), maxBitrate))
}

func (e *encoder) Encode(samples []float32) ([]byte, error) {
	if e.c == nil {
		return nil, fmt.Errorf("encoding Opus: %w", errClosed)
	}
	frames := len(samples) / e.channels
	switch frames {
	case step, 2 * step, 4 * step, 6 * step:
	default:
		frames = 0
	}
	if frames == 0 || frames*e.channels != len(samples) {
		return nil, fmt.Errorf("encoding Opus: %w: %d of %d channels", errLength, len(samples), e.channels)
	}
	var payload *C.uint8_t
	size := C.ml_opus_encode(e.c, (*C.float)(unsafe.Pointer(&samples[0])), C.int32_t(frames), &payload)
	if size < 0 {
		return nil, fmt.Errorf("encoding Opus: %s", message(size))
	}

	return unsafe.Slice((*byte)(payload), int(size)), nil
}

func (e *encoder) SetBitrate(bitsPerSecond int) error {
	if e.c == nil {
		return fmt.Errorf("setting the bit rate of Opus: %w", errClosed)
	}
	if result := C.ml_opus_set_bitrate(e.c, bitrate(bitsPerSecond)); result != 0 {
		return fmt.Errorf("setting the bit rate of Opus: %s", message(result))
	}

	return nil
}

func (e *encoder) SetLoss(fraction float64) error {
	if e.c == nil {
		return fmt.Errorf("setting the loss of Opus: %w", errClosed)
	}
	percent := 0
	if fraction > 0 {
		percent = int(min(fraction, 1)*100 + 0.5)
	}
	if result := C.ml_opus_set_loss(e.c, C.int32_t(percent)); result != 0 {
		return fmt.Errorf("setting the loss of Opus: %s", message(result))
	}

	return nil
}

func (e *encoder) Close() {
	C.ml_opus_encoder_free(e.c)
	e.c = nil
}

func message(result C.int) string { return C.GoString(C.ml_opus_error(result)) }
