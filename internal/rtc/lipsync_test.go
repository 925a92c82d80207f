package rtc

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"libml_webrtc/internal/picture"
)

// player is a receiver whose network takes a time of its own.
type player struct {
	network time.Duration // from capture to arrival, the least
	jitter  time.Duration // it waits at least that
	least   time.Duration
}

func (p *player) Delay() time.Duration                  { return max(p.jitter, p.least) }
func (p *player) SetLeastDelay(least time.Duration)     { p.least = least }
func (p *player) lag(extra time.Duration) time.Duration { return p.network + p.Delay() + extra }

// call is a call of one stream, on a clock that begins with it.
type lipCall struct {
	lips            lipSync
	sound, pictures *player
	heard, seen     *lipMember
	now             time.Duration
}

type timedPlayer struct {
	*player
	call *lipCall
	rate uint32
}

// Timing is as if what is captured now had the timestamp of now.
func (p timedPlayer) Timing() (timestamp uint32, at time.Duration, ok bool) {
	return uint32(p.call.now.Seconds() * float64(p.rate)), p.call.now + p.network + p.Delay(), true
}

func newLipCall(sound, pictures player, soundStream, pictureStream string) *lipCall {
	c := &lipCall{sound: &sound, pictures: &pictures}
	member := func(p *player, kind Kind, rate uint32, stream string) *lipMember {
		m := &lipMember{
			timed: timedPlayer{p, c, rate}, kind: kind,
			streams: func() []string { return []string{stream} }, rate: func() uint32 { return rate },
		}
		c.lips.add(m)
		return m
	}
	c.heard = member(c.sound, KindAudio, 48000, soundStream)
	c.seen = member(c.pictures, KindVideo, 90000, pictureStream)
	return c
}

// run goes on for some seconds; each has a report of each stream.
func (c *lipCall) run(seconds int) {
	for range seconds {
		c.now += time.Second
		wall := toNTP(time.Unix(1_700_000_000, 0).Add(c.now))
		c.lips.report(c.heard, wall, uint32(c.now.Seconds()*48000))
		c.lips.report(c.seen, wall, uint32(c.now.Seconds()*90000))
	}
}

// apart is by how much sound comes later.
func (c *lipCall) apart() time.Duration { return c.sound.lag(sinkDelay) - c.pictures.lag(0) }

func TestLipsComeTogether(t *testing.T) {
	for name, test := range map[string]struct{ sound, pictures player }{
		"sound late":       {player{network: 30 * time.Millisecond, jitter: 200 * time.Millisecond}, player{network: 30 * time.Millisecond, jitter: 10 * time.Millisecond}},
		"pictures late":    {player{network: 30 * time.Millisecond, jitter: 40 * time.Millisecond}, player{network: 330 * time.Millisecond, jitter: 60 * time.Millisecond}},
		"together already": {player{jitter: 40 * time.Millisecond}, player{jitter: 50 * time.Millisecond}},
	} {
		c := newLipCall(test.sound, test.pictures, "s", "s")
		c.run(15)
		require.InDelta(t, 0, c.apart().Seconds(), lipsTolerated.Seconds()+0.001, name)
		require.True(t, c.sound.least == 0 || c.pictures.least == 0, name)
	}
}

// When the network gets better nobody waits any longer than he has to.
func TestLipsWaitNoLongerThanNeeded(t *testing.T) {
	c := newLipCall(player{jitter: 300 * time.Millisecond}, player{jitter: 20 * time.Millisecond}, "s", "s")
	c.run(15)
	require.Greater(t, c.pictures.least, 200*time.Millisecond)
	c.sound.jitter = 20 * time.Millisecond
	c.run(15)
	require.InDelta(t, 0, c.apart().Seconds(), 0.02)
	require.Less(t, c.pictures.Delay(), 60*time.Millisecond)
}

func TestLipsOfOthers(t *testing.T) {
	c := newLipCall(player{jitter: 300 * time.Millisecond}, player{}, "one", "other")
	c.run(5)
	require.Zero(t, c.pictures.least)

	// Reports that make no sense.
	c = newLipCall(player{network: time.Hour}, player{}, "s", "s")
	c.run(5)
	require.Zero(t, c.pictures.least)

	c = newLipCall(player{network: 2 * time.Second}, player{}, "s", "s")
	c.run(20)
	require.Equal(t, lipsDelayMost, c.pictures.least)
	c.lips.remove(c.seen)
	c.run(1)
}

func TestNTP(t *testing.T) {
	at := time.Unix(1_700_000_000, 123_456_789)
	require.InDelta(t, 0, float64(fromNTP(toNTP(at.Add(time.Second)))-fromNTP(toNTP(at))-time.Second), 2)
	require.Equal(t, uint64(1_700_000_000+2_208_988_800), toNTP(at)>>32)
}

// A timestamp of now is told for whatever was sent last.
func TestSentClock(t *testing.T) {
	var c sentClock
	_, known := c.at(picture.Now(), 48000)
	require.False(t, known)
	c.note(1000, time.Second)
	timestamp, known := c.at(1500*time.Millisecond, 48000)
	require.True(t, known)
	require.Equal(t, uint32(25000), timestamp)
	timestamp, _ = c.at(990*time.Millisecond, 48000)
	require.Equal(t, uint32(520), timestamp)
}
