package video

import "libml_webrtc/internal/codec"

// vp9Descriptor is the payload descriptor of RFC 9628 in flexible mode, for one layer: each
// picture refers to the one before it. Browsers drop frames of non-flexible mode that have no
// layer indices, and those would say nothing here.
type vp9Descriptor struct {
	pictureID     uint16
	begun         bool
	key           bool
	width, height int
}

func (d *vp9Descriptor) begin(f codec.Frame, width, height int) {
	if d.begun {
		d.pictureID = (d.pictureID + 1) & pictureIDMask
	}
	d.begun = true
	d.key, d.width, d.height = f.Key, width, height
}

func (d *vp9Descriptor) write(b []byte, first, last bool) int {
	const (
		hasPictureID  = 0x80 // I
		inter         = 0x40 // P: the picture refers to others
		flexible      = 0x10 // F
		begin         = 0x08 // B
		end           = 0x04 // E
		hasStructure  = 0x02 // V
		notUpper      = 0x01 // Z: no upper spatial layer refers to it
		before        = 1 << 1
		structureSize = 0x10 // Y: the size is there; one layer, no picture group
	)
	b[0] = hasPictureID | flexible | notUpper
	writePictureID(b[1:], d.pictureID)
	n := 3
	if !d.key {
		b[0] |= inter
		b[n] = before
		n++
	}
	if first {
		b[0] |= begin
	}
	if last {
		b[0] |= end
	}
	if first && d.key {
		b[0] |= hasStructure
		b[n] = structureSize
		b[n+1], b[n+2] = byte(d.width>>8), byte(d.width)
		b[n+3], b[n+4] = byte(d.height>>8), byte(d.height)
		n += 5
	}

	return n
}
