package video

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// adaptTest codes pictures in a simulated time: the quantizer follows from the bits per pixel.
type adaptTest struct {
	a    *adaptation
	now  time.Duration
	took time.Duration
}

func (s *adaptTest) run(duration time.Duration, width, height, bitrate int) {
	for end := s.now + duration; s.now < end; {
		s.a.picture(s.now, width, height, bitrate, 30)
		bits := s.a.bits(s.a.current(), bitrate, 30)
		quantizer := min(max(0.95-bits*10, 0.05), 0.9)
		s.a.coded(s.now, quantizer, s.took, bitrate, 30)
		s.now += time.Duration(float64(time.Second) / s.a.frameRate(30))
	}
}

func TestAStarvingPictureGetsSmallerThenSlower(t *testing.T) {
	s := &adaptTest{a: newAdaptation(), now: time.Second}
	s.run(10*time.Second, 1280, 720, 2_500_000)
	width, height := s.a.size()
	assert.Equal(t, [2]int{1280, 720}, [2]int{width, height})

	pixels, rate := 1280*720, 30.0
	for _, bitrate := range []int{800_000, 450_000, 250_000, 120_000, 50_000, 30_000} {
		s.run(15*time.Second, 1280, 720, bitrate)
		width, height = s.a.size()
		t.Log(bitrate, width, height, s.a.frameRate(30))
		require.LessOrEqual(t, width*height, pixels)
		require.LessOrEqual(t, s.a.frameRate(30), rate)
		require.GreaterOrEqual(t, width*height, scaledLeast)
		require.GreaterOrEqual(t, s.a.frameRate(30), 5.0)
		pixels, rate = width*height, s.a.frameRate(30)
	}
	assert.LessOrEqual(t, pixels, 480*270)
	assert.Less(t, rate, 16.0)

	s.run(3*time.Minute, 1280, 720, 2_500_000)
	width, height = s.a.size()
	assert.Equal(t, [2]int{1280, 720}, [2]int{width, height})
	assert.InDelta(t, 30, s.a.frameRate(30), 0)
}

func TestAdaptationDoesNotSwing(t *testing.T) {
	s := &adaptTest{a: newAdaptation(), now: time.Second}
	s.run(20*time.Second, 1280, 720, 500_000)
	changes, last := 0, s.a.current()
	for range 120 {
		s.run(time.Second, 1280, 720, 500_000)
		if s.a.current() != last {
			changes, last = changes+1, s.a.current()
		}
	}
	assert.LessOrEqual(t, changes, 6)
}

func TestASlowProcessorGetsSmallerPictures(t *testing.T) {
	s := &adaptTest{a: newAdaptation(), now: time.Second, took: 40 * time.Millisecond}
	s.run(6*time.Second, 1280, 720, 2_500_000)
	width, _ := s.a.size()
	assert.Less(t, width, 1280)
	s.took = 5 * time.Millisecond
	s.run(20*time.Second, 1280, 720, 2_500_000)
	width, _ = s.a.size()
	assert.Equal(t, 1280, width)
}

func TestTinyPicturesAreNotScaled(t *testing.T) {
	for _, side := range []int{1, 2, 3, 17} {
		s := &adaptTest{a: newAdaptation(), now: time.Second, took: time.Second}
		s.run(30*time.Second, side, side, 30_000)
		width, height := s.a.size()
		assert.Equal(t, [2]int{side, side}, [2]int{width, height})
	}
}

func TestANewSizeBeginsAnew(t *testing.T) {
	s := &adaptTest{a: newAdaptation(), now: time.Second}
	s.run(5*time.Second, 1280, 720, 100_000)
	s.run(time.Second, 320, 180, 500_000)
	width, height := s.a.size()
	assert.Equal(t, [2]int{320, 180}, [2]int{width, height})
}

func TestScaledSidesAreEven(t *testing.T) {
	for s := range scales {
		for side := 1; side < 2000; side += 7 {
			width, _ := step{scale: s}.size(side, side)
			require.True(t, s == 0 || width%2 == 0)
			require.GreaterOrEqual(t, width, 1)
		}
	}
}
