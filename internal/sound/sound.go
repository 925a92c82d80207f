// Package sound is raw audio as sources, sinks and codecs share it: blocks of 10 ms at 48 kHz. Its C
// side (sound.h) is used by host threads, which never run Go.
package sound

/*
#cgo CFLAGS: -std=gnu11 -O2 -Wall -Wextra -fvisibility=hidden -I${SRCDIR}/../.. -I${SRCDIR}/../../include -DML_WEBRTC_BUILDING
#include "internal/sound/sound.h"

#cgo noescape ml_sound_new
#cgo nocallback ml_sound_new
#cgo noescape ml_sound_share
#cgo nocallback ml_sound_share
#cgo noescape ml_sound_release
#cgo nocallback ml_sound_release
*/
import "C"

import (
	"time"
	"unsafe"

	_ "libml_webrtc/internal/platform" // its C is part of the border
)

const (
	// Rate is in frames per second; a frame is one sample of each channel.
	Rate = C.ML_SOUND_RATE
	// Frames is how many a block has.
	Frames = C.ML_SOUND_FRAMES
	// MaxChannels bounds the channels of a block.
	MaxChannels = C.ML_SOUND_CHANNELS_MOST
	// Length is how long a block is.
	Length = 10 * time.Millisecond
)

// Block is a reference to 10 ms of sound in C memory. The zero Block is none. Each reference is
// released exactly once.
type Block struct{ b *C.ml_sound }

// New makes a block whose samples are to be written before others see it. The zero Block: no memory,
// or no such number of channels.
func New(channels int) Block {
	if channels < 1 || channels > MaxChannels {
		return Block{}
	}
	return Block{C.ml_sound_new(C.uint32_t(channels))}
}

// FromC takes over a reference (*ml_sound).
func FromC(b unsafe.Pointer) Block { return Block{(*C.ml_sound)(b)} }

// C gives the *ml_sound, whose reference stays with the Block.
func (b Block) C() unsafe.Pointer { return unsafe.Pointer(b.b) }

// Valid says whether there is a block.
func (b Block) Valid() bool { return b.b != nil }

// Share gives one reference more.
func (b Block) Share() Block { return Block{C.ml_sound_share(b.b)} }

// Release gives the reference back; the zero Block is harmless.
func (b Block) Release() { C.ml_sound_release(b.b) }

// Channels is how many there are.
func (b Block) Channels() int { return int(b.b.channels) }

// Samples are interleaved, Channels times Frames of them, valid as long as the reference.
func (b Block) Samples() []float32 {
	return unsafe.Slice((*float32)(unsafe.Pointer(b.b.samples)), Frames*int(b.b.channels))
}

// Recorded is when its first frame was recorded, on the clock of picture.Now.
func (b Block) Recorded() time.Duration { return time.Duration(b.b.time_ns) }

// SetRecorded belongs to writing the block.
func (b Block) SetRecorded(at time.Duration) { b.b.time_ns = C.uint64_t(at) }

// Alive says how many blocks are in use in the process.
func Alive() int { return int(C.ml_sounds_alive()) }
