package main

/*
#include "capi/engine.h"

#cgo noescape ml_work_next
#cgo nocallback ml_work_next
#cgo noescape ml_work_try
#cgo nocallback ml_work_try
#cgo noescape ml_work_done
#cgo nocallback ml_work_done
*/
import "C"

import (
	"fmt"
	"os"
	"runtime/debug"
	"unsafe"

	"libml_webrtc/handles"
)

// servers is how many requests are served at a time, for as long as the library is
// loaded. None of what they serve waits for anything, so
// a few are enough to keep one slow request from holding up the others.
const servers = 4

// gcPercent lets the heap, which is a few megabytes, grow further between collections than
// Go does by itself: a tenth less CPU under load for some tens of megabytes.
const gcPercent = 400

func init() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	var alarm *os.File
	if fd := C.ml_work_alarm(); fd >= 0 {
		alarm = os.NewFile(uintptr(fd), "requests")
	}
	for range servers {
		go serve(alarm)
	}
}

func serve(alarm *os.File) {
	var work C.ml_work
	for {
		next(&work, alarm)
		result := answer(&work)
		C.ml_work_done(work.request, result)
	}
}

// next waits for work: where Go waits for its sockets, or, where that can't be (or a host has
// closed descriptors that are not its own), in C.
func next(work *C.ml_work, alarm *os.File) {
	var count [8]byte
	for !C.ml_work_try(work) {
		if _, err := alarm.Read(count[:]); err != nil {
			C.ml_work_next(work)

			return
		}
	}
}

// answer serves one request. A panic costs the request, not the host.
func answer(work *C.ml_work) (result C.int32_t) {
	defer func() {
		if cause := recover(); cause != nil {
			report(cause, "serving a request")
			result = resultUnspecifiedFailure
		}
	}()
	if work.request != nil && work.op != C.ML_OP_TEST {
		injectPanic(panicRequests)
	}
	handle := handles.Handle(work.handle)
	switch work.op {
	case C.ML_OP_INSTANCE_CREATE:
		return toResult(library.create(uint32(*(*C.uint32_t)(work.in))))
	case C.ML_OP_INSTANCE_DESTROY:
		library.destroy()
	case C.ML_OP_CONNECTION_CREATE:
		return toResult(createConnection(handle, (*C.ml_in_connection)(work.in)))
	case C.ML_OP_CONNECTION_DESTROY:
		destroyConnection(handle)
	case C.ML_OP_CHANNEL_CREATE:
		return toResult(createChannel(handle, (*C.ml_in_channel)(work.in)))
	case C.ML_OP_CHANNEL_DESTROY:
		destroyChannel(handle)
	case C.ML_OP_CHANNEL_SEND, C.ML_OP_CHANNEL_ROOM:
		if ch, ok := channels.Get(handle); ok {
			ch.ring(work.op)
		}
	case C.ML_OP_CONNECTION_ROOM:
		if conn, ok := connections.Get(handle); ok {
			conn.ringRoom()
		}
	case C.ML_OP_TRACK_ADD, C.ML_OP_TRACK_REMOVE:
		return toResult(track(work.op, handle, (*C.ml_in_track)(work.in)))
	case C.ML_OP_SOURCE_DESTROYED, C.ML_OP_SOURCE_PICTURE, C.ML_OP_SOURCE_SOUND, C.ML_OP_SOURCE_WATCHED:
		heed(work.op, handle)
	case C.ML_OP_TEST:
		return toResult(serveTest(work.in))
	default:
		return toResult(signal(work.op, handle, work.in))
	}

	return resultOk
}

// report writes down a panic where it can be found.
func report(cause any, doing string) {
	logger := logs.NewLogger("library")
	logger.Errorf("panic while %s: %v\n%s", doing, cause, debug.Stack())
}

// text copies a NUL-terminated C string; NULL is the empty string.
func text(s *C.char) string { return C.GoString(s) }

// bytesOf is a view of C memory.
func bytesOf(data *C.char, size C.uint64_t) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(data)), int(size))
}

var errUnknownRequest = fmt.Errorf("unknown request")
