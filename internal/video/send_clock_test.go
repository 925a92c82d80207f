package video

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheApplicationsTimeStampsAreUsed(t *testing.T) {
	var c sendClock
	first := c.next(time.Hour, 10*time.Second)
	for n := 1; n < 300; n++ {
		at := time.Duration(n) * time.Second / 30
		// Pushed up to 20 ms late, now and then.
		late := time.Duration(n%3) * 10 * time.Millisecond
		stamp := c.next(time.Hour+at, 10*time.Second+at+late)
		require.InDelta(t, float64(n)*3000, float64(stamp-first), 1800*float64(1+n/100))
	}
}

func TestTimeStampsThatMakeNoSenseAreNot(t *testing.T) {
	for name, application := range map[string]func(n int) time.Duration{
		"always the same":  func(int) time.Duration { return time.Second },
		"zero":             func(int) time.Duration { return 0 },
		"backwards":        func(n int) time.Duration { return time.Hour - time.Duration(n)*time.Second/30 },
		"milliseconds":     func(n int) time.Duration { return time.Duration(n) * time.Second / 30 / 1000 },
		"nanoseconds":      func(n int) time.Duration { return time.Duration(n) * time.Second / 30 * 1000 },
		"jumps everywhere": func(n int) time.Duration { return time.Duration(n*n%17) * time.Hour },
	} {
		var c sendClock
		last := c.next(application(0), time.Hour)
		begun := last
		for n := 1; n < 300; n++ {
			stamp := c.next(application(n), time.Hour+time.Duration(n)*time.Second/30)
			require.Greater(t, stamp, last, name)
			last = stamp
		}
		assert.InDelta(t, 299*3000, float64(last-begun), 0.3*videoClockRate, name)
	}
}

func TestARepeatedPictureHasALaterTime(t *testing.T) {
	var c sendClock
	first := c.next(0, time.Second)
	again := c.at(1100 * time.Millisecond)
	assert.Equal(t, first+9000, again)
	assert.Equal(t, again+1, c.at(time.Second))
}

func TestTheFrameRateIsMeasured(t *testing.T) {
	var f frameRate
	assert.InDelta(t, frameRateFirst, f.rate(), 0)
	for n := range 100 {
		f.add(time.Second + time.Duration(n)*time.Second/15)
	}
	assert.InDelta(t, 15, f.rate(), 0.1)
	f.add(time.Hour)
	assert.InDelta(t, 15, f.rate(), 0.1)
}

func TestWishesForKeyFramesAreGrantedNowAndThen(t *testing.T) {
	var k keyWish
	assert.False(t, k.due(time.Second))
	assert.True(t, k.ask(time.Second))
	assert.False(t, k.ask(time.Second))
	assert.True(t, k.due(time.Second))
	wait, ok := k.repeat(time.Second)
	assert.True(t, ok)
	assert.Equal(t, keyPatience, wait)
	k.granted(time.Second, 0)
	assert.False(t, k.due(time.Second))

	assert.True(t, k.ask(time.Second+50*time.Millisecond))
	assert.False(t, k.due(time.Second+50*time.Millisecond))
	wait, ok = k.repeat(time.Second + 50*time.Millisecond)
	assert.True(t, ok)
	assert.Equal(t, keyInterval-50*time.Millisecond, wait)
	assert.True(t, k.due(time.Second+keyInterval))
}

func TestAKeyFrameIsGivenTheTimeToArrive(t *testing.T) {
	var k keyWish
	k.granted(time.Second, 500*time.Millisecond)
	assert.True(t, k.ask(1100*time.Millisecond))
	assert.False(t, k.due(1799*time.Millisecond))
	assert.True(t, k.due(1800*time.Millisecond))
	k.granted(2*time.Second, time.Hour)
	assert.True(t, k.ask(2100*time.Millisecond))
	assert.True(t, k.due(2*time.Second+keyIntervalMost))
}
