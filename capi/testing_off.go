//go:build !mltest

package main

import (
	"errors"
	"unsafe"
)

const (
	panicRequests = iota + 1
	panicEvents
)

// injectPanic does something in test builds only.
func injectPanic(int) {}

var errTestOnly = errors.New("only test builds serve this")

func serveTest(unsafe.Pointer) error { return errTestOnly }
