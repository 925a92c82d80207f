package rtc

import (
	"strconv"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"libml_webrtc/internal/audio"
)

// audioSettings are how the peer likes its sound, by the format parameters of Opus (RFC 7587, section 6.1).
type audioSettings struct {
	stereo, fec, dtx, constant bool
	playbackRate, bitrateMost  int // 0: any
}

func audioSettingsOf(fmtp string) audioSettings {
	is := func(name string) bool { return formatParameter(fmtp, name) == "1" }
	number := func(name string) int {
		value, err := strconv.ParseUint(formatParameter(fmtp, name), 10, 31)
		if err != nil {
			return 0
		}
		return int(value)
	}
	return audioSettings{
		stereo: is("stereo"), fec: is("useinbandfec"), dtx: is("usedtx"), constant: is("cbr"),
		playbackRate: number("maxplaybackrate"), bitrateMost: number("maxaveragebitrate"),
	}
}

// startAudio makes the sender of sound. The outlet's lock is held.
func (o *outlet) startAudio() {
	source, _ := o.track.source.(*audio.Source)
	c, to := o.connection, o.writer
	o.running = audio.NewSender(audio.SenderOptions{
		Source:       source,
		Codec:        o.format.codec.audio(),
		SSRC:         o.ssrc,
		PayloadType:  o.format.payload,
		Stereo:       o.sending.stereo,
		FEC:          o.sending.fec,
		DTX:          o.sending.dtx,
		Constant:     o.sending.constant,
		PlaybackRate: o.sending.playbackRate,
		BitrateMost:  o.sending.bitrateMost,
		Write: func(header *rtp.Header, payload []byte, recorded time.Duration) error {
			return o.write(to, header, payload, recorded)
		},
		Bandwidth: c.bandwidth,
		Log:       c.instance.loggers.NewLogger("audio"),
	})
}

// heedLoss has the packets of sound carry copies of those before when some get lost.
func (o *outlet) heedLoss(reports []rtcp.ReceptionReport) {
	o.mu.Lock()
	defer o.mu.Unlock()
	sender, ok := o.running.(*audio.Sender)
	if !ok {
		return
	}
	for _, report := range reports {
		if report.SSRC == o.ssrc {
			sender.SetLoss(report.FractionLost)
		}
	}
}
