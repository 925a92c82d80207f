package video

// The encoding names of the codecs whose payload formats are known.
const (
	nameVP8 = "VP8"
	nameVP9 = "VP9"
)

// fragment is what the payload of an RTP packet says of the frame it belongs to.
type fragment struct {
	data  []byte // of the bitstream
	first bool   // the frame begins here
	key   bool   // of a first fragment: decoding may begin with its frame
}

// depacketizer takes a payload apart; false: it breaks its format.
type depacketizer func(payload []byte) (fragment, bool)

// depacketizerOf knows the RTP payload formats by the encoding names of codecs; nil: unknown.
func depacketizerOf(name string) depacketizer {
	switch name {
	case nameVP8:
		return parseVP8
	case nameVP9:
		return parseVP9
	}
	return nil
}

// byteReader reads a descriptor. Beyond the end it gives zeros and remembers that.
type byteReader struct {
	rest  []byte
	short bool
}

func (r *byteReader) next() byte {
	if len(r.rest) == 0 {
		r.short = true
		return 0
	}
	b := r.rest[0]
	r.rest = r.rest[1:]
	return b
}

func (r *byteReader) skip(count int) {
	if count > len(r.rest) {
		r.short = true
		count = len(r.rest)
	}
	r.rest = r.rest[count:]
}

// skipPictureID skips a picture ID of 7 or 15 bits.
func (r *byteReader) skipPictureID() {
	if r.next()&0x80 != 0 {
		r.skip(1)
	}
}

// parseVP8 reads the payload descriptor of RFC 7741, section 4.2.
func parseVP8(payload []byte) (fragment, bool) {
	const (
		extended      = 0x80
		partStart     = 0x10
		partIndex     = 0x07
		hasPictureID  = 0x80
		hasTL0        = 0x40
		hasTemporalID = 0x20
		hasKeyIndex   = 0x10
	)
	r := byteReader{rest: payload}
	head := r.next()
	if head&extended != 0 {
		has := r.next()
		if has&hasPictureID != 0 {
			r.skipPictureID()
		}
		if has&hasTL0 != 0 {
			r.skip(1)
		}
		if has&(hasTemporalID|hasKeyIndex) != 0 {
			r.skip(1)
		}
	}
	if r.short {
		return fragment{}, false
	}
	f := fragment{data: r.rest, first: head&partStart != 0 && head&partIndex == 0}
	f.key = f.first && isVP8Key(f.data)
	return f, true
}

// isVP8Key looks for the frame header of a key frame (RFC 6386, section 9.1).
func isVP8Key(data []byte) bool {
	const interFrame = 0x01
	if len(data) == 0 || data[0]&interFrame != 0 {
		return false
	}
	return len(data) < 6 || data[3] == 0x9d && data[4] == 0x01 && data[5] == 0x2a
}

// parseVP9 reads the payload descriptor of RFC 9628, section 4.2. The spatial layers of a picture make
// up one frame here, which the first fragment of the lowest one begins.
func parseVP9(payload []byte) (fragment, bool) {
	const (
		hasPictureID = 0x80
		predicted    = 0x40
		hasLayer     = 0x20
		flexible     = 0x10
		layerStart   = 0x08
		hasStructure = 0x02
		spatialLayer = 0x0e
	)
	r := byteReader{rest: payload}
	head := r.next()
	if head&hasPictureID != 0 {
		r.skipPictureID()
	}
	lowest := true
	if head&hasLayer != 0 {
		lowest = r.next()&spatialLayer == 0
		if head&flexible == 0 {
			r.skip(1)
		}
	}
	if head&flexible != 0 && head&predicted != 0 && !r.skipReferences() {
		return fragment{}, false
	}
	if head&hasStructure != 0 {
		r.skipScalability()
	}
	if r.short {
		return fragment{}, false
	}
	f := fragment{data: r.rest, first: head&layerStart != 0 && lowest}
	f.key = f.first && head&predicted == 0 && isVP9Key(f.data)
	return f, true
}

// skipReferences skips the reference indices of flexible mode, of which there are three at most.
func (r *byteReader) skipReferences() bool {
	for range 3 {
		if r.next()&0x01 == 0 {
			return true
		}
	}
	return false
}

// skipScalability skips the scalability structure.
func (r *byteReader) skipScalability() {
	head := r.next()
	if head&0x10 != 0 {
		layers := int(head>>5) + 1
		r.skip(layers * 4)
	}
	if head&0x08 == 0 {
		return
	}
	for range r.next() {
		references := int(r.next()>>2) & 0x03
		r.skip(references)
		if r.short {
			return
		}
	}
}

// isVP9Key looks for the uncompressed header of a key frame (VP9 bitstream specification, section 6.2).
// The descriptor alone does not tell key frames from intra-only ones.
func isVP9Key(data []byte) bool {
	if len(data) == 0 {
		return false
	}
	const frameMarker = 0x02
	bits := data[0]
	if bits>>6 != frameMarker {
		return false
	}
	// Both bits of the profile are set in profile 3 only, which has a reserved bit more.
	shift := 3
	if bits&0x30 == 0x30 {
		shift = 2
	}
	const showExisting, interFrame = 1, 1
	return bits>>shift&showExisting == 0 && bits>>(shift-1)&interFrame == 0
}
