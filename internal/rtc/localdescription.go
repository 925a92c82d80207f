package rtc

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

// localDescription is what a description of this side says, in the words for the peer. pion writes it in other words
// (see show.go) and knows nothing of most of it.
type localDescription struct {
	parsed  *sdp.SessionDescription // as pion wrote it
	lines   lines                   // one for each section of that; nil: pion's alone
	outlets map[string]*outlet      // by mid
	remote  map[string]*mediaSection
	answer  bool
	bundles bool
	cname   string
}

// planAnswer works out what goes with an answer that pion made.
func (c *Connection) planAnswer(peer *webrtc.PeerConnection, made webrtc.SessionDescription, to *description, all lines) (*localDescription, error) {
	l := c.newLocalDescription()
	l.answer, l.lines, l.bundles = true, all, len(bundleMids(to.parsed)) > 0
	return l, l.plan(c, peer, made)
}

// planOffer works out what goes with an offer.
func (c *Connection) planOffer(peer *webrtc.PeerConnection, made webrtc.SessionDescription) (*localDescription, error) {
	l := c.newLocalDescription()
	return l, l.plan(c, peer, made)
}

func (c *Connection) newLocalDescription() *localDescription {
	return &localDescription{
		parsed:  &sdp.SessionDescription{},
		outlets: make(map[string]*outlet),
		remote:  c.media.remote,
		bundles: true,
		cname:   c.media.cname,
	}
}

func (l *localDescription) plan(c *Connection, peer *webrtc.PeerConnection, made webrtc.SessionDescription) error {
	if err := l.parsed.UnmarshalString(made.SDP); err != nil {
		return fmt.Errorf("reading a description of this side: %w", err)
	}
	outlets := make(map[string]*outlet)
	for _, transceiver := range peer.GetTransceivers() {
		if o := c.outletOf(transceiver.Sender()); o != nil {
			outlets[transceiver.Mid()] = o
		}
	}
	if !l.answer {
		l.lines = c.media.lines.ofOwnOffer(l.parsed.MediaDescriptions, func(label string) bool { return outlets[label] != nil })
	}
	if len(l.lines) != len(l.parsed.MediaDescriptions) {
		return fmt.Errorf("a description of this side has %d sections instead of %d", len(l.parsed.MediaDescriptions), len(l.lines))
	}
	for _, one := range l.lines {
		if one != nil && outlets[one.label] != nil {
			l.outlets[one.mid] = outlets[one.label]
		}
	}
	return nil
}

// told are the lines as the peer knows them.
func (l *localDescription) told() lines {
	return slices.DeleteFunc(slices.Clone(l.lines), func(one *line) bool { return one == nil })
}

// direction is what this side says about a section.
func (l *localDescription) direction(of *line) direction {
	m := l.remote[of.mid]
	d := direction{send: l.outlets[of.mid] != nil, receive: true}
	switch {
	case of.dead, m != nil && len(m.formats) == 0:
		return direction{}
	case l.answer:
		return direction{send: d.send && m.receives(), receive: m.sends()}
	default:
		return d
	}
}

// write gives the words for the peer. As long as candidates are found, pion's part grows: it comes along.
func (l *localDescription) write() (string, error) {
	out := *l.parsed
	out.MediaDescriptions = nil
	var bundle []string
	var candidates []sdp.Attribute
	for index, media := range l.parsed.MediaDescriptions {
		isCandidate := func(a sdp.Attribute) bool { return a.IsICECandidate() || a.Key == sdp.AttrKeyEndOfCandidates }
		for _, attribute := range media.Attributes {
			if isCandidate(attribute) {
				candidates = append(candidates, attribute)
			}
		}
		of := l.lines[index]
		if of == nil {
			continue
		}
		section := *media
		section.Attributes = slices.DeleteFunc(slices.Clone(media.Attributes), func(a sdp.Attribute) bool {
			return isCandidate(a) || a.Key == sdp.AttrKeyMID
		})
		section.WithValueAttribute(sdp.AttrKeyMID, of.mid)
		if section.MediaName.Media != mediaApplication {
			l.writeSection(&section, of)
		}
		section.MediaName.Port.Value = 0
		if !of.dead {
			section.MediaName.Port.Value = discardPort
			if len(bundle) == 0 {
				section.Attributes = append(section.Attributes, candidates...)
			}
			bundle = append(bundle, of.mid)
		}
		out.MediaDescriptions = append(out.MediaDescriptions, &section)
	}
	out.Attributes = slices.DeleteFunc(slices.Clone(out.Attributes), func(a sdp.Attribute) bool { return a.Key == sdp.AttrKeyGroup })
	if len(bundle) > 0 && l.bundles {
		out.Attributes = append(out.Attributes, sdp.NewAttribute(sdp.AttrKeyGroup, "BUNDLE "+strings.Join(bundle, " ")))
	}
	text, err := out.Marshal()
	if err != nil {
		return "", fmt.Errorf("writing a description of this side: %w", err)
	}
	return string(text), nil
}

func (l *localDescription) writeSection(section *sdp.MediaDescription, of *line) {
	var groups, sources []string
	section.Attributes = slices.DeleteFunc(section.Attributes, func(attribute sdp.Attribute) bool {
		_, isDirection := directionOf(attribute.Key)
		switch attribute.Key {
		case sdp.AttrKeySSRCGroup:
			groups = append(groups, attribute.Value)
		case sdp.AttrKeySSRC:
			if ssrc, _, _ := strings.Cut(attribute.Value, " "); !slices.Contains(sources, ssrc) {
				sources = append(sources, ssrc)
			}
		case sdp.AttrKeyMsid, attributeRID, attributeSimulcast:
		default:
			return isDirection
		}
		return true
	})
	says := l.direction(of)
	section.WithPropertyAttribute(says.String())
	if says.send {
		l.writeTrack(section, l.outlets[of.mid].track, groups, sources)
	}
	if m := l.remote[of.mid]; m != nil && len(m.formats) == 0 {
		m.writeBack(section)
	}
}

func (l *localDescription) writeTrack(section *sdp.MediaDescription, track *localTrack, groups, sources []string) {
	for _, stream := range track.streams {
		section.WithValueAttribute(sdp.AttrKeyMsid, stream+" "+track.id)
	}
	for _, group := range groups {
		section.WithValueAttribute(sdp.AttrKeySSRCGroup, group)
	}
	for _, source := range sources {
		section.WithValueAttribute(sdp.AttrKeySSRC, source+" cname:"+l.cname)
		section.WithValueAttribute(sdp.AttrKeySSRC, source+" msid:"+track.streams[0]+" "+track.id)
	}
}

// writeBack lists the peer's codecs, none of which is known, instead of those that pion was shown: the
// section stays, with nothing in it, for as long as the connection lasts.
func (m *mediaSection) writeBack(section *sdp.MediaDescription) {
	if len(m.payloads) == 0 {
		return
	}
	section.MediaName.Formats = m.payloads
	section.Attributes = slices.DeleteFunc(section.Attributes, func(attribute sdp.Attribute) bool {
		return isFormatAttribute(attribute) || attribute.Key == sdp.AttrKeyExtMap
	})
	section.Attributes = append(section.Attributes, m.codecs...)
}
