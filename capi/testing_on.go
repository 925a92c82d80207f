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
	if request.alive == nil {
		panicWhere.Store(int32(request.panic_where))

		return nil
	}
	request.alive.engine = C.uint32_t(connections.Len() + channels.Len())
	// The servers, one of them being this, are there as long as the library is.
	request.alive.goroutines = C.uint32_t(max(0, runtime.NumGoroutine()-servers-idleGoroutines))

	return nil
}

// idleGoroutines is what a c-shared library has besides: the one that ran init and main.
const idleGoroutines = 1
