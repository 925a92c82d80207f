package rtc

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/pion/webrtc/v4"
)

// stream is what the engine uses of pion's detached data channel.
type stream interface {
	ReadDataChannel(buffer []byte) (n int, isString bool, err error)
	WriteDataChannel(data []byte, isString bool) (n int, err error)
	BufferedAmount() uint64
	SetBufferedAmountLowThreshold(threshold uint64)
	OnBufferedAmountLow(f func())
	Close() error
}

// DataChannel is one data channel of a connection. Its methods may be called concurrently;
// they return at once.
type DataChannel struct {
	connection *Connection
	label      string
	incoming   bool

	life   context.Context // ends with the stream, of which SCTP then knows nothing any more
	die    context.CancelFunc
	ctx    context.Context // ends when nothing is sent or delivered any more
	cancel context.CancelFunc
	pump   worker
	resume chan struct{} // the host's queue has room
	low    chan struct{} // SCTP's buffer fell to its threshold

	closing  atomic.Bool // the host closed it
	released atomic.Bool

	events ChannelEvents // guarded by the emit lock; nil: the host refused it
	muted  bool          // guarded by the emit lock

	mu     sync.Mutex
	dc     *webrtc.DataChannel
	stream stream // nil until open

	sending sync.Mutex // held by who empties the outbox
	sent    sentAccount
}

// CreateDataChannel makes a reliable, ordered channel. It needs no new negotiation when a
// data section was negotiated before, as every offer of this engine has one.
func (c *Connection) CreateDataChannel(label string, events ChannelEvents) (*DataChannel, error) {
	if events == nil {
		return nil, fmt.Errorf("%w: a data channel needs its events", ErrInvalidParam)
	}
	if len(label) > maxLabelBytes {
		return nil, fmt.Errorf("%w: a label of %d bytes is longer than %d", ErrInvalidParam, len(label), maxLabelBytes)
	}
	if len(label) > maxPionLabelBytes {
		c.log.Warnf("a label of %d bytes: a peer that is built on pion refuses labels of more than %d bytes, "+
			"and with them every channel that comes after", len(label), maxPionLabelBytes)
	}
	d := c.newChannel(label)
	d.events = events
	c.mu.Lock()
	err := c.admit(operation{name: "CreateDataChannel", run: func() error { return d.create() }})
	if err == nil {
		c.channels[d] = struct{}{}
	}
	c.mu.Unlock()
	if err != nil {
		d.die()
		return nil, err
	}
	c.operations.kick()
	return d, nil
}

func (c *Connection) newChannel(label string) *DataChannel {
	d := &DataChannel{
		connection: c,
		label:      label,
		resume:     make(chan struct{}, 1),
		low:        make(chan struct{}, 1),
	}
	d.life, d.die = context.WithCancel(c.ctx)
	d.ctx, d.cancel = context.WithCancel(d.life)
	d.pump = worker{connection: c, what: "sending", run: d.send}
	return d
}

// create runs as an operation.
func (d *DataChannel) create() error {
	if err := d.attach(d.connection.currentPeer()); err != nil {
		d.release(true)
		return err
	}
	return nil
}

// attach makes the pion side of a channel of this side.
func (d *DataChannel) attach(peer *webrtc.PeerConnection) error {
	if d.closing.Load() || d.released.Load() {
		return nil
	}
	dc, err := peer.CreateDataChannel(d.label, nil)
	if err != nil {
		return fmt.Errorf("making the data channel %q: %w", d.label, err)
	}
	d.adopt(dc)
	return nil
}

func (d *DataChannel) adopt(dc *webrtc.DataChannel) {
	d.mu.Lock()
	d.dc = dc
	d.mu.Unlock()
	if d.closing.Load() && !d.incoming {
		_ = dc.Close()
	}
	dc.OnOpen(func() {
		d.connection.within("opening a data channel", func() { d.open(dc) })
	})
}

// channelReceived runs in pion's accepting goroutine, which waits for it.
func (c *Connection) channelReceived(peer *webrtc.PeerConnection, dc *webrtc.DataChannel) {
	d := c.newChannel(dc.Label())
	d.incoming = true
	c.mu.Lock()
	admitted := c.peer == peer && !c.closed.Load() && c.incoming < maxIncomingChannels
	if admitted {
		c.incoming++
		c.channels[d] = struct{}{}
	}
	c.mu.Unlock()
	if !admitted {
		d.die()
		_ = dc.Close()
		c.log.Warnf("the data channel %q of the peer is refused: %d of its channels are open, or the connection closes",
			d.label, maxIncomingChannels)
		return
	}
	c.emitting(func() {
		if !c.closed.Load() {
			d.events = c.events.DataChannel(d, d.label)
		}
		if d.events == nil {
			d.closing.Store(true)
		}
	})
	// A channel that the host refused still opens, to be read and reset.
	d.adopt(dc)
}

