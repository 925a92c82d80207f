package video

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"libml_webrtc/internal/codec"
)

func TestReceiverAsksForMissingPackets(t *testing.T) {
	simulate(t, func(w *world) {
		t := w.t
		w.answers = false
		w.oneWay = 25 * time.Millisecond
		w.receiver.SetWatched(true)
		w.run(500 * time.Millisecond)
		w.idle(100 * time.Millisecond)
		packets := w.sender.frame(w.number, false, 5000, w.timestamp())
		require.Len(t, packets, 5)
		w.deliver(packets[0], packets[3], packets[4])
		at := w.since()
		asked := w.asked()
		require.Len(t, asked, 1, "at once")
		first := uint16(packets[1][2])<<8 | uint16(packets[1][3])
		require.Equal(t, nackSeen{at, []uint16{first, first + 1}}, asked[0])

		w.idle(40 * time.Millisecond)
		w.deliver(packets[1])
		w.idle(200 * time.Millisecond)
		asked = w.asked()
		require.Greater(t, len(asked), 2)
		require.LessOrEqual(t, len(asked), 5)
		for i, n := range asked[1:] {
			require.Equal(t, []uint16{first + 1}, n.numbers)
			require.GreaterOrEqual(t, n.at-asked[i].at, 2*w.oneWay, "not more often than the answer can come")
		}
		w.deliver(packets[2])
		w.idle(time.Second)
		shown := w.pictures()
		require.Equal(t, w.number, shown[len(shown)-1].number)
		require.Len(t, w.asked(), len(asked), "nothing is missing any more")
		require.Empty(t, w.keyRequests())
	})
}

// The last packet of a frame is lost, and for long none comes that would show it.
func TestReceiverAsksForTheTail(t *testing.T) {
	simulate(t, func(w *world) {
		t := w.t
		w.receiver.SetWatched(true)
		w.run(500 * time.Millisecond)
		w.idle(time.Second)
		require.Empty(t, w.asked())
		packets := w.sender.frame(w.number, false, 5000, w.timestamp())
		for _, packet := range packets {
			w.remember(packet)
		}
		w.deliver(packets[:3]...)
		w.idle(time.Second)
		shown := w.pictures()
		require.Equal(t, w.number, shown[len(shown)-1].number)
		require.Less(t, shown[len(shown)-1].at, w.since()-700*time.Millisecond)
		require.Empty(t, w.keyRequests())
	})
}

func TestReceiverGivesUp(t *testing.T) {
	simulate(t, func(w *world) {
		t := w.t
		w.answers, w.deaf = false, true
		w.oneWay = 5 * time.Millisecond
		w.receiver.SetWatched(true)
		w.run(500 * time.Millisecond)
		w.sender.sequence++ // lost
		lost := w.number
		begun := w.since()
		w.run(3 * time.Second)
		asked := map[uint16]int{}
		for _, n := range w.asked() {
			require.LessOrEqual(t, n.at, begun+budgetMost)
			for _, number := range n.numbers {
				asked[number]++
			}
		}
		require.Len(t, asked, 1)
		for _, count := range asked {
			require.LessOrEqual(t, count, nacksMost)
		}
		requests := w.keyRequests()
		require.InDelta(t, float64(begun+budgetLeast), float64(requests[0]), float64(50*time.Millisecond))
		requireSpaced(t, requests, keyRequestLeast)
		require.GreaterOrEqual(t, len(requests), 8, "until a key frame comes")
		shown := w.pictures()
		require.Equal(t, lost-1, shown[len(shown)-1].number, "no frame that builds on the lost one")

		w.deaf = false
		w.run(time.Second)
		requests = w.keyRequests()
		w.run(2 * time.Second)
		require.Equal(t, requests, w.keyRequests(), "a key frame came")
		shown = w.pictures()
		require.Greater(t, shown[len(shown)-1].number, lost+80)
	})
}

func TestReceiverManyMissing(t *testing.T) {
	simulate(t, func(w *world) {
		t := w.t
		w.answers = false
		w.receiver.SetWatched(true)
		w.run(500 * time.Millisecond)
		w.idle(100 * time.Millisecond)
		require.Empty(t, w.keyRequests())
		w.sender.sequence += missingMost + 1
		w.deliver(w.sender.frame(w.number, false, 100, w.timestamp())...)
		require.Len(t, w.keyRequests(), 1, "at once")
		require.Empty(t, w.asked())
		w.run(time.Second)
		w.sender.sequence += missingMost
		w.deliver(w.sender.frame(w.number, false, 100, w.timestamp())...)
		require.Len(t, w.asked(), 1)
		require.Len(t, w.asked()[0].numbers, missingMost)
		w.run(time.Second)
		require.Len(t, w.keyRequests(), 2)
	})
}

