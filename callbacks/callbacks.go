// Package callbacks is the host's side of connections and data channels, in C: the
// events on their way to the host's callbacks, and the messages on their way out. It
// has no Go of its own; capi calls it.
package callbacks

/*
#cgo CFLAGS: -std=gnu11 -O2 -Wall -Wextra -fvisibility=hidden -I${SRCDIR}/.. -I${SRCDIR}/../include -DML_WEBRTC_BUILDING
#cgo mltest CFLAGS: -DML_TEST
*/
import "C"

import (
	_ "libml_webrtc/handles"          // its C is used here
	_ "libml_webrtc/internal/picture" // its C is used here
	_ "libml_webrtc/internal/request" // its C is used here
	_ "libml_webrtc/internal/sound"   // its C is used here
)
