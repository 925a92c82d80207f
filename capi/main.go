// Command capi is the shared library: the 58 functions of the MLWebRTC interface, in C,
// and the Go that serves what they request. Host threads run the C only; goroutines
// fetch requests and never run code of the host. See docs/architecture.md.
package main

/*
#cgo CFLAGS: -std=gnu11 -O2 -Wall -Wextra -fvisibility=hidden -I${SRCDIR}/.. -I${SRCDIR}/../include -DML_WEBRTC_BUILDING
#cgo mltest CFLAGS: -DML_TEST -I${SRCDIR}/../test/include
#cgo LDFLAGS: -lm
*/
import "C"

import (
	_ "libml_webrtc/callbacks" // its C is part of the border
)

func main() {}
