package opus

// #include "internal/codec/opus/opus.h"
import "C"

import (
	"fmt"
	"unsafe"

	"libml_webrtc/internal/codec"
)

type decoder struct {
	c        *C.ml_opus_decoder
	channels int
	// mdct: the last packet had only the layer that copies can't go on from.
	mdct bool
}

func newDecoder(channels int) (codec.AudioDecoder, error) {
	if channels < 1 || channels > maxChannels {
		return nil, fmt.Errorf("%w: %d channels", errSettings, channels)
	}
	c := C.ml_opus_decoder_new(C.int32_t(channels))
	if c == nil {
		return nil, fmt.Errorf("%w: decoding Opus", errNoMemory)
	}

	return &decoder{c: c, channels: channels}, nil
}

func (d *decoder) Decode(payload []byte, out []float32) (frames int, err error) {
	if d.c == nil {
		return 0, fmt.Errorf("decoding Opus: %w", errClosed)
	}
	p, err := parse(payload)
	if err != nil {
		return 0, fmt.Errorf("decoding Opus: %w", err)
	}
	if p.frame*p.count*d.channels > len(out) {
		return 0, fmt.Errorf("decoding Opus: %w", errRoom)
	}
	decoded := C.ml_opus_decode(d.c, bytes(payload), C.int32_t(len(payload)), floats(out), C.int32_t(p.frame*p.count))
	if decoded < 0 {
		return 0, fmt.Errorf("decoding Opus: %w: %s", codec.ErrBroken, message(decoded))
	}
	d.mdct = p.mdct

	return int(decoded), nil
}

func (d *decoder) Recover(payload []byte, out []float32) bool {
	frames := d.frames(out)
	if frames == 0 || d.mdct {
		return false
	}
	p, err := parse(payload)
	if err != nil || !p.copied() || p.frame > frames {
		return false
	}
	decoded := C.ml_opus_recover(d.c, bytes(payload), C.int32_t(len(payload)), floats(out), C.int32_t(frames))

	return int(decoded) == frames
}

func (d *decoder) Conceal(out []float32) bool {
	frames := d.frames(out)
	if frames == 0 {
		return false
	}

	return int(C.ml_opus_conceal(d.c, floats(out), C.int32_t(frames))) == frames
}

// frames is how many fill out, 0 if they are no whole number of 10 ms, or too many.
func (d *decoder) frames(out []float32) int {
	frames := len(out) / d.channels
	if d.c == nil || frames == 0 || frames > codec.AudioRate || len(out)%(step*d.channels) != 0 {
		return 0
	}

	return frames
}

func (d *decoder) Reset() {
	if d.c != nil {
		C.ml_opus_reset(d.c)
		d.mdct = false
	}
}

func (d *decoder) Close() {
	C.ml_opus_decoder_free(d.c)
	d.c = nil
}

func bytes(payload []byte) *C.uint8_t { return (*C.uint8_t)(unsafe.Pointer(&payload[0])) }

func floats(out []float32) *C.float { return (*C.float)(unsafe.Pointer(&out[0])) }
