package audio

import (
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/pion/logging"
	"github.com/pion/rtp"

	"libml_webrtc/internal/codec"
	"libml_webrtc/internal/picture"
	"libml_webrtc/internal/sound"
)

// packetBytes is room for any packet that fits into an Ethernet frame.
const packetBytes = 2048

// ReceiverOptions are what a Receiver is made with. Its functions are called without a lock held.
type ReceiverOptions struct {
	// Codec gives the codec of a payload type, as negotiated; false: not a known one.
	Codec func(payloadType uint8) (codec.Audio, bool)
	// Read reads the next RTP packet into b; an error ends the receiver.
	Read func(b []byte) (int, error)
	// Play takes over 10 ms of sound. It is called from one goroutine, in order.
	Play func(sound.Block)
	Log  logging.LeveledLogger
}

// Receiver turns the RTP packets of a remote track into sound. This one plays each packet when it comes: it neither orders
// nor conceals.
type Receiver struct {
	options ReceiverOptions
	watched atomic.Bool
	done    chan struct{}

	decoder  codec.AudioDecoder
	name     string
	channels int
	room     [sound.MaxChannels * codec.AudioFramesMost]float32
}

// NewReceiver starts a receiver. Nobody listens yet: SetWatched(true) makes it decode.
func NewReceiver(options ReceiverOptions) *Receiver {
	r := &Receiver{options: options, done: make(chan struct{})}
	go r.read()

	return r
}

// SetWatched says whether anybody listens.
func (r *Receiver) SetWatched(watched bool) { r.watched.Store(watched) }

// SetLeastDelay has Delay be no less.
func (r *Receiver) SetLeastDelay(time.Duration) {}

// Timing is which RTP timestamp was played last, and when.
func (r *Receiver) Timing() (timestamp uint32, at time.Duration, ok bool) { return 0, 0, false }

// Delay is how much later sound is played than if the network was steady.
func (r *Receiver) Delay() time.Duration { return 0 }

// Close waits until the receiver has ended. The owner makes Read fail before.
func (r *Receiver) Close() { <-r.done }

func (r *Receiver) read() {
	defer close(r.done)
	defer r.drop()
	defer func() {
		if reason := recover(); reason != nil {
			r.options.Log.Errorf("panic in receiving audio: %v\n%s", reason, debug.Stack())
		}
	}()
	var b [packetBytes]byte
	var packet rtp.Packet
	for {
		size, err := r.options.Read(b[:])
		if err != nil {
			return
		}
		if packet.Unmarshal(b[:size]) == nil && r.watched.Load() {
			r.decode(&packet)
		}
	}
}

func (r *Receiver) decode(packet *rtp.Packet) {
	by, ok := r.options.Codec(packet.PayloadType)
	if !ok {
		return
	}
	described, err := by.Describe(packet.Payload)
	if err != nil || !r.prepare(by, described.Channels) {
		return
	}
	frames, err := r.decoder.Decode(packet.Payload, r.room[:])
	if err != nil {
		return
	}
	for at := 0; at+sound.Frames <= frames; at += sound.Frames {
		block := sound.New(r.channels)
		if !block.Valid() {
			return
		}
		copy(block.Samples(), r.room[at*r.channels:])
		block.SetRecorded(picture.Now())
		r.options.Play(block)
	}
}

func (r *Receiver) prepare(by codec.Audio, channels int) bool {
	if r.decoder != nil && r.name == by.Name && r.channels == channels {
		return true
	}
	r.drop()
	decoder, err := by.NewDecoder(channels)
	if err != nil {
		return false
	}
	r.decoder, r.name, r.channels = decoder, by.Name, channels

	return true
}

func (r *Receiver) drop() {
	if r.decoder != nil {
		r.decoder.Close()
		r.decoder = nil
	}
}
