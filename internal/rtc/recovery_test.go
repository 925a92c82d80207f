package rtc

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// After some silence the side that made the first offer makes others until there is a path again.
func TestRestartAfterSilence(t *testing.T) {
	t.Parallel()
	v := newTravellers(t)
	v.talk()
	v.setCut(true)
	v.talk()
	v.a.untilEvent("disconnected")
	v.b.untilEvent("disconnected")
	// One that changes nothing, and when that was answered one that restarts ICE.
	v.a.untilEvents("offer", 3)
	v.b.untilEvents("answer", 3)
	require.Equal(t, ufragOf(t, v.a.offer(0)), ufragOf(t, v.a.offer(1)))
	require.NotEqual(t, ufragOf(t, v.a.offer(1)), ufragOf(t, v.a.offer(2)))
	require.Zero(t, v.b.counted("offer"))
	v.a.untilEvents("gathered", 2)
	v.setCut(false)
	v.a.untilEvents("connected", 2)
	v.end(t)
}

// Without signalling the old path is kept, for as long as the connection has not failed.
func TestOldPathComesBackWithoutSignalling(t *testing.T) {
	t.Parallel()
	v := newTravellers(t)
	v.stopSignalling()
	v.setCut(true)
	v.talk()
	v.a.untilEvents("offer", 3)
	v.setCut(false)
	v.a.untilEvents("connected", 2)
	v.b.untilEvents("connected", 2)
	v.a.look(func() {
		for _, offer := range v.a.offers {
			require.Equal(t, ufragOf(t, v.a.offers[0]), ufragOf(t, offer))
		}
	})
	// The offers that nobody answered block nothing.
	v.resumeSignalling()
	require.NoError(t, v.b.conn.CreateOffer())
	v.a.untilEvent("answer")
	v.end(t)
}

// A peer that does not restart by itself, as most don't.
func TestTheOtherSideRestartsLater(t *testing.T) {
	t.Parallel()
	v := newTravellers(t)
	v.a.look(func() { v.a.silent = true })
	v.setCut(true)
	v.talk()
	v.b.untilEvents("offer", 2)
	v.a.untilEvents("answer", 2)
	v.setCut(false)
	v.a.untilEvents("connected", 2)
	v.end(t)
}

// A restart whose answer is lost is offered again, under the same credentials.
func TestRestartWithoutAnswer(t *testing.T) {
	t.Parallel()
	v := newTravellers(t)
	v.setCut(true)
	v.a.untilEvents("offer", 2)
	v.a.untilEvents("offer", 3)
	v.b.signalTo(nil)
	v.talk()
	v.a.untilEvents("offer", 4)
	v.b.signalTo(v.a)
	v.setCut(false)
	v.a.untilEvents("connected", 2)
	v.end(t)
}

// A machine that changes networks: its side restarts at once, the peer may not even have noticed.
func TestChangeOfAddress(t *testing.T) {
	t.Parallel()
	for _, wanderer := range []string{"a", "b"} {
		t.Run(wanderer, func(t *testing.T) {
			t.Parallel()
			v := newTravellers(t)
			v.talk()
			moves, home := v.a, v.homeA
			if wanderer == "b" {
				moves, home = v.b, v.homeB
			}
			before := moves.counted("offer")
			home.move("10.3.0.1")
			v.talk()
			moves.untilEvent("disconnected")
			moves.untilEvents("offer", before+2)
			moves.untilEvents("connected", 2)
			v.end(t)
		})
	}
}

// Both change at the same time, so that both make offers; one of them yields.
func TestBothChangeAddress(t *testing.T) {
	t.Parallel()
	v := newTravellers(t)
	v.homeA.move("10.3.0.1")
	v.homeB.move("10.4.0.1")
	v.talk()
	v.theirs.untilMessages(v.sent)
	v.end(t)
}

// No network at all for a while, and then another one.
func TestNoNetworkForAWhile(t *testing.T) {
	t.Parallel()
	v := newTravellers(t)
	v.homeA.move()
	v.talk()
	v.a.untilEvent("disconnected")
	v.b.untilEvent("disconnected")
	v.a.untilEvents("offer", 3)
	v.homeA.move("10.3.0.1")
	v.a.untilEvents("connected", 2)
	v.end(t)
}

// It has failed when the time is up, and not before; and can be led back even then.
func TestBudgetIsUsedUp(t *testing.T) {
	t.Parallel()
	v := newTravellers(t)
	start := time.Now()
	v.setCut(true)
	v.a.untilEvent("failed")
	require.Greater(t, time.Since(start), shortTiming.failed-shortTiming.disconnected)
	v.a.untilEvent("error")
	v.a.look(func() { require.Contains(t, v.a.lastErr, "ICE failed: no path to the peer for 5s") })
	v.b.untilEvent("failed")
	offers := v.a.counted("offer")
	v.setCut(false)
	require.NoError(t, v.a.conn.CreateOffer())
	v.a.untilEvents("connected", 2)
	v.b.untilEvents("connected", 2)
	require.LessOrEqual(t, offers, 12)
	v.a.look(func() { require.Equal(t, 1, v.a.count("disconnected")) })
	v.talk()
	v.theirs.untilMessages(v.sent)
	v.a.close()
	v.b.close()
}

func ufragOf(t *testing.T, sdp string) string {
	t.Helper()
	parsed, err := parseDescription(0, sdp)
	require.NoError(t, err)
	require.NotEmpty(t, parsed.ufrag())
	return parsed.ufrag()
}
