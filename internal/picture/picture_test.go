package picture

import (
	"bytes"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// noise fills a new picture with bytes that depend on the seed.
func noise(t *testing.T, width, height int, seed uint64) Picture {
	t.Helper()
	p := New(width, height)
	require.True(t, p.Valid())
	random := rand.New(rand.NewPCG(seed, 1))
	y, u, v := p.Planes()
	for _, plane := range [][]byte{y, u, v} {
		for at := range plane {
			plane[at] = byte(random.Uint32())
		}
	}

	return p
}

// nothingLeft checks at the end that each reference was given back.
func nothingLeft(t *testing.T) {
	t.Helper()
	t.Cleanup(func() { require.Zero(t, Alive()) })
}

func TestSizes(t *testing.T) {
	nothingLeft(t)
	for _, size := range [][2]int{{1, 1}, {2, 2}, {3, 2}, {2, 3}, {7, 5}, {1920, 1080}, {8192, 1}, {1, 8192}} {
		width, height := size[0], size[1]
		p := New(width, height)
		require.True(t, p.Valid())
		require.Equal(t, width, p.Width())
		require.Equal(t, height, p.Height())
		y, u, v := p.Planes()
		require.Len(t, y, width*height)
		require.Len(t, u, (width+1)/2*((height+1)/2))
		require.Len(t, v, len(u))
		for at, plane := range [][]byte{y, u, v} {
			for i := range plane {
				plane[i] = byte(at)
			}
		}
		require.Equal(t, len(y), bytes.Count(y, []byte{0}))
		require.Equal(t, len(u), bytes.Count(u, []byte{1}))
		require.Zero(t, p.Time())
		require.Zero(t, p.Captured())
		require.False(t, p.Key())
		p.Release()
	}
	for _, size := range [][2]int{{0, 0}, {0, 4}, {4, 0}, {8193, 1}, {1, 8193}, {-1, 4}, {1 << 31, 1 << 31}} {
		require.False(t, New(size[0], size[1]).Valid(), size)
		require.False(t, Black(size[0], size[1]).Valid(), size)
	}
	Picture{}.Release()
}

func TestReferences(t *testing.T) {
	nothingLeft(t)
	p := noise(t, 64, 48, 1)
	before, _, _ := p.Planes()
	want := bytes.Clone(before)
	var all sync.WaitGroup
	for range 8 {
		shared := p.Share()
		all.Go(func() {
			for range 2000 {
				shared.Share().Release()
			}
			y, _, _ := shared.Planes()
			if !bytes.Equal(y, want) {
				t.Error("a shared picture has changed")
			}
			shared.Release()
		})
	}
	all.Wait()
	require.Equal(t, 1, Alive())
	p.Release()
}

// What is released is used again, and never while somebody has it.
func TestRecycling(t *testing.T) {
	nothingLeft(t)
	first := New(640, 360)
	block := first.C()
	first.Release()
	second := New(640, 360)
	require.Equal(t, block, second.C())
	third := New(640, 360)
	require.NotEqual(t, block, third.C())
	second.Release()
	third.Release()

	var all sync.WaitGroup
	for worker := range 4 {
		all.Go(func() {
			random := rand.New(rand.NewPCG(uint64(worker), 2))
			var held []Picture
			for range 3000 {
				p := New(random.IntN(300)+1, random.IntN(200)+1)
				y, _, _ := p.Planes()
				for at := range y {
					y[at] = byte(p.Width())
				}
				held = append(held, p)
				if len(held) < 20 {
					continue
				}
				at := random.IntN(len(held))
				y, _, _ = held[at].Planes()
				if bytes.Count(y, []byte{byte(held[at].Width())}) != len(y) {
					t.Error("two pictures have the same memory")
				}
				held[at].Release()
				held[at] = held[len(held)-1]
				held = held[:len(held)-1]
			}
			for _, p := range held {
				p.Release()
			}
		})
	}
	all.Wait()
}

// In the steady state nothing is allocated.
func TestNoAllocation(t *testing.T) {
	nothingLeft(t)
	p := noise(t, 320, 240, 3)
	p.Scale(160, 120).Release()
	require.Zero(t, testing.AllocsPerRun(100, func() {
		p.Scale(160, 120).Release()
		p.Share().Release()
		New(320, 240).Release()
	}))
	p.Release()
}

func TestKeepsDescription(t *testing.T) {
	nothingLeft(t)
	p := noise(t, 8, 6, 4)
	p.SetTime(12345)
	p.SetCaptured(time.Minute)
	scaled, turned := p.Scale(4, 4), p.Rotate(90)
	for _, made := range []Picture{scaled, turned} {
		require.Equal(t, uint64(12345), made.Time())
		require.Equal(t, time.Minute, made.Captured())
		made.Release()
	}
	p.Release()
	require.LessOrEqual(t, Now(), Now())
}

// near says whether all bytes are the wanted one, but for rounding.
func near(plane []byte, want byte) bool {
	for _, is := range plane {
		if is+1 < want || is > want+1 {
			return false
		}
	}

	return true
}

func TestScale(t *testing.T) {
	nothingLeft(t)
	flat := New(101, 67)
	y, u, v := flat.Planes()
	copy(y, bytes.Repeat([]byte{100}, len(y)))
	copy(u, bytes.Repeat([]byte{50}, len(u)))
	copy(v, bytes.Repeat([]byte{200}, len(v)))
	for _, size := range [][2]int{{13, 9}, {50, 33}, {101, 67}, {33, 99}, {640, 480}} {
		scaled := flat.Scale(size[0], size[1])
		require.True(t, scaled.Valid())
		require.Equal(t, size, [2]int{scaled.Width(), scaled.Height()})
		y, u, v := scaled.Planes()
		require.True(t, near(y, 100) && near(u, 50) && near(v, 200), size)
		scaled.Release()
	}
	require.False(t, flat.Scale(0, 5).Valid())
	require.False(t, flat.Scale(5, 8193).Valid())
	flat.Release()
	// Every pixel of the half is the mean of four: no pixel of the original is left out.
	p := noise(t, 64, 48, 5)
	half := p.Scale(32, 24)
	from, _, _ := p.Planes()
	to, _, _ := half.Planes()
	for row := range 24 {
		for x := range 32 {
			at := 2*row*64 + 2*x
			mean := (int(from[at]) + int(from[at+1]) + int(from[at+64]) + int(from[at+65]) + 2) / 4
			require.InDelta(t, mean, to[row*32+x], 1)
		}
	}
	half.Release()
	p.Release()
}

// turned is where a pixel comes from when a plane is turned clockwise.
func turned(from []byte, width, height, degrees, x, y int) byte {
	switch degrees {
	case 90:
		return from[(height-1-x)*width+y]
	case 180:
		return from[(height-1-y)*width+width-1-x]
	default:
		return from[x*width+width-1-y]
	}
}

func TestRotate(t *testing.T) {
	nothingLeft(t)
	for _, size := range [][2]int{{1, 1}, {2, 3}, {5, 4}, {16, 9}, {33, 17}, {128, 72}} {
		p := noise(t, size[0], size[1], 6)
		y, u, v := p.Planes()
		chromaWidth, chromaHeight := (size[0]+1)/2, (size[1]+1)/2
		for _, degrees := range []int{90, 180, 270} {
			made := p.Rotate(degrees)
			require.True(t, made.Valid())
			if degrees == 180 {
				require.Equal(t, size, [2]int{made.Width(), made.Height()})
			} else {
				require.Equal(t, size, [2]int{made.Height(), made.Width()})
			}
			toY, toU, toV := made.Planes()
			for at := range toY {
				require.Equal(t, turned(y, size[0], size[1], degrees, at%made.Width(), at/made.Width()), toY[at])
			}
			width := (made.Width() + 1) / 2
			for at := range toU {
				require.Equal(t, turned(u, chromaWidth, chromaHeight, degrees, at%width, at/width), toU[at])
				require.Equal(t, turned(v, chromaWidth, chromaHeight, degrees, at%width, at/width), toV[at])
			}
			made.Release()
		}
		p.Release()
	}
}

func TestBlack(t *testing.T) {
	nothingLeft(t)
	noise(t, 7, 5, 7).Release() // what the block held before is gone
	black := Black(7, 5)
	y, u, v := black.Planes()
	require.Equal(t, bytes.Repeat([]byte{16}, 35), y)
	require.Equal(t, bytes.Repeat([]byte{128}, 12), u)
	require.Equal(t, bytes.Repeat([]byte{128}, 12), v)
	black.Release()
}
