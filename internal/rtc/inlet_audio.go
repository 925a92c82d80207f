package rtc

import (
	"libml_webrtc/internal/audio"
	"libml_webrtc/internal/codec"
	"libml_webrtc/internal/sound"
)

// play hands sound to the host.
func (in *inlet) play(block sound.Block) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.track == nil {
		block.Release()
		return
	}
	in.track.events.Sound(block)
}

func (in *inlet) audioOptions() audio.ReceiverOptions {
	track := in.stream
	return audio.ReceiverOptions{
		Codec: in.audioCodec,
		Read:  func(b []byte) (int, error) { return readTrack(track, b) },
		Play:  in.play,
		Log:   in.connection.instance.loggers.NewLogger("audio"),
	}
}

// audioCodec finds a codec by its payload type.
func (in *inlet) audioCodec(payload uint8) (codec.Audio, bool) {
	for _, f := range in.terms.Load().formats {
		if f.payload == payload && f.codec.audio != nil {
			return f.codec.audio(), true
		}
	}
	return codec.Audio{}, false
}
