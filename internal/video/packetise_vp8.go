package video

import "libml_webrtc/internal/codec"

// vp8Descriptor is the payload descriptor of RFC 7741: the start of the frame and a picture id of
// 15 bits.
type vp8Descriptor struct {
	pictureID uint16
	begun     bool
}

func (d *vp8Descriptor) begin(codec.Frame, int, int) {
	if d.begun {
		d.pictureID = (d.pictureID + 1) & pictureIDMask
	}
	d.begun = true
}

func (d *vp8Descriptor) write(b []byte, first, _ bool) int {
	const (
		extended     = 0x80 // X
		start        = 0x10 // S: of partition 0
		hasPictureID = 0x80 // I
	)
	b[0] = extended
	if first {
		b[0] |= start
	}
	b[1] = hasPictureID
	writePictureID(b[2:], d.pictureID)

	return 4
}
