package video

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"libml_webrtc/internal/codec"
)

// simulate runs a test in a bubble of virtual time.
func simulate(t *testing.T, f func(w *world), change ...func(*ReceiverOptions)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, change...)
		defer w.close()
		f(w)
	})
}

func TestReceiverCleanLink(t *testing.T) {
	simulate(t, func(w *world) {
		t := w.t
		w.receiver.SetWatched(true)
		w.run(10 * time.Second)
		w.idle(time.Second)
		w.requireAll()
		require.Empty(t, w.asked())
		require.Empty(t, w.keyRequests(), "the stream began with a key frame")
		for _, p := range w.pictures() {
			require.LessOrEqual(t, p.at-w.sentAt[p.number], w.oneWay+2*time.Millisecond, "frame %d", p.number)
		}
	})
}

func TestReceiverStatistics(t *testing.T) {
	simulate(t, func(w *world) {
		t := w.t
		w.receiver.SetWatched(true)
		w.run(5500 * time.Millisecond)
		lines := w.log.with("video received: ")
		require.Len(t, lines, 5)
		require.Regexp(t, `^video received: 16x16 VP8 (29|30)\.\d frame/s 12\d\d kbit/s lost 0 recovered 0 dropped 0 key frames 1$`, lines[4])
		w.idle(5 * time.Second)
		require.LessOrEqual(t, len(w.log.with("video received: ")), 6, "nothing to be said of a stream that stands still")
		require.Empty(t, w.log.with("error"))
	})
}

func TestReceiverLossWithRetransmission(t *testing.T) {
	for _, percent := range []float64{1, 5, 10, 20} {
		t.Run(fmt.Sprint(percent), func(t *testing.T) {
			simulate(t, func(w *world) {
				t := w.t
				w.receiver.SetWatched(true)
				w.loss = w.lossOf(percent)
				w.run(20 * time.Second)
				w.loss = nil
				w.run(time.Second)
				w.idle(time.Second)
				w.requireOrder()
				shown := w.pictures()
				if percent <= 10 {
					w.requireAll()
				}
				require.GreaterOrEqual(t, len(shown), int(w.number)*95/100)
				require.Equal(t, w.number-1, shown[len(shown)-1].number)
			})
		})
	}
}

func TestReceiverLossWithoutRetransmission(t *testing.T) {
	for _, percent := range []float64{1, 5, 10, 20} {
		for _, negotiated := range []bool{false, true} {
			t.Run(fmt.Sprint(percent, negotiated), func(t *testing.T) {
				simulate(t, func(w *world) {
					t := w.t
					w.answers = false
					w.receiver.SetWatched(true)
					w.run(time.Second)
					w.loss = w.lossOf(percent)
					w.run(10 * time.Second)
					w.loss = nil
					lossEnded := w.since()
					w.run(3 * time.Second)
					w.idle(time.Second)
					w.requireOrder()
					shown := w.pictures()
					require.Equal(t, w.number-1, shown[len(shown)-1].number)
					requireRecovered(t, shown, lossEnded)
					require.NotEmpty(t, w.keyRequests())
					requireSpaced(t, w.keyRequests(), keyRequestLeast)
				}, func(o *ReceiverOptions) {
					if !negotiated {
						o.Nack = nil
					}
				})
			})
		}
	}
}

// requireRecovered checks that pictures flow again within a second and a half.
func requireRecovered(t *testing.T, shown []shownPicture, lossEnded time.Duration) {
	t.Helper()
	for _, p := range shown {
		if p.at > lossEnded {
			require.LessOrEqual(t, p.at-lossEnded, 1500*time.Millisecond)
			return
		}
	}
	require.Fail(t, "nothing was shown after the loss")
}

func requireSpaced(t *testing.T, times []time.Duration, least time.Duration) {
	t.Helper()
	for i := 1; i < len(times); i++ {
		require.GreaterOrEqual(t, times[i]-times[i-1], least)
	}
}

func TestReceiverReordering(t *testing.T) {
	simulate(t, func(w *world) {
		t := w.t
		w.receiver.SetWatched(true)
		w.run(50 * time.Millisecond)
		w.jitter = func() time.Duration { return time.Duration(w.random.IntN(15)) * time.Millisecond }
		w.twice = w.lossOf(5)
		w.run(20 * time.Second)
		w.idle(time.Second)
		w.requireAll()
		require.Empty(t, w.keyRequests())
		late := 0
		for _, n := range w.asked() {
			if n.at > 5*time.Second {
				late += len(n.numbers)
			}
		}
		require.LessOrEqual(t, late, 20, "it learns that packets overtake each other")
	})
}

