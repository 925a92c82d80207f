package video

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestSequencerUnwraps(t *testing.T) {
	var s sequencer
	require.Equal(t, placed, s.place(&received{number: 65530}))
	first := s.highest
	for i := range int64(200_000) {
		p := &received{number: uint16(65531 + i)}
		require.Equal(t, placed, s.place(p))
		require.Equal(t, first+1+i, p.seq)
	}
	late := &received{number: uint16(s.highest) - 4000}
	require.Equal(t, placed, s.place(late))
	require.Equal(t, s.highest-4000, late.seq)
}

func TestSequencerSuspects(t *testing.T) {
	var s sequencer
	s.place(&received{number: 100, ssrc: 1})
	suspect := func(p *received) {
		t.Helper()
		require.Equal(t, suspected, s.place(p))
		s.suspectIs(p)
	}
	suspect(&received{number: 30000, ssrc: 1})
	require.Equal(t, placed, s.place(&received{number: 101, ssrc: 1}))
	require.Equal(t, unplaced, s.place(&received{number: 30000, ssrc: 1}), "the same packet again proves nothing")
	suspect(&received{number: 40000, ssrc: 1})
	suspect(&received{number: 40001, ssrc: 2})
	require.Equal(t, restarted, s.place(&received{number: 40000, ssrc: 2}))
}

func TestMissingListLearnsPatience(t *testing.T) {
	const rtt = 50 * time.Millisecond
	var m missingList
	now := time.Duration(0)
	lose := func(seq int64, late time.Duration) (asked bool) {
		require.True(t, m.add(seq, seq+1, now))
		m.due(nil, now, rtt)
		for end := now + late; now < end; now += time.Millisecond {
			m.due(nil, now, rtt)
		}
		asked, ok := m.found(seq, now, rtt)
		require.True(t, ok)
		return asked
	}
	require.False(t, lose(1, 8*time.Millisecond), "no retransmission is that fast")
	require.Equal(t, 10*time.Millisecond, m.patience)
	require.True(t, m.add(2, 3, now))
	require.Empty(t, m.due(nil, now+9*time.Millisecond, rtt))
	require.Equal(t, []uint16{2}, m.due(nil, now+10*time.Millisecond, rtt))
	require.Equal(t, 1, m.dropBelow(3))

	for seq := range int64(40) {
		require.True(t, lose(10+seq, m.patience+rtt+time.Millisecond))
	}
	require.Less(t, m.patience, time.Millisecond, "it fades when packets are really lost")
	require.InDelta(t, float64(rtt), float64(m.roundTrip), float64(3*time.Millisecond))
	require.False(t, lose(100, 20*time.Millisecond))
	require.False(t, lose(101, 24*time.Millisecond))
	require.LessOrEqual(t, m.patience, reorderMost)
}

func TestMissingListIsBounded(t *testing.T) {
	var m missingList
	require.True(t, m.add(0, missingMost, 0))
	require.False(t, m.add(1000, 1001, 0))
	require.Equal(t, 100, m.dropBelow(100))
	require.True(t, m.add(1000, 1100, time.Second))
	require.Equal(t, missingMost-100, m.dropOlder(0))
	require.Equal(t, 100, m.dropOlder(time.Second))
	require.True(t, m.empty())
	require.Equal(t, never, m.next())
}
