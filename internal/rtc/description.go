package rtc

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pion/ice/v4"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

const (
	mediaApplication        = "application"
	attributeMaxMessageSize = "max-message-size"
	// defaultMaxMessageBytes is what an absent attribute means (RFC 8841, section 6).
	defaultMaxMessageBytes = 65536
	// maxDescriptionCandidates bounds what one description makes ICE try.
	maxDescriptionCandidates = 1024
	maxSections              = 1024
)

// description is a remote description that parses.
type description struct {
	kind   webrtc.SDPType
	parsed *sdp.SessionDescription
}

// parseDescription reads plain SDP, or the JSON that browsers serialise a description to.
func parseDescription(kind webrtc.SDPType, text string) (*description, error) {
	if len(text) > maxDescriptionBytes {
		return nil, fmt.Errorf("%w: the %s has %d bytes, more than %d", ErrInvalidParam, kind, len(text), maxDescriptionBytes)
	}
	if trimmed := strings.TrimSpace(text); strings.HasPrefix(trimmed, "{") {
		var serialised struct {
			Type string  `json:"type"`
			SDP  *string `json:"sdp"`
		}
		if err := json.Unmarshal([]byte(trimmed), &serialised); err != nil {
			return nil, fmt.Errorf("%w: the %s starts like JSON but is none: %w", ErrInvalidParam, kind, err)
		}
		if serialised.SDP == nil {
			return nil, fmt.Errorf("%w: the %s is JSON without an \"sdp\" member", ErrInvalidParam, kind)
		}
		if serialised.Type != "" && serialised.Type != kind.String() {
			return nil, fmt.Errorf("%w: the JSON says type %q where %q is due", ErrInvalidParam, serialised.Type, kind)
		}
		text = *serialised.SDP
	}
	// The parser takes an empty text, and lines in any order.
	if !strings.HasPrefix(text, "v=0") {
		return nil, fmt.Errorf("%w: the %s is no SDP: it does not start with v=0", ErrInvalidParam, kind)
	}
	parsed := &sdp.SessionDescription{}
	if err := parsed.UnmarshalString(text); err != nil {
		return nil, fmt.Errorf("%w: the %s is no SDP: %w", ErrInvalidParam, kind, err)
	}
	return &description{kind: kind, parsed: parsed}, nil
}

// check finds what pion would only notice after it has changed its state, from where there is
// no way back.
func (d *description) check() error {
	sections := d.parsed.MediaDescriptions
	if len(sections) == 0 {
		return errors.New("the description has no media section")
	}
	if len(sections) > maxSections {
		return fmt.Errorf("the description has %d media sections, more than %d", len(sections), maxSections)
	}
	mids := make(map[string]bool, len(sections))
	for index, media := range sections {
		if kind := media.MediaName.Media; kind != mediaApplication && kind != mediaAudio && kind != mediaVideo {
			return fmt.Errorf("media section %d is of the kind %q, which is not known", index, kind)
		}
		mid, present := media.Attribute(sdp.AttrKeyMID)
		if d.kind == webrtc.SDPTypeOffer && (!present || mid == "") {
			return fmt.Errorf("media section %d of the offer has no a=mid", index)
		}
		if present && mids[mid] {
			return fmt.Errorf("two media sections have the mid %q", mid)
		}
		mids[mid] = present
	}
	transport, ok := transportSection(d.parsed)
	if !ok {
		return errors.New("the first mid of a=group:BUNDLE names no media section")
	}
	if err := d.checkTransport(sections[transport.index]); err != nil {
		return err
	}
	return checkCandidates(sections[transport.index])
}

func (d *description) checkTransport(media *sdp.MediaDescription) error {
	for _, key := range []string{"ice-ufrag", "ice-pwd"} {
		value, _ := d.parsed.Attribute(key)
		if value == "" {
			value, _ = media.Attribute(key)
		}
		if value == "" {
			return fmt.Errorf("the description has no a=%s", key)
		}
	}
	fingerprint, _ := d.parsed.Attribute("fingerprint")
	if fingerprint == "" {
		fingerprint = d.sectionFingerprint(media)
	}
	if len(strings.Split(fingerprint, " ")) != 2 {
		return fmt.Errorf("a=fingerprint %q is not a hash function and a value", fingerprint)
	}
	return nil
}

// ufrag is that of ICE, as check has found it.
func (d *description) ufrag() string {
	value, _ := d.parsed.Attribute("ice-ufrag")
	if transport, ok := transportSection(d.parsed); ok && value == "" {
		value, _ = d.parsed.MediaDescriptions[transport.index].Attribute("ice-ufrag")
	}
	return value
}

