package rtc

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"

	"libml_webrtc/internal/codec"
	"libml_webrtc/internal/codec/g711"
	"libml_webrtc/internal/codec/opus"
	"libml_webrtc/internal/codec/vpx"
)

// Kind is what a track carries.
type Kind int

// The kinds of tracks.
const (
	KindAudio Kind = iota
	KindVideo
)

func (k Kind) String() string {
	if k == KindAudio {
		return "audio"
	}
	return "video"
}

func (k Kind) pion() webrtc.RTPCodecType {
	if k == KindAudio {
		return webrtc.RTPCodecTypeAudio
	}
	return webrtc.RTPCodecTypeVideo
}

const (
	mediaAudio = "audio"
	mediaVideo = "video"
)

// The header extensions of RTP that are spoken.
const (
	extensionSendTime     = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
	extensionTransport    = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
	extensionOffset       = "urn:ietf:params:rtp-hdrext:toffset"
	extensionOrientation  = "urn:3gpp:video-orientation"
	extensionMid          = "urn:ietf:params:rtp-hdrext:sdes:mid"
	extensionPlayoutDelay = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"
)

// headerExtensions are in the order of the numbers that they are offered with.
var headerExtensions = []headerExtension{
	{uri: extensionOffset, kinds: []Kind{KindVideo}, received: true},
	{uri: extensionSendTime, kinds: []Kind{KindVideo, KindAudio}},
	{uri: extensionOrientation, kinds: []Kind{KindVideo}, received: true},
	{uri: extensionTransport, kinds: []Kind{KindVideo, KindAudio}},
	{uri: extensionPlayoutDelay, kinds: []Kind{KindVideo}, received: true},
	{uri: extensionMid, kinds: []Kind{KindVideo, KindAudio}, received: true},
}

type headerExtension struct {
	uri      string
	kinds    []Kind
	received bool // and never sent
}

func (e headerExtension) directions() []webrtc.RTPTransceiverDirection {
	if e.received {
		return []webrtc.RTPTransceiverDirection{webrtc.RTPTransceiverDirectionRecvonly}
	}
	return nil
}

func knowsExtension(kind Kind, uri string) bool {
	return slices.ContainsFunc(headerExtensions, func(e headerExtension) bool {
		return e.uri == uri && slices.Contains(e.kinds, kind)
	})
}

// mediaCodec is a codec that is offered and accepted.
type mediaCodec struct {
	kind     Kind
	name     string
	clock    uint32
	channels uint16
	fmtp     string
	payload  uint8 // where this side offers first
	repair   uint8 // of its retransmissions; 0: none
	video    func() codec.Video
	audio    func() codec.Audio
	takes    func(fmtp string) bool // nil: every format
}

// mediaCodecs are in the order in which this side prefers them.
var mediaCodecs = []*mediaCodec{
	{kind: KindVideo, name: "VP8", clock: 90000, payload: 96, repair: 97, video: vpx.VP8},
	{kind: KindVideo, name: "VP9", clock: 90000, fmtp: "profile-id=0", payload: 98, repair: 99, video: vpx.VP9, takes: isVP9Profile0},
	{kind: KindAudio, name: "opus", clock: 48000, channels: 2, fmtp: "minptime=10;stereo=1;useinbandfec=1", payload: 111, audio: opus.Audio},
	{kind: KindAudio, name: "PCMU", clock: 8000, payload: 0, audio: g711.PCMU},
	{kind: KindAudio, name: "PCMA", clock: 8000, payload: 8, audio: g711.PCMA},
}

func isVP9Profile0(fmtp string) bool {
	profile := formatParameter(fmtp, "profile-id")
	return profile == "" || profile == "0"
}

