package video

// rotationOf gives the degrees that a picture is to be turned clockwise to stand upright, from the header
// extension urn:3gpp:video-orientation (3GPP TS 26.114, section 7.4.5); false: it is malformed.
//
// Its flip bit is left alone, as browsers do: nobody sends mirrored pictures, and the front
// cameras that might are meant to be seen as others see their owner.
func rotationOf(extension []byte) (degrees int, ok bool) {
	if len(extension) == 0 {
		return 0, false
	}
	return int(extension[0]&0x03) * 90, true
}
