package rtc

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// errNoFormat can't happen: what pion negotiates is among what this side knows.
var errNoFormat = errors.New("no codec was negotiated")

// maxReportBytes is more than a UDP packet of a sane path holds.
const maxReportBytes = 2048

// outlet sends a local track on one peer connection of pion's. What pion calls it for is done
// with pion's locks held; so that only notes things, and update acts on them.
type outlet struct {
	connection *Connection
	track      *localTrack
	sender     *webrtc.RTPSender

	mu         sync.Mutex
	formats    []format // what the peer takes, the best first
	writer     webrtc.TrackLocalWriter
	ssrc       uint32
	format     format // as it was bound
	continuity continuity
	negotiated bool
	ended      bool
	running    mediaSender   // nil: nothing is sent
	wishes     audioSettings // of the peer, about sound
	sending    audioSettings // as running was made
	clock      sentClock
}

// mediaSender is a *video.Sender or an *audio.Sender.
type mediaSender interface {
	// Close returns when nothing is sent any more.
	Close()
}

var _ webrtc.TrackLocal = (*outlet)(nil)

func newOutlet(c *Connection, track *localTrack) *outlet {
	return &outlet{connection: c, track: track}
}

// ID implements webrtc.TrackLocal. What the peer reads is written by localDescription.
func (o *outlet) ID() string { return "track" }

// StreamID implements webrtc.TrackLocal.
func (o *outlet) StreamID() string { return noStream }

// RID implements webrtc.TrackLocal.
func (o *outlet) RID() string { return "" }

// Kind implements webrtc.TrackLocal.
func (o *outlet) Kind() webrtc.RTPCodecType { return o.track.kind.pion() }

// prefer says what the peer takes, before pion binds the outlet.
func (o *outlet) prefer(formats []format) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.formats = formats
}

// Bind implements webrtc.TrackLocal: the codec is settled, and there is something to write to.
func (o *outlet) Bind(context webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	known := context.CodecParameters()
	for _, f := range append(o.formats, formatsOf(known)...) {
		for _, parameters := range known {
			if parameters.PayloadType == webrtc.PayloadType(f.payload) && f.codec.kind == o.track.kind {
				o.writer, o.ssrc, o.format = context.WriteStream(), uint32(context.SSRC()), f
				o.connection.buffers.send(o.ssrc, uint32(context.SSRCRetransmission()))
				o.connection.clocks.Store(o.ssrc, &o.clock)
				return parameters, nil
			}
		}
	}
	return webrtc.RTPCodecParameters{}, errNoFormat
}

// formatsOf are those of pion's codecs that can be sent.
func formatsOf(known []webrtc.RTPCodecParameters) []format {
	var formats []format
	for _, parameters := range known {
		for _, c := range mediaCodecs {
			if parameters.MimeType == c.kind.String()+"/"+c.name {
				formats = append(formats, format{codec: c, payload: uint8(parameters.PayloadType)})
			}
		}
	}
	return formats
}

// Unbind implements webrtc.TrackLocal. pion's sender is at its end; ours was ended before.
func (o *outlet) Unbind(webrtc.TrackLocalContext) error { return nil }

// negotiate says what the descriptions have come to.
func (o *outlet) negotiate(m *mediaSection) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.negotiated = m != nil && m.receives() && o.writer != nil && m.supports(o.format.payload)
	if o.negotiated && o.track.kind == KindAudio {
		o.wishes = audioSettingsOf(m.formatParameters(o.format.payload))
	}
	o.update()
}

// wake looks whether sending can begin.
func (o *outlet) wake() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.update()
}

// end stops sending for good.
func (o *outlet) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ended = true
	o.connection.buffers.stopSending(o.ssrc)
	o.connection.clocks.Delete(o.ssrc)
	o.update()
}

// update starts or stops the sender, which only runs while what it sends arrives somewhere. The lock is held.
func (o *outlet) update() {
	run := o.negotiated && !o.ended && o.connection.mediaUp.Load()
	if o.running != nil && (!run || o.sending != o.wishes) {
		o.running.Close()
		o.running = nil
	}
	if run && o.running == nil {
		o.start()
	}
}

func (o *outlet) start() {
	o.continuity.clock = o.format.codec.clock
	o.continuity.join()
	o.sending = o.wishes
	if o.track.kind == KindAudio {
		o.startAudio()
		return
	}
	if err := o.startVideo(); err != nil {
		c := o.connection
		o.ended = true
		c.spawn("telling a failure", func() { c.postError(fmt.Sprintf("sending the track %s failed: %v", o.track.id, err)) })
	}
}

// write sends a packet of the one sender that runs. captured is when what its timestamp stands for was.
func (o *outlet) write(to webrtc.TrackLocalWriter, header *rtp.Header, payload []byte, captured time.Duration) error {
	number, timestamp := header.SequenceNumber, header.Timestamp
	o.continuity.apply(header, time.Now())
	o.clock.note(header.Timestamp, captured)
	_, err := to.WriteRTP(header, payload)
	header.SequenceNumber, header.Timestamp = number, timestamp // the sender counts on from there
	return err                                                  //nolint:wrapcheck // for every packet
}

// readReports reads what the peer says about the track until pion's sender stops. The interceptors take
// their share on the way.
func (o *outlet) readReports() {
	readReports(o.sender.Read, func(packet rtcp.Packet) {
		switch packet := packet.(type) {
		case *rtcp.PictureLossIndication, *rtcp.FullIntraRequest:
			o.requestKeyFrame()
		case *rtcp.ReceiverReport:
			o.heedLoss(packet.Reports)
		case *rtcp.SenderReport:
			o.heedLoss(packet.Reports)
		}
	})
}

// readReports reads RTCP of pion's until there is no more.
func readReports(read func([]byte) (int, interceptor.Attributes, error), handle func(rtcp.Packet)) {
	buffer := make([]byte, maxReportBytes)
	for {
		n, attributes, err := read(buffer)
		if err != nil {
			return
		}
		packets, err := attributes.GetRTCPPackets(buffer[:n])
		if err != nil {
			continue
		}
		for _, packet := range packets {
			handle(packet)
		}
	}
}
