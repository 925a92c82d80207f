// Package request holds the C queue in which host threads wait for the engine
// (request.h). It has no Go of its own; capi fetches and serves what is queued.
package request

/*
#cgo CFLAGS: -std=gnu11 -O2 -Wall -Wextra -fvisibility=hidden -I${SRCDIR}/../..
*/
import "C"

import _ "libml_webrtc/internal/platform" // its C is part of the border
