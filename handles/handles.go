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

// entry is one handle of a slot. A slot is free for the host's next object while the engine still
// ends the one before, so it may name several; a list is replaced, never changed.
type entry[T any] struct {
	handle Handle
	object T
	next   *entry[T]
}

// without gives the list less the entry of h.
func (e *entry[T]) without(h Handle) *entry[T] {
	switch {
	case e == nil:
		return nil
	case e.handle == h:
		return e.next
	default:
		return &entry[T]{e.handle, e.object, e.next.without(h)}
	}
}

func (e *entry[T]) find(h Handle) *entry[T] {
	for e != nil && e.handle != h {
		e = e.next
	}

	return e
}

type chunk[T any] [chunkSize]atomic.Pointer[entry[T]]

// Objects maps the handles of one kind to the engine's objects, until the engine removes them.
// Get takes no lock. The zero Objects is empty and ready.
type Objects[T any] struct {
	chunks [chunks]atomic.Pointer[chunk[T]]
	write  sync.Mutex
	count  atomic.Int64
}

func (o *Objects[T]) slot(h Handle) *atomic.Pointer[entry[T]] {
	c := o.chunks[h.index()>>chunkBits].Load()
	if c == nil {
		return nil
	}

	return &c[h.index()&(chunkSize-1)]
}

// Put lets h, which names nothing yet, name object.
func (o *Objects[T]) Put(h Handle, object T) {
	o.write.Lock()
	defer o.write.Unlock()
	if o.slot(h) == nil {
		o.chunks[h.index()>>chunkBits].Store(new(chunk[T]))
	}
	slot := o.slot(h)
	slot.Store(&entry[T]{h, object, slot.Load()})
	o.count.Add(1)
}

// Get gives the object that h names.
func (o *Objects[T]) Get(h Handle) (object T, ok bool) {
	slot := o.slot(h)
	if slot == nil {
		return object, false
	}
	if e := slot.Load().find(h); e != nil {
		return e.object, true
	}

	return object, false
}

// Remove gives the object that h names and forgets it: for exactly one caller.
func (o *Objects[T]) Remove(h Handle) (object T, ok bool) {
	o.write.Lock()
	defer o.write.Unlock()
	slot := o.slot(h)
	if slot == nil {
		return object, false
	}
	all := slot.Load()
	e := all.find(h)
	if e == nil {
		return object, false
	}
	slot.Store(all.without(h))
	o.count.Add(-1)

	return e.object, true
}

// Len says how many handles are in use.
func (o *Objects[T]) Len() int { return int(o.count.Load()) }
