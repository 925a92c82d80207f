package sound

/*
#cgo linux,!android,amd64 CFLAGS: -I${SRCDIR}/../../build/codecs/linux_amd64/include
#cgo linux,!android,amd64 LDFLAGS: ${SRCDIR}/../../build/codecs/linux_amd64/lib/libspeexdsp.a -lm
#cgo windows,amd64 CFLAGS: -I${SRCDIR}/../../build/codecs/windows_amd64/include
#cgo windows,amd64 LDFLAGS: ${SRCDIR}/../../build/codecs/windows_amd64/lib/libspeexdsp.a
#include "internal/sound/resample.h"

#cgo noescape ml_resampler_run
#cgo nocallback ml_resampler_run
*/
import "C"

import (
	"errors"
	"fmt"
	"unsafe"
)

var errResampler = errors.New("no such resampler")

// Resampler makes sound of one rate into that of another, as it streams by. Not safe for concurrent use.
type Resampler struct {
	c        *C.ml_resampler
	channels int
}

// NewResampler makes one for 1 to MaxChannels channels and rates of 8000 to 192000 frames per second.
func NewResampler(channels, from, to int) (*Resampler, error) {
	if channels < 1 || channels > MaxChannels || !rateFits(from) || !rateFits(to) {
		return nil, fmt.Errorf("%w: %d channels, %d to %d Hz", errResampler, channels, from, to)
	}
	c := C.ml_resampler_new(C.uint32_t(channels), C.uint32_t(from), C.uint32_t(to))
	if c == nil {
		return nil, fmt.Errorf("%w: no memory", errResampler)
	}

	return &Resampler{c: c, channels: channels}, nil
}

func rateFits(rate int) bool {
	return rate >= C.ML_RESAMPLER_RATE_LEAST && rate <= C.ML_RESAMPLER_RATE_MOST
}

// Run takes of in and fills out, both interleaved, and says how many frames were taken and given: all
// of one of the two. What is given begins with the first frame and comes later by half of the filter.
func (r *Resampler) Run(in, out []float32) (taken, given int) {
	if r.c == nil || len(out) < r.channels || len(in) < r.channels {
		return 0, 0
	}
	inFrames, outFrames := C.uint32_t(len(in)/r.channels), C.uint32_t(len(out)/r.channels)
	C.ml_resampler_run(r.c, (*C.float)(unsafe.Pointer(&in[0])), &inFrames, (*C.float)(unsafe.Pointer(&out[0])), &outFrames)

	return int(inFrames), int(outFrames)
}

// Reset forgets what was taken.
func (r *Resampler) Reset() {
	if r.c != nil {
		C.ml_resampler_reset(r.c)
	}
}

// Prime begins with the silence that the filter needs, when it is new or was reset: from then on each Run
// gives at once what corresponds to all that it takes.
func (r *Resampler) Prime() {
	if r.c != nil {
		C.ml_resampler_prime(r.c)
	}
}

// Close frees it. It is harmless a second time.
func (r *Resampler) Close() {
	C.ml_resampler_free(r.c)
	r.c = nil
}
