// SPDX-License-Identifier: MIT

package link

import (
	"context"
	"io"
	"sync"
)

// Link joins two devices, named a and b.
type Link struct {
	AB *Direction // what a sends
	BA *Direction // what b sends
}

// New makes a link that lets everything through.
func New(seed uint64) *Link {
	return &Link{AB: NewDirection(2 * seed), BA: NewDirection(2*seed + 1)}
}

// Run carries packets, one for each Read and Write, until the context ends; it closes the devices then.
func (l *Link) Run(ctx context.Context, a, b io.ReadWriteCloser) {
	var running sync.WaitGroup
	running.Go(func() { l.AB.receive(a) })
	running.Go(func() { l.BA.receive(b) })
	running.Go(func() { l.AB.deliver(b, ctx.Done()) })
	running.Go(func() { l.BA.deliver(a, ctx.Done()) })
	<-ctx.Done()
	_ = a.Close()
	_ = b.Close()
	running.Wait()
}
