package rtc

import (
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/webrtc/v4"

	"libml_webrtc/internal/audio"
	"libml_webrtc/internal/video"
)

// inlet reads what arrives for a section. The track that it is for may change: a peer may rename a track without
// interrupting it.
type inlet struct {
	connection *Connection
	label      string
	from       *webrtc.RTPReceiver
	terms      atomic.Pointer[inletTerms]
	stream     *webrtc.TrackRemote
	receiver   mediaReceiver
	lips       *lipMember

	mu    sync.Mutex // held while the host gets a picture or sound
	track *RemoteTrack
}

// inletTerms are what descriptions say of what arrives, and may change.
type inletTerms struct {
	formats []format
	streams []string
}

// mediaReceiver is a *video.Receiver or an *audio.Receiver.
type mediaReceiver interface {
	SetWatched(watched bool)
	// Close returns when nothing is read or given any more.
	Close()
}

func newInlet(
	c *Connection, peer *webrtc.PeerConnection, label string, from *webrtc.RTPReceiver, section *mediaSection,
) *inlet {
	in := &inlet{connection: c, label: label, from: from}
	in.accept(section)
	in.stream = from.Tracks()[0]
	in.lips = &lipMember{
		kind:    section.kind,
		streams: func() []string { return in.terms.Load().streams },
		rate:    func() uint32 { return in.stream.Codec().ClockRate },
	}
	if section.kind == KindAudio {
		receiver := audio.NewReceiver(in.audioOptions())
		in.receiver, in.lips.timed = receiver, receiver
	} else {
		c.repairs.add(in.stream)
		receiver := video.NewReceiver(in.videoOptions(peer, section))
		in.receiver, in.lips.timed = receiver, receiver
	}
	c.lips.add(in.lips)
	c.spawn("reading reports of a track", in.readReports)
	return in
}

// accept takes the payload types that the peer will use.
func (in *inlet) accept(section *mediaSection) {
	in.terms.Store(&inletTerms{formats: section.formats, streams: section.streams})
}

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
	if current {
		in.receiver.SetWatched(t.watched.Load())
	}
}

// close waits until nothing is read any more.
func (in *inlet) close() {
	in.feed(nil)
	in.connection.repairs.remove(in.stream)
	in.connection.lips.remove(in.lips)
	if err := in.from.Stop(); err != nil {
		in.connection.log.Debugf("stopping a receiver: %v", err)
	}
	in.receiver.Close()
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

// roundTrip is how long ICE's last check took; 0: unknown.
func roundTrip(peer *webrtc.PeerConnection) time.Duration {
	stats, ok := peer.SCTP().Transport().ICETransport().GetSelectedCandidatePairStats()
	if !ok {
		return 0
	}
	return time.Duration(stats.CurrentRoundTripTime * float64(time.Second))
}