// A sender that has paused is not asked all the time.
func TestReceiverKeyRequestsToPausedSender(t *testing.T) {
	simulate(t, func(w *world) {
		t := w.t
		w.deaf = true
		w.receiver.SetWatched(true)
		w.idle(10 * time.Second)
		require.Empty(t, w.keyRequests(), "nothing ever came")
		w.wantKey = false
		w.run(time.Second)
		w.idle(60 * time.Second)
		require.Less(t, len(w.keyRequests()), 40)
		w.deaf = false
		w.run(500 * time.Millisecond)
		require.NotEmpty(t, w.pictures())
	})
}

// A key frame that is on its way over a slow link is not asked for again.
func TestReceiverSlowKeyFrame(t *testing.T) {
	simulate(t, func(w *world) {
		t := w.t
		w.wantKey, w.deaf = false, true
		w.receiver.SetWatched(true)
		w.run(100 * time.Millisecond)
		w.idle(100 * time.Millisecond)
		require.Len(t, w.keyRequests(), 1)
		for _, packet := range w.sender.frame(w.number, true, 40_000, w.timestamp()) {
			w.deliver(packet)
			w.idle(50 * time.Millisecond)
		}
		require.Len(t, w.pictures(), 1)
		require.Len(t, w.keyRequests(), 1)
	})
}

// A complete key frame behind a gap is shown as soon as the gap has had its chance.
func TestReceiverKeyFrameBehindGap(t *testing.T) {
	simulate(t, func(w *world) {
		t := w.t
		w.answers = false
		w.receiver.SetWatched(true)
		w.run(500 * time.Millisecond)
		w.idle(100 * time.Millisecond)
		w.sender.sequence++
		w.deliver(w.sender.frame(w.number, false, 3000, w.timestamp())...)
		w.deliver(w.sender.frame(w.number+1, true, 3000, w.timestamp()+3000)...)
		w.deliver(w.sender.frame(w.number+2, false, 3000, w.timestamp()+6000)...)
		before := len(w.pictures())
		w.idle(100 * time.Millisecond)
		shown := w.pictures()
		require.Len(t, shown, before+2)
		require.Equal(t, w.number+2, shown[len(shown)-1].number)
		require.Empty(t, w.keyRequests())
	})
}

func TestReceiverDecoderFails(t *testing.T) {
	for name, failure := range map[string]error{"broken": codec.ErrBroken, "other": errors.New("out of memory")} {
		t.Run(name, func(t *testing.T) {
			simulate(t, func(w *world) {
				t := w.t
				w.codec.fail = func(number uint32) error {
					if number == 40 || number == 100 {
						return failure
					}
					return nil
				}
				w.receiver.SetWatched(true)
				w.run(6 * time.Second)
				w.idle(time.Second)
				w.requireOrder()
				require.Len(t, w.keyRequests(), 2)
				require.Equal(t, 3, w.codec.keys)
				require.GreaterOrEqual(t, len(w.pictures()), int(w.number)-2*6)
				require.Len(t, w.log.with("decoding a VP8 frame"), 2)
				require.Equal(t, map[string]int{"broken": 1, "other": 3}[name], w.codec.made)
			})
		})
	}
}

func TestReceiverDecoderCannotBeMade(t *testing.T) {
	simulate(t, func(w *world) {
		t := w.t
		w.receiver.SetWatched(true)
		w.run(3 * time.Second)
		require.Empty(t, w.pictures())
		require.LessOrEqual(t, len(w.keyRequests()), 16)
	}, func(o *ReceiverOptions) {
		o.Codec = func(uint8) (codec.Video, bool) {
			return codec.Video{Name: nameVP8, NewDecoder: func() (codec.Decoder, error) { return nil, errors.New("none") }}, true
		}
	})
}

