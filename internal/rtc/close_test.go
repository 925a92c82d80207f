package rtc

import (
	"fmt"
	"testing"

	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"
)

func TestCloseNeverNegotiated(t *testing.T) {
	a := newSide(t, newTestInstance(t), "a")
	h := a.createChannel("never")
	a.conn.Close()
	a.conn.Close()
	a.close()
	require.True(t, h.released)
	require.Equal(t, []string{"released never", "closed"}, a.log)
}

func TestCloseWhileNegotiating(t *testing.T) {
	for _, stage := range []string{"offer", "gathered", "answer", "channel"} {
		t.Run(stage, func(t *testing.T) {
			a, b := pair(t)
			a.createChannel("first")
			require.NoError(t, a.conn.CreateOffer())
			switch stage {
			case "answer":
				b.untilEvent("answer")
			case "channel":
				b.untilEvent("channel first")
			default:
				a.untilEvent(stage)
			}
			a.close()
			b.close()
		})
	}
}

// Everything that was accepted before Close arrives, then the end, at once.
func TestCloseFlushes(t *testing.T) {
	a, b, ours, theirs := connected(t)
	other := a.createChannel("other")
	other.untilOpen()
	received := b.untilIncoming(2)
	const count = 500
	for i := range count {
		ours.send(fmt.Appendf(nil, "%d", i), false)
		other.send(pattern(i), true)
	}
	a.conn.Close()
	theirs.untilMessages(count)
	received.untilMessages(count)
	b.untilEvent("disconnected")
	b.until("the channels to close", func() bool { return theirs.closes == 1 && received.closes == 1 })
	a.close()
	b.close()
	for i := range count {
		require.Equal(t, fmt.Sprint(i), string(theirs.messages[i].Data))
		require.Len(t, received.messages[i].Data, i)
	}
}

// The host may send and close while the engine is still telling it that the channel is open.
func TestCloseInsideOpenFlushes(t *testing.T) {
	a, b, _, _ := connected(t)
	const count = 500
	h := newHostChannel(a, "short")
	h.onOpen = func() {
		a.mu.Lock()
		dc := h.dc
		a.mu.Unlock()
		for i := range count {
			h.queue = append(h.queue, OutMessage{Data: fmt.Appendf(nil, "%d", i)})
		}
		dc.Close()
	}
	a.mu.Lock()
	dc, err := a.conn.CreateDataChannel("short", h)
	h.dc = dc
	a.mu.Unlock()
	require.NoError(t, err)
	received := b.untilIncoming(2)
	b.until("the channel to close", func() bool { return received.closes == 1 })
	require.Len(t, received.messages, count)
	a.close()
	b.close()
}

// A peer that does not read can't hold up the end for ever.
func TestCloseWhenThePeerDoesNotRead(t *testing.T) {
	a, b, ours, theirs := connected(t)
	b.look(func() { theirs.room = 0 })
	message := pattern(64 << 10)
	for range 400 {
		ours.send(message, true)
	}
	b.until("a refusal", func() bool { return theirs.refused > 0 })
	a.close()
	b.close()
}

// Messages that wait for a slow host are handed over even after the peer has left.
func TestMessagesSurviveThePeer(t *testing.T) {
	a, b, ours, theirs := connected(t)
	b.look(func() { theirs.room = 0 })
	for i := range 100 {
		ours.send(fmt.Appendf(nil, "%d", i), false)
	}
	b.until("a refusal", func() bool { return theirs.refused > 0 })
	a.close()
	b.untilEvent("disconnected")
	b.look(func() {
		require.Equal(t, 0, theirs.closes)
		theirs.room = -1
	})
	theirs.dc.Resume()
	theirs.untilMessages(100)
	b.until("the end of the channel", func() bool { return theirs.closes == 1 && theirs.released })
	b.close()
}

