package codec

// AudioRate is the sampling rate of all samples that audio codecs take and give, in frames per second. A
// frame is one sample of each channel.
const AudioRate = 48000

// AudioFramesMost is how many frames a payload has at most: 120 ms.
const AudioFramesMost = AudioRate * 120 / 1000

// Audio is an audio codec.
type Audio struct {
	// Name is the encoding name of its RTP payload format ("opus"), as it is registered.
	Name string
	// ClockRate is that of its RTP time stamps, per second.
	ClockRate int
	// Channels is the most that it carries.
	Channels   int
	NewEncoder func(AudioEncoderOptions) (AudioEncoder, error)
	NewDecoder func(channels int) (AudioDecoder, error)
	// Describe looks at a payload without decoding it. An error wraps ErrBroken.
	Describe func(payload []byte) (AudioPacket, error)
}

// AudioPacket is what can be seen of a payload.
type AudioPacket struct {
	// Frames is how long it is, at AudioRate.
	Frames int
	// Channels that were coded.
	Channels int
}

// AudioEncoderOptions are what an encoder is made with.
type AudioEncoderOptions struct {
	Channels int
	// Bitrate is the target in bits per second.
	Bitrate int
	// FEC has packets carry a coarse copy of the one before, once losses are reported.
	FEC bool
	// DTX has silence not be sent.
	DTX bool
	// Constant has all packets be of the same size.
	Constant bool
	// PlaybackRate is the highest sampling rate the other side has use for; 0: any.
	PlaybackRate int
}

// AudioEncoder codes sound for real-time use. Not safe for concurrent use.
type AudioEncoder interface {
	// Encode codes 10, 20, 40 or 60 ms of interleaved samples. The payload is valid until the next
	// call. An empty one: there is nothing to be sent (DTX).
	Encode(samples []float32) ([]byte, error)
	// SetBitrate changes the target, in bits per second.
	SetBitrate(bitsPerSecond int) error
	// SetLoss says which fraction of the packets gets lost, 0 to 1.
	SetLoss(fraction float64) error
	Close()
}

// AudioDecoder decodes packets in order. Samples are interleaved, with the channels that it was made
// for. Not safe for concurrent use.
type AudioDecoder interface {
	// Decode decodes a payload into out and says how many frames it gave. An error wraps ErrBroken.
	Decode(payload []byte, out []float32) (frames int, err error)
	// Recover decodes the copy of the packet before, whose length fills out, that payload carries; false: it
	// carries none, and out is untouched.
	Recover(payload []byte, out []float32) bool
	// Conceal makes up what fills out (a multiple of 10 ms, a second at most), where a packet is missing; false:
	// this codec can't, and out is untouched. It gets quieter, but does not always end in silence.
	Conceal(out []float32) bool
	// Reset forgets what was decoded.
	Reset()
	Close()
}
