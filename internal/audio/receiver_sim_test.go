package audio

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"sort"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/stretchr/testify/require"

	"libml_webrtc/internal/codec"
	"libml_webrtc/internal/sound"
)

// simulated is a codec whose payloads say which part of an endless tone they are.
type simulated struct {
	hertz    float64
	noise    bool
	copies   bool // packets carry a copy of the one before
	conceals bool
	broken   func(start int64) bool
}

const (
	simulatedLevel  = 0.3
	simulatedHeader = 14
)

func (s *simulated) payload(start int64, frames, channels int) []byte {
	b := make([]byte, simulatedHeader)
	binary.BigEndian.PutUint64(b, uint64(start))
	binary.BigEndian.PutUint32(b[8:], uint32(frames))
	b[12] = byte(channels)

	return b
}

func (s *simulated) codec() codec.Audio {
	return codec.Audio{
		Name: "simulated", ClockRate: 48000, Channels: 2,
		NewDecoder: func(channels int) (codec.AudioDecoder, error) {
			return &simulatedDecoder{simulated: s, channels: channels}, nil
		},
		Describe: func(payload []byte) (codec.AudioPacket, error) {
			if len(payload) < 3 {
				return codec.AudioPacket{Frames: 960, Channels: 1}, nil // silence
			}
			if len(payload) < simulatedHeader {
				return codec.AudioPacket{}, codec.ErrBroken
			}

			return codec.AudioPacket{Frames: int(binary.BigEndian.Uint32(payload[8:])), Channels: int(payload[12])}, nil
		},
	}
}

type simulatedDecoder struct {
	*simulated

	channels int
	next     int64
}

func (d *simulatedDecoder) tone(start int64, out []float32) {
	for i := range len(out) / d.channels {
		value := float32(simulatedLevel * math.Sin(2*math.Pi*d.hertz*float64(start+int64(i))/codec.AudioRate))
		if d.noise {
			value = simulatedLevel * (rand.Float32()*2 - 1)
		}
		for c := range d.channels {
			out[i*d.channels+c] = value
		}
	}
	d.next = start + int64(len(out)/d.channels)
}

func (d *simulatedDecoder) Decode(payload []byte, out []float32) (int, error) {
	if len(payload) < 3 {
		clear(out[:960*d.channels])
		d.next += 960

		return 960, nil
	}
	start, frames := int64(binary.BigEndian.Uint64(payload)), int(binary.BigEndian.Uint32(payload[8:]))
	if d.broken != nil && d.broken(start) {
		return 0, codec.ErrBroken
	}
	d.tone(start, out[:frames*d.channels])

	return frames, nil
}

func (d *simulatedDecoder) Recover(payload []byte, out []float32) bool {
	if !d.copies || len(payload) < 3 {
		return false
	}
	d.tone(int64(binary.BigEndian.Uint64(payload))-int64(len(out)/d.channels), out)

	return true
}

func (d *simulatedDecoder) Conceal(out []float32) bool {
	if d.conceals {
		d.tone(d.next, out)
	}

	return d.conceals
}

func (d *simulatedDecoder) Reset() {}
func (d *simulatedDecoder) Close() {}

// world is a sender, a network and a receiver on a clock of their own.
type world struct {
	t        *testing.T
	random   *rand.Rand
	receiver *Receiver
	player   player
	parser   parser
	codec    *simulated
	at       time.Duration // of the receiver's clock

	// The sender.
	frames    int
	channels  int
	drift     float64 // how much faster the sender's clock is
	said      int64   // frames so far
	number    uint16
	timestamp uint32 // of the first frame
	ssrc      uint32
	paused    bool
	stands    bool // its timestamps stand still in a pause
	sent      time.Duration
	begun     time.Duration

	// The network.
	delay func() time.Duration
	loses func() bool
	sky   []flying

	playedAt time.Duration
	heard    []float32
	blocks   []heardBlock
}

type flying struct {
	at   time.Duration
	data []byte
}

