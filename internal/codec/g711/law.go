package g711

import (
	"math"
	"math/bits"
)

// A law is one of the two of ITU-T G.711. Both are made of straight pieces, whose steps double
// from piece to piece. A code is a sign, a piece (3 bits), and a step within it (4 bits).
type law struct {
	compress func(sample float32) byte
	// expand has the value of each code.
	expand *[256]float32
}

const (
	// muScale is full scale of the µ-law's 14 bits, and muMost the largest magnitude that has a code.
	muScale = 1 << 13
	muMost  = 8158
	// muBias makes the pieces begin at powers of 2.
	muBias = 33
	// aScale is full scale of the A-law's 13 bits.
	aScale = 1 << 12
	aMost  = aScale - 1

	signBit = 0x80
	// muInverted and aInverted are the bits that are sent inverted.
	muInverted = 0xff
	aInverted  = 0x55
)

var (
	muLaw = law{compress: muCompress, expand: table(muExpand)}
	aLaw  = law{compress: aCompress, expand: table(aExpand)}
)

func table(expand func(code byte) float32) *[256]float32 {
	var values [256]float32
	for code := range values {
		values[code] = expand(byte(code))
	}

	return &values
}

// magnitude is without the sign, in steps of a scale, most at most; what is no number gives 0.
func magnitude(sample float32, scale, most int) (steps int, negative bool) {
	switch value := math.Abs(float64(sample)) * float64(scale); {
	case value >= float64(most):
		steps = most
	case value > 0:
		steps = int(value)
	}

	return steps, sample < 0
}

func muCompress(sample float32) byte {
	steps, negative := magnitude(sample, muScale, muMost)
	steps += muBias
	piece := bits.Len(uint(steps)) - 6
	code := byte(piece<<4 | steps>>(piece+1)&15)
	if negative {
		code |= signBit
	}

	return code ^ muInverted
}

func muExpand(code byte) float32 {
	code ^= muInverted
	value := float32(int(2*(code&15)+muBias)<<(code>>4&7) - muBias)
	if code&signBit != 0 {
		value = -value
	}

	return value / muScale
}

// aCompress: the first two pieces have the same steps.
func aCompress(sample float32) byte {
	steps, negative := magnitude(sample, aScale, aMost)
	piece := max(bits.Len(uint(steps))-5, 0)
	code := byte(piece<<4 | steps>>max(piece, 1)&15)
	if !negative {
		code |= signBit
	}

	return code ^ aInverted
}

func aExpand(code byte) float32 {
	code ^= aInverted
	value := float32(2*(code&15) + 1)
	if piece := code >> 4 & 7; piece > 0 {
		value = float32(int(2*(code&15)+33) << (piece - 1))
	}
	if code&signBit == 0 {
		value = -value
	}

	return value / aScale
}
