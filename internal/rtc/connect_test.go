package rtc

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestConnectWithTrickle(t *testing.T) {
	a, b := pair(t)
	ours := a.createChannel("first")
	require.NoError(t, a.conn.CreateOffer())
	a.untilEvent("connected")
	b.untilEvent("connected")
	ours.untilOpen()
	theirs := b.untilIncoming(1)
	require.Equal(t, "first", theirs.label)
	require.Equal(t, announcedMessageBytes, ours.maxSize)
	a.untilEvent("gathered")
	b.untilEvent("gathered")
	a.close()
	b.untilEvent("disconnected")
	b.until("the channel to close", func() bool { return theirs.closes == 1 })
	b.close()
	require.Equal(t, 1, a.count("gathered"))
	require.Equal(t, 1, b.count("disconnected"))
}
