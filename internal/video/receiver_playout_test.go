package video

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// unevenness is the standard deviation of the times between pictures, in milliseconds.
func unevenness(shown []shownPicture) float64 {
	sum, squares := 0.0, 0.0
	for i := 1; i < len(shown); i++ {
		between := float64(shown[i].at-shown[i-1].at) / 1e6
		sum += between
		squares += between * between
	}
	count := float64(len(shown) - 1)
	return math.Sqrt(squares/count - sum/count*sum/count)
}

// latency is the mean of the times between sending and showing.
func (w *world) latency(shown []shownPicture) time.Duration {
	sum := time.Duration(0)
	for _, p := range shown {
		sum += p.at - w.sentAt[p.number]
	}
	return sum / time.Duration(len(shown))
}

// after gives the pictures that were shown after a time.
func after(shown []shownPicture, at time.Duration) []shownPicture {
	for i, p := range shown {
		if p.at > at {
			return shown[i:]
		}
	}
	return nil
}

// All packets of a frame are late together, as behind a link that others use, too.
func (w *world) lateBy(most time.Duration) func() time.Duration {
	frame, late := uint32(0), time.Duration(0)
	return func() time.Duration {
		if w.number != frame {
			frame, late = w.number, time.Duration(w.random.Int64N(int64(most)))
		}
		return late
	}
}

func TestPlayoutSmoothsJitter(t *testing.T) {
	simulate(t, func(w *world) {
		t := w.t
		w.receiver.SetWatched(true)
		w.run(10 * time.Second)
		clean := w.pictures()
		require.LessOrEqual(t, w.latency(clean), w.oneWay+time.Millisecond)

		const most = 60 * time.Millisecond
		w.jitter = w.lateBy(most)
		w.run(time.Second)
		begun := w.since()
		w.run(10 * time.Second)
		rough := after(w.pictures(), begun)
		assert.Less(t, unevenness(rough), 6.0, "it was %.1f in the network", float64(most)/1e6/math.Sqrt(6))
		assert.LessOrEqual(t, w.latency(rough), w.oneWay+most+2*time.Millisecond)

		w.jitter = nil
		w.run(20 * time.Second)
		begun = w.since()
		w.run(time.Second)
		require.LessOrEqual(t, w.latency(after(w.pictures(), begun)), w.oneWay+2*time.Millisecond, "the delay goes again")
		w.idle(time.Second)
		w.requireAll()
		require.Empty(t, w.keyRequests())
	})
}

// The sender's clock is faster or slower than ours by more than any quartz.
func TestPlayoutFollowsDrift(t *testing.T) {
	for name, perSecond := range map[string]int32{"fast": 90, "slow": -90} {
		t.Run(name, func(t *testing.T) {
			simulate(t, func(w *world) {
				t := w.t
				w.receiver.SetWatched(true)
				for range 130 {
					w.run(time.Second)
					w.clock += uint32(perSecond)
				}
				w.idle(time.Second)
				w.requireAll()
				for _, p := range w.pictures() {
					require.LessOrEqual(t, p.at-w.sentAt[p.number], w.oneWay+12*time.Millisecond)
					require.InDelta(t, float64(p.captured+time.Hour), float64(p.time)*1000, float64(clockDrift+50*time.Millisecond))
				}
			})
		})
	}
}

func TestPlayoutLimits(t *testing.T) {
	for name, test := range map[string]struct {
		limits      []byte
		least, most time.Duration
	}{
		"as soon as possible": {[]byte{0, 0, 0}, 0, 61 * time.Millisecond},
		"at least":            {[]byte{10 >> 4, 10 << 4, 20}, 99 * time.Millisecond, 110 * time.Millisecond},
		"at most":             {[]byte{0, 0, 2}, 0, 62 * time.Millisecond},
		"absurd":              {[]byte{0xff, 0xff, 0xff}, 1900 * time.Millisecond, playoutLimitMost + 100*time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			simulate(t, func(w *world) {
				t := w.t
				w.sender.extensions = func(frame uint32, _ bool) []rtpExtension {
					if frame > 5 {
						return nil // said once
					}
					return []rtpExtension{{4, test.limits}}
				}
				w.receiver.SetWatched(true)
				w.jitter = w.lateBy(60 * time.Millisecond)
				w.run(8 * time.Second)
				w.idle(3 * time.Second)
				w.requireAll()
				shown := w.pictures()
				for _, p := range shown[30:] {
					at := p.at - w.sentAt[p.number] - w.oneWay
					require.GreaterOrEqual(t, at, test.least)
					require.LessOrEqual(t, at, test.most)
				}
				if test.limits[2] == 0 {
					require.Greater(t, unevenness(shown), 20.0, "nothing waits")
				}
			}, func(o *ReceiverOptions) { o.PlayoutDelay = 4 })
		})
	}
}

// A host that pauses and goes on, again and again, sees each picture at once.
func TestPlayoutAfterPauses(t *testing.T) {
	simulate(t, func(w *world) {
		t := w.t
		w.receiver.SetWatched(true)
		for range 10 {
			w.run(500 * time.Millisecond)
			w.idle(20 * time.Second)
		}
		w.requireAll()
		for _, p := range w.pictures() {
			require.LessOrEqual(t, p.at-w.sentAt[p.number], w.oneWay+2*time.Millisecond)
		}
		require.Empty(t, w.keyRequests())
	})
}

func TestJitterIgnoresRareKeyFrames(t *testing.T) {
	var j jitter
	for i := range 2000 {
		media := time.Duration(i) * 33 * time.Millisecond
		f := &inFrame{ready: media + time.Second, key: i%20 == 0}
		if f.key {
			f.ready += 120 * time.Millisecond
		}
		require.Equal(t, f.ready, j.due(f, media))
	}
}

func TestMediaClock(t *testing.T) {
	var c mediaClock
	media, onward := c.media(0xffff_ff00)
	require.True(t, onward)
	require.Zero(t, media)
	media, onward = c.media(9000 - 0x100)
	require.True(t, onward)
	require.Equal(t, 100*time.Millisecond, media)
	_, onward = c.media(5)
	require.False(t, onward)

	c = mediaClock{}
	before := uint64(0)
	for i := range 1000 {
		media, _ := c.media(uint32(i) * 3000)
		at := c.pictureTime(time.Minute+media+time.Duration(i%7)*time.Millisecond, media, time.Minute)
		require.True(t, i == 0 || at-before == 33333 || at-before == 33334, "the time stamps of the stream as they are")
		before = at
	}
}
