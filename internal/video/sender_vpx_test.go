package video

import (
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"libml_webrtc/internal/codec"
	"libml_webrtc/internal/codec/codectest"
	"libml_webrtc/internal/codec/vpx"
	"libml_webrtc/internal/picture"
)

func pattern(width, height, n int) picture.Picture {
	p := codectest.Pattern(width, height, n)
	p.SetCaptured(picture.Now())

	return p
}

// TestSenderWithLibvpx sends pictures whose size changes, and decodes what comes out.
func TestSenderWithLibvpx(t *testing.T) {
	for _, video := range []codec.Video{vpx.VP8(), vpx.VP9()} {
		t.Run(video.Name, func(t *testing.T) {
			leaves(t)
			source := NewSource()
			decoder, err := video.NewDecoder()
			require.NoError(t, err)
			sizes := [][2]int{{320, 180}, {1, 1}, {161, 121}, {640, 360}}
			frames := make(chan []byte, 100)
			collect := newCollector(video.Name, frames)
			s, err := NewSender(SenderOptions{Source: source, Codec: video, Write: collect})
			require.NoError(t, err)
			for n := range 40 {
				size := sizes[n/10]
				sent := pattern(size[0], size[1], n)
				source.Deliver(sent.Share())
				decoded, err := decoder.Decode(<-frames)
				require.NoError(t, err)
				require.True(t, decoded.Valid())
				assert.Equal(t, size, [2]int{decoded.Width(), decoded.Height()})
				if n%10 == 9 && size[0] > 16 {
					assert.Greater(t, codectest.PSNR(sent, decoded), 32.0)
				}
				decoded.Release()
				sent.Release()
			}
			decoder.Close()
			s.Close()
			source.Close()
		})
	}
}

// newCollector gives a Write that puts frames together as the receiver does.
func newCollector(name string, frames chan<- []byte) func(*rtp.Header, []byte) error {
	parse := depacketizerOf(name)
	var data []byte

	return func(header *rtp.Header, payload []byte) error {
		f, ok := parse(payload)
		if !ok {
			return errEcho
		}
		data = append(data, f.data...)
		if header.Marker {
			frames <- data
			data = nil
		}

		return nil
	}
}

func TestSendingAllocatesNothing(t *testing.T) {
	leaves(t)
	source := NewSource()
	var frames atomic.Int64
	s, err := NewSender(SenderOptions{Source: source, Codec: vpx.VP8(), Write: func(header *rtp.Header, _ []byte) error {
		if header.Marker {
			frames.Add(1)
		}

		return nil
	}})
	require.NoError(t, err)
	p := pattern(320, 180, 0)
	one := func() {
		next := frames.Load() + 1
		p.SetCaptured(picture.Now()) // nobody else looks at it now
		source.Deliver(p.Share())
		for frames.Load() < next {
			runtime.Gosched()
		}
	}
	for range 10 {
		one()
	}
	begun := time.Now()
	allocations := testing.AllocsPerRun(50, one)
	t.Log(allocations, time.Since(begun)/51)
	assert.Less(t, allocations, 1.0)
	s.Close()
	source.Close()
	p.Release()
}
