package rtc

import (
	"slices"
	"strconv"

	"github.com/pion/sdp/v3"
)

// line is one m= line of a connection's descriptions. pion knows it under a label, because it can't do what a mid
// can: name another medium on the same line after the first one was rejected.
type line struct {
	mid   string // on the wire
	label string // in pion
	media string
	dead  bool // rejected, by either side
}

// lines are in the order of the wire.
type lines []*line

func (l lines) byLabel(label string) *line {
	for _, one := range l {
		if one.label == label {
			return one
		}
	}
	return nil
}

func (l lines) hasMid(mid string) bool {
	return slices.ContainsFunc(l, func(one *line) bool { return one.mid == mid })
}

// lineBook is what is known of all lines there ever were.
type lineBook struct {
	agreed  lines           // as negotiated last
	orphans map[string]bool // labels of which pion still thinks, and nobody else
	serial  int
}

func newLineBook() lineBook { return lineBook{orphans: make(map[string]bool)} }

// ofOffer gives the lines of an offer of the peer. It should have no fewer than there were, but might.
func (b *lineBook) ofOffer(d *description) lines {
	sections := d.parsed.MediaDescriptions
	all := make(lines, 0, len(sections))
	for index, media := range sections {
		mid, _ := media.Attribute(sdp.AttrKeyMID)
		one := &line{mid: mid, media: media.MediaName.Media, dead: d.rejects(index)}
		if index < len(b.agreed) && b.agreed[index].media == one.media {
			one.label = b.agreed[index].label
		} else {
			b.serial++
			one.label = "r" + strconv.Itoa(b.serial)
		}
		all = append(all, one)
	}
	return all
}

// agree takes over lines that were negotiated.
func (b *lineBook) agree(all lines) {
	for _, old := range b.agreed {
		if all.byLabel(old.label) == nil {
			b.orphans[old.label] = true
		}
	}
	for _, one := range all {
		delete(b.orphans, one.label)
	}
	b.agreed = all
}

// ofOwnOffer gives the lines of an offer that pion made; nil: a section is not to be told. revives says whether
// a line that is dead, or that pion alone remembers, has something to carry again; it gets a new mid.
func (b *lineBook) ofOwnOffer(sections []*sdp.MediaDescription, revives func(label string) bool) lines {
	var all lines
	for _, media := range sections {
		label, _ := media.Attribute(sdp.AttrKeyMID)
		if b.orphans[label] && !revives(label) {
			all = append(all, nil)
			continue
		}
		one := &line{label: label, media: media.MediaName.Media}
		old := b.agreed.byLabel(label)
		switch {
		case old == nil:
			one.mid = b.freshMid(all, len(all))
		case old.dead && (revives(label) || old.media == mediaApplication):
			one.mid = b.freshMid(all, len(all))
		default:
			one.mid, one.dead = old.mid, old.dead
		}
		all = append(all, one)
	}
	return all
}

// freshMid gives a mid that no line has.
func (b *lineBook) freshMid(others lines, number int) string {
	for ; ; number++ {
		mid := strconv.Itoa(number)
		if !b.agreed.hasMid(mid) && !slices.DeleteFunc(slices.Clone(others), func(l *line) bool { return l == nil }).hasMid(mid) {
			return mid
		}
	}
}
