package rtc

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/logging"
	"github.com/pion/webrtc/v4"

	"libml_webrtc/internal/bandwidth"
	"libml_webrtc/internal/network"
)

const (
	// flushTimeout bounds how long accepted messages are still sent after a Close.
	flushTimeout = 3 * time.Second
	// teardownTimeout guards against a transport that does not end; nothing needs it.
	teardownTimeout = 10 * time.Second
)

// Connection is a peer connection. Its methods may be called concurrently; they return
// without waiting for the network.
type Connection struct {
	instance      *Instance
	log           logging.LeveledLogger
	api           *webrtc.API
	configuration webrtc.Configuration
	access        *network.Access
	serverErrors  sync.Map // what was told about a server, by its URI

	ctx        context.Context
	cancel     context.CancelFunc
	tasks      sync.WaitGroup
	operations worker
	evaluation worker
	turn       turn
	operating  sync.Mutex  // held while an operation runs
	media      mediaState  // only operations, and the end, look at it
	mediaUp    atomic.Bool // packets of media reach the peer
	bandwidth  *bandwidth.Controller
	buffers    *streamBuffers
	repairs    repairs
	lips       lipSync
	clocks     sync.Map    // *sentClock by the SSRC of what this side sends
	closed     atomic.Bool // Close was called: no events but Released and Closed

	mu          sync.Mutex
	ended       bool // no goroutine may be started any more
	peer        *webrtc.PeerConnection
	queue       []operation
	signaling   signaling // as it will be when all operations of the queue have run
	recovery    recovery
	straysUntil time.Time         // answers to offers that don't count any more may come
	held        []remoteCandidate // they came before the description they belong to
	remotes     int               // candidates since the last remote description
	peerGone    bool
	channels    map[*DataChannel]struct{}
	incoming    int
	locals      map[MediaSource]*localTrack // as they will be when all operations of the queue have run

	emit     sync.Mutex // held while an event method runs
	events   ConnectionEvents
	reported condition
	gatherer gatherer
}

// NewConnection makes a connection. Nothing is sent before the first operation.
func (i *Instance) NewConnection(config Config, events ConnectionEvents) (*Connection, error) {
	if events == nil {
		return nil, fmt.Errorf("%w: a connection needs its events", ErrInvalidParam)
	}
	c := &Connection{
		instance: i,
		log:      i.loggers.NewLogger("connection"),
		events:   events,
		channels: make(map[*DataChannel]struct{}),
		locals:   make(map[MediaSource]*localTrack),
		media:    newMediaState(),
	}
	c.buffers = newStreamBuffers(c.strangerFound)
	c.bandwidth = bandwidth.New(bandwidth.Options{Loggers: i.loggers})
	c.ctx, c.cancel = context.WithCancel(i.ctx)
	c.operations = worker{connection: c, what: "a signalling operation", run: c.runOperations}
	c.evaluation = worker{connection: c, what: "following the state", run: c.evaluate}

	if err := c.configure(config); err != nil {
		c.cancel()
		return nil, err
	}

	i.mu.Lock()
	defer i.mu.Unlock()
	if i.closed {
		c.cancel()
		return nil, fmt.Errorf("%w: the instance is closed; make a new one", ErrClosed)
	}
	certificate, err := i.currentCertificate()
	if err != nil {
		c.cancel()
		return nil, err
	}
	c.configuration.Certificates = []webrtc.Certificate{certificate}
	if c.peer, err = c.newPeer(); err != nil {
		c.cancel()
		return nil, fmt.Errorf("making the peer connection: %w", err)
	}
	i.connections[c] = struct{}{}
	i.updateWatch()
	return c, nil
}

func (c *Connection) configure(config Config) error {
	c.configuration = webrtc.Configuration{
		AlwaysNegotiateDataChannels: true,
		RTPHeaderEncryptionPolicy:   webrtc.RTPHeaderEncryptionPolicyDisable,
	}
	if err := c.openAccess(config); err != nil {
		return err
	}
	var err error
	c.api, err = c.newAPI()
	return err
}

