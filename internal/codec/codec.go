// Package codec says what the library wants of a video codec. The bindings of the C
// libraries are in its folders, one each; codectest is the suite that all of them pass.
package codec

import (
	"errors"

	"libml_webrtc/internal/picture"
)

// ErrBroken says that a bitstream can't be decoded; decoding goes on with the next key frame.
var ErrBroken = errors.New("the bitstream is broken")

// Video is a video codec.
type Video struct {
	// Name is the encoding name of its RTP payload format ("VP8"), upper case.
	Name string
	// Format is the a=fmtp value that is offered, "" for none.
	Format     string
	NewEncoder func(EncoderOptions) (Encoder, error)
	NewDecoder func() (Decoder, error)
}

// EncoderOptions are what an encoder is made with.
type EncoderOptions struct {
	Width, Height int
	// Bitrate is the target in bits per second.
	Bitrate int
	// FrameRate is how many pictures per second are expected.
	FrameRate float64
	// Threads the encoder may use; 0: it decides by the machine and the size.
	Threads int
}

// Encoder codes pictures of one size for real-time use. Not safe for concurrent use.
type Encoder interface {
	// Encode codes a picture of the encoder's size. timestamp is in units of 1/90000 s and
	// grows from call to call. With key, the result is a key frame. The frame's data is valid until
	// the next call. A frame without data: the rate control dropped the picture.
	Encode(p picture.Picture, timestamp uint64, key bool) (Frame, error)
	// SetRate changes the targets: bits and pictures per second.
	SetRate(bitrate int, frameRate float64) error
	Close()
}

// Frame is a coded picture.
type Frame struct {
	Data []byte
	Key  bool
	// Quantizer is how coarse it was coded: 0 (best) to 1 (worst).
	Quantizer float64
}

// Decoder decodes frames in order, beginning with a key frame. Not safe for concurrent use.
type Decoder interface {
	// Decode decodes one frame. The picture has one reference, which the caller releases. A frame
	// that shows nothing gives the zero Picture and no error. An error wraps ErrBroken.
	Decode(data []byte) (picture.Picture, error)
	Close()
}
