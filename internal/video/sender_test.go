package video

import (
	"testing"
	"time"
	"unsafe"

	"github.com/pion/rtp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"libml_webrtc/internal/picture"
)

// leaves fails the test if a goroutine, a picture or an encoder is left at its end.
func leaves(t *testing.T, codecs ...*echoCodec) {
	t.Helper()
	alive := picture.Alive()
	ignore := goleak.IgnoreCurrent()
	t.Cleanup(func() {
		for _, c := range codecs {
			assert.Zero(t, c.encoders)
		}
		assert.Equal(t, alive, picture.Alive())
		goleak.VerifyNone(t, ignore)
	})
}

func frame(width, height, time int) picture.Picture {
	p := picture.New(width, height)
	p.SetTime(uint64(time))
	p.SetCaptured(picture.Now())

	return p
}

func keyFrame(t *testing.T, width, height, time int) picture.Picture {
	t.Helper()
	p := picture.Black(width, height)
	p.SetTime(uint64(time))
	p.SetCaptured(picture.Now())
	setKey(p)
	require.True(t, p.Key())

	return p
}

func newTestSender(t *testing.T, source *Source, c *echoCodec) (*Sender, *outlet) {
	t.Helper()
	out := newOutlet(t, "VP8")
	s, err := NewSender(SenderOptions{Source: source, Codec: c.video(), Write: out.write, PayloadType: 96, SSRC: 7})
	require.NoError(t, err)

	return s, out
}

func TestSenderSendsPictures(t *testing.T) {
	c := &echoCodec{}
	leaves(t, c)
	source := NewSource()
	s, out := newTestSender(t, source, c)
	for n := 1; n <= 20; n++ {
		source.Deliver(frame(64, 48, n*33333))
		out.wait(t, n)
	}
	s.Close()
	source.Close()
	frames := out.frames()
	for n, f := range frames {
		assert.Equal(t, n == 0, f.key)
		assert.Equal(t, uint64(n+1)*33333, f.time)
		if n > 0 {
			assert.Positive(t, int32(f.timestamp-frames[n-1].timestamp))
		}
	}
	assert.Equal(t, 1, c.made)
}

func TestTheNewestPictureWins(t *testing.T) {
	c := &echoCodec{block: make(chan struct{}), begun: make(chan struct{}, 100)}
	leaves(t, c)
	source := NewSource()
	s, out := newTestSender(t, source, c)
	source.Deliver(frame(64, 48, 1))
	<-c.begun
	for n := 2; n <= 50; n++ {
		source.Deliver(frame(64, 48, n))
	}
	c.block <- struct{}{}
	<-c.begun
	c.block <- struct{}{}
	out.wait(t, 2)
	close(c.block)
	s.Close()
	source.Close()
	frames := out.frames()
	require.Len(t, frames, 2)
	assert.Equal(t, uint64(1), frames[0].time)
	assert.Equal(t, uint64(50), frames[1].time)
}

func TestAKeyPictureIsNotForgottenWhenANewerOneWins(t *testing.T) {
	c := &echoCodec{block: make(chan struct{}), begun: make(chan struct{}, 100)}
	leaves(t, c)
	source := NewSource()
	s, out := newTestSender(t, source, c)
	source.Deliver(frame(64, 48, 1))
	<-c.begun
	source.Deliver(keyFrame(t, 64, 48, 2))
	source.Deliver(frame(64, 48, 3))
	close(c.block)
	out.wait(t, 2)
	source.Deliver(frame(64, 48, 4))
	out.wait(t, 3)
	s.Close()
	source.Close()
	frames := out.frames()
	assert.Equal(t, uint64(3), frames[1].time)
	assert.True(t, frames[1].key)
	assert.False(t, frames[2].key)
}

