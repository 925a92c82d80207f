package main

/*
#include "callbacks/debug.h"

#cgo noescape ml_debug_post
#cgo nocallback ml_debug_post
*/
import "C"

import (
	"fmt"
	"sync/atomic"
	"unsafe"

	"github.com/pion/logging"
)

// logs hands all logging of the library, pion's too, to the host's debug callback. What
// is below the host's level is not even formatted.
var logs hostLogs

type hostLogs struct{ level atomic.Uint32 }

// NewLogger implements logging.LoggerFactory.
func (l *hostLogs) NewLogger(scope string) logging.LeveledLogger { return &hostLogger{l, scope} }

type hostLogger struct {
	logs  *hostLogs
	scope string
}

func (l *hostLogger) wants(level uint32) bool { return level >= l.logs.level.Load() }

func (l *hostLogger) say(level uint32, message string) {
	if l.wants(level) {
		l.post(level, l.scope+": "+message)
	}
}

func (l *hostLogger) sayf(level uint32, format string, args []any) {
	if l.wants(level) {
		l.post(level, l.scope+": "+fmt.Sprintf(format, args...))
	}
}

func (l *hostLogger) post(level uint32, line string) {
	C.ml_debug_post(C.uint32_t(level), (*C.char)(unsafe.Pointer(unsafe.StringData(line))), C.uint64_t(len(line)))
}

func (l *hostLogger) Trace(msg string) { l.say(C.MLWebRTCLogLevel_Verbose, msg) }
func (l *hostLogger) Tracef(format string, args ...any) {
	l.sayf(C.MLWebRTCLogLevel_Verbose, format, args)
}
func (l *hostLogger) Debug(msg string) { l.say(C.MLWebRTCLogLevel_Debug, msg) }
func (l *hostLogger) Debugf(format string, args ...any) {
	l.sayf(C.MLWebRTCLogLevel_Debug, format, args)
}
func (l *hostLogger) Info(msg string)                  { l.say(C.MLWebRTCLogLevel_Info, msg) }
func (l *hostLogger) Infof(format string, args ...any) { l.sayf(C.MLWebRTCLogLevel_Info, format, args) }
func (l *hostLogger) Warn(msg string)                  { l.say(C.MLWebRTCLogLevel_Warn, msg) }
func (l *hostLogger) Warnf(format string, args ...any) { l.sayf(C.MLWebRTCLogLevel_Warn, format, args) }
func (l *hostLogger) Error(msg string)                 { l.say(C.MLWebRTCLogLevel_Error, msg) }
func (l *hostLogger) Errorf(format string, args ...any) {
	l.sayf(C.MLWebRTCLogLevel_Error, format, args)
}
