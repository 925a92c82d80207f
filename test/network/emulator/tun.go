// SPDX-License-Identifier: MIT

//go:build linux

package main

import (
	"fmt"
	"os"
	"syscall"
	"unsafe"
)

// ifreq is struct ifreq of netdevice(7), as far as TUNSETIFF reads it.
type ifreq struct {
	name  [syscall.IFNAMSIZ]byte
	flags uint16
	_     [22]byte
}

// openTUN makes a device of this name. Each Read gives one IP packet that the kernel sends through it, each Write hands
// it one that came in. The file goes on working when the device moves to another namespace.
func openTUN(name string) (*os.File, error) {
	request := ifreq{flags: syscall.IFF_TUN | syscall.IFF_NO_PI}
	if name == "" || len(name) >= len(request.name) {
		return nil, fmt.Errorf("%q is no name for a device: %w", name, syscall.EINVAL)
	}
	copy(request.name[:], name)
	fd, err := syscall.Open("/dev/net/tun", syscall.O_RDWR|syscall.O_CLOEXEC|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("/dev/net/tun: %w", err)
	}
	_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, uintptr(fd), syscall.TUNSETIFF, uintptr(unsafe.Pointer(&request)))
	if errno != 0 {
		_ = syscall.Close(fd)
		return nil, fmt.Errorf("device %s: %w", name, errno)
	}
	// Only now: before, the descriptor can't be polled.
	return os.NewFile(uintptr(fd), name), nil
}
