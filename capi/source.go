package main

/*
#include "callbacks/source.h"
#include "capi/engine.h"

#cgo noescape ml_source_take
#cgo nocallback ml_source_take
#cgo noescape ml_source_take_sounds
#cgo nocallback ml_source_take_sounds
#cgo noescape ml_source_feed
#cgo nocallback ml_source_feed
#cgo noescape ml_source_copy_track_id
#cgo nocallback ml_source_copy_track_id
*/
import "C"

import (
	"fmt"
	"sync"
	"unsafe"

	"libml_webrtc/handles"
	"libml_webrtc/internal/audio"
	"libml_webrtc/internal/picture"
	"libml_webrtc/internal/rtc"
	"libml_webrtc/internal/sound"
	"libml_webrtc/internal/video"
)

// sources are the host's sources that the engine has heard of: they were on a connection, or a sink listened to them.
var sources sourceBook

// source is the engine's side of one of them. The host's side is the handle.
type source struct {
	handle      handles.Handle
	engine      rtc.MediaSource
	connections map[*connection]struct{} // guarded by the book's lock
}

type sourceBook struct {
	mu    sync.RWMutex
	known map[handles.Handle]*source
}

// get gives the source of a handle.
func (b *sourceBook) get(handle handles.Handle) (*source, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	s, ok := b.known[handle]

	return s, ok
}

// put notes a source. The lock is held.
func (b *sourceBook) put(s *source) {
	if b.known == nil {
		b.known = make(map[handles.Handle]*source)
	}
	b.known[s.handle] = s
}

// join notes that a source goes to a connection, or nothing if that fails.
func (b *sourceBook) join(handle handles.Handle, kind rtc.Kind, conn *connection, add func(rtc.MediaSource) error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	s, known := b.known[handle]
	if !known {
		s = newSource(handle, kind)
	}
	if err := add(s.engine); err != nil {
		if !known {
			s.engine.Close()
		}

		return err
	}
	b.put(s)
	s.connections[conn] = struct{}{}

	return nil
}

// part notes that a source left a connection, which remove sees to.
func (b *sourceBook) part(handle handles.Handle, conn *connection, remove func(rtc.MediaSource) error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	s, known := b.known[handle]
	if !known {
		return fmt.Errorf("%w: the source is on no connection", rtc.ErrInvalidParam)
	}
	if err := remove(s.engine); err != nil {
		return err
	}
	delete(s.connections, conn)

	return nil
}

// watch notes that a sink listens to a local source of sound, or none does any more.
func (b *sourceBook) watch(handle handles.Handle) {
	b.mu.Lock()
	defer b.mu.Unlock()
	// Looked at under the lock, so that what was true last is told last.
	watched := bool(C.ml_source_watched(C.uint64_t(handle)))
	s, known := b.known[handle]
	switch {
	case !known && !watched:
		return
	case !known:
		s = newSource(handle, rtc.KindAudio)
		b.put(s)
	}
	if engine, ok := s.engine.(*audio.Source); ok {
		engine.SetWatched(watched)
	}
}

// forget notes that a connection has ended.
func (b *sourceBook) forget(conn *connection) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.known {
		delete(s.connections, conn)
	}
}

// end takes a source that the host has destroyed from all connections.
func (b *sourceBook) end(handle handles.Handle) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if s, known := b.known[handle]; known {
		delete(b.known, handle)
		s.end()
	}
}

// endAll is for the end of the instance.
func (b *sourceBook) endAll() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.known {
		s.end()
	}
	b.known = nil
}

func (b *sourceBook) count() int {
	b.mu.RLock()
	defer b.mu.RUnlock()

	return len(b.known)
}

func newSource(handle handles.Handle, kind rtc.Kind) *source {
	s := &source{handle: handle, connections: make(map[*connection]struct{})}
	feed := func(wanted bool) { C.ml_source_feed(C.uint64_t(handle), C.bool(wanted)) }
	if kind == rtc.KindVideo {
		engine := video.NewSource()
		engine.OnDemand(feed)
		s.engine = engine

		return s
	}
	s.engine = audio.NewSource(audio.SourceOptions{
		Take: func(out []sound.Block) (int, bool) { return takeSound(handle, out) },
		Feed: feed,
		Play: func(block sound.Block) {
			C.ml_source_publish_sound(C.uint64_t(handle), (*C.ml_sound)(block.C()))
		},
		Log: logs.NewLogger("audio"),
	})

	return s
}

// takeSound fetches what the host has pushed first.
func takeSound(handle handles.Handle, out []sound.Block) (left int, ok bool) {
	var taken [8]*C.ml_sound
	var waiting C.uint32_t
	to := &taken[0]
	if len(out) > len(taken) || !C.ml_source_take_sounds(C.uint64_t(handle), to, C.uint32_t(len(out)), &waiting) {
		return 0, false
	}
	for i := range out {
		out[i] = sound.FromC(unsafe.Pointer(taken[i]))
	}

	return int(waiting), true
}

// end leaves the connections that are still there. Those that have closed refuse, and need nothing.
func (s *source) end() {
	for conn := range s.connections {
		if err := conn.engine.RemoveTrack(s.engine); err != nil {
			logs.NewLogger("library").Debugf("a source that ends: %v", err)
		}
	}
	s.engine.Close()
}

// deliver fetches the picture that the host has pushed last, or says that there is sound.
func (s *source) deliver() {
	switch engine := s.engine.(type) {
	case *video.Source:
		if p := C.ml_source_take(C.uint64_t(s.handle)); p != nil {
			engine.Deliver(picture.FromC(unsafe.Pointer(p)))
		}
	case *audio.Source:
		engine.Ring()
	}
}

// heed serves what sources tell, the host's and those of tracks.
func heed(op C.ml_op, handle handles.Handle) {
	switch op {
	case C.ML_OP_SOURCE_DESTROYED:
		sources.end(handle)
	case C.ML_OP_SOURCE_PICTURE, C.ML_OP_SOURCE_SOUND:
		if s, ok := sources.get(handle); ok {
			s.deliver()
		}
	case C.ML_OP_SOURCE_WATCHED:
		if t, ok := tracks.Get(handle); ok {
			t.watch()
		} else {
			sources.watch(handle)
		}
	}
}

// track serves the calls that put a source on a connection and take it off.
func track(op C.ml_op, handle handles.Handle, in *C.ml_in_track) error {
	conn, ok := connections.Get(handle)
	if !ok {
		return errNoHandle
	}
	of := handles.Handle(in.source)
	if op == C.ML_OP_TRACK_REMOVE {
		return sources.part(of, conn, conn.engine.RemoveTrack)
	}
	local := rtc.LocalTrack{ID: repaired(in.track_id)}
	if local.ID == "" {
		var id [C.ML_TRACK_ID_ROOM]C.char
		if !C.ml_source_copy_track_id(in.source, &id[0]) {
			return errNoHandle
		}
		local.ID = text(&id[0])
	}
	for _, stream := range unsafe.Slice(in.streams, int(in.stream_count)) {
		local.Streams = append(local.Streams, repaired(stream))
	}

	return sources.join(of, rtc.Kind(in._type), conn, func(engine rtc.MediaSource) error {
		local.Source = engine

		return conn.engine.AddTrack(local)
	})
}

// repaired copies a text; what is not UTF-8 becomes U+FFFD.
func repaired(s *C.char) string { return string([]rune(text(s))) }
