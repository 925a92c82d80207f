package network

import (
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/stun/v4"
)

// watch follows the beginning of a TURN allocation (RFC 8656, section 7) and says why it came
// to nothing. ICE only writes that into its log.
type watch struct {
	server ICEServer
	fail   func(ICEServer, error)

	over atomic.Bool // the server has allocated, or it was said why not

	mu       sync.Mutex
	asked    bool // a request was sent
	answered bool
	named    bool // the last one carried a user name
	last     [stun.TransactionIDSize]byte
}

// sent looks at what this side sends.
func (w *watch) sent(packet []byte) {
	if w.over.Load() {
		return
	}
	message := stun.Message{Raw: packet}
	if message.Decode() != nil || message.Type != stun.NewType(stun.MethodAllocate, stun.ClassRequest) {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked, w.named, w.last = true, message.Contains(stun.AttrUsername), message.TransactionID
}

// received looks at what the server sends.
func (w *watch) received(packet []byte) {
	if w.over.Load() {
		return
	}
	message := stun.Message{Raw: packet}
	if message.Decode() != nil || message.Type.Method != stun.MethodAllocate {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if message.TransactionID != w.last {
		return
	}
	w.answered = true
	switch message.Type.Class {
	case stun.ClassSuccessResponse:
		w.over.Store(true)
	case stun.ClassErrorResponse:
		var code stun.ErrorCodeAttribute
		_ = code.GetFrom(&message) // an answer without a code is said to have code 0
		if code.Code == stun.CodeUnauthorized && !w.named {
			return // it asks for the credentials
		}
		w.over.Store(true)
		w.fail(w.server, refusal(w.server, code))
	default:
	}
}

// closed is told when the socket ends.
func (w *watch) closed() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.over.Swap(true) && w.asked && !w.answered {
		w.fail(w.server, fmt.Errorf("%w: it does not answer", ErrUnreachable))
	}
}

func refusal(server ICEServer, code stun.ErrorCodeAttribute) error {
	switch code.Code {
	case stun.CodeUnauthorized, stun.CodeWrongCredentials:
		return fmt.Errorf("it refuses the password of user %q (%d %s); check both",
			server.Username, code.Code, printable(string(code.Reason)))
	case stun.CodeAddrFamilyNotSupported:
		return fmt.Errorf("%w: %d %s", errOtherFamily, code.Code, printable(string(code.Reason)))
	default:
		return fmt.Errorf("it refuses to relay (%d %s)", code.Code, printable(string(code.Reason)))
	}
}

// watchedPackets is the socket of one allocation over UDP.
type watchedPackets struct {
	net.PacketConn
	access *Access
	watch  atomic.Pointer[watch]
}

func (c *watchedPackets) WriteTo(p []byte, to net.Addr) (int, error) {
	if watch := c.watchOf(to); watch != nil {
		watch.sent(p)
	}
	return c.PacketConn.WriteTo(p, to)
}

// watchOf knows the server when something is sent to it.
func (c *watchedPackets) watchOf(to net.Addr) *watch {
	if known := c.watch.Load(); known != nil {
		return known
	}
	address, ok := to.(*net.UDPAddr)
	if !ok {
		return nil
	}
	server, ok := c.access.serverAt(address.AddrPort())
	if !ok {
		return nil
	}
	c.watch.CompareAndSwap(nil, &watch{server: server, fail: c.access.fail})
	return c.watch.Load()
}

func (c *watchedPackets) ReadFrom(p []byte) (int, net.Addr, error) {
	n, from, err := c.PacketConn.ReadFrom(p)
	if watch := c.watch.Load(); watch != nil && err == nil {
		watch.received(p[:n])
	}
	return n, from, err
}

func (c *watchedPackets) Close() error {
	if watch := c.watch.Load(); watch != nil {
		watch.closed()
	}
	return c.PacketConn.Close()
}

// stunHeaderBytes and maxWatchedBytes: the first messages of a TURN server are short.
const (
	stunHeaderBytes = 20
	maxWatchedBytes = 4 << 10
)

// streamPatience is how long a server over TCP may take nothing. ICE writes from the loop that does all of its work, so it
// would notice nothing and restart nothing while it waits for a path that is gone.
const streamPatience = 4 * time.Second

// watchedStream is the connection of one allocation over TCP. ICE writes whole messages, and
// reads in any portions.
type watchedStream struct {
	net.Conn
	watch    watch
	local    net.Addr
	patience time.Duration
	closed   sync.Once

	pending []byte // only the reader
}

func (c *watchedStream) LocalAddr() net.Addr { return c.local }

func (c *watchedStream) Write(p []byte) (int, error) {
	c.watch.sent(p)
	if err := c.SetWriteDeadline(time.Now().Add(c.patience)); err != nil {
		return 0, err
	}
	n, err := c.Conn.Write(p)
	if err != nil {
		// A part of a message may be out, behind which nobody finds the next one.
		_ = c.Conn.Close()
	}
	return n, err
}

func (c *watchedStream) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if !c.watch.over.Load() {
		c.pending = append(c.pending, p[:n]...)
		c.look()
	} else if c.pending != nil {
		c.pending = nil
	}
	return n, err
}

func (c *watchedStream) look() {
	for len(c.pending) >= stunHeaderBytes && !c.watch.over.Load() {
		size := stunHeaderBytes + int(c.pending[2])<<8 + int(c.pending[3])
		if size > maxWatchedBytes || !stun.IsMessage(c.pending) {
			c.watch.garbage()
			return
		}
		if len(c.pending) < size {
			return
		}
		c.watch.received(c.pending[:size])
		c.pending = c.pending[size:]
	}
}

// garbage: what the server sends is no STUN.
func (w *watch) garbage() {
	if !w.over.Swap(true) {
		w.fail(w.server, errNotTURN)
	}
}

func (c *watchedStream) Close() error {
	c.closed.Do(c.watch.closed)
	return c.Conn.Close()
}
