package rtc

import (
	"slices"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"
)

const (
	attributeBundleOnly = "bundle-only"
	// maxExtensionID is the last one of header extensions of one byte.
	maxExtensionID     = 14
	attributeRID       = "rid"
	attributeSimulcast = "simulcast"

	// noStream stands for the stream of a track that has none (RFC 8830).
	noStream = "-"
	// maxStreams bounds the streams of a track, this side's or the peer's.
	maxStreams = 64
	// maxNameBytes bounds the names of the peer's tracks and streams.
	maxNameBytes = 1024
)

// direction is what the writer of a section does with it.
type direction struct{ send, receive bool }

func (d direction) String() string {
	switch {
	case d.send && d.receive:
		return sdp.AttrKeySendRecv
	case d.send:
		return sdp.AttrKeySendOnly
	case d.receive:
		return sdp.AttrKeyRecvOnly
	default:
		return sdp.AttrKeyInactive
	}
}

// directionOf reads an attribute's key; false: it is no direction.
func directionOf(key string) (direction, bool) {
	switch key {
	case sdp.AttrKeySendRecv:
		return direction{true, true}, true
	case sdp.AttrKeySendOnly:
		return direction{send: true}, true
	case sdp.AttrKeyRecvOnly:
		return direction{receive: true}, true
	case sdp.AttrKeyInactive:
		return direction{}, true
	default:
		return direction{}, false
	}
}

func findDirection(attributes []sdp.Attribute) (direction, bool) {
	for _, attribute := range attributes {
		if found, ok := directionOf(attribute.Key); ok {
			return found, true
		}
	}
	return direction{}, false
}

// mediaSection is a section of audio or video in a remote description.
type mediaSection struct {
	section
	media      *sdp.MediaDescription // as the peer wrote it
	kind       Kind
	direction  direction
	rejected   bool        // nothing can go through it: it has no port, or is not bundled
	formats    []format    // the codecs in common, in the peer's order
	extensions []extension // of the header, that are known
	payloads   []string    // all payload types
	codecs     []sdp.Attribute
	track      string // "": without a name
	streams    []string
	ssrc       uint32 // 0: the peer does not say
	repair     uint32 // the SSRC of the retransmissions; 0: there are none
}

// extension is a header extension of RTP.
type extension struct {
	id  uint8
	uri string
}

// usable says whether the section can carry anything.
func (m *mediaSection) usable() bool { return !m.rejected && len(m.formats) > 0 }

// sends and receives say what the peer will do.
func (m *mediaSection) sends() bool    { return m.usable() && m.direction.send }
func (m *mediaSection) receives() bool { return m.usable() && m.direction.receive }

// supports says whether a payload type is that of a codec in common.
func (m *mediaSection) supports(payload uint8) bool {
	return slices.ContainsFunc(m.formats, func(f format) bool { return f.payload == payload })
}

// mediaSections reads the sections of audio and video.
func (d *description) mediaSections() []*mediaSection {
	everywhere, found := findDirection(d.parsed.Attributes)
	if !found {
		everywhere = direction{true, true}
	}
	declared := make(map[uint32]bool)
	var sections []*mediaSection
	for index, media := range d.parsed.MediaDescriptions {
		kind := KindAudio
		switch media.MediaName.Media {
		case mediaAudio:
		case mediaVideo:
			kind = KindVideo
		default:
			continue
		}
		mid, _ := media.Attribute(sdp.AttrKeyMID)
		m := &mediaSection{
			section:   section{mid: mid, index: index},
			media:     media,
			kind:      kind,
			direction: everywhere,
			rejected:  d.rejects(index),
			payloads:  media.MediaName.Formats,
		}
		if own, ok := findDirection(media.Attributes); ok {
			m.direction = own
		}
		m.readFormats()
		m.readExtensions()
		m.readTrack()
		m.readSources(declared)
		if len(sections) >= maxTracks {
			m.formats = nil
		}
		sections = append(sections, m)
	}
	return sections
}

// payloadFormat is what a section says of one payload type.
type payloadFormat struct {
	name     string
	clock    uint32
	channels uint16
	fmtp     string
}

func (m *mediaSection) readFormats() {
	described := m.describeFormats()
	repairs := make(map[uint8]uint8)
	for _, text := range m.payloads {
		f := described[text]
		payload, ok := payloadType(text)
		if !ok || f == nil {
			continue
		}
		if strings.EqualFold(f.name, "rtx") {
			if primary, ok := payloadType(formatParameter(f.fmtp, "apt")); ok {
				repairs[primary] = payload
			}
			continue
		}
		if c := f.codec(m.kind); c != nil && !m.supports(payload) {
			m.formats = append(m.formats, format{codec: c, payload: payload})
		}
	}
	for i := range m.formats {
		m.formats[i].repair = repairs[m.formats[i].payload]
	}
}

// describeFormats gathers what the attributes say of each payload type, in whatever order they come.
func (m *mediaSection) describeFormats() map[string]*payloadFormat {
	described := make(map[string]*payloadFormat)
	for payload, name := range map[string]string{"0": "PCMU", "8": "PCMA"} { // need no rtpmap (RFC 3551)
		described[payload] = &payloadFormat{name: name, clock: 8000, channels: 1}
	}
	for _, attribute := range m.media.Attributes {
		if !isFormatAttribute(attribute) {
			continue
		}
		m.codecs = append(m.codecs, attribute)
		payload, value, _ := strings.Cut(attribute.Value, " ")
		f := described[payload]
		if f == nil {
			f = &payloadFormat{}
			described[payload] = f
		}
		switch attribute.Key {
		case attributeMap:
			f.readMap(value)
		case attributeFormat:
			f.fmtp = strings.TrimSpace(value)
		}
	}
	return described
}