// The peer's DTLS close_notify alone, without the SCTP abort, ends the connection at once.
func TestPeerClosesTransport(t *testing.T) {
	a, b, _, theirs := connected(t)
	require.NoError(t, a.conn.currentPeer().SCTP().Transport().Stop())
	b.untilEvent("disconnected")
	b.until("the channel to close", func() bool { return theirs.closes == 1 })
	late := b.createChannel("late")
	b.until("the late channel to be given up", func() bool { return late.closes == 1 && late.released })
	a.close()
	b.close()
	require.Equal(t, 0, b.count("failed"))
}

// The peer's SCTP abort alone does, too.
func TestPeerAbortsAssociation(t *testing.T) {
	a, b, _, theirs := connected(t)
	require.NoError(t, a.conn.currentPeer().SCTP().Stop())
	b.untilEvent("disconnected")
	b.until("the channel to close", func() bool { return theirs.closes == 1 })
	a.close()
	b.close()
}

func TestInstanceClose(t *testing.T) {
	instance := newTestInstance(t)
	a, b := newSide(t, instance, "a"), newSide(t, instance, "b")
	a.signalTo(b)
	b.signalTo(a)
	ours := a.createChannel("first")
	require.NoError(t, a.conn.CreateOffer())
	ours.untilOpen()
	instance.Close()
	instance.Close()
	waitClosed(t, instance.Done(), "the instance")
	require.Equal(t, 1, a.counted("closed"))
	require.Equal(t, 1, b.counted("closed"))
	_, err := instance.NewConnection(Config{}, a)
	require.ErrorIs(t, err, ErrClosed)
}

func TestUnusedInstance(t *testing.T) {
	instance := newTestInstance(t)
	instance.Close()
	waitClosed(t, instance.Done(), "the instance")
}

// A defect in an event method or an operation is reported and does no further harm.
func TestPanicIsReported(t *testing.T) {
	a, b := pair(t)
	ours := a.createChannel("first")
	require.NoError(t, a.conn.enqueue(operation{name: "broken", run: func() error { panic("on purpose") }}))
	a.untilEvent("error")
	a.look(func() { require.Contains(t, a.lastErr, "on purpose") })
	require.NoError(t, a.conn.CreateOffer())
	ours.untilOpen()
	a.close()
	b.close()
}

func TestConfig(t *testing.T) {
	instance := newTestInstance(t)
	bad := []Config{
		{ICEServers: []ICEServer{{URI: "nonsense"}}},
		{ICEServers: []ICEServer{{URI: ""}}},
		{ICEServers: []ICEServer{{URI: "stun:example.org,http://example.org"}}},
		{ICEServers: make([]ICEServer, maxICEServers+1)},
		{Proxy: &ProxyConfig{}},
		{Proxy: &ProxyConfig{Host: "proxy", Port: 0}},
		{Proxy: &ProxyConfig{Type: 7, Host: "proxy", Port: 1}},
	}
	for _, config := range bad {
		_, err := instance.NewConnection(config, &side{})
		require.ErrorIs(t, err, ErrInvalidParam, "%+v", config)
	}
	_, err := instance.NewConnection(Config{}, nil)
	require.ErrorIs(t, err, ErrInvalidParam)

	a := newSideWith(t, instance, "a", Config{
		ICEServers: []ICEServer{{URI: "turn:192.0.2.1"}, {URI: "stun:192.0.2.1, turn:192.0.2.2?transport=tcp", Username: "u", Password: "p"}},
		Proxy:      &ProxyConfig{Type: ProxySOCKS5, Host: "proxy", Port: 1080, BypassList: "a;;b,[["},
	})
	require.Len(t, a.conn.configuration.ICEServers, 2)
	a.close()
}

func TestCertificateIsReplacedBeforeItExpires(t *testing.T) {
	instance := newTestInstance(t)
	instance.certificate = webrtc.Certificate{}
	a := newSide(t, instance, "a")
	require.False(t, instance.certificate.Expires().IsZero())
	a.close()
}