// candidates are those that came with the description.
func (d *description) candidates() []string {
	var lines []string
	if transport, ok := transportSection(d.parsed); ok {
		for _, attribute := range d.parsed.MediaDescriptions[transport.index].Attributes {
			if attribute.IsICECandidate() {
				lines = append(lines, attribute.Value)
			}
		}
	}
	return lines
}

// sectionFingerprint is that of the section that carries the transport, or, without BUNDLE,
// of the first one that has any.
func (d *description) sectionFingerprint(transport *sdp.MediaDescription) string {
	if value, ok := transport.Attribute("fingerprint"); ok || bundleTag(d.parsed) != "" {
		return value
	}
	for _, media := range d.parsed.MediaDescriptions {
		if value, ok := media.Attribute("fingerprint"); ok {
			return value
		}
	}
	return ""
}

func checkCandidates(media *sdp.MediaDescription) error {
	var failure error
	count, understood := 0, 0
	for _, attribute := range media.Attributes {
		if !attribute.IsICECandidate() {
			continue
		}
		if count++; count > maxDescriptionCandidates {
			return fmt.Errorf("the description has more than %d candidates", maxDescriptionCandidates)
		}
		if _, err := ice.UnmarshalCandidate(attribute.Value); err != nil && !unknownCandidateKind(err) {
			failure = err
			continue
		}
		understood++
	}
	if understood == 0 && failure != nil {
		return fmt.Errorf("no candidate of the description is understood: %w", failure)
	}
	return nil
}

// rejects says whether nothing can go through a section: it has no port, or would need a transport of its own.
func (d *description) rejects(index int) bool {
	media := d.parsed.MediaDescriptions[index]
	if _, bundleOnly := media.Attribute(attributeBundleOnly); media.MediaName.Port.Value == 0 && !bundleOnly {
		return true
	}
	bundled := bundleMids(d.parsed)
	if len(bundled) == 0 {
		return index > 0
	}
	mid, _ := media.Attribute(sdp.AttrKeyMID)
	return !slices.Contains(bundled, mid)
}

// fit checks whether the description answers an offer with these lines, and gives mids to the sections that have none.
func (d *description) fit(all lines) error {
	sections := d.parsed.MediaDescriptions
	if len(sections) != len(all) {
		return fmt.Errorf("the answer has %d media sections, the offer %d", len(sections), len(all))
	}
	for index, media := range sections {
		mid, present := media.Attribute(sdp.AttrKeyMID)
		switch {
		case !present || mid == "":
			media.Attributes = append(media.Attributes, sdp.NewAttribute(sdp.AttrKeyMID, all[index].mid))
		case mid != all[index].mid:
			return fmt.Errorf("media section %d of the answer has the mid %q, that of the offer %q", index, mid, all[index].mid)
		}
	}
	return nil
}

// maxMessageBytes reads a max-message-size; 0 means any size.
func maxMessageBytes(value string) int {
	size, err := strconv.ParseUint(strings.TrimSpace(value), 10, 64)
	switch {
	case errors.Is(err, strconv.ErrRange), err == nil && (size == 0 || size > maxOutgoingMessageBytes):
		return maxOutgoingMessageBytes
	case err != nil:
		return defaultMaxMessageBytes
	default:
		return int(size)
	}
}

// section names a media section.
type section struct {
	mid   string
	index int
}

// transportSection is the section that candidates belong to: the first of the BUNDLE group,
// or the first of all.
func transportSection(parsed *sdp.SessionDescription) (section, bool) {
	tag := bundleTag(parsed)
	for index, media := range parsed.MediaDescriptions {
		mid, _ := media.Attribute(sdp.AttrKeyMID)
		if tag == "" || mid == tag {
			return section{mid: mid, index: index}, true
		}
	}
	return section{}, false
}

func bundleTag(parsed *sdp.SessionDescription) string {
	if mids := bundleMids(parsed); len(mids) > 0 {
		return mids[0]
	}
	return ""
}

// bundleMids are the sections that share the first one's transport.
func bundleMids(parsed *sdp.SessionDescription) []string {
	for _, attribute := range parsed.Attributes {
		if fields := strings.Fields(attribute.Value); attribute.Key == sdp.AttrKeyGroup && len(fields) > 1 && fields[0] == "BUNDLE" {
			return fields[1:]
		}
	}
	return nil
}