func TestKeyFramesOnRequest(t *testing.T) {
	c := &echoCodec{}
	leaves(t, c)
	source := NewSource()
	s, out := newTestSender(t, source, c)
	source.Deliver(frame(64, 48, 1))
	out.wait(t, 1)
	keys := func() (count int) {
		for _, f := range out.frames() {
			if f.key {
				count++
			}
		}

		return count
	}
	begun := time.Now()
	for n := 2; time.Since(begun) < time.Second; n++ {
		s.RequestKeyFrame()
		source.Deliver(frame(64, 48, n))
		out.wait(t, n)
		time.Sleep(5 * time.Millisecond)
	}
	most := int(time.Since(begun)/keyInterval) + 1
	assert.LessOrEqual(t, keys(), most+1)
	assert.GreaterOrEqual(t, keys(), 3)
	s.Close()
	source.Close()
}

func TestTheLastPictureIsSentAgainForAKeyFrame(t *testing.T) {
	c := &echoCodec{}
	leaves(t, c)
	source := NewSource()
	s, out := newTestSender(t, source, c)
	s.RequestKeyFrame() // before there is any picture
	source.Deliver(frame(64, 48, 1))
	out.wait(t, 1)
	s.RequestKeyFrame()
	out.wait(t, 2)
	s.Close()
	source.Close()
	frames := out.frames()
	require.Len(t, frames, 2)
	assert.True(t, frames[1].key)
	assert.Equal(t, uint64(1), frames[1].time)
	assert.Positive(t, int32(frames[1].timestamp-frames[0].timestamp))
}

func TestSizesChange(t *testing.T) {
	c := &echoCodec{}
	leaves(t, c)
	source := NewSource()
	s, out := newTestSender(t, source, c)
	sizes := [][2]int{{64, 48}, {1, 1}, {2, 2}, {3, 5}, {640, 360}, {64, 48}, {17, 31}}
	for n, size := range sizes {
		source.Deliver(frame(size[0], size[1], n+1))
		out.wait(t, n+1)
	}
	s.Close()
	source.Close()
	for n, f := range out.frames() {
		assert.Equal(t, sizes[n], [2]int{f.width, f.height})
		assert.True(t, f.key)
	}
	assert.Equal(t, len(sizes), c.made)
}

func TestABlackKeyPicture(t *testing.T) {
	c := &echoCodec{}
	leaves(t, c)
	source := NewSource()
	s, out := newTestSender(t, source, c)
	for n := 1; n <= 6; n++ {
		if n%2 == 0 {
			source.Deliver(keyFrame(t, 64, 48, n))
		} else {
			source.Deliver(frame(64, 48, n))
		}
		out.wait(t, n)
	}
	s.Close()
	source.Close()
	for n, f := range out.frames() {
		assert.Equal(t, n == 0 || n%2 == 1, f.key)
	}
	assert.Equal(t, 1, c.made)
}

func TestCloseWhileEncoding(t *testing.T) {
	c := &echoCodec{block: make(chan struct{}), begun: make(chan struct{}, 1)}
	leaves(t, c)
	source := NewSource()
	s, _ := newTestSender(t, source, c)
	source.Deliver(frame(64, 48, 1))
	<-c.begun
	closed := make(chan struct{})
	go func() {
		s.Close()
		close(closed)
	}()
	source.Deliver(frame(64, 48, 2))
	s.RequestKeyFrame()
	close(c.block)
	<-closed
	s.Close() // once more
	source.Deliver(frame(64, 48, 3))
	source.Close()
	source.Close()
	source.Deliver(frame(64, 48, 4))
}