func TestReceiverBurstOfLoss(t *testing.T) {
	for _, outage := range []time.Duration{100 * time.Millisecond, 250 * time.Millisecond, 2 * time.Second} {
		t.Run(outage.String(), func(t *testing.T) {
			simulate(t, func(w *world) {
				t := w.t
				w.receiver.SetWatched(true)
				w.run(2 * time.Second)
				w.loss = w.lossOf(100)
				w.run(outage)
				w.loss = nil
				ended := w.since()
				w.run(3 * time.Second)
				w.idle(time.Second)
				w.requireOrder()
				shown := w.pictures()
				require.Equal(t, w.number-1, shown[len(shown)-1].number)
				requireRecovered(t, shown, ended)
				if outage < 200*time.Millisecond {
					w.requireAll()
				}
			})
		})
	}
}

// The sender's sequence numbers, time stamps and SSRC change as if it began anew.
func TestReceiverStreamBeginsAnew(t *testing.T) {
	for name, change := range map[string]func(w *world){
		"sequence":         func(w *world) { w.sender.sequence += 30000 },
		"sequence back":    func(w *world) { w.sender.sequence -= 10000 },
		"ssrc":             func(w *world) { w.sender.ssrc++ },
		"ssrc and all":     func(w *world) { w.sender.ssrc++; w.sender.sequence += 777; w.clock += 1 << 30 },
		"time stamp":       func(w *world) { w.clock += 90000 * 1000 },
		"time stamp back":  func(w *world) { w.clock -= 90000 * 1000 },
		"time stamp half":  func(w *world) { w.clock += 1 << 31 },
		"time stamp a bit": func(w *world) { w.clock -= 45000 },
	} {
		t.Run(name, func(t *testing.T) {
			simulate(t, func(w *world) {
				t := w.t
				w.receiver.SetWatched(true)
				w.run(2 * time.Second)
				w.idle(100 * time.Millisecond)
				change(w)
				w.history = map[uint16][]byte{}
				w.wantKey = true
				w.run(3 * time.Second)
				w.idle(time.Second)
				w.requireAll()
				for _, p := range w.pictures() {
					require.LessOrEqual(t, p.at-w.sentAt[p.number], w.oneWay+300*time.Millisecond, "frame %d", p.number)
					require.InDelta(t, float64(p.captured+time.Hour), float64(p.time)*1000, float64(50*time.Millisecond), "frame %d", p.number)
				}
			})
		})
	}
}

func TestReceiverStrayPackets(t *testing.T) {
	simulate(t, func(w *world) {
		t := w.t
		w.receiver.SetWatched(true)
		stray := newNumberedSender()
		stray.ssrc = 99
		for range 20 {
			w.run(200 * time.Millisecond)
			stray.sequence += 1000
			w.deliver(stray.frame(0, true, 100, 5)...)
			old := newNumberedSender()
			old.sequence = w.sender.sequence + uint16(5000+w.random.IntN(50000))
			w.deliver(old.frame(0, true, 100, 5)...)
		}
		w.idle(time.Second)
		w.requireAll()
		require.Empty(t, w.keyRequests())
	})
}

// A sequence number and a time stamp wrap around in the first second of each of these tests.
// Padding and unknown payload types only fill sequence numbers.
func TestReceiverFillers(t *testing.T) {
	simulate(t, func(w *world) {
		w.receiver.SetWatched(true)
		for range 30 {
			w.run(100 * time.Millisecond)
			w.mu.Lock()
			for range 5 {
				filler := w.sender.padding(w.timestamp())
				w.remember(filler)
				w.transmit(filler)
				w.sender.kind = 120
				unknown := w.sender.packet(0, false, false, false, []byte{1, 2, 3}, w.timestamp())
				w.sender.kind = numberedType
				w.remember(unknown)
				w.transmit(unknown)
			}
			w.loss = w.lossOf(5)
			w.mu.Unlock()
		}
		w.loss = nil
		w.run(time.Second)
		w.idle(time.Second)
		w.requireAll()
	})
}

// A sender may fill long pauses with padding.
func TestReceiverOnlyFillers(t *testing.T) {
	simulate(t, func(w *world) {
		t := w.t
		w.receiver.SetWatched(true)
		w.run(time.Second)
		w.idle(100 * time.Millisecond)
		for range 3 * sequenceWindow {
			w.deliver(w.sender.padding(w.timestamp()))
		}
		w.run(time.Second)
		w.idle(time.Second)
		w.requireAll()
		require.Empty(t, w.keyRequests())
	})
}

