package rtc

import (
	"fmt"
	"runtime/debug"
	"sync/atomic"
)

// spawn runs f in a goroutine of the connection. It does nothing once the connection has
// ended, which only the late reports of pion can meet.
func (c *Connection) spawn(what string, f func()) {
	if !c.enter() {
		return
	}
	go func() {
		defer c.tasks.Done()
		c.guard(what, f)
	}()
}

// within runs f on a goroutine of pion's, which the connection then waits for when it ends.
func (c *Connection) within(what string, f func()) {
	if !c.enter() {
		return
	}
	defer c.tasks.Done()
	c.guard(what, f)
}

func (c *Connection) enter() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return false
	}
	c.tasks.Add(1)
	return true
}

// guard runs f and turns a panic into a report: a defect of the engine must not end the
// host's process.
func (c *Connection) guard(what string, f func()) {
	defer func() {
		if reason := recover(); reason != nil {
			c.log.Errorf("panic in %s: %v\n%s", what, reason, debug.Stack())
			// What tells the host may be what is broken.
			defer func() {
				if again := recover(); again != nil {
					c.log.Errorf("panic while reporting that: %v", again)
				}
			}()
			c.postError(fmt.Sprintf("internal error in %s: %v", what, reason))
		}
	}()
	f()
}

// worker runs a function on demand: at most one run at a time, and one after the last kick.
type worker struct {
	connection *Connection
	what       string
	run        func()
	state      atomic.Int32
}

const (
	workerIdle int32 = iota
	workerRunning
	workerAgain
)

// kick never blocks.
func (w *worker) kick() {
	for {
		switch w.state.Load() {
		case workerIdle:
			if w.state.CompareAndSwap(workerIdle, workerRunning) {
				w.connection.spawn(w.what, w.loop)
				return
			}
		case workerRunning:
			if w.state.CompareAndSwap(workerRunning, workerAgain) {
				return
			}
		default:
			return
		}
	}
}

func (w *worker) loop() {
	for {
		w.connection.guard(w.what, w.run)
		if w.state.CompareAndSwap(workerRunning, workerIdle) {
			return
		}
		w.state.Store(workerRunning)
	}
}
