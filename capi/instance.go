package main

/*
#include <stdlib.h>

#include "callbacks/debug.h"
*/
import "C"

import (
	"os"
	"runtime"
	"sync"
	"unsafe"

	"libml_webrtc/internal/network"
	"libml_webrtc/internal/rtc"
)

// version is set by the build (-X main.version=...).
var version = "unversioned"

// library is the one instance a process can have.
var library holder

type holder struct {
	mu       sync.Mutex
	instance *rtc.Instance
}

func (h *holder) create(level uint32) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	logs.level.Store(level)
	log := logs.NewLogger("library")
	settings := network.ReadSettings(environment, func(err error) { log.Error(err.Error()) })
	instance, err := rtc.NewInstance(rtc.Options{LoggerFactory: &logs, Settings: settings})
	if err != nil {
		return err
	}
	if h.instance != nil { // its destroy request did not get through
		h.instance.Close()
	}
	h.instance = instance
	log.Infof("MLWebRTC %s", version)

	return nil
}

// destroy starts the end of all that the instance has, and does not wait for it.
func (h *holder) destroy() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.instance != nil {
		h.instance.Close()
		h.instance = nil
	}
	sources.endAll()
	logs.level.Store(C.MLWebRTCLogLevel_Silent)
}

func (h *holder) current() (*rtc.Instance, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.instance == nil {
		return nil, errNoInstance
	}

	return h.instance, nil
}

// environment looks a variable up as the host sees it now; what Go has outside of Windows is from when the library was
// loaded.
func environment(name string) string {
	if runtime.GOOS == "windows" {
		return os.Getenv(name)
	}
	asked := C.CString(name)
	defer C.free(unsafe.Pointer(asked))

	return C.GoString(C.getenv(asked))
}