func TestReceiverWithoutMarkers(t *testing.T) {
	simulate(t, func(w *world) {
		t := w.t
		w.sender.noMarker = true
		w.receiver.SetWatched(true)
		w.run(3 * time.Second)
		w.idle(time.Second)
		w.requireOrder()
		require.Equal(t, int(w.number)-1, len(w.pictures()), "the end of the last frame is not known")
	})
}

func TestReceiverVP9AndChangeOfCodec(t *testing.T) {
	simulate(t, func(w *world) {
		t := w.t
		w.receiver.SetWatched(true)
		w.run(time.Second)
		w.sender.codec, w.sender.kind = nameVP9, otherType
		w.wantKey = true
		w.run(time.Second)
		require.Zero(t, w.codec.open)
		require.Equal(t, 1, w.other.open)
		w.sender.codec, w.sender.kind = nameVP8, numberedType
		// No key frame: the receiver has to ask for one.
		w.run(time.Second)
		w.idle(time.Second)
		w.requireOrder()
		shown := w.pictures()
		require.Equal(t, w.number-1, shown[len(shown)-1].number)
		require.Greater(t, len(shown), int(w.number)-10)
		require.Len(t, w.keyRequests(), 1)
		require.Empty(t, w.other.failures)
	})
}

func TestReceiverWatching(t *testing.T) {
	simulate(t, func(w *world) {
		t := w.t
		w.run(2 * time.Second)
		require.Empty(t, w.codec.seen())
		require.Empty(t, w.keyRequests())
		w.receiver.SetWatched(true)
		require.Len(t, w.keyRequests(), 1)
		w.run(time.Second)
		first := w.pictures()[0]
		require.LessOrEqual(t, first.at, 2*time.Second+2*w.oneWay+2*w.interval+5*time.Millisecond)
		w.receiver.SetWatched(false)
		synctest.Wait()
		require.Zero(t, w.codec.open, "a decoder that nobody needs holds no memory")
		seen := len(w.codec.seen())
		w.loss = w.lossOf(5)
		asked := len(w.asked())
		w.run(2 * time.Second)
		w.loss = nil
		w.sender.sequence += 20000
		w.run(2 * time.Second)
		require.Len(t, w.codec.seen(), seen)
		require.Len(t, w.asked(), asked)
		require.Len(t, w.keyRequests(), 1)
		w.receiver.mu.Lock()
		require.Zero(t, w.receiver.order.held)
		require.Zero(t, w.receiver.playout.count)
		w.receiver.mu.Unlock()
		w.receiver.SetWatched(true)
		w.run(time.Second)
		w.idle(time.Second)
		w.requireOrder()
		shown := w.pictures()
		require.Equal(t, w.number-1, shown[len(shown)-1].number)
		require.Len(t, w.keyRequests(), 2)
	})
}

func TestReceiverRotation(t *testing.T) {
	simulate(t, func(w *world) {
		t := w.t
		w.codec.wide = true
		w.receiver.SetWatched(true)
		turns := map[uint32]byte{0: 0, 1: 1, 3: 2, 4: 3, 6: 0x0c}
		w.sender.extensions = func(frame uint32, last bool) []rtpExtension {
			if turn, ok := turns[frame]; ok && last {
				return []rtpExtension{{3, []byte{turn}}}
			}
			return nil
		}
		w.run(8 * w.interval)
		w.idle(time.Second)
		shown := w.pictures()
		require.Equal(t, int(w.number), len(shown))
		for i, upright := range []bool{true, false, false, true, false, false, true, true} {
			require.Equal(t, upright, shown[i].width == 32 && shown[i].height == 16, "frame %d", i)
		}
	}, func(o *ReceiverOptions) { o.Orientation = 3 })
}

func TestReceiverClosesWhileBusy(t *testing.T) {
	simulate(t, func(w *world) {
		w.receiver.SetWatched(true)
		w.loss = w.lossOf(10)
		w.run(time.Second)
	})
}

// A defect ends the receiver, and nothing else.
func TestReceiverSurvivesPanic(t *testing.T) {
	packets := newNumberedSender().frame(0, true, 3000, 0)
	log := &keptLog{}
	r := NewReceiver(ReceiverOptions{
		Codec: func(uint8) (codec.Video, bool) { panic("a defect") },
		Read:  func(b []byte) (int, error) { return copy(b, packets[0]), nil },
		Log:   log,
	})
	r.SetWatched(true)
	require.Eventually(t, r.hasEnded, 10*time.Second, time.Millisecond)
	r.Close()
	r.SetWatched(false)
	require.Len(t, log.with("error: panic in reading video packets: a defect"), 1)
}