func TestThreeSendersOfOneSource(t *testing.T) {
	c := &echoCodec{}
	leaves(t, c)
	source := NewSource()
	var told []bool
	source.OnDemand(func(wanted bool) { told = append(told, wanted) })
	source.Deliver(frame(64, 48, 1)) // nobody wants it
	var senders []*Sender
	var sinks []*outlet
	for range 3 {
		s, out := newTestSender(t, source, c)
		senders, sinks = append(senders, s), append(sinks, out)
	}
	for n := 1; n <= 10; n++ {
		source.Deliver(frame(64, 48, n))
		for _, out := range sinks {
			out.wait(t, n)
		}
	}
	senders[1].Close()
	source.Deliver(frame(64, 48, 11))
	sinks[0].wait(t, 11)
	sinks[2].wait(t, 11)
	// A late one gets the last picture at once.
	late, out := newTestSender(t, source, c)
	out.wait(t, 1)
	assert.Equal(t, uint64(11), out.frames()[0].time)
	assert.Equal(t, 10, sinks[1].count())
	assert.Equal(t, []bool{true}, told)
	for _, s := range append(senders, late) {
		s.Close()
	}
	assert.Equal(t, []bool{true, false}, told)
	source.Close()
}

func TestASourceEndsBeforeItsSenders(t *testing.T) {
	c := &echoCodec{}
	leaves(t, c)
	source := NewSource()
	var told []bool
	source.OnDemand(func(wanted bool) { told = append(told, wanted) })
	s, out := newTestSender(t, source, c)
	source.Deliver(frame(64, 48, 1))
	out.wait(t, 1)
	source.Close()
	source.Deliver(frame(64, 48, 2))
	s.RequestKeyFrame()
	late, _ := newTestSender(t, source, c)
	late.Close()
	s.Close()
	assert.Equal(t, 1, out.count())
	assert.Equal(t, []bool{true, false}, told)
}

func TestAnEncoderThatFailsIsMadeAnew(t *testing.T) {
	c := &echoCodec{fail: errEcho}
	leaves(t, c)
	source := NewSource()
	s, out := newTestSender(t, source, c)
	source.Deliver(frame(64, 48, 1))
	s.RequestKeyFrame()
	tried := func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()

		return c.refused > 0
	}
	require.Eventually(t, tried, 5*time.Second, time.Millisecond)
	c.mu.Lock()
	c.fail = nil
	c.mu.Unlock()
	out.wait(t, 1) // the same picture, for it is still the newest
	source.Deliver(frame(64, 48, 2))
	out.wait(t, 2)
	s.Close()
	source.Close()
}

func TestAPacketThatIsNotTakenDoesNotStopTheSender(t *testing.T) {
	c := &echoCodec{}
	leaves(t, c)
	source := NewSource()
	taken := make(chan struct{}, 100)
	s, err := NewSender(SenderOptions{Source: source, Codec: c.video(), Write: func(*rtp.Header, []byte) error {
		taken <- struct{}{}

		return errEcho
	}})
	require.NoError(t, err)
	for n := 1; n <= 5; n++ {
		source.Deliver(frame(64, 48, n))
		<-taken
	}
	s.Close()
	source.Close()
}

func TestAStarvingSenderSendsSmallerPictures(t *testing.T) {
	c := &echoCodec{}
	leaves(t, c)
	source := NewSource()
	s, out := newTestSender(t, source, c)
	source.Deliver(frame(1280, 720, 1))
	out.wait(t, 1)
	bounded := int(s.most.Load())
	assert.Equal(t, bitrateMost(1280, 720), bounded)
	c.mu.Lock()
	c.quantizer = 0.9
	c.mu.Unlock()
	begun := time.Now()
	for n := 2; time.Since(begun) < 10*time.Second; n++ {
		source.Deliver(frame(1280, 720, n*33333))
		time.Sleep(33 * time.Millisecond)
		if frames := out.frames(); frames[len(frames)-1].width < 1280 {
			break
		}
	}
	frames := out.frames()
	last := frames[len(frames)-1]
	assert.Equal(t, [2]int{960, 540}, [2]int{last.width, last.height})
	assert.True(t, last.key)
	s.Close()
	source.Close()
}

// setKey does what the border does when a source is enabled again.
func setKey(p picture.Picture) {
	const flags = 12 // the offset in ml_picture, after its link and its count of references
	*(*uint32)(unsafe.Add(p.C(), flags)) |= 1
}
