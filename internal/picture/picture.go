// Package picture is the raw video frame that sources, sinks and codecs share. Its C side
// (picture.h) is used by host threads, which never run Go.
package picture

/*
#cgo CFLAGS: -std=gnu11 -O2 -Wall -Wextra -fvisibility=hidden -I${SRCDIR}/../.. -I${SRCDIR}/../../include -DML_WEBRTC_BUILDING
#cgo linux,!android,amd64 CFLAGS: -I${SRCDIR}/../../build/codecs/linux_amd64/include
#cgo linux,!android,amd64 LDFLAGS: ${SRCDIR}/../../build/codecs/linux_amd64/lib/libyuv.a -lm
#cgo windows,amd64 CFLAGS: -I${SRCDIR}/../../build/codecs/windows_amd64/include
#cgo windows,amd64 LDFLAGS: ${SRCDIR}/../../build/codecs/windows_amd64/lib/libyuv.a
#include "internal/picture/picture.h"
#include "internal/platform/platform.h"

#cgo noescape ml_picture_new
#cgo nocallback ml_picture_new
#cgo noescape ml_picture_share
#cgo nocallback ml_picture_share
#cgo noescape ml_picture_release
#cgo nocallback ml_picture_release
#cgo noescape ml_picture_scale
#cgo nocallback ml_picture_scale
#cgo noescape ml_picture_rotate
#cgo nocallback ml_picture_rotate
*/
import "C"

import (
	"time"
	"unsafe"

	_ "libml_webrtc/internal/platform" // its C is part of the border
)

// Picture is a reference to an immutable picture in C memory. The zero Picture is none.
// Each reference is released exactly once.
type Picture struct{ p *C.ml_picture }

// Now is the clock of Captured.
func Now() time.Duration { return time.Duration(C.ml_clock_ns()) }

// New makes a picture whose pixels are to be written, with Planes, before others see it.
// The zero Picture: no memory, or a side is 0 or above 8192.
func New(width, height int) Picture {
	return Picture{C.ml_picture_new(C.uint32_t(width), C.uint32_t(height))}
}

// FromC takes over a reference (*ml_picture).
func FromC(p unsafe.Pointer) Picture { return Picture{(*C.ml_picture)(p)} }

// C gives the *ml_picture, whose reference stays with the Picture.
func (p Picture) C() unsafe.Pointer { return unsafe.Pointer(p.p) }

// Valid says whether there is a picture.
func (p Picture) Valid() bool { return p.p != nil }

// Share gives one reference more.
func (p Picture) Share() Picture { return Picture{C.ml_picture_share(p.p)} }

// Release gives the reference back; the zero Picture is harmless.
func (p Picture) Release() { C.ml_picture_release(p.p) }

// Width is in pixels.
func (p Picture) Width() int { return int(p.p.width) }

// Height is in pixels.
func (p Picture) Height() int { return int(p.p.height) }

// Planes are the pixels: Y, U, V, tight.
func (p Picture) Planes() (y, u, v []byte) {
	luma := int(p.p.width) * int(p.p.height)
	chroma := int((p.p.width+1)/2) * int((p.p.height+1)/2)

	return unsafe.Slice((*byte)(unsafe.Pointer(p.p.y)), luma),
		unsafe.Slice((*byte)(unsafe.Pointer(p.p.u)), chroma),
		unsafe.Slice((*byte)(unsafe.Pointer(p.p.v)), chroma)
}

// Time is the application's time stamp in microseconds.
func (p Picture) Time() uint64 { return uint64(p.p.time_us) }

// SetTime sets what Time gives, before others see the picture.
func (p Picture) SetTime(microseconds uint64) { p.p.time_us = C.uint64_t(microseconds) }

// Captured is when the picture was pushed or received, on the clock of platform.Now.
func (p Picture) Captured() time.Duration { return time.Duration(p.p.captured_ns) }

// SetCaptured sets what Captured gives, before others see the picture.
func (p Picture) SetCaptured(at time.Duration) { p.p.captured_ns = C.uint64_t(at) }

// Key says that an encoder begins anew with this picture.
func (p Picture) Key() bool { return p.p.flags&C.ML_PICTURE_KEY != 0 }

// Scale makes a picture of another size. The zero Picture: no memory, or an impossible size.
func (p Picture) Scale(width, height int) Picture {
	return Picture{C.ml_picture_scale(p.p, C.uint32_t(width), C.uint32_t(height))}
}

// Rotate makes a picture turned clockwise by 90, 180 or 270 degrees. The zero Picture: no memory.
func (p Picture) Rotate(degrees int) Picture {
	return Picture{C.ml_picture_rotate(p.p, C.int(degrees))}
}

// Black makes a black picture. The zero Picture: no memory, or an impossible size.
func Black(width, height int) Picture {
	return Picture{C.ml_picture_black(C.uint32_t(width), C.uint32_t(height))}
}

// Alive says how many pictures are in use in the process.
func Alive() int { return int(C.ml_pictures_alive()) }
