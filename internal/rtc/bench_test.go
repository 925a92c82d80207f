package rtc

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// benchmarkMessages sends messages of one size as fast as they go.
func benchmarkMessages(b *testing.B, size int) {
	instance, err := NewInstance(Options{})
	require.NoError(b, err)
	defer func() {
		instance.Close()
		<-instance.Done()
	}()
	received := make(chan struct{})
	near, far := &benchSide{}, &benchSide{}
	near.conn, err = instance.NewConnection(Config{}, near)
	require.NoError(b, err)
	far.conn, err = instance.NewConnection(Config{}, far)
	require.NoError(b, err)
	near.peer, far.peer = far.conn, near.conn
	sink := &benchChannel{opened: make(chan struct{}), done: received, want: b.N}
	far.accepts = sink
	source := &benchChannel{opened: make(chan struct{}), message: make([]byte, size), left: b.N}
	channel, err := near.conn.CreateDataChannel("bench", source)
	require.NoError(b, err)
	require.NoError(b, near.conn.CreateOffer())
	<-source.opened
	<-sink.opened
	b.SetBytes(int64(size))
	b.ReportAllocs()
	start := time.Now()
	b.ResetTimer()
	source.go_ = true
	channel.Kick()
	<-received
	b.ReportMetric(float64(b.N)/time.Since(start).Seconds(), "messages/s")
}

type benchSide struct {
	quiet
	conn, peer *Connection
	accepts    *benchChannel
}

func (s *benchSide) LocalOffer(sdp string)  { _ = s.peer.SetRemoteOffer(sdp) }
func (s *benchSide) LocalAnswer(sdp string) { _ = s.peer.SetRemoteAnswer(sdp) }
func (s *benchSide) LocalCandidate(c, mid string, index int) {
	_ = s.peer.AddRemoteCandidate(c, mid, index)
}
func (s *benchSide) DataChannel(*DataChannel, string) ChannelEvents { return s.accepts }
func (s *benchSide) Closed()                                        {}

type benchChannel struct {
	opened  chan struct{}
	done    chan struct{}
	want    int
	message []byte
	left    int
	go_     bool
	batch   []OutMessage
}

func (c *benchChannel) Open(int) { close(c.opened) }
func (c *benchChannel) Message([]byte, bool) bool {
	if c.want--; c.want == 0 {
		close(c.done)
	}
	return true
}
func (c *benchChannel) Closed()        {}
func (c *benchChannel) Released()      {}
func (c *benchChannel) Release()       {}
func (c *benchChannel) Outbox() Outbox { return c }
func (c *benchChannel) Take() []OutMessage {
	if !c.go_ || c.left == 0 {
		return nil
	}
	n := min(c.left, 64)
	c.left -= n
	c.batch = c.batch[:0]
	for range n {
		c.batch = append(c.batch, OutMessage{Data: c.message, Binary: true})
	}
	return c.batch
}

func BenchmarkMessages(b *testing.B) {
	for _, size := range []int{64, 1200, 64 << 10, 256 << 10, 1 << 20} {
		b.Run(fmt.Sprint(size), func(b *testing.B) { benchmarkMessages(b, size) })
	}
}
