package rtc

import (
	"errors"
	"fmt"
	"io"
	"sync"
)

const (
	firstReadBytes = 2 << 10
	// keptReadBytes is the most that a channel keeps for itself between messages.
	keptReadBytes = 64 << 10
)

// largeBuffers lends buffers for messages of more than keptReadBytes.
var largeBuffers = sync.Pool{New: func() any {
	buffer := make([]byte, announcedMessageBytes)
	return &buffer
}}

// receive hands the channel's messages to the host until the stream ends. After the channel
// was released it goes on reading, for nobody: data that stays in SCTP's buffer would
// keep the window of the other channels small.
func (d *DataChannel) receive(from stream) {
	defer d.ended()
	buffer := make([]byte, firstReadBytes)
	for {
		n, isString, err := from.ReadDataChannel(buffer)
		switch {
		case err == nil:
			d.deliver(buffer[:n], !isString)
		case !errors.Is(err, io.ErrShortBuffer):
			return
		case len(buffer) < keptReadBytes:
			buffer = make([]byte, 4*len(buffer))
			if len(buffer) > keptReadBytes {
				buffer = buffer[:keptReadBytes]
			}
		default:
			if !d.receiveLarge(from) {
				return
			}
		}
	}
}

// receiveLarge reads the message that did not fit into the channel's own buffer.
func (d *DataChannel) receiveLarge(from stream) bool {
	lent, _ := largeBuffers.Get().(*[]byte)
	defer largeBuffers.Put(lent)
	n, isString, err := from.ReadDataChannel(*lent)
	if errors.Is(err, io.ErrShortBuffer) {
		d.connection.postError(fmt.Sprintf("the data channel %q is closed: the peer sent a message of more "+
			"than the %d bytes that it was told to be the most", d.label, announcedMessageBytes))
		_ = from.Close()
		return false
	}
	if err != nil {
		return false
	}
	d.deliver((*lent)[:n], !isString)
	return true
}

// deliver offers a message until the host takes it or nobody wants it any more.
func (d *DataChannel) deliver(data []byte, binary bool) {
	for !d.offer(data, binary) {
		select {
		case <-d.resume:
		case <-d.ctx.Done():
			return
		}
	}
}

// offer reports whether the engine may forget the message.
func (d *DataChannel) offer(data []byte, binary bool) bool {
	c := d.connection
	c.emit.Lock()
	defer c.emit.Unlock()
	if d.muted || d.closing.Load() || c.closed.Load() {
		return true
	}
	return d.events.Message(data, binary)
}

// ended comes after the last message, when the peer reset the stream or the association
// ended.
func (d *DataChannel) ended() {
	d.release(true)
	d.connection.dropChannel(d)
}
