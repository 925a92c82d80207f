// Package platform holds the C that knows the operating system: threads, waiting,
// time and signals for the C side of the border. It has no Go of its own; the other
// packages of the border import it so that its C is linked.
package platform

/*
#cgo CFLAGS: -std=gnu11 -O2 -Wall -Wextra -fvisibility=hidden -I${SRCDIR}/../..
*/
import "C"
