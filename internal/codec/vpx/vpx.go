// Package vpx is VP8 and VP9 by libvpx, with the settings of real-time calls.
package vpx

/*
#cgo CFLAGS: -std=gnu11 -O2 -Wall -Wextra -fvisibility=hidden -I${SRCDIR}/../../..
#cgo linux,!android,amd64 CFLAGS: -I${SRCDIR}/../../../build/codecs/linux_amd64/include
#cgo linux,!android,amd64 LDFLAGS: ${SRCDIR}/../../../build/codecs/linux_amd64/lib/libvpx.a -lm
#cgo windows,amd64 CFLAGS: -I${SRCDIR}/../../../build/codecs/windows_amd64/include
#cgo windows,amd64 LDFLAGS: ${SRCDIR}/../../../build/codecs/windows_amd64/lib/libvpx.a -lwinpthread
#include "internal/codec/vpx/vpx.h"

#cgo noescape ml_vpx_encode
#cgo nocallback ml_vpx_encode
#cgo noescape ml_vpx_set_rate
#cgo nocallback ml_vpx_set_rate
#cgo noescape ml_vpx_decode
#cgo nocallback ml_vpx_decode
*/
import "C"

import (
	"errors"
	"fmt"
	"runtime"
	"unsafe"

	"libml_webrtc/internal/codec"
	"libml_webrtc/internal/picture"
)

const (
	maxSide      = C.ML_PICTURE_SIDE_MOST
	maxQuantizer = 63
	minBitrate   = 1000
	maxBitrate   = 1_000_000_000
	maxFrameRate = 1000
)

var (
	errSettings = errors.New("libvpx takes no such settings")
	errClosed   = errors.New("the codec is closed")
	errNoMemory = errors.New("no memory for a codec")
)

// VP8 is RFC 6386.
func VP8() codec.Video { return video("VP8", "", C.ML_VPX_VP8) }

// VP9 is VP9 of profile 0: 8 bits, 4:2:0.
func VP9() codec.Video { return video("VP9", "profile-id=0", C.ML_VPX_VP9) }

func video(name, format string, kind C.ml_vpx_codec) codec.Video {
	return codec.Video{
		Name:   name,
		Format: format,
		NewEncoder: func(options codec.EncoderOptions) (codec.Encoder, error) {
			return newEncoder(name, kind, options)
		},
		NewDecoder: func() (codec.Decoder, error) { return newDecoder(name, kind) },
	}
}

type encoder struct {
	name string
	c    *C.ml_vpx_encoder
}

func newEncoder(name string, kind C.ml_vpx_codec, options codec.EncoderOptions) (*encoder, error) {
	if options.Width < 1 || options.Height < 1 || options.Width > maxSide || options.Height > maxSide ||
		options.Bitrate < 1 || options.FrameRate <= 0 {
		return nil, fmt.Errorf("%w: %s %dx%d, %d bit/s, %g frame/s", errSettings,
			name, options.Width, options.Height, options.Bitrate, options.FrameRate)
	}
	settings := C.ml_vpx_settings{
		codec:        kind,
		width:        C.uint32_t(options.Width),
		height:       C.uint32_t(options.Height),
		threads:      C.uint32_t(threads(options)),
		bitrate_kbps: kbps(options.Bitrate),
		frame_rate:   perSecond(options.FrameRate),
	}
	c := C.ml_vpx_encoder_new(&settings)
	if c == nil {
		return nil, fmt.Errorf("%w: %s %dx%d", errSettings, name, options.Width, options.Height)
	}

	return &encoder{name: name, c: c}, nil
}

// threads leaves a processor to the rest: with two of two, the threads of libvpx spin while they wait for
// each other, and a picture takes many times longer.
func threads(options codec.EncoderOptions) int {
	if options.Threads > 0 {
		return options.Threads
	}
	switch pixels, processors := options.Width*options.Height, runtime.NumCPU(); {
	case pixels >= 1920*1080 && processors > 8:
		return 8
	case pixels >= 1280*720 && processors >= 6:
		return 4
	case pixels >= 640*360 && processors > 3:
		return 2
	default:
		return 1
	}
}

func kbps(bitrate int) C.uint32_t {
	return C.uint32_t(min(max(bitrate, minBitrate), maxBitrate) / 1000)
}

func perSecond(frameRate float64) C.double { return C.double(min(max(frameRate, 1), maxFrameRate)) }

func (e *encoder) Encode(p picture.Picture, timestamp uint64, key bool) (codec.Frame, error) {
	if e.c == nil {
		return codec.Frame{}, fmt.Errorf("encoding %s: %w", e.name, errClosed)
	}
	var frame C.ml_vpx_frame
	result := C.ml_vpx_encode(e.c, (*C.ml_picture)(p.C()), C.uint64_t(timestamp), C.bool(key), &frame)
	if result != 0 {
		return codec.Frame{}, fmt.Errorf("encoding %s: %s", e.name, C.GoString(C.ml_vpx_error(result)))
	}
	if frame.data == nil {
		return codec.Frame{}, nil
	}

	return codec.Frame{
		Data:      unsafe.Slice((*byte)(frame.data), int(frame.size)),
		Key:       bool(frame.key),
		Quantizer: float64(frame.quantizer) / maxQuantizer,
	}, nil
}

func (e *encoder) SetRate(bitrate int, frameRate float64) error {
	if e.c == nil {
		return fmt.Errorf("setting the rate of %s: %w", e.name, errClosed)
	}
	if frameRate <= 0 {
		return fmt.Errorf("%w: %s at %g frame/s", errSettings, e.name, frameRate)
	}
	if result := C.ml_vpx_set_rate(e.c, kbps(bitrate), perSecond(frameRate)); result != 0 {
		return fmt.Errorf("setting the rate of %s: %s", e.name, C.GoString(C.ml_vpx_error(result)))
	}

	return nil
}

func (e *encoder) Close() {
	C.ml_vpx_encoder_free(e.c)
	e.c = nil
}

type decoder struct {
	name string
	c    *C.ml_vpx_decoder
}

func newDecoder(name string, kind C.ml_vpx_codec) (*decoder, error) {
	c := C.ml_vpx_decoder_new(kind, C.uint32_t(max(1, min(4, runtime.NumCPU()/2))))
	if c == nil {
		return nil, fmt.Errorf("%w: %s", errNoMemory, name)
	}

	return &decoder{name: name, c: c}, nil
}

func (d *decoder) Decode(data []byte) (picture.Picture, error) {
	if d.c == nil {
		return picture.Picture{}, fmt.Errorf("decoding %s: %w", d.name, errClosed)
	}
	var decoded *C.ml_picture
	result := C.ml_vpx_decode(d.c, unsafe.Pointer(unsafe.SliceData(data)), C.size_t(len(data)), &decoded)
	if result != 0 {
		return picture.Picture{}, fmt.Errorf("decoding %d bytes of %s: %w: %s",
			len(data), d.name, codec.ErrBroken, C.GoString(C.ml_vpx_error(result)))
	}

	return picture.FromC(unsafe.Pointer(decoded)), nil
}

func (d *decoder) Close() {
	C.ml_vpx_decoder_free(d.c)
	d.c = nil
}
