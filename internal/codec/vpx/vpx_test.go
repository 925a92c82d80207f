package vpx

import (
	"testing"

	"libml_webrtc/internal/codec"
	"libml_webrtc/internal/codec/codectest"
)

func TestVP8(t *testing.T) { codectest.Run(t, VP8()) }

func TestVP9(t *testing.T) { codectest.Run(t, VP9()) }

func fuzzDecoder(f *testing.F, video codec.Video) {
	f.Helper()
	encoder, err := video.NewEncoder(codec.EncoderOptions{Width: 48, Height: 32, Bitrate: 100_000, FrameRate: 30})
	if err != nil {
		f.Fatal(err)
	}
	defer encoder.Close()
	var frames [][]byte
	for n := range 3 {
		p := codectest.Pattern(48, 32, n)
		frame, err := encoder.Encode(p, uint64(n)*3000, false)
		p.Release()
		if err != nil {
			f.Fatal(err)
		}
		frames = append(frames, append([]byte(nil), frame.Data...))
	}
	f.Add(frames[0], frames[1])
	f.Add(frames[1], frames[2])
	f.Add(frames[2], []byte{})
	f.Fuzz(func(t *testing.T, first, second []byte) {
		decoder, err := video.NewDecoder()
		if err != nil {
			t.Fatal(err)
		}
		defer decoder.Close()
		for _, data := range [][]byte{first, second, frames[0]} {
			decoded, err := decoder.Decode(data)
			if err == nil {
				decoded.Release()
			}
		}
		// Whatever came before, a whole key frame decodes.
		decoded, err := decoder.Decode(frames[0])
		if err != nil || !decoded.Valid() {
			t.Fatalf("a key frame after garbage: %v", err)
		}
		decoded.Release()
	})
}

func FuzzDecodeVP8(f *testing.F) { fuzzDecoder(f, VP8()) }

func FuzzDecodeVP9(f *testing.F) { fuzzDecoder(f, VP9()) }