type heardBlock struct {
	at       time.Duration
	channels int
	delay    time.Duration // since its first frame was said
	ok       bool
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{
		t: t, random: rand.New(rand.NewPCG(5, 6)), codec: &simulated{hertz: 440}, at: time.Minute,
		frames: 960, channels: 1, number: 65500, timestamp: math.MaxUint32 - 100_000, ssrc: 7,
		delay: func() time.Duration { return 30 * time.Millisecond },
		loses: func() bool { return false },
	}
	w.sent, w.begun, w.playedAt = w.at, w.at, w.at
	w.receiver = newReceiver(ReceiverOptions{}, func() time.Duration { return w.at })
	w.parser.codec = func(payloadType uint8) (codec.Audio, bool) { return w.codec.codec(), payloadType == 111 }
	w.receiver.SetWatched(true)
	t.Cleanup(func() { w.player.close() })

	return w
}

func (w *world) packet(payload []byte) []byte {
	data, err := (&rtp.Packet{
		Header: rtp.Header{
			Version: 2, PayloadType: 111, SSRC: w.ssrc, SequenceNumber: w.number, Timestamp: w.timestamp + uint32(w.said),
		},
		Payload: payload,
	}).Marshal()
	require.NoError(w.t, err)
	w.number++

	return data
}

// say sends what is due.
func (w *world) say() {
	for w.sent <= w.at {
		if !w.paused {
			data := w.packet(w.codec.payload(w.said, w.frames, w.channels))
			if !w.loses() {
				w.fly(data)
			}
		}
		if !w.paused || !w.stands {
			w.said += int64(w.frames)
		}
		w.sent += time.Duration(float64(framesLong(int64(w.frames))) / (1 + w.drift))
	}
}

func (w *world) fly(data []byte) { w.sky = append(w.sky, flying{w.at + w.delay(), data}) }

func (w *world) land() {
	sort.SliceStable(w.sky, func(i, j int) bool { return w.sky[i].at < w.sky[j].at })
	for len(w.sky) > 0 && w.sky[0].at <= w.at {
		p := new(received)
		if w.parser.parse(p, copy(p.bytes[:], w.sky[0].data), w.at) {
			w.receiver.take(p)
		}
		w.sky = w.sky[1:]
	}
}

func (w *world) play() {
	if w.at < w.playedAt {
		return
	}
	w.playedAt += sound.Length
	block := w.receiver.turn(&w.player, w.at)
	if !block.Valid() {
		return
	}
	timestamp, at, ok := w.receiver.Timing()
	require.Equal(w.t, w.at, at)
	said := w.begun + time.Duration(float64(framesLong(int64(int32(timestamp-w.timestamp))))/(1+w.drift))
	w.blocks = append(w.blocks, heardBlock{w.at, block.Channels(), w.at - said, ok})
	for i := 0; i < len(block.Samples()); i += block.Channels() {
		w.heard = append(w.heard, block.Samples()[i])
	}
	block.Release()
}

// run goes on for a time, in steps of a millisecond.
func (w *world) run(length time.Duration) {
	for end := w.at + length; w.at < end; w.at += time.Millisecond {
		w.say()
		w.land()
		w.play()
	}
}

func (w *world) forget() { w.heard, w.blocks = nil, nil }

// steepest is the largest step from one sample to the next.
func (w *world) steepest() float64 {
	most := 0.0
	for i := 1; i < len(w.heard); i++ {
		most = max(most, math.Abs(float64(w.heard[i]-w.heard[i-1])))
	}

	return most
}

// tone is the steepest step of the tone itself.
func (w *world) tone() float64 { return simulatedLevel * 2 * math.Pi * w.codec.hertz / codec.AudioRate }

// pitch counts the tone's periods per second.
func (w *world) pitch() float64 {
	count := 0
	for i := 1; i < len(w.heard); i++ {
		if w.heard[i-1] < 0 && w.heard[i] >= 0 {
			count++
		}
	}

	return float64(count) / (float64(len(w.heard)) / codec.AudioRate)
}

func (w *world) delays() (middle, most time.Duration) {
	all := make([]time.Duration, 0, len(w.blocks))
	for _, b := range w.blocks {
		all = append(all, b.delay)
	}
	sort.Slice(all, func(i, j int) bool { return all[i] < all[j] })
	require.NotEmpty(w.t, all)

	return all[len(all)/2], all[len(all)-1]
}

func (w *world) concealed() float64 {
	return float64(w.receiver.Statistics().Concealed) / float64(len(w.heard))
}

// jittery is a delay of at least least, and at most so much more, evenly: packets overtake each other.
func (w *world) jittery(least, more time.Duration) func() time.Duration {
	return func() time.Duration { return least + time.Duration(w.random.Int64N(int64(more))) }
}