// newPeer makes the pion side. Its reports are ignored once another peer took its place.
func (c *Connection) newPeer() (*webrtc.PeerConnection, error) {
	peer, err := c.api.NewPeerConnection(c.configuration)
	if err != nil {
		return nil, err
	}
	wake := c.evaluation.kick
	peer.OnICEConnectionStateChange(func(webrtc.ICEConnectionState) { wake() })
	peer.OnConnectionStateChange(func(webrtc.PeerConnectionState) { wake() })
	// Reported with a lock of the transport held.
	peer.SCTP().Transport().OnStateChange(func(webrtc.DTLSTransportState) { wake() })
	peer.SCTP().OnClose(func(reason error) {
		c.within("the end of SCTP", func() { c.associationEnded(peer, reason) })
	})
	peer.OnICEGatheringStateChange(func(state webrtc.ICEGatheringState) {
		c.within("gathering", func() { c.gatheringChanged(peer, state) })
	})
	peer.OnICECandidate(func(candidate *webrtc.ICECandidate) {
		c.within("a local candidate", func() { c.candidateFound(peer, candidate) })
	})
	// Tracks are told by the descriptions that announce them, which pion reports too late.
	peer.OnTrack(func(*webrtc.TrackRemote, *webrtc.RTPReceiver) {})
	peer.OnDataChannel(func(channel *webrtc.DataChannel) {
		c.within("an incoming data channel", func() { c.channelReceived(peer, channel) })
	})
	return peer, nil
}

func (c *Connection) currentPeer() *webrtc.PeerConnection {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.peer
}

// emitting runs f, which calls event methods, when no other event method runs.
func (c *Connection) emitting(f func()) {
	c.emit.Lock()
	defer c.emit.Unlock()
	f()
}

// post calls an event method, unless the host has closed the connection.
func (c *Connection) post(event func(ConnectionEvents)) {
	c.emitting(func() {
		if !c.closed.Load() {
			event(c.events)
		}
	})
}

func (c *Connection) postError(message string) {
	c.log.Error(message)
	c.post(func(events ConnectionEvents) { events.Error(message) })
}

// Close ends the connection and returns at once. Messages that were accepted are still sent,
// for three seconds at most; the peer learns of the end right after. Closed comes last.
func (c *Connection) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed.Swap(true) {
		return
	}
	c.queue = nil
	go func() {
		defer c.instance.forget(c)
		c.guard("closing", c.teardown)
	}()
}

// teardown is the only thing that runs outside the connection's tasks, since it waits for them.
func (c *Connection) teardown() {
	defer c.finish()
	c.flush()
	c.cancel()
	for _, d := range c.snapshotChannels() {
		d.release(false)
	}
	c.bounded("the transports", func() {
		// What an operation starts in pion after the close would never end.
		c.operating.Lock()
		defer c.operating.Unlock()
		c.endOutlets()
		if err := c.currentPeer().GracefulClose(); err != nil {
			c.log.Debugf("closing the peer connection: %v", err)
		}
		c.endTracks()
		c.bandwidth.Close()
	})
}

// finish waits for the goroutines and says good-bye.
func (c *Connection) finish() {
	c.cancel()
	c.mu.Lock()
	c.ended = true
	c.recovery.stopLooking()
	c.mu.Unlock()
	c.bounded("the goroutines", c.tasks.Wait)
	// Channels that came up while their end was being told to the others.
	for _, d := range c.snapshotChannels() {
		d.release(false)
	}
	c.emitting(c.events.Closed)
}

// bounded runs f, but waits for it only so long.
func (c *Connection) bounded(what string, f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.guard("ending "+what, f)
	}()
	timeout := time.NewTimer(teardownTimeout)
	defer timeout.Stop()
	select {
	case <-done:
	case <-timeout.C:
		c.log.Errorf("%s did not end within %v", what, teardownTimeout)
	}
}

// flush sends what the host's messages wait in: the outboxes, then SCTP's buffers.
func (c *Connection) flush() {
	ctx, cancel := context.WithTimeout(c.ctx, flushTimeout)
	defer cancel()
	if !c.canFlush() {
		return
	}
	var channels sync.WaitGroup
	for _, d := range c.snapshotChannels() {
		channels.Go(func() {
			c.guard("flushing a data channel", func() { d.flush(ctx) })
		})
	}
	channels.Wait()
}

// canFlush is false when nothing can reach the peer.
func (c *Connection) canFlush() bool {
	c.mu.Lock()
	peer, gone := c.peer, c.peerGone
	c.mu.Unlock()
	return !gone && peer.SCTP().Transport().State() == webrtc.DTLSTransportStateConnected &&
		peer.ICEConnectionState() != webrtc.ICEConnectionStateFailed
}

func (c *Connection) snapshotChannels() []*DataChannel {
	c.mu.Lock()
	defer c.mu.Unlock()
	channels := make([]*DataChannel, 0, len(c.channels))
	for d := range c.channels {
		channels = append(channels, d)
	}
	return channels
}

// clockOf gives what the timestamps of a stream of this side stand for.
func (c *Connection) clockOf(ssrc uint32) (*sentClock, bool) {
	found, ok := c.clocks.Load(ssrc)
	if !ok {
		return nil, false
	}
	clock, ok := found.(*sentClock)
	return clock, ok
}
