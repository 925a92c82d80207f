package main

/*
#include "callbacks/post.h"
#include "callbacks/source.h"
#include "ml_webrtc/source.h"

#cgo noescape ml_post_track_added
#cgo nocallback ml_post_track_added
#cgo noescape ml_post_track_removed
#cgo nocallback ml_post_track_removed
#cgo noescape ml_source_publish
#cgo nocallback ml_source_publish
#cgo noescape ml_source_publish_sound
#cgo nocallback ml_source_publish_sound
*/
import "C"

import (
	"runtime"
	"unsafe"

	"libml_webrtc/handles"
	"libml_webrtc/internal/picture"
	"libml_webrtc/internal/rtc"
	"libml_webrtc/internal/sound"
)

var tracks handles.Objects[*remoteTrack]

// remoteTrack tells the host what happens to a track of the peer, which is a source to it.
type remoteTrack struct {
	connection *connection
	handle     handles.Handle
	engine     *rtc.RemoteTrack
}

var _ rtc.TrackEvents = (*remoteTrack)(nil)

var sourceTypes = map[rtc.Kind]C.int32_t{
	rtc.KindAudio: C.MLWebRTCSourceType_Audio,
	rtc.KindVideo: C.MLWebRTCSourceType_Video,
}

func (c *connection) TrackAdded(engine *rtc.RemoteTrack, kind rtc.Kind, id string, streams []string) rtc.TrackEvents {
	var pinner runtime.Pinner
	defer pinner.Unpin()
	texts := make([]*C.char, len(streams)+1) // never empty, so that there is something to point to
	sizes := make([]C.uint64_t, len(streams)+1)
	for i, stream := range streams {
		data := unsafe.StringData(stream)
		pinner.Pin(data)
		texts[i], sizes[i] = (*C.char)(unsafe.Pointer(data)), C.uint64_t(len(stream))
	}
	var handle C.uint64_t
	c.post(func() C.ml_posted {
		return C.ml_post_track_added(c.host, sourceTypes[kind],
			(*C.char)(unsafe.Pointer(unsafe.StringData(id))), C.uint64_t(len(id)),
			&texts[0], &sizes[0], C.uint32_t(len(streams)), &handle)
	})
	if handle == 0 {
		return nil
	}
	t := &remoteTrack{connection: c, handle: handles.Handle(handle), engine: engine}
	tracks.Put(t.handle, t)
	// The host may have attached a sink already, and nobody heard the bell.
	t.watch()

	return t
}

// watch tells the engine whether the host looks, or listens.
func (t *remoteTrack) watch() { t.engine.SetWatched(bool(C.ml_source_watched(C.uint64_t(t.handle)))) }

func (t *remoteTrack) Picture(p picture.Picture) {
	C.ml_source_publish(C.uint64_t(t.handle), (*C.ml_picture)(p.C()))
}

func (t *remoteTrack) Sound(block sound.Block) {
	C.ml_source_publish_sound(C.uint64_t(t.handle), (*C.ml_sound)(block.C()))
}

func (t *remoteTrack) Removed() {
	t.connection.post(func() C.ml_posted {
		return C.ml_post_track_removed(t.connection.host, C.uint64_t(t.handle))
	})
}

func (t *remoteTrack) Released() { tracks.Remove(t.handle) }
