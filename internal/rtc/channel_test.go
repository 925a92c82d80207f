package rtc

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func pattern(size int) []byte {
	data := make([]byte, size)
	rand.New(rand.NewSource(int64(size))).Read(data)
	return data
}

func TestMessagesKeepBoundariesAndKind(t *testing.T) {
	a, b, ours, theirs := connected(t)
	sizes := []int{0, 1, 5, 0, 1200, 2048, 2049, 65535, 65536, 65537, 256 << 10, 1 << 20, 0, 7}
	for _, direction := range []struct{ from, to *hostChannel }{{ours, theirs}, {theirs, ours}} {
		for i, size := range sizes {
			direction.from.send(pattern(size), i%2 == 0)
		}
		direction.to.untilMessages(len(sizes))
		for i, size := range sizes {
			got := direction.to.messages[i]
			require.Equal(t, i%2 == 0, got.Binary, "message %d", i)
			require.True(t, bytes.Equal(pattern(size), got.Data), "message %d of %d bytes came as %d", i, size, len(got.Data))
		}
	}
	a.close()
	b.close()
}

func TestTenThousandMessagesInOrder(t *testing.T) {
	a, b, ours, theirs := connected(t)
	const count = 10000
	for i := range count {
		ours.send(binary.BigEndian.AppendUint32(nil, uint32(i)), true)
	}
	theirs.untilMessages(count)
	for i := range count {
		require.Equal(t, uint32(i), binary.BigEndian.Uint32(theirs.messages[i].Data))
	}
	a.close()
	b.close()
}

func TestBackPressure(t *testing.T) {
	a, b, ours, theirs := connected(t)
	b.mu.Lock()
	theirs.room, theirs.discard = 0, true
	b.mu.Unlock()

	const size, count = 64 << 10, 640 // 40 MiB
	message := pattern(size)
	var before, during runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for range count {
		ours.send(message, true)
	}
	b.until("the first refusal", func() bool { return theirs.refused > 0 })
	// The sender has come to a stop once SCTP holds its high water mark of this channel.
	a.conn.mu.Lock()
	stream := ours.dc.openStream()
	a.conn.mu.Unlock()
	require.Eventually(t, func() bool { return stream.BufferedAmount() >= lowWater }, patience, tick)
	runtime.GC()
	runtime.ReadMemStats(&during)
	require.Less(t, int64(during.HeapAlloc)-int64(before.HeapAlloc), int64(20<<20))
	ours.out.Lock()
	require.Greater(t, len(ours.queue), count/2, "the sender was not slowed down")
	ours.out.Unlock()

	for {
		b.mu.Lock()
		theirs.room = 100
		done := theirs.bytes == size*count
		b.mu.Unlock()
		if done {
			break
		}
		theirs.dc.Resume()
		b.until("the room to be used", func() bool { return theirs.room == 0 || theirs.bytes == size*count })
	}
	a.close()
	b.close()
	require.Equal(t, size*count, theirs.bytes)
}

// Messages that are refused for a moment again and again arrive complete and in order.
func TestRefusedMessagesAreOfferedAgain(t *testing.T) {
	a, b, ours, theirs := connected(t)
	b.mu.Lock()
	theirs.room = 0
	b.mu.Unlock()
	const count = 200
	for i := range count {
		ours.send(binary.BigEndian.AppendUint32(nil, uint32(i)), true)
	}
	for taken := range count {
		b.until("a refusal", func() bool { return theirs.wantsResume })
		b.mu.Lock()
		require.Len(t, theirs.messages, taken)
		theirs.room, theirs.wantsResume = 1, false
		b.mu.Unlock()
		theirs.dc.Resume()
		theirs.untilMessages(taken + 1)
	}
	for i := range count {
		require.Equal(t, uint32(i), binary.BigEndian.Uint32(theirs.messages[i].Data))
	}
	a.close()
	b.close()
}

func TestChannelAfterConnecting(t *testing.T) {
	a, b := pair(t)
	require.NoError(t, a.conn.CreateOffer()) // no channel yet: the data section is there all the same
	a.untilEvent("connected")
	b.untilEvent("connected")
	late := b.createChannel("late")
	late.untilOpen()
	received := a.untilIncoming(1)
	received.send([]byte("hello"), false)
	late.untilMessages(1)
	require.Equal(t, "hello", string(late.messages[0].Data))
	require.Equal(t, 1, a.counted("offer"))
	require.Equal(t, 0, b.counted("offer"))
	a.close()
	b.close()
}

func TestSeveralChannels(t *testing.T) {
	a, b := pair(t)
	const channels, each = 20, 50
	ours := make([]*hostChannel, channels)
	for i := range ours {
		ours[i] = a.createChannel(fmt.Sprintf("channel %d", i))
	}
	require.NoError(t, a.conn.CreateOffer())
	for n := range channels {
		ours[n].untilOpen()
		b.untilIncoming(n + 1)
	}
	for i, h := range ours {
		for n := range each {
			h.send(fmt.Appendf(nil, "%d/%d", i, n), false)
		}
	}
	for n := range channels {
		h := b.untilIncoming(n + 1)
		h.untilMessages(each)
		number := strings.TrimPrefix(h.label, "channel ")
		for n, message := range h.messages {
			require.Equal(t, fmt.Sprintf("%s/%d", number, n), string(message.Data))
		}
	}
	a.close()
	b.close()
}

