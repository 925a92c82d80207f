package main

/*
#include "capi/engine.h"

#cgo noescape ml_work_next
#cgo nocallback ml_work_next
#cgo noescape ml_work_done
#cgo nocallback ml_work_done
*/
import "C"

import (
	"fmt"
	"runtime/debug"
	"unsafe"

	"libml_webrtc/handles"
)

// servers is how many requests are served at a time. Each server is a thread that waits in
// C, for as long as the library is loaded. None of what they serve waits for anything, so
// a few are enough to keep one slow request from holding up the others.
const servers = 4

func init() {
	for range servers {
		go serve()
	}
}

func serve() {
	var work C.ml_work
	for {
		C.ml_work_next(&work)
		result := answer(&work)
		C.ml_work_done(work.request, result)
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
