package rtc

import (
	"fmt"

	"github.com/pion/webrtc/v4"
)

// signaling is the part of W3C's signaling state that lasts between operations.
type signaling int

const (
	signalingStable signaling = iota
	signalingHaveLocalOffer
)

// operation is one signalling call, to be run in its turn.
type operation struct {
	name   string
	leads  bool // it changes the signaling state
	to     signaling
	answer bool // only valid while a local offer is out
	yields bool // a local offer that is out may go before it
	run    func() error
}

// enqueue takes an operation if it can be right after those before it.
func (c *Connection) enqueue(op operation) error {
	c.mu.Lock()
	err := c.admit(op)
	c.mu.Unlock()
	if err == nil {
		c.operations.kick()
	}
	return err
}

// admit puts an operation into the queue. The connection's lock is held.
func (c *Connection) admit(op operation) error {
	if c.closed.Load() {
		return fmt.Errorf("%w: %s on a connection that is closed", ErrClosed, op.name)
	}
	if op.answer && c.signaling != signalingHaveLocalOffer && !c.mayBeStray() {
		return fmt.Errorf("%w: %s, but no offer of this side waits for an answer; call CreateOffer first",
			ErrIllegalState, op.name)
	}
	if len(c.queue) >= maxOperations {
		return fmt.Errorf("%w: %s, but %d operations of the connection wait already; let some of them end",
			ErrLimit, op.name, len(c.queue))
	}
	if op.yields && c.signaling == signalingHaveLocalOffer {
		c.expectStray() // the answer may have been on its way
	}
	c.queue = append(c.queue, op)
	c.project(op)
	return nil
}

// runOperations runs what waits. An operation that fails is reported; the next one runs.
func (c *Connection) runOperations() {
	for c.runOperation() {
	}
}

func (c *Connection) runOperation() bool {
	c.operating.Lock()
	defer c.operating.Unlock()
	c.mu.Lock()
	if len(c.queue) == 0 {
		c.queue = nil
		c.mu.Unlock()
		return false
	}
	op := c.queue[0]
	c.queue[0] = operation{}
	c.queue = c.queue[1:]
	c.mu.Unlock()

	var err error
	c.guard(op.name, func() { err = op.run() })
	// Before the failure is told: the host may make its next call from there.
	c.projectSignaling()
	if err != nil && c.ctx.Err() == nil {
		c.postError(fmt.Sprintf("%s failed: %v", op.name, err))
	}
	return true
}

// projectSignaling works out where the operations that wait will lead from where the one
// that runs really led.
func (c *Connection) projectSignaling() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.signaling = signalingStable
	if c.media.out != nil || c.peer.SignalingState() == webrtc.SignalingStateHaveLocalOffer {
		c.signaling = signalingHaveLocalOffer
	}
	for _, op := range c.queue {
		c.project(op)
	}
}

// project works out where an operation leads. The connection's lock is held.
func (c *Connection) project(op operation) {
	prevails := op.yields && c.recovery.leads && c.signaling == signalingHaveLocalOffer
	if op.leads && !prevails {
		c.signaling = op.to
	}
}