// formatParameter reads one parameter of an a=fmtp value.
func formatParameter(fmtp, name string) string {
	for part := range strings.SplitSeq(fmtp, ";") {
		key, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		if strings.EqualFold(strings.TrimSpace(key), name) {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// matches says whether what an a=rtpmap and an a=fmtp describe is this codec.
func (m *mediaCodec) matches(kind Kind, name string, clock uint32, channels uint16, fmtp string) bool {
	return m.kind == kind && strings.EqualFold(m.name, name) && m.clock == clock &&
		max(m.channels, 1) == max(channels, 1) && (m.takes == nil || m.takes(fmtp))
}

// feedback is what the peer may send about the codec's packets.
func (m *mediaCodec) feedback() []webrtc.RTCPFeedback {
	if m.kind == KindAudio {
		return []webrtc.RTCPFeedback{{Type: "transport-cc"}}
	}
	return []webrtc.RTCPFeedback{
		{Type: "goog-remb"}, {Type: "transport-cc"}, {Type: "ccm", Parameter: "fir"},
		{Type: "nack"}, {Type: "nack", Parameter: "pli"},
	}
}

// format is a codec under the payload types that a description gives it.
type format struct {
	codec   *mediaCodec
	payload uint8
	repair  uint8 // of the retransmissions; 0: none
}

// parameters are the format, and that of its retransmissions, as pion takes them.
func (f format) parameters() []webrtc.RTPCodecParameters {
	c := f.codec
	all := []webrtc.RTPCodecParameters{{
		RTPCodecCapability: webrtc.RTPCodecCapability{
			MimeType: c.kind.String() + "/" + c.name, ClockRate: c.clock, Channels: c.channels,
			SDPFmtpLine: c.fmtp, RTCPFeedback: c.feedback(),
		},
		PayloadType: webrtc.PayloadType(f.payload),
	}}
	if f.repair != 0 {
		all = append(all, webrtc.RTPCodecParameters{
			RTPCodecCapability: webrtc.RTPCodecCapability{
				MimeType: c.kind.String() + "/rtx", ClockRate: c.clock, SDPFmtpLine: fmt.Sprintf("apt=%d", f.payload),
			},
			PayloadType: webrtc.PayloadType(f.repair),
		})
	}
	return all
}

func parametersOf(formats []format) []webrtc.RTPCodecParameters {
	var all []webrtc.RTPCodecParameters
	for _, f := range formats {
		all = append(all, f.parameters()...)
	}
	return all
}

// ownFormats are the codecs of a kind under payload types that are not taken, and takes those.
func ownFormats(kind Kind, taken map[uint8]bool) []format {
	place := func(wanted uint8) uint8 {
		for payload := range freePayloads(wanted) {
			if !taken[payload] {
				taken[payload] = true
				return payload
			}
		}
		return 0
	}
	var formats []format
	for _, c := range mediaCodecs {
		if c.kind != kind {
			continue
		}
		f := format{codec: c, payload: c.payload}
		if c.payload >= 96 {
			f.payload = place(c.payload)
		}
		if c.repair != 0 {
			f.repair = place(c.repair)
		}
		formats = append(formats, f)
	}
	return formats
}

// freePayloads are the payload types that may be given to a codec, the wanted one first.
func freePayloads(wanted uint8) func(yield func(uint8) bool) {
	return func(yield func(uint8) bool) {
		if !yield(wanted) {
			return
		}
		for payload := uint8(96); payload <= 127; payload++ {
			if !yield(payload) {
				return
			}
		}
		for payload := uint8(35); payload <= 63; payload++ {
			if !yield(payload) {
				return
			}
		}
	}
}

// newMediaEngine knows what is offered and accepted, and nothing else: sections without any of it never reach
// pion as they are (sections.go).
func newMediaEngine() (*webrtc.MediaEngine, error) {
	media := &webrtc.MediaEngine{}
	for _, kind := range []Kind{KindVideo, KindAudio} {
		for _, parameters := range parametersOf(ownFormats(kind, make(map[uint8]bool))) {
			if err := media.RegisterCodec(parameters, kind.pion()); err != nil {
				return nil, fmt.Errorf("registering %s: %w", parameters.MimeType, err)
			}
		}
	}
	for _, extension := range headerExtensions {
		capability := webrtc.RTPHeaderExtensionCapability{URI: extension.uri}
		for _, kind := range extension.kinds {
			if err := media.RegisterHeaderExtension(capability, kind.pion(), extension.directions()...); err != nil {
				return nil, fmt.Errorf("registering the header extension %s: %w", extension.uri, err)
			}
		}
	}
	return media, nil
}

// The attributes of a section that describe its codecs.
const (
	attributeMap      = "rtpmap"
	attributeFormat   = "fmtp"
	attributeFeedback = "rtcp-fb"
)

func isFormatAttribute(attribute sdp.Attribute) bool {
	return slices.Contains([]string{attributeMap, attributeFormat, attributeFeedback}, attribute.Key)
}
