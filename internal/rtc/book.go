package rtc

import (
	"maps"
	"slices"
	"strconv"
)

// formatBook is what numbers stand for on a connection, as the peer's descriptions said. All sections share them,
// since they share a transport (RFC 9143).
type formatBook struct {
	formats    map[Kind][]format // in common, in the order in which they came up
	ours       map[Kind][]format // offered while there were none in common
	meanings   map[uint8]string  // of payload types in use
	taken      map[uint8]bool    // payload types that the peer uses for anything
	extensions map[uint8]string  // URIs by id
}

func newFormatBook() formatBook {
	return formatBook{
		formats:    make(map[Kind][]format),
		ours:       make(map[Kind][]format),
		meanings:   make(map[uint8]string),
		taken:      make(map[uint8]bool),
		extensions: make(map[uint8]string),
	}
}

// take notes what a description says. What contradicts what is known is dropped from it: pion would notice
// it too late, when it has changed its state.
func (b *formatBook) take(sections []*mediaSection) {
	for _, m := range sections {
		for _, text := range m.payloads {
			if payload, ok := payloadType(text); ok {
				b.taken[payload] = true
			}
		}
		if m.rejected {
			continue
		}
		var formats []format
		for _, f := range m.formats {
			if b.note(&f) {
				formats = append(formats, f)
			}
		}
		m.formats = formats
		for _, f := range formats {
			if !slices.Contains(b.formats[m.kind], f) {
				b.formats[m.kind] = append(b.formats[m.kind], f)
			}
		}
		m.extensions = slices.DeleteFunc(m.extensions, func(e extension) bool { return !b.extends(e) })
	}
}

// means notes a meaning; false: the payload type has another one.
func (b *formatBook) means(payload uint8, meaning string) bool {
	known, found := b.meanings[payload]
	if !found {
		b.meanings[payload] = meaning
	}
	return !found || known == meaning
}

// extends notes a header extension; false: its id is another's, or it has another id.
func (b *formatBook) extends(e extension) bool {
	for id, uri := range b.extensions {
		if (id == e.id) != (uri == e.uri) {
			return false
		}
	}
	b.extensions[e.id] = e.uri
	return true
}

// own are the formats of a kind that this side offers: as they are known, or under payload types of which the
// peer makes no other use.
func (b *formatBook) own(kind Kind) []format {
	if known := b.formats[kind]; len(known) > 0 {
		return known
	}
	if b.ours[kind] == nil {
		taken := maps.Clone(b.taken)
		for payload := range b.meanings {
			taken[payload] = true
		}
		b.ours[kind] = ownFormats(kind, taken)
		for _, f := range b.ours[kind] {
			b.note(&f)
		}
	}
	return b.ours[kind]
}

// note notes what a format and its retransmissions mean; false: that contradicts something.
func (b *formatBook) note(f *format) bool {
	if !b.means(f.payload, f.codec.name) {
		return false
	}
	if f.repair != 0 && !b.means(f.repair, "rtx of "+strconv.Itoa(int(f.payload))) {
		f.repair = 0
	}
	return true
}
