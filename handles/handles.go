// Package handles names objects by 64-bit handles that the host holds: kind,
// generation and index, never 0, never all ones, never used twice. The C side
// (handles.h) makes and ends them; Objects is the Go side's look-up.
package handles

/*
#cgo CFLAGS: -std=gnu11 -O2 -Wall -Wextra -fvisibility=hidden -I${SRCDIR}/..
#include "handles/handles.h"
*/
import "C"

import (
	"sync"
	"sync/atomic"

	_ "libml_webrtc/internal/platform" // its C is part of the border
)

// Handle is what the host holds. The zero Handle names nothing.
type Handle uint64

// Kind says what a Handle names.
type Kind uint8

// The kinds, as in handles.h.
const (
	Connection  Kind = C.ML_KIND_CONNECTION
	DataChannel Kind = C.ML_KIND_DATA_CHANNEL
	Source      Kind = C.ML_KIND_SOURCE
	VideoSink   Kind = C.ML_KIND_VIDEO_SINK
	AudioSink   Kind = C.ML_KIND_AUDIO_SINK
	Frame       Kind = C.ML_KIND_FRAME
)

const (
	indexBits = C.ML_HANDLE_INDEX_BITS
	kindShift = C.ML_HANDLE_INDEX_BITS + C.ML_HANDLE_GENERATION_BITS
	chunkBits = 10
	chunkSize = 1 << chunkBits
	chunks    = C.ML_HANDLES_MOST / chunkSize
)

// Kind says what h names, or named.
func (h Handle) Kind() Kind { return Kind(h >> kindShift) }

func (h Handle) index() uint32 { return uint32(h) & (1<<indexBits - 1) }

type entry[T any] struct {
	handle Handle
	object T
}

type chunk[T any] [chunkSize]atomic.Pointer[entry[T]]

// Objects maps the handles of one kind to the engine's objects. Get takes no lock.
// The zero Objects is empty and ready.
type Objects[T any] struct {
	chunks [chunks]atomic.Pointer[chunk[T]]
	grow   sync.Mutex
	count  atomic.Int64
}

func (o *Objects[T]) slot(h Handle, create bool) *atomic.Pointer[entry[T]] {
	at := &o.chunks[h.index()>>chunkBits]
	c := at.Load()
	if c == nil {
		if !create {
			return nil
		}
		o.grow.Lock()
		if c = at.Load(); c == nil {
			c = new(chunk[T])
			at.Store(c)
		}
		o.grow.Unlock()
	}

	return &c[h.index()&(chunkSize-1)]
}

// Put lets h name object. What an older handle of the same slot named is dropped.
func (o *Objects[T]) Put(h Handle, object T) {
	if o.slot(h, true).Swap(&entry[T]{h, object}) == nil {
		o.count.Add(1)
	}
}

// Get gives the object that h names.
func (o *Objects[T]) Get(h Handle) (object T, ok bool) {
	slot := o.slot(h, false)
	if slot == nil {
		return object, false
	}
	if e := slot.Load(); e != nil && e.handle == h {
		return e.object, true
	}

	return object, false
}

// Remove gives the object that h names and forgets it: for exactly one caller.
func (o *Objects[T]) Remove(h Handle) (object T, ok bool) {
	slot := o.slot(h, false)
	if slot == nil {
		return object, false
	}
	e := slot.Load()
	if e == nil || e.handle != h || !slot.CompareAndSwap(e, nil) {
		return object, false
	}
	o.count.Add(-1)

	return e.object, true
}

// Len says how many handles are in use.
func (o *Objects[T]) Len() int { return int(o.count.Load()) }
