//go:build mltest

package main

/*
#include "ml_webrtc_test.h"
#include "capi/testing.h"
*/
import "C"

import (
	"runtime"
	"sync/atomic"
	"unsafe"
)

const (
	panicRequests = C.MLWebRTCTestPanic_Requests
	panicEvents   = C.MLWebRTCTestPanic_Events
)

var panicWhere atomic.Int32

// injectPanic panics where a test wants it.
func injectPanic(where int) {
	if panicWhere.Load() == int32(where) {
		panic("injected by a test")
	}
}

func serveTest(in unsafe.Pointer) error {
	request := (*C.ml_in_test)(in)
	switch {
	case request.alive != nil:
		request.alive.engine = C.uint32_t(connections.Len() + channels.Len() + tracks.Len() + sources.count())
		// The servers, one of them being this, are there as long as the library is.
		request.alive.goroutines = C.uint32_t(max(0, runtime.NumGoroutine()-servers-idleGoroutines))
	case request.allocations != nil:
		// It stops the world, to count what each processor has allocated.
		var memory runtime.MemStats
		runtime.ReadMemStats(&memory)
		request.allocations.objects = C.uint64_t(memory.Mallocs)
		request.allocations.bytes = C.uint64_t(memory.TotalAlloc)
	default:
		panicWhere.Store(int32(request.panic_where))
	}

	return nil
}

// idleGoroutines is what a c-shared library has besides: the one that ran init and main.
const idleGoroutines = 1
