package rtc

import (
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/transport/v5"
	"github.com/stretchr/testify/require"

	"libml_webrtc/internal/network"
)

// breakable is a network that can be cut.
type breakable struct {
	network.Net
	cut atomic.Bool
}

type breakableConn struct {
	transport.UDPConn
	network *breakable
}

func (n *breakable) ListenUDP(name string, address *net.UDPAddr) (transport.UDPConn, error) {
	conn, err := n.Net.ListenUDP(name, address)
	return &breakableConn{UDPConn: conn, network: n}, err
}

func (c *breakableConn) WriteTo(p []byte, to net.Addr) (int, error) {
	if c.network.cut.Load() {
		return len(p), nil
	}
	return c.UDPConn.WriteTo(p, to)
}

// shortTiming is the usual timing, but faster.
var shortTiming = timing{
	first:        2 * time.Second,
	disconnected: time.Second,
	failed:       5 * time.Second,
	keepAlive:    200 * time.Millisecond,
	retry:        500 * time.Millisecond,
	poll:         50 * time.Millisecond,
}

func breakablePair(t *testing.T) (a, b *side, wire *breakable) {
	t.Helper()
	instance := newTestInstance(t)
	wire = &breakable{}
	instance.network = wire
	instance.timing = shortTiming
	a, b = newSide(t, instance, "a"), newSide(t, instance, "b")
	a.signalTo(b)
	b.signalTo(a)
	return a, b, wire
}

func TestLossAndRecovery(t *testing.T) {
	a, b, wire := breakablePair(t)
	ours := a.createChannel("first")
	require.NoError(t, a.conn.CreateOffer())
	ours.untilOpen()
	theirs := b.untilIncoming(1)

	wire.cut.Store(true)
	a.untilEvent("disconnected")
	b.untilEvent("disconnected")
	a.look(func() { require.Equal(t, 0, a.count("failed")) })
	wire.cut.Store(false)
	a.untilEvents("connected", 2)
	b.untilEvents("connected", 2)
	ours.send([]byte("x"), true)
	theirs.untilMessages(1)

	wire.cut.Store(true)
	a.untilEvent("failed")
	b.untilEvent("failed")
	a.untilEvent("error")
	a.look(func() { require.Equal(t, 2, a.count("disconnected")) })
	wire.cut.Store(false)
	require.NoError(t, a.conn.CreateOffer()) // restarts ICE
	a.untilEvents("connected", 3)
	b.untilEvents("connected", 3)
	ours.send([]byte("y"), true)
	theirs.untilMessages(2)
	a.untilEvents("gathered", 2)
	a.close()
	b.close()
}

func TestNeverConnected(t *testing.T) {
	a, b, wire := breakablePair(t)
	wire.cut.Store(true)
	ours := a.createChannel("first")
	require.NoError(t, a.conn.CreateOffer())
	a.untilEvent("disconnected")
	a.look(func() {
		var states []string
		for _, event := range a.log {
			switch event {
			case "failed", "error", "disconnected", "connected":
				states = append(states, event)
			}
		}
		require.Equal(t, []string{"failed", "error", "disconnected"}, states)
		require.Contains(t, a.lastErr, "ICE failed")
	})
	a.close()
	b.close()
	require.True(t, ours.released)
}

func TestWrongFingerprint(t *testing.T) {
	a, b := pair(t)
	a.signalTo(nil)
	ours := a.createChannel("first")
	require.NoError(t, a.conn.CreateOffer())
	a.untilEvent("gathered")
	offer := withoutLine(a.offer(0), "a=fingerprint") + "a=fingerprint:sha-256 " +
		"00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n"
	require.NoError(t, b.conn.SetRemoteOffer(offer))
	a.tellCandidates(b)
	b.untilEvent("disconnected")
	b.look(func() { require.Contains(t, b.lastErr, "DTLS") })
	a.until("the end of the channel", func() bool { return ours.closes == 1 && ours.released })
	a.close()
	b.close()
	require.Equal(t, 1, b.count("failed"))
}
