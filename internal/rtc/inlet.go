package rtc

import (
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"

	"libml_webrtc/internal/codec"
	"libml_webrtc/internal/picture"
	"libml_webrtc/internal/video"
)

// inlet reads what arrives for a section. The track that it is for may change: a peer may rename a track without
// interrupting it.
type inlet struct {
	connection *Connection
	label      string
	from       *webrtc.RTPReceiver
	formats    atomic.Pointer[[]format]
	stream     *webrtc.TrackRemote
	receiver   *video.Receiver // nil: audio, which nobody plays yet

	mu    sync.Mutex // held while the host gets a picture
	track *RemoteTrack
}

func newInlet(
	c *Connection, peer *webrtc.PeerConnection, label string, from *webrtc.RTPReceiver, section *mediaSection,
) *inlet {
	in := &inlet{connection: c, label: label, from: from}
	in.accept(section)
	in.stream = from.Tracks()[0]
	c.spawn("reading reports of a track", func() { readReports(from) })
	if section.kind == KindAudio {
		c.spawn("discarding audio", func() { discardTrack(in.stream) })
		return in
	}
	c.repairs.add(in.stream)
	in.receiver = video.NewReceiver(in.options(peer, section))
	return in
}

// accept takes the payload types that the peer will use.
func (in *inlet) accept(section *mediaSection) { in.formats.Store(&section.formats) }

// feed says which track the pictures are for; nil: nobody's.
func (in *inlet) feed(t *RemoteTrack) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.track = t
}

// leave ends that for a track.
func (in *inlet) leave(t *RemoteTrack) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.track == t {
		in.track = nil
	}
}

// watch decodes or not, as the track's host wants.
func (in *inlet) watch(t *RemoteTrack) {
	in.mu.Lock()
	current := in.track == t
	in.mu.Unlock()
	if current && in.receiver != nil {
		in.receiver.SetWatched(t.watched.Load())
	}
}

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

// close waits until nothing is read any more.
func (in *inlet) close() {
	in.feed(nil)
	in.connection.repairs.remove(in.stream)
	if err := in.from.Stop(); err != nil {
		in.connection.log.Debugf("stopping a receiver: %v", err)
	}
	if in.receiver != nil {
		in.receiver.Close()
	}
}

func (in *inlet) options(peer *webrtc.PeerConnection, section *mediaSection) video.ReceiverOptions {
	c, track := in.connection, in.stream
	own, theirs := c.media.ssrc, uint32(track.SSRC())
	write := func(packet rtcp.Packet) {
		if err := peer.WriteRTCP([]rtcp.Packet{packet}); err != nil {
			c.log.Debugf("writing RTCP: %v", err)
		}
	}
	options := video.ReceiverOptions{
		Codec:           in.codec,
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

// codec finds a codec by its payload type.
func (in *inlet) codec(payload uint8) (codec.Video, bool) {
	for _, f := range *in.formats.Load() {
		if f.payload == payload && f.codec.video != nil {
			return f.codec.video(), true
		}
	}
	return codec.Video{}, false
}

// repairs knows who reads the tracks whose retransmissions come on streams of their own. pion looks for those only
// before it waits for the next packet of the track itself, which after a burst of losses may be a long time.
type repairs struct{ tracks sync.Map }

func (r *repairs) add(track *webrtc.TrackRemote) {
	if ssrc := track.RtxSSRC(); ssrc != 0 {
		r.tracks.Store(uint32(ssrc), track)
	}
}

func (r *repairs) remove(track *webrtc.TrackRemote) {
	r.tracks.CompareAndDelete(uint32(track.RtxSSRC()), track)
}

// repaired interrupts who waits, see readTrack.
func (r *repairs) repaired(ssrc uint32) {
	if found, ok := r.tracks.Load(ssrc); ok {
		if track, ok := found.(*webrtc.TrackRemote); ok {
			_ = track.SetReadDeadline(time.Unix(1, 0))
		}
	}
}

// readTrack reads a packet; an error is the end.
func readTrack(track *webrtc.TrackRemote, b []byte) (int, error) {
	for {
		n, _, err := track.Read(b)
		var timeout net.Error
		switch {
		case err == nil:
			return n, nil
		case errors.As(err, &timeout) && timeout.Timeout():
			// There is something to look at; nobody else sets deadlines.
			_ = track.SetReadDeadline(time.Time{})
		case !errors.Is(err, webrtc.ErrCodecNotFound): // a payload type that nobody knows
			return n, err //nolint:wrapcheck // for every packet
		}
	}
}

func discardTrack(track *webrtc.TrackRemote) {
	buffer := make([]byte, maxReportBytes)
	for {
		if _, err := readTrack(track, buffer); err != nil {
			return
		}
	}
}

// readReports lets the interceptors see what the peer says about its own track.
func readReports(from *webrtc.RTPReceiver) {
	buffer := make([]byte, maxReportBytes)
	for {
		if _, _, err := from.Read(buffer); err != nil {
			return
		}
	}
}

// roundTrip is how long ICE's last check took; 0: unknown.
func roundTrip(peer *webrtc.PeerConnection) time.Duration {
	stats, ok := peer.SCTP().Transport().ICETransport().GetSelectedCandidatePairStats()
	if !ok {
		return 0
	}
	return time.Duration(stats.CurrentRoundTripTime * float64(time.Second))
}