func (w *world) share(of float64) func() bool { return func() bool { return w.random.Float64() < of } }

func TestQuietNetwork(t *testing.T) {
	for _, frames := range []int{480, 960, 1920, 2880, 5760} {
		for _, channels := range []int{1, 2} {
			w := newWorld(t)
			w.frames, w.channels = frames, channels
			w.run(2 * time.Second)
			w.forget()
			w.run(20 * time.Second)
			require.Zero(t, w.receiver.Statistics().Concealed, "%d frames", frames)
			require.Len(t, w.blocks, 2000)
			require.Equal(t, channels, w.blocks[0].channels)
			require.InDelta(t, w.tone(), w.steepest(), 0.1*w.tone(), "%d frames", frames)
			middle, most := w.delays()
			// The first frame of a packet leaves when the packet is said, in this world.
			waits := 30*time.Millisecond + framesLong(int64(frames))
			require.LessOrEqual(t, middle, waits+15*time.Millisecond, "%d frames", frames)
			require.LessOrEqual(t, most, waits+40*time.Millisecond, "%d frames", frames)
		}
	}
}

func TestJitterAndReordering(t *testing.T) {
	w := newWorld(t)
	w.delay = w.jittery(20*time.Millisecond, 50*time.Millisecond)
	w.run(5 * time.Second)
	before := w.receiver.Statistics()
	w.forget()
	w.run(30 * time.Second)
	after := w.receiver.Statistics()
	require.Less(t, float64(after.Concealed-before.Concealed)/float64(len(w.heard)), 0.03)
	middle, most := w.delays()
	require.LessOrEqual(t, middle, 130*time.Millisecond)
	require.LessOrEqual(t, most, 200*time.Millisecond)
	require.InDelta(t, 440, w.pitch(), 4)
	require.LessOrEqual(t, w.steepest(), 3*w.tone())
}

func TestLoss(t *testing.T) {
	for _, test := range []struct {
		loss, concealed float64
		copies          bool
	}{
		{0.05, 0.06, false}, {0.2, 0.22, false}, {0.05, 0.01, true}, {0.2, 0.07, true},
	} {
		for _, conceals := range []bool{true, false} {
			w := newWorld(t)
			w.codec.copies, w.codec.conceals = test.copies, conceals
			w.loses = w.share(test.loss)
			w.run(30 * time.Second)
			require.LessOrEqual(t, w.concealed(), test.concealed, "%+v", test)
			stats := w.receiver.Statistics()
			require.InDelta(t, test.loss*1500, stats.Lost, 0.3*test.loss*1500)
			require.Equal(t, test.copies, stats.Recovered > 0)
			require.InDelta(t, 2998, len(w.blocks), 5)
			middle, most := w.delays()
			require.LessOrEqual(t, middle, 90*time.Millisecond)
			require.LessOrEqual(t, most, 150*time.Millisecond)
			require.LessOrEqual(t, w.steepest(), 3*w.tone(), "%+v", test)
		}
	}
}

// Long losses end in silence, and then all is as before.
func TestBurstOfLoss(t *testing.T) {
	w := newWorld(t)
	w.run(3 * time.Second)
	before, _ := w.delays()
	w.loses = func() bool { return true }
	w.run(800 * time.Millisecond)
	w.forget()
	w.run(200 * time.Millisecond)
	for _, sample := range w.heard {
		require.Zero(t, sample)
	}
	w.loses = w.share(0)
	w.run(2 * time.Second)
	w.forget()
	w.run(5 * time.Second)
	after, most := w.delays()
	require.InDelta(t, before.Seconds(), after.Seconds(), 0.03)
	require.LessOrEqual(t, most, 150*time.Millisecond)
	require.LessOrEqual(t, w.steepest(), 2*w.tone())
}

// Neither a producer that is fast nor one that is slow makes the delay grow.
func TestDrift(t *testing.T) {
	for _, drift := range []float64{300e-6, -300e-6} {
		w := newWorld(t)
		w.drift = drift
		w.delay = w.jittery(30*time.Millisecond, 3*time.Millisecond)
		w.run(10 * time.Second)
		before, _ := w.delays()
		for range 12 {
			w.forget()
			w.run(10 * time.Second)
		}
		after, most := w.delays()
		require.InDelta(t, before.Seconds(), after.Seconds(), 0.02)
		require.LessOrEqual(t, most, 110*time.Millisecond)
		require.InDelta(t, 440, w.pitch(), 4)
		require.LessOrEqual(t, w.steepest(), 2*w.tone())
		stats := w.receiver.Statistics()
		require.Less(t, stats.Concealed, uint64(codec.AudioRate), "drift %v", drift) // a second in two minutes
		require.Less(t, stats.Shortened+stats.Extended, uint64(codec.AudioRate/2))
	}
}

