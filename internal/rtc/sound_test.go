package rtc

import (
	"math"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"libml_webrtc/internal/audio"
	"libml_webrtc/internal/picture"
	"libml_webrtc/internal/sound"
)

// tone is a host that pushes a tone of 440 Hz into a source of sound, as its engine's side sees it.
type tone struct {
	channels int
	source   *audio.Source

	mu     sync.Mutex
	wanted bool
	rings  int
	blocks []sound.Block
	at     int
}

func newTone(t *testing.T, channels int) *tone {
	t.Helper()
	h := &tone{channels: channels}
	h.source = audio.NewSource(audio.SourceOptions{
		Take: h.take,
		Feed: func(wanted bool) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.wanted = wanted
		},
		Play: func(block sound.Block) { block.Release() },
	})
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		ticker := time.NewTicker(sound.Length)
		defer ticker.Stop()
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
				h.push()
			}
		}
	}()
	t.Cleanup(func() {
		close(done)
		<-stopped
		h.source.Close()
		for _, left := range h.blocks {
			left.Release()
		}
	})
	return h
}

func (h *tone) take(out []sound.Block) (left int, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.blocks) < len(out) {
		h.rings = len(out)
		return len(h.blocks), false
	}
	n := copy(out, h.blocks)
	h.blocks = h.blocks[n:]
	return len(h.blocks), true
}

func (h *tone) push() {
	block := sound.New(h.channels)
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := range sound.Frames {
		value := float32(0.3 * math.Sin(2*math.Pi*440*float64(h.at)/sound.Rate))
		for c := range h.channels {
			block.Samples()[i*h.channels+c] = value
		}
		h.at++
	}
	block.SetRecorded(picture.Now() - sound.Length)
	if !h.wanted {
		block.Release()
		return
	}
	h.blocks = append(h.blocks, block)
	if h.rings > 0 && len(h.blocks) >= h.rings {
		h.rings = 0
		h.source.Ring()
	}
}

// untilHeard waits until the latest tenth of a second of a track is its tone and nothing else. On a machine that is
// busy elsewhere some of it may be late and made up before.
func (h *hostTrack) untilHeard(channels int) {
	h.side.t.Helper()
	from := 0
	h.side.look(func() { from = len(h.sound) })
	window := channels * sound.Rate / 10
	h.side.until("the tone of "+h.id, func() bool {
		if len(h.sound) < from+window {
			return false
		}
		power, rest := tonePower(h.sound[len(h.sound)-window:], channels)
		return math.Abs(power-0.045) < 0.01 && rest < 0.05*power
	})
	h.side.look(func() { require.Equal(h.side.t, channels, h.channels) })
}

// tonePower gives the power of the tone in the first channel, and of what else there is.
func tonePower(samples []float32, channels int) (tone, rest float64) {
	var energy, re, im float64
	n := len(samples) / channels
	for i := range n {
		value, angle := float64(samples[i*channels]), 2*math.Pi*440*float64(i)/sound.Rate
		energy += value * value
		re += value * math.Cos(angle)
		im += value * math.Sin(angle)
	}
	tone = 2 * (re*re + im*im) / float64(n*n)
	return tone, energy/float64(n) - tone
}

func (s *side) addTone(id string, channels int) *tone {
	s.t.Helper()
	h := newTone(s.t, channels)
	require.NoError(s.t, s.conn.AddTrack(LocalTrack{Source: h.source, ID: id, Streams: []string{"one"}}))
	return h
}

func TestSoundArrives(t *testing.T) {
	a, b := pair(t)
	a.addTone("voice", 1)
	music := b.addTone("music", 2)
	a.negotiate()
	b.negotiate()
	b.untilTrack("voice").untilHeard(1)
	a.untilTrack("music").untilHeard(2)
	require.NoError(t, b.conn.RemoveTrack(music.source))
	b.addTone("again", 2)
	b.negotiate()
	a.untilPresent("audio again[one]")
	a.untilTrack("again").untilHeard(2)
	a.close()
	b.close()
	noErrors(t, a, b)
}
