// SPDX-License-Identifier: MIT

package link

import (
	"bufio"
	"context"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestCommands(t *testing.T) {
	l := New(1)
	for _, line := range []string{
		"delay 50", "ab loss 10 burst 3", "ba rate 500 queue 200 jitter 0.5", "  reorder 5   later 20 ", "cut 300", "loss 0",
		"ab duplicate 50 mtu 1280",
	} {
		assert.Equal(t, "ok", l.Command(line), line)
	}
	assert.Equal(t, Settings{
		Delay: 50 * time.Millisecond, Loss: 0, Burst: 3, Reorder: 0.05, ReorderBy: 20 * time.Millisecond,
		Duplicate: 0.5, MTU: 1280,
	}, l.AB.model.settings)
	assert.Equal(t, Settings{
		Delay: 50 * time.Millisecond, Jitter: 500 * time.Microsecond, Rate: 500_000, Queue: 200 * time.Millisecond,
		Reorder: 0.05, ReorderBy: 20 * time.Millisecond,
	}, l.BA.model.settings)
	assert.True(t, strings.HasPrefix(l.Command("counters"), "ok ab packets 0 bytes 0 delivered 0 delivered-bytes 0 lost 0 "+
		"overflowed 0 reordered 0 duplicated 0 ba packets 0 "))
}

func TestBadCommandsChangeNothing(t *testing.T) {
	l := New(1)
	require.Equal(t, "ok", l.Command("delay 50"))
	before := l.AB.model.settings
	for _, line := range []string{
		"", "ab", "loss", "loss ten", "loss -1", "loss 101", "loss NaN", "delay 10 loss", "delay 10 colour 5", "ab ba loss 1",
		"delay 60001", "delay 1e300", "delay Inf", "counters now", "rate 1e9", "LOSS 1",
	} {
		assert.True(t, strings.HasPrefix(l.Command(line), "error: "), line)
		assert.Equal(t, before, l.AB.model.settings, line)
		assert.Equal(t, before, l.BA.model.settings, line)
	}
}

func TestServe(t *testing.T) {
	defer goleak.VerifyNone(t)
	l := New(1)
	path := filepath.Join(t.TempDir(), "control")
	listener, err := new(net.ListenConfig).Listen(t.Context(), "unix", path)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		l.Serve(ctx, listener)
		close(ended)
	}()
	dial := func() (net.Conn, *bufio.Reader) {
		client, err := new(net.Dialer).DialContext(ctx, "unix", path)
		require.NoError(t, err)
		require.NoError(t, client.SetDeadline(time.Now().Add(10*time.Second)))
		return client, bufio.NewReader(client)
	}
	first, firstAnswers := dial()
	second, secondAnswers := dial()
	for _, exchange := range [][2]string{{"loss 10", "ok\n"}, {"loss", "error: a key without a value: \"loss\"\n"}} {
		_, err := first.Write([]byte(exchange[0] + "\n"))
		require.NoError(t, err)
		answer, err := firstAnswers.ReadString('\n')
		require.NoError(t, err)
		assert.Equal(t, exchange[1], answer)
	}
	_, err = second.Write([]byte("loss 20\n"))
	require.NoError(t, err)
	answer, err := secondAnswers.ReadString('\n')
	require.NoError(t, err)
	assert.Equal(t, "ok\n", answer)
	// A line without an end costs its client the connection, and nobody else anything.
	_, _ = first.Write([]byte(strings.Repeat("x", 2*lineMost)))
	_, err = firstAnswers.ReadString('\n')
	require.Error(t, err)
	cancel()
	<-ended
	_, err = secondAnswers.ReadString('\n')
	require.Error(t, err)
	_ = first.Close()
	_ = second.Close()
}