// Noise has no pitch; its delay is kept all the same.
func TestDriftOfNoise(t *testing.T) {
	w := newWorld(t)
	w.codec.noise = true
	w.drift = 300e-6
	w.run(10 * time.Second)
	before, _ := w.delays()
	w.run(170 * time.Second)
	w.forget()
	w.run(10 * time.Second)
	after, _ := w.delays()
	require.InDelta(t, before.Seconds(), after.Seconds(), 0.03)
	require.Zero(t, w.receiver.Statistics().Concealed)
}

func TestPause(t *testing.T) {
	for name, stands := range map[string]bool{"the clock goes on": false, "the clock stands still": true} {
		w := newWorld(t)
		w.run(5 * time.Second)
		before, _ := w.delays()
		w.paused, w.stands = true, stands
		w.run(1700 * time.Millisecond)
		w.paused = false
		paused := w.begun
		if stands {
			paused += 1700 * time.Millisecond
		}
		w.begun = paused
		w.run(time.Second)
		w.forget()
		w.run(time.Second)
		require.InDelta(t, 440, w.pitch(), 4, name)
		w.run(60 * time.Second)
		w.forget()
		w.run(5 * time.Second)
		after, _ := w.delays()
		require.InDelta(t, before.Seconds(), after.Seconds(), 0.04, name)
		require.LessOrEqual(t, w.steepest(), 2*w.tone(), name)
	}
}

// A sender that sends nothing while there is silence loses nothing.
func TestDiscontinuousTransmission(t *testing.T) {
	w := newWorld(t)
	w.codec.conceals = true
	w.run(3 * time.Second)
	before := w.receiver.Statistics()
	for range 5 {
		w.fly(w.packet([]byte{0xf8, 0xff})) // in place of the next one
		w.said += 960
		w.sent += 20 * time.Millisecond
		w.paused = true
		w.run(3 * time.Second)
		w.paused = false
		w.run(2 * time.Second)
	}
	after := w.receiver.Statistics()
	require.Equal(t, before.Lost, after.Lost)
	require.Less(t, after.Concealed-before.Concealed, uint64(codec.AudioRate/5))
	_, most := w.delays()
	require.LessOrEqual(t, most, 3200*time.Millisecond) // the last word before a silence
	w.forget()
	w.run(time.Second)
	middle, _ := w.delays()
	require.LessOrEqual(t, middle, 110*time.Millisecond)
}

func TestStreamBeginsAnew(t *testing.T) {
	changes := map[string]func(*world){
		"SSRC":            func(w *world) { w.ssrc++; w.number += 10_000; w.timestamp += 1 << 30 },
		"sequence number": func(w *world) { w.number += 20_000 },
		"timestamp":       func(w *world) { w.timestamp += 1 << 28 },
		"back":            func(w *world) { w.timestamp -= 1 << 28 },
	}
	for name, change := range changes {
		w := newWorld(t)
		w.run(3 * time.Second)
		change(w)
		w.run(2 * time.Second)
		w.forget()
		w.run(3 * time.Second)
		require.InDelta(t, 440, w.pitch(), 4, name)
		middle, _ := w.delays()
		require.LessOrEqual(t, middle, 120*time.Millisecond, name)
		require.LessOrEqual(t, w.steepest(), 2*w.tone(), name)
	}
}

func TestChannelsChange(t *testing.T) {
	w := newWorld(t)
	w.run(2 * time.Second)
	w.channels = 2
	w.run(500 * time.Millisecond)
	require.Equal(t, 2, w.blocks[len(w.blocks)-1].channels)
	for range 20 { // what is alike on both sides, for a moment
		w.channels = 1
		w.run(500 * time.Millisecond)
		require.Equal(t, 2, w.blocks[len(w.blocks)-1].channels)
		w.channels = 2
		w.run(500 * time.Millisecond)
	}
	w.channels = 1
	w.run(4 * time.Second)
	require.Equal(t, 1, w.blocks[len(w.blocks)-1].channels)
	require.LessOrEqual(t, w.steepest(), 3*w.tone())
}

