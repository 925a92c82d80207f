package main

/*
#include "ml_webrtc/types.h"
*/
import "C"

import (
	"errors"

	"libml_webrtc/internal/rtc"
)

const (
	resultOk                 = C.MLResult_Ok
	resultUnspecifiedFailure = C.MLResult_UnspecifiedFailure
)

// The one place that maps Go errors to result codes.
var results = []struct {
	err    error
	result C.int32_t
}{
	{errNoInstance, C.MLResult_WebRTCInstanceNotCreated},
	{errNoHandle, C.MLResult_WebRTCMismatchingHandle},
	{rtc.ErrInvalidParam, C.MLResult_InvalidParam},
	{rtc.ErrIllegalState, C.MLResult_IllegalState},
	{rtc.ErrLimit, C.MLResult_AllocFailed},
	{rtc.ErrClosed, C.MLResult_WebRTCMismatchingHandle},
}

var (
	errNoInstance = errors.New("there is no instance")
	errNoHandle   = errors.New("the handle names no living object")
)

// toResult gives the code for err; what it says goes to the log, since a code says little.
func toResult(err error) C.int32_t {
	if err == nil {
		return resultOk
	}
	for _, known := range results {
		if errors.Is(err, known.err) {
			logs.NewLogger("library").Warnf("call refused: %v", err)

			return known.result
		}
	}
	logs.NewLogger("library").Errorf("call failed: %v", err)

	return resultUnspecifiedFailure
}