// Large messages of many channels at once would fill the receive window with unfinished
// messages if they were not sent in turns.
func TestLargeMessagesOfManyChannels(t *testing.T) {
	a, b := pair(t)
	const channels, each, size = 12, 3, 1 << 20
	message := pattern(size)
	ours := make([]*hostChannel, channels)
	for i := range ours {
		ours[i] = a.createChannel(fmt.Sprintf("channel %d", i))
	}
	require.NoError(t, a.conn.CreateOffer())
	for n := range channels {
		ours[n].untilOpen()
		h := b.untilIncoming(n + 1)
		b.mu.Lock()
		h.discard = true
		b.mu.Unlock()
	}
	for _, h := range ours {
		for range each {
			h.send(message, true)
		}
	}
	b.until("all messages", func() bool {
		total := 0
		for _, h := range b.incoming {
			total += h.bytes
		}
		return total == channels*each*size
	})
	a.close()
	b.close()
}

func TestCloseChannel(t *testing.T) {
	a, b, ours, theirs := connected(t)
	for i := range 100 {
		ours.send(pattern(i*100), true)
	}
	ours.dc.Close()
	ours.dc.Close()
	a.untilEvent("released first")
	theirs.untilMessages(100)
	b.until("the end of the channel", func() bool { return theirs.closes == 1 && theirs.released })
	theirs.dc.Close()
	theirs.dc.Kick()
	ours.dc.Kick()
	ours.dc.Resume()

	// The connection goes on, and the stream is free again.
	again := b.createChannel("again")
	again.untilOpen()
	a.untilIncoming(1)
	a.close()
	b.close()
	require.Equal(t, 0, ours.closes)
	require.Equal(t, 0, a.count("disconnected"))
}

// A channel that was closed while the peer still sends must not hold up the others.
func TestClosedChannelIsStillRead(t *testing.T) {
	a, b, ours, theirs := connected(t)
	other := a.createChannel("other")
	other.untilOpen()
	b.untilIncoming(2)
	message := pattern(64 << 10)
	for range 200 {
		theirs.send(message, true)
	}
	a.mu.Lock()
	ours.room = 0
	a.mu.Unlock()
	ours.dc.Close()
	a.untilEvent("released first")
	b.untilIncoming(2).send([]byte("x"), true)
	other.untilMessages(1)
	b.until("the end of the channel", func() bool { return theirs.released })
	a.close()
	b.close()
}

func TestCloseChannelBeforeItOpens(t *testing.T) {
	a, b := pair(t)
	gone := a.createChannel("gone")
	gone.dc.Close()
	a.untilEvent("released gone")
	stays := a.createChannel("stays")
	require.NoError(t, a.conn.CreateOffer())
	stays.untilOpen()
	require.Equal(t, "stays", b.untilIncoming(1).label)
	a.close()
	b.close()
	require.Equal(t, 0, gone.opens)
}

func TestRefusedChannel(t *testing.T) {
	a, b := pair(t)
	b.refuses = true
	ours := a.createChannel("unwanted")
	require.NoError(t, a.conn.CreateOffer())
	a.until("the channel to be closed", func() bool { return ours.closes == 1 && ours.released })
	require.Equal(t, 0, b.counted("open unwanted"))
	a.close()
	b.close()
}

func TestCloseInsideEvents(t *testing.T) {
	for _, event := range []string{"offer", "connected", "candidate", "gathered", "open first", "answer", "channel first", "message"} {
		t.Run(event, func(t *testing.T) {
			a, b := pair(t)
			closer := a
			if event == "answer" || event == "channel first" {
				closer = b
			}
			ours := a.createChannel("first")
			closer.onEvent = func(happened string) {
				if happened == event {
					closer.conn.Close()
				}
			}
			if event == "message" {
				a.onEvent = func(happened string) {
					if happened == "message first" {
						a.conn.Close()
					}
				}
			}
			require.NoError(t, a.conn.CreateOffer())
			if event == "message" {
				ours.untilOpen()
				b.untilIncoming(1).send([]byte("x"), true)
			}
			closer.untilEvent("closed")
			require.Equal(t, 0, closer.counted("disconnected"))
			a.close()
			b.close()
			require.True(t, ours.released)
			if closer == a {
				require.Equal(t, 0, ours.closes)
			}
		})
	}
}

// pion can't read a label that long and then accepts no channel any more: that is told, and
// what is open goes on.
func TestLabelThatPionCannotRead(t *testing.T) {
	a, b, ours, theirs := connected(t)
	longest := strings.Repeat("x", maxPionLabelBytes)
	a.createChannel(longest)
	b.until("the longest label", func() bool { return b.count("channel "+longest) == 1 })
	a.createChannel(longest + "x")
	b.untilEvent("error")
	ours.send([]byte("x"), true)
	theirs.untilMessages(1)
	a.close()
	b.close()
}

func TestIncomingChannelsAreBounded(t *testing.T) {
	a, b, ours, _ := connected(t)
	made := make([]*hostChannel, maxIncomingChannels)
	for i := range made {
		made[i] = a.createChannel("x")
		made[i].untilOpen()
	}
	// Which one it is depends on which of them had to be sent again.
	a.until("the refusal of one", func() bool { return a.count("channel closed x") == 1 && a.count("released x") == 1 })
	ours.dc.Close() // makes room for one more
	b.untilEvent("released first")
	again := a.createChannel("again")
	again.untilOpen()
	b.untilEvent("open again")
	a.close()
	b.close()
	require.Equal(t, maxIncomingChannels+1, len(b.incoming))
}

func TestChannelLimits(t *testing.T) {
	instance := newTestInstance(t)
	a := newSide(t, instance, "a")
	_, err := a.conn.CreateDataChannel(strings.Repeat("x", maxLabelBytes+1), newHostChannel(a, ""))
	require.ErrorIs(t, err, ErrInvalidParam)
	_, err = a.conn.CreateDataChannel("x", nil)
	require.ErrorIs(t, err, ErrInvalidParam)
	a.close()
	_, err = a.conn.CreateDataChannel("x", newHostChannel(a, ""))
	require.ErrorIs(t, err, ErrClosed)
}