// open takes over the stream. It comes once, in a goroutine of pion's.
func (d *DataChannel) open(dc *webrtc.DataChannel) {
	detached, err := dc.Detach()
	if err != nil {
		d.connection.postError(fmt.Sprintf("opening the data channel %q failed: %v", d.label, err))
		d.release(true)
		return
	}
	opened, ok := detached.(stream)
	if !ok {
		d.connection.postError(fmt.Sprintf("opening the data channel %q failed: no buffered amount", d.label))
		d.release(true)
		return
	}
	d.sent.reset()
	opened.OnBufferedAmountLow(d.wakeSender)

	// Before Open is told: the host may send and close at once, and that must find the stream.
	d.mu.Lock()
	d.stream = opened
	d.mu.Unlock()
	c := d.connection
	// Who closes it after this has heard of Open, and may have sent: that one's Close sends it and resets the stream.
	var closedBefore bool
	c.emitting(func() {
		closedBefore = d.closing.Load()
		if !d.muted && !closedBefore && !c.closed.Load() {
			d.events.Open(d.maxMessageSize(dc))
		}
	})
	if closedBefore {
		_ = opened.Close()
		d.release(false)
	}
	c.spawn("receiving", func() { d.receive(opened) })
	d.pump.kick()
}

// maxMessageSize is what the peer permits, as pion read it from its description.
func (d *DataChannel) maxMessageSize(dc *webrtc.DataChannel) int {
	size := dc.Transport().GetCapabilities().MaxMessageSize
	if size == 0 || size > maxOutgoingMessageBytes {
		return maxOutgoingMessageBytes
	}
	return int(size)
}

func (d *DataChannel) isOpen() bool { return d.openStream() != nil }

func (d *DataChannel) openStream() stream {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.stream
}

// Kick says that the outbox has messages.
func (d *DataChannel) Kick() {
	if !d.released.Load() {
		d.pump.kick()
	}
}

// Resume says that the host's queue has room again.
func (d *DataChannel) Resume() {
	select {
	case d.resume <- struct{}{}:
	default:
	}
}

// Close ends the channel and returns at once. What the outbox holds is still sent, for three
// seconds at most. No Closed follows, only Released.
func (d *DataChannel) Close() {
	if d.closing.Swap(true) || d.released.Load() {
		return
	}
	d.connection.spawn("closing a data channel", d.closeLocally)
}

func (d *DataChannel) closeLocally() {
	d.mu.Lock()
	opened, dc := d.stream, d.dc
	d.mu.Unlock()
	switch {
	case opened != nil:
		ctx, cancel := context.WithTimeout(d.ctx, flushTimeout)
		d.flushOutbox(ctx)
		cancel()
		// The reset takes its place behind what was sent before it.
		if err := opened.Close(); err != nil {
			d.connection.log.Debugf("resetting the stream of data channel %q: %v", d.label, err)
		}
	case dc != nil && !d.incoming:
		// Not open yet: without this the peer would be told of a channel that nobody has.
		_ = dc.Close()
	}
	d.release(false)
}

// release is the end of the host's interest: nothing is sent or delivered any more. notify:
// the host does not know yet. It happens once, whoever comes first.
func (d *DataChannel) release(notify bool) {
	if d.released.Swap(true) {
		return
	}
	c := d.connection
	d.cancel()
	d.sending.Lock() // the pump has left
	c.turn.leave(d)
	d.sending.Unlock()

	c.emitting(func() {
		d.muted = true
		if d.events == nil {
			return
		}
		if notify && !d.closing.Load() && !c.closed.Load() {
			d.events.Closed()
		}
		discard(d.events.Outbox())
		d.events.Released()
	})

	if !d.isOpen() {
		c.dropChannel(d)
	}
}

// dropChannel forgets a channel that has neither a host nor a stream.
func (c *Connection) dropChannel(d *DataChannel) {
	d.die()
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, known := c.channels[d]; !known {
		return
	}
	delete(c.channels, d)
	if d.incoming {
		c.incoming--
	}
}