func TestReceiverFrameShowsNothing(t *testing.T) {
	simulate(t, func(w *world) {
		t := w.t
		w.codec.hide = func(number uint32) bool { return number%3 == 1 }
		w.receiver.SetWatched(true)
		w.run(2 * time.Second)
		w.idle(time.Second)
		w.requireOrder()
		require.Equal(t, int(w.number)*2/3, len(w.pictures()))
		require.Empty(t, w.keyRequests())
	})
}

// A decoder that is too slow skips to key frames; what waits stays bounded.
func TestReceiverSlowDecoder(t *testing.T) {
	simulate(t, func(w *world) {
		t := w.t
		w.codec.slow = func(uint32) { time.Sleep(50 * time.Millisecond) }
		w.receiver.SetWatched(true)
		for range 20 {
			w.run(time.Second)
			w.receiver.mu.Lock()
			require.LessOrEqual(t, w.receiver.playout.count, 40)
			w.receiver.mu.Unlock()
		}
		w.codec.slow = nil
		w.run(3 * time.Second)
		w.idle(time.Second)
		w.requireOrder()
		shown := w.pictures()
		require.Equal(t, w.number-1, shown[len(shown)-1].number)
		for _, p := range shown {
			require.LessOrEqual(t, p.at-w.sentAt[p.number], w.oneWay+behindMost+200*time.Millisecond)
		}
		require.NotEmpty(t, w.keyRequests())
		require.LessOrEqual(t, len(w.keyRequests()), 20)
	})
}

// Where key frames wait, nobody has to be asked for one.
func TestReceiverSlowDecoderSkipsToKeyFrames(t *testing.T) {
	simulate(t, func(w *world) {
		t := w.t
		w.codec.slow = func(uint32) { time.Sleep(50 * time.Millisecond) }
		w.receiver.SetWatched(true)
		for range 40 {
			w.wantKey = true
			w.run(300 * time.Millisecond)
		}
		w.idle(3 * time.Second)
		w.requireOrder()
		shown := w.pictures()
		require.Greater(t, len(shown), int(w.number)/2)
		for _, p := range shown {
			require.LessOrEqual(t, p.at-w.sentAt[p.number], w.oneWay+behindMost+200*time.Millisecond)
		}
		require.Empty(t, w.keyRequests())
	})
}

// Nothing but the retransmissions themselves says how long a round trip takes.
func TestReceiverLearnsRoundTrip(t *testing.T) {
	simulate(t, func(w *world) {
		t := w.t
		w.oneWay = 60 * time.Millisecond
		w.receiver.SetWatched(true)
		w.loss = w.lossOf(5)
		w.run(10 * time.Second)
		w.loss = nil
		w.run(time.Second)
		w.idle(time.Second)
		w.requireOrder()
		require.Greater(t, len(w.pictures()), int(w.number)-15)
		w.receiver.mu.Lock()
		defer w.receiver.mu.Unlock()
		require.InDelta(t, float64(2*w.oneWay), float64(w.receiver.order.missing.roundTrip), float64(5*time.Millisecond))
	}, func(o *ReceiverOptions) { o.RTT = nil })
}

// Packets that never make a frame don't make the receiver's memory grow.
func TestReceiverMemory(t *testing.T) {
	simulate(t, func(w *world) {
		t := w.t
		w.answers, w.deaf = false, true
		w.receiver.SetWatched(true)
		w.run(200 * time.Millisecond)
		w.sender.sequence++
		for i := range 20 {
			data := numberedFrame(nameVP8, 1, true, 2_000_000)
			for first := true; len(data) > 0; first = false {
				part := data[:min(len(data), 1000)]
				data = data[len(part):]
				w.in <- w.sender.packet(1, true, first, false, part, uint32(i))
			}
		}
		w.receiver.mu.Lock()
		require.LessOrEqual(t, w.receiver.order.held, heldMost)
		require.LessOrEqual(t, w.receiver.order.packets.count, freePackets)
		w.receiver.mu.Unlock()

		for i := range uint32(400) {
			w.deliver(w.sender.frame(i, true, 100_000, i*3000)...)
		}
		w.receiver.mu.Lock()
		require.LessOrEqual(t, w.receiver.playout.bytes, waitingBytesMost)
		require.LessOrEqual(t, w.receiver.playout.count, waitingFramesMost)
		w.receiver.mu.Unlock()
		w.deaf, w.number = false, 400
		w.run(3 * time.Second)
		w.idle(time.Second)
		shown := w.pictures()
		require.Equal(t, w.number-1, shown[len(shown)-1].number)
	})
}
