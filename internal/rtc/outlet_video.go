package rtc

import (
	"time"

	"github.com/pion/rtp"

	"libml_webrtc/internal/video"
)

// startVideo makes the sender of pictures. The outlet's lock is held.
func (o *outlet) startVideo() error {
	source, _ := o.track.source.(*video.Source)
	c, to := o.connection, o.writer
	var captured time.Duration // only the sender's goroutine looks at it
	sender, err := video.NewSender(video.SenderOptions{
		Source:      source,
		Codec:       o.format.codec.video(),
		SSRC:        o.ssrc,
		PayloadType: o.format.payload,
		Begin:       func(at time.Duration) { captured = at },
		Write: func(header *rtp.Header, payload []byte) error {
			return o.write(to, header, payload, captured)
		},
		Bandwidth: c.bandwidth,
		Log:       c.instance.loggers.NewLogger("video"),
	})
	if err != nil {
		return err //nolint:wrapcheck // says it all
	}
	o.running = sender
	return nil
}

func (o *outlet) requestKeyFrame() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if sender, ok := o.running.(*video.Sender); ok {
		sender.RequestKeyFrame()
	}
}
