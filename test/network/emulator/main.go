// SPDX-License-Identifier: MIT

//go:build linux

// Command emulator joins two network namespaces by an emulated link: it makes a TUN device for each end, which the
// caller moves into the namespaces, and obeys lines on a Unix socket (see package link).
//
//	emulator -a DEVICE -b DEVICE -control SOCKET [-seed NUMBER]
//
// It prints "ready" when devices and socket are there, and ends with SIGTERM or SIGINT.
package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"libml_webrtc/test/network/link"
)

func main() {
	a := flag.String("a", "", "the device of end a")
	b := flag.String("b", "", "the device of end b")
	control := flag.String("control", "", "the socket on which lines are taken")
	seed := flag.Uint64("seed", 1, "for all random choices")
	flag.Parse()
	if err := run(*a, *b, *control, *seed); err != nil {
		fmt.Fprintln(os.Stderr, "emulator:", err)
		os.Exit(1)
	}
}

func run(nameA, nameB, control string, seed uint64) error {
	a, err := openTUN(nameA)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	b, err := openTUN(nameB)
	if err != nil {
		return err
	}
	defer func() { _ = b.Close() }()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	listener, err := new(net.ListenConfig).Listen(ctx, "unix", control)
	if err != nil {
		return err
	}
	emulated := link.New(seed)
	var running sync.WaitGroup
	defer running.Wait()
	running.Go(func() { emulated.Serve(ctx, listener) })
	fmt.Println("ready")
	emulated.Run(ctx, a, b)
	return nil
}
