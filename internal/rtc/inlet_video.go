package rtc

import (
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"

	"libml_webrtc/internal/codec"
	"libml_webrtc/internal/picture"
	"libml_webrtc/internal/video"
)

// show hands a picture to the host.
func (in *inlet) show(p picture.Picture) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.track == nil {
		p.Release()
		return
	}
	in.track.events.Picture(p)
}

func (in *inlet) videoOptions(peer *webrtc.PeerConnection, section *mediaSection) video.ReceiverOptions {
	c, track := in.connection, in.stream
	own, theirs := c.media.ssrc, uint32(track.SSRC())
	write := func(packet rtcp.Packet) {
		if err := peer.WriteRTCP([]rtcp.Packet{packet}); err != nil {
			c.log.Debugf("writing RTCP: %v", err)
		}
	}
	options := video.ReceiverOptions{
		Codec:           in.videoCodec,
		Read:            func(b []byte) (int, error) { return readTrack(track, b) },
		RequestKeyFrame: func() { write(&rtcp.PictureLossIndication{SenderSSRC: own, MediaSSRC: theirs}) },
		RTT:             func() time.Duration { return roundTrip(peer) },
		Picture:         in.show,
		Log:             c.instance.loggers.NewLogger("video"),
	}
	if section.takes(section.formats[0].payload, "nack") {
		options.Nack = func(missing []uint16) {
			write(&rtcp.TransportLayerNack{SenderSSRC: own, MediaSSRC: theirs, Nacks: rtcp.NackPairsFromSequenceNumbers(missing)})
		}
	}
	for _, extension := range in.from.GetParameters().HeaderExtensions {
		switch extension.URI {
		case extensionOrientation:
			options.Orientation = uint8(extension.ID)
		case extensionPlayoutDelay:
			options.PlayoutDelay = uint8(extension.ID)
		}
	}
	return options
}

// videoCodec finds a codec by its payload type.
func (in *inlet) videoCodec(payload uint8) (codec.Video, bool) {
	for _, f := range in.terms.Load().formats {
		if f.payload == payload && f.codec.video != nil {
			return f.codec.video(), true
		}
	}
	return codec.Video{}, false
}