// codec is the one that this side has in common; nil: none.
func (f *payloadFormat) codec(kind Kind) *mediaCodec {
	for _, c := range mediaCodecs {
		if c.matches(kind, f.name, f.clock, f.channels, f.fmtp) {
			return c
		}
	}
	return nil
}

// readMap reads the value of an a=rtpmap.
func (f *payloadFormat) readMap(value string) {
	parts := strings.Split(strings.TrimSpace(value), "/")
	f.name = parts[0]
	if len(parts) > 1 {
		clock, _ := strconv.ParseUint(parts[1], 10, 32)
		f.clock = uint32(clock)
	}
	f.channels = 1
	if len(parts) > 2 {
		channels, _ := strconv.ParseUint(parts[2], 10, 16)
		f.channels = uint16(channels)
	}
}

// payloadType reads one.
func payloadType(text string) (uint8, bool) {
	value, err := strconv.ParseUint(text, 10, 7)
	return uint8(value), err == nil
}

// formatParameters are what the peer says of a format (a=fmtp).
func (m *mediaSection) formatParameters(payload uint8) string {
	for _, attribute := range m.codecs {
		if attribute.Key != attributeFormat {
			continue
		}
		about, parameters, _ := strings.Cut(attribute.Value, " ")
		if about == strconv.Itoa(int(payload)) {
			return parameters
		}
	}
	return ""
}

// takes says whether the peer takes some feedback about a format.
func (m *mediaSection) takes(payload uint8, feedback string) bool {
	for _, attribute := range m.codecs {
		if attribute.Key != attributeFeedback {
			continue
		}
		about, what, _ := strings.Cut(attribute.Value, " ")
		if (about == "*" || about == strconv.Itoa(int(payload))) && strings.TrimSpace(what) == feedback {
			return true
		}
	}
	return false
}

// readTrack finds out what the peer calls the track and its streams: a=msid has one line for each stream
// (RFC 8830); before that there was a=ssrc with msid.
func (m *mediaSection) readTrack() {
	for _, attribute := range m.media.Attributes {
		if attribute.Key == sdp.AttrKeyMsid {
			m.noteTrack(strings.Fields(attribute.Value))
		}
	}
	if m.track != "" || len(m.streams) > 0 {
		return
	}
	for _, attribute := range m.media.Attributes {
		if attribute.Key != sdp.AttrKeySSRC {
			continue
		}
		if _, msid, found := strings.Cut(attribute.Value, " msid:"); found {
			m.noteTrack(strings.Fields(msid))
		}
	}
}

// noteTrack takes the stream and, if there is one, the track of an msid.
func (m *mediaSection) noteTrack(msid []string) {
	if len(msid) == 0 {
		return
	}
	if stream := msid[0]; stream != noStream && !slices.Contains(m.streams, stream) &&
		len(m.streams) < maxStreams && len(stream) <= maxNameBytes {
		m.streams = append(m.streams, stream)
	}
	if m.track == "" && len(msid) > 1 && len(msid[1]) <= maxNameBytes {
		m.track = msid[1]
	}
}

// readExtensions reads what header extensions have in common.
func (m *mediaSection) readExtensions() {
	for _, attribute := range m.media.Attributes {
		fields := strings.Fields(attribute.Value)
		if attribute.Key != sdp.AttrKeyExtMap || len(fields) < 2 {
			continue
		}
		number, _, _ := strings.Cut(fields[0], "/")
		id, err := strconv.ParseUint(number, 10, 8)
		if err == nil && id > 0 && id <= maxExtensionID && knowsExtension(m.kind, fields[1]) {
			m.extensions = append(m.extensions, extension{uint8(id), fields[1]})
		}
	}
}

// extensionID is the id of a header extension; 0: the section has none.
func (m *mediaSection) extensionID(uri string) uint8 {
	for _, e := range m.extensions {
		if e.uri == uri {
			return e.id
		}
	}
	return 0
}

// readSources finds the stream that the section carries: the first one that repairs no other. An SSRC belongs to
// the first section that declares it.
func (m *mediaSection) readSources(declared map[uint32]bool) {
	repairs := make(map[uint32]uint32)
	repairing := make(map[uint32]bool)
	for _, attribute := range m.media.Attributes {
		fields := strings.Fields(attribute.Value)
		if attribute.Key == sdp.AttrKeySSRCGroup && len(fields) == 3 && (fields[0] == "FID" || fields[0] == "FEC-FR") {
			repairing[parseSSRC(fields[2])] = true
			if fields[0] == "FID" {
				repairs[parseSSRC(fields[1])] = parseSSRC(fields[2])
			}
		}
	}
	for _, attribute := range m.media.Attributes {
		text, _, _ := strings.Cut(attribute.Value, " ")
		ssrc := parseSSRC(text)
		if attribute.Key != sdp.AttrKeySSRC || ssrc == 0 || repairing[ssrc] || declared[ssrc] {
			continue
		}
		m.ssrc, declared[ssrc] = ssrc, true
		if repair := repairs[ssrc]; repair != ssrc && !declared[repair] {
			m.repair, declared[repair] = repair, repair != 0
		}
		return
	}
}

func parseSSRC(text string) uint32 {
	value, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		return 0
	}
	return uint32(value)
}