// Sound waits for the pictures, and no longer than they need, without a break.
func TestLeastDelay(t *testing.T) {
	w := newWorld(t)
	w.run(3 * time.Second)
	w.receiver.SetLeastDelay(200 * time.Millisecond)
	w.run(20 * time.Second)
	require.InDelta(t, 0.2, w.receiver.Delay().Seconds(), 0.06)
	w.receiver.SetLeastDelay(0)
	w.run(20 * time.Second)
	require.LessOrEqual(t, w.receiver.Delay(), 50*time.Millisecond)
	require.Zero(t, w.receiver.Statistics().Concealed)
	require.LessOrEqual(t, w.steepest(), 2*w.tone())
	require.InDelta(t, 440, w.pitch(), 4)
}

// Everything comes at once after the network stood still: what is too old is left out.
func TestNetworkStandsStill(t *testing.T) {
	w := newWorld(t)
	w.run(3 * time.Second)
	stop := w.at
	w.delay = func() time.Duration { return max(stop+1500*time.Millisecond-w.at, 30*time.Millisecond) }
	w.run(1500 * time.Millisecond)
	w.run(3 * time.Second)
	w.forget()
	w.run(2 * time.Second)
	_, most := w.delays()
	require.LessOrEqual(t, most, 700*time.Millisecond)
	w.run(40 * time.Second)
	w.forget()
	w.run(2 * time.Second)
	middle, _ := w.delays()
	require.LessOrEqual(t, middle, 120*time.Millisecond)
	require.LessOrEqual(t, w.steepest(), 2*w.tone())
}

func TestBrokenPackets(t *testing.T) {
	w := newWorld(t)
	w.codec.broken = func(int64) bool { return w.random.Float64() < 0.1 }
	w.run(20 * time.Second)
	require.LessOrEqual(t, w.concealed(), 0.13)
	require.InDelta(t, 100, w.receiver.Statistics().Lost, 40)
	require.InDelta(t, 1998, len(w.blocks), 5)
	_, most := w.delays()
	require.LessOrEqual(t, most, 120*time.Millisecond)
}

func TestPacketsTwice(t *testing.T) {
	w := newWorld(t)
	w.run(time.Second)
	for range 200 {
		if len(w.sky) > 0 {
			again := w.sky[w.random.IntN(len(w.sky))]
			w.sky = append(w.sky, flying{again.at + 5*time.Millisecond, again.data})
		}
		w.run(20 * time.Millisecond)
	}
	require.Zero(t, w.receiver.Statistics().Concealed)
	require.InDelta(t, w.tone(), w.steepest(), 0.1*w.tone())
}

// Nobody listens: nothing is kept, and who comes later hears what is said then.
func TestListenersComeAndGo(t *testing.T) {
	w := newWorld(t)
	for range 5 {
		w.run(time.Second)
		w.receiver.SetWatched(false)
		w.forget()
		w.run(time.Second)
		require.Empty(t, w.blocks)
		require.Zero(t, w.receiver.waiting.frames)
		w.receiver.SetWatched(true)
		w.run(time.Second)
		middle, _ := w.delays()
		require.LessOrEqual(t, middle, 110*time.Millisecond)
	}
}

func TestPlayingAllocatesNothing(t *testing.T) {
	w := newWorld(t)
	w.run(2 * time.Second)
	r := w.receiver
	p := new(received)
	data := make([]byte, 0, 100)
	header := rtp.Header{Version: 2, PayloadType: 111, SSRC: w.ssrc, SequenceNumber: w.number, Timestamp: w.timestamp + uint32(w.said)}
	payload := w.codec.payload(w.said, 960, 1)
	allocations := testing.AllocsPerRun(200, func() {
		n, _ := header.MarshalTo(data[:100])
		size := n + copy(data[n:100], payload)
		if w.parser.parse(p, copy(p.bytes[:], data[:size]), w.at) {
			p = r.take(p)
		}
		header.SequenceNumber++
		header.Timestamp += 960
		for range 2 {
			w.at += sound.Length
			block := r.turn(&w.player, w.at)
			block.Release()
		}
	})
	require.Zero(t, allocations)
	require.Greater(t, r.Statistics().Received, uint64(200))
}
