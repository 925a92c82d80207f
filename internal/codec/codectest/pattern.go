package codectest

import (
	"math"

	"libml_webrtc/internal/picture"
)

// Pattern makes picture number n of a scene that is like a filmed one: soft light, texture, and
// things that move over it.
func Pattern(width, height, n int) picture.Picture {
	p := picture.New(width, height)
	y, u, v := p.Planes()
	wave, sine, cosine := waves(width, float64(n)*1.5)
	for row := range height {
		line := y[row*width:][:width]
		light := 110 + 50*math.Sin(float64(row)*3/float64(height)+float64(n)*0.01)
		coarse := 14 * math.Cos(float64(row)*0.13)
		fineSine, fineCosine := math.Sincos(float64(row) * 0.31)
		fineSine, fineCosine = 6*fineSine, 6*fineCosine
		for column := range line {
			// The last two are a wave that runs across: sin(a+b).
			line[column] = luma(light + coarse*wave[column] + fineCosine*sine[column] + fineSine*cosine[column])
		}
	}
	for at := range 3 {
		paint(y, width, height, at, n)
	}
	chromaWidth := (width + 1) / 2
	for column := range chromaWidth {
		u[column] = luma(128 + 40*math.Sin(float64(column)*2/float64(chromaWidth)+float64(n)*0.02))
	}
	for row := range (height + 1) / 2 {
		copy(u[row*chromaWidth:][:chromaWidth], u)
		across := v[row*chromaWidth:][:chromaWidth]
		across[0] = luma(128 + 40*math.Cos(float64(row)*6/float64(height)))
		for at := 1; at < len(across); at *= 2 {
			copy(across[at:], across[:at])
		}
	}
	p.SetTime(uint64(n) * 33333)

	return p
}

// waves are what the columns have in common in all rows.
func waves(width int, pan float64) (wave, sine, cosine []float64) {
	wave, sine, cosine = make([]float64, width), make([]float64, width), make([]float64, width)
	for column := range width {
		x := float64(column) + pan
		wave[column] = math.Sin(x * 0.11)
		sine[column], cosine[column] = math.Sincos(x * 0.53)
	}

	return wave, sine, cosine
}

// paint puts a disc that moves around on the luma.
func paint(y []byte, width, height, which, n int) {
	radius := max(min(width, height)/8, 1)
	angle := float64(n)*0.05*float64(which+1) + float64(which)*2
	centreX := width/2 + int(float64(width)/3*math.Cos(angle))
	centreY := height/2 + int(float64(height)/3*math.Sin(angle))
	for row := max(centreY-radius, 0); row < min(centreY+radius, height); row++ {
		for column := max(centreX-radius, 0); column < min(centreX+radius, width); column++ {
			dx, dy := column-centreX, row-centreY
			if dx*dx+dy*dy < radius*radius {
				y[row*width+column] = byte(60 + 60*which + dx*20/radius)
			}
		}
	}
}

func luma(value float64) byte { return byte(min(max(value, 16), 235)) }

// PSNR compares the luma of two pictures of one size, in decibels; equal ones give 100.
func PSNR(a, b picture.Picture) float64 {
	ya, _, _ := a.Planes()
	yb, _, _ := b.Planes()
	sum := 0.0
	for at := range ya {
		difference := float64(ya[at]) - float64(yb[at])
		sum += difference * difference
	}
	if sum == 0 {
		return 100
	}

	return 10 * math.Log10(255*255*float64(len(ya))/sum)
}
