package rtc

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

// pion sees less of the peer's descriptions than there is: sections that always can be used, of known codecs and
// header extensions, with one stream each, under names of ours. What is refused, paused or odd on the wire is
// decided here. pion gives up transceivers, whole offers, or its own state over such things, some of it when
// it has changed half of its state already.

// shown is what pion is shown of a description.
type shown struct {
	description *description
	lines       lines
	sections    map[string]*mediaSection // by mid
	book        *formatBook
	sends       func(mid string) bool // for an answer: whether this side offered to send
}

// text writes it.
func (s shown) text() (webrtc.SessionDescription, error) {
	parsed := s.description.parsed
	out := &sdp.SessionDescription{
		Origin:                parsed.Origin,
		SessionName:           parsed.SessionName,
		ConnectionInformation: parsed.ConnectionInformation,
		TimeDescriptions:      []sdp.TimeDescription{{}},
	}
	for _, attribute := range parsed.Attributes {
		if shownAttributes[strings.TrimSpace(attribute.Key)] {
			out.Attributes = append(out.Attributes, attribute)
		}
	}
	out.Attributes = append(out.Attributes, sdp.NewAttribute(sdp.AttrKeyGroup, "BUNDLE "+strings.Join(s.bundle(), " ")))
	for index, media := range parsed.MediaDescriptions {
		out.MediaDescriptions = append(out.MediaDescriptions, s.media(media, s.lines[index]))
	}
	text, err := out.Marshal()
	if err != nil {
		return webrtc.SessionDescription{}, fmt.Errorf("writing the description: %w", err)
	}
	return webrtc.SessionDescription{Type: s.description.kind, SDP: string(text)}, nil
}

// bundle lists all labels, that of the section with the transport first.
func (s shown) bundle() []string {
	var labels []string
	for _, mid := range bundleMids(s.description.parsed) {
		for _, one := range s.lines {
			if one.mid == mid && !slices.Contains(labels, one.label) {
				labels = append(labels, one.label)
			}
		}
	}
	for _, one := range s.lines {
		if !slices.Contains(labels, one.label) {
			labels = append(labels, one.label)
		}
	}
	return labels
}

// shownAttributes are those that pass as they are, of the session and of sections.
var shownAttributes = map[string]bool{
	"ice-ufrag": true, "ice-pwd": true, "ice-options": true, "ice-lite": true, "fingerprint": true, "setup": true,
	"rtcp-mux": true, "rtcp-rsize": true,
	sdp.AttrKeyExtMapAllowMixed: true,
	"sctp-port":                 true, "sctpmap": true,
}

func (s shown) media(media *sdp.MediaDescription, of *line) *sdp.MediaDescription {
	out := &sdp.MediaDescription{
		MediaName:             media.MediaName,
		ConnectionInformation: media.ConnectionInformation,
	}
	for _, attribute := range media.Attributes {
		if shownAttributes[strings.TrimSpace(attribute.Key)] {
			out.Attributes = append(out.Attributes, attribute)
		}
	}
	out.WithValueAttribute(sdp.AttrKeyMID, of.label)
	m := s.sections[of.mid]
	if m == nil {
		if !of.dead {
			out.MediaName.Port.Value = discardPort
		}
		return out.WithValueAttribute(attributeMaxMessageSize, strconv.Itoa(messageSize(media)))
	}
	out.MediaName.Port.Value = discardPort
	out.MediaName.Protos = []string{"UDP", "TLS", "RTP", "SAVPF"}
	s.writeStream(out, m)
	s.writeFormats(out, m)
	for _, e := range m.extensions {
		out.WithValueAttribute(sdp.AttrKeyExtMap, fmt.Sprintf("%d %s", e.id, e.uri))
	}
	return out
}

// discardPort is the port of sections whose candidates come later.
const discardPort = 9

// writeStream says who sends, and what. pion must neither think that a section is inactive, since then it stops its
// transceiver for good, nor put a track where the peer would not receive it.
func (s shown) writeStream(out *sdp.MediaDescription, m *mediaSection) {
	towards := direction{send: true, receive: m.receives() || m.rejected}
	if s.description.kind == webrtc.SDPTypeAnswer {
		towards.receive = s.sends(m.mid)
	}
	out.WithPropertyAttribute(towards.String())
	if !m.sends() || m.ssrc == 0 {
		// Without any of both, pion makes a transceiver of its own for every SSRC that it does not know.
		out.WithValueAttribute(attributeRID, "undeclared send")
		return
	}
	if m.repair != 0 {
		out.WithValueAttribute(sdp.AttrKeySSRCGroup, fmt.Sprintf("FID %d %d", m.ssrc, m.repair))
	}
	out.WithValueAttribute(sdp.AttrKeySSRC, fmt.Sprintf("%d cname:peer", m.ssrc))
}

// writeFormats never writes none.
func (s shown) writeFormats(out *sdp.MediaDescription, m *mediaSection) {
	formats := m.formats
	if len(formats) == 0 {
		formats = s.book.own(m.kind)
	}
	out.MediaName.Formats = nil
	for _, parameters := range parametersOf(formats) {
		_, name, _ := strings.Cut(parameters.MimeType, "/")
		payload := uint8(parameters.PayloadType)
		out.WithCodec(payload, name, parameters.ClockRate, parameters.Channels, parameters.SDPFmtpLine)
		for _, feedback := range parameters.RTCPFeedback {
			if what := strings.TrimSpace(feedback.Type + " " + feedback.Parameter); m.takes(payload, what) {
				out.WithValueAttribute(attributeFeedback, fmt.Sprintf("%d %s", payload, what))
			}
		}
	}
}

// messageSize is how large messages to the peer may be. pion takes no max-message-size, "0", which means any size, and
// absurdly large numbers all for 65535.
func messageSize(media *sdp.MediaDescription) int {
	size := defaultMaxMessageBytes
	for _, attribute := range media.Attributes {
		if strings.TrimSpace(attribute.Key) == attributeMaxMessageSize {
			size = maxMessageBytes(attribute.Value)
		}
	}
	return size
}
