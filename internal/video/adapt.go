package video

import (
	"math"
	"time"
)

// What an encoder is given is adapted to what the bit rate and the processor allow, balanced as
// browsers do it: a large picture gets smaller first, a small one slower.
const (
	coarse = 0.79 // the quantizer above which a picture looks bad
	fine   = 0.55 // the quantizer below which there is room for more

	// bitsPoor per pixel are so few that no time is lost with looking at quantizers, and
	// bitsRich so many that more pixels are worth a try.
	bitsPoor = 0.016
	bitsRich = 0.035
	bitsMany = 0.3 // per pixel: if it is coarse with that many, fewer pixels are no help

	busy = 0.95 // the part of the time in which the encoder works
	idle = 0.5

	adaptDown    = 1500 * time.Millisecond // of coarse pictures before a step down
	adaptBusy    = 4 * time.Second         // of too much work before a step down
	adaptUp      = 5 * time.Second         // of fine pictures before a step up
	adaptUpMost  = time.Minute
	adaptRegret  = 10 * time.Second // a step down this soon after a step up doubles the wait
	scaledLeast  = 160 * 90         // pixels: smaller is no use
	adaptSmooth  = 8                // pictures
	stepsMost    = 12
	ratesUnbound = 0
)

// scale is a fraction of the source's size.
type scale struct{ numerator, denominator int }

var scales = [...]scale{{1, 1}, {3, 4}, {1, 2}, {3, 8}, {1, 4}}

// step is how much the pictures are reduced.
type step struct {
	scale int     // index of scales
	rate  float64 // pictures per second at most; ratesUnbound: as they come
}

// adaptation decides how much the pictures are reduced. Not safe for concurrent use.
type adaptation struct {
	steps [stepsMost]step // the one in use is the last one; the first one reduces nothing
	count int

	width, height int // of the source
	quantizer     float64
	load          float64 // the part of the time in which the encoder works
	coarseSince   time.Duration
	fineSince     time.Duration
	busySince     time.Duration
	wentUp        time.Duration
	upWait        time.Duration
}

func newAdaptation() *adaptation {
	return &adaptation{count: 1, upWait: adaptUp}
}

func (a *adaptation) current() step { return a.steps[a.count-1] }

// size is what pictures of the source's size are scaled to.
func (a *adaptation) size() (width, height int) {
	return a.current().size(a.width, a.height)
}

func (s step) size(width, height int) (scaledWidth, scaledHeight int) {
	if s.scale == 0 {
		return width, height
	}
	by := scales[s.scale]

	return reduce(width, by), reduce(height, by)
}

// reduce gives an even side, as chroma has half the sides.
func reduce(side int, by scale) int {
	return max((side*by.numerator/by.denominator+1)&^1, 2)
}

// frameRate is how many pictures per second are coded of those that come.
func (a *adaptation) frameRate(coming float64) float64 {
	if rate := a.current().rate; rate != ratesUnbound && rate < coming {
		return rate
	}

	return coming
}

// picture notes the size of the next picture and the rate it may be sent at, and says at once how
// much it has to be reduced at least.
func (a *adaptation) picture(now time.Duration, width, height, bitrate int, coming float64) {
	if width != a.width || height != a.height {
		*a = adaptation{count: 1, upWait: adaptUp, width: width, height: height, load: a.load}
	}
	for a.bits(a.current(), bitrate, coming) < bitsPoor && a.down(now, coming) {
	}
}

// bits are those that a pixel gets.
func (a *adaptation) bits(s step, bitrate int, coming float64) float64 {
	width, height := s.size(a.width, a.height)
	rate := coming
	if s.rate != ratesUnbound {
		rate = min(rate, s.rate)
	}

	return float64(bitrate) / (float64(width*height) * max(rate, frameRateLeast))
}

// coded notes how a picture was coded and how long that took, and takes a step if one is due.
func (a *adaptation) coded(now time.Duration, quantizer float64, took time.Duration, bitrate int, coming float64) {
	a.quantizer += (quantizer - a.quantizer) / adaptSmooth
	interval := time.Second.Seconds() / a.frameRate(coming)
	a.load += (took.Seconds()/interval - a.load) / adaptSmooth
	isFine := a.quantizer < fine && a.load < idle && a.roomAbove(bitrate, coming)
	since(&a.coarseSince, now, a.starves(bitrate, coming))
	since(&a.busySince, now, a.load > busy)
	since(&a.fineSince, now, isFine)
	switch {
	case lasts(a.coarseSince, now, adaptDown) || lasts(a.busySince, now, adaptBusy):
		a.down(now, coming)
	case lasts(a.fineSince, now, a.upWait) && a.count > 1:
		a.count--
		a.wentUp = now
		a.settle()
	}
}

// dropped notes that the encoder left a picture out because there were no bits for it.
func (a *adaptation) dropped(now time.Duration, bitrate int, coming float64) {
	a.quantizer += (1 - a.quantizer) / adaptSmooth
	since(&a.coarseSince, now, a.starves(bitrate, coming))
	if lasts(a.coarseSince, now, adaptDown) {
		a.down(now, coming)
	}
}

func (a *adaptation) starves(bitrate int, coming float64) bool {
	return a.quantizer > coarse && a.bits(a.current(), bitrate, coming) < bitsMany
}

// since notes when something began to be true; 0: it is not.
func since(at *time.Duration, now time.Duration, is bool) {
	switch {
	case !is:
		*at = 0
	case *at == 0:
		*at = now
	}
}

func lasts(since, now, long time.Duration) bool { return since > 0 && now-since >= long }

func (a *adaptation) roomAbove(bitrate int, coming float64) bool {
	return a.count > 1 && a.bits(a.steps[a.count-2], bitrate, coming) > bitsRich
}

// settle forgets how the pictures were before a step.
func (a *adaptation) settle() {
	a.coarseSince, a.busySince, a.fineSince = 0, 0, 0
	a.quantizer, a.load = (coarse+fine)/2, (busy+idle)/2
}

// down reduces more; false: there is no further step.
func (a *adaptation) down(now time.Duration, coming float64) bool {
	if a.count == stepsMost {
		return false
	}
	next, ok := a.below(coming)
	if !ok {
		return false
	}
	if a.wentUp > 0 && now-a.wentUp < adaptRegret {
		a.upWait = min(2*a.upWait, adaptUpMost)
	} else {
		a.upWait = adaptUp
	}
	a.wentUp = 0
	a.steps[a.count] = next
	a.count++
	a.settle()

	return true
}

// below is the next step down: the smaller a picture is, the slower it may be.
func (a *adaptation) below(coming float64) (step, bool) {
	s := a.current()
	width, height := a.size()
	rate := a.frameRate(coming)
	if slow := slowest(width * height); rate > slow*1.2 {
		s.rate = max(slow, rate/2)

		return s, true
	}
	if s.scale+1 < len(scales) {
		s.scale++
		if width, height = s.size(a.width, a.height); width*height >= scaledLeast {
			return s, true
		}
		s.scale--
	}
	if rate > 5*1.2 {
		s.rate = max(5, rate/2)

		return s, true
	}

	return s, false
}

// slowest is how many pictures per second a size has at least before it gets smaller.
func slowest(pixels int) float64 {
	switch {
	case pixels > 640*480:
		return math.Inf(1)
	case pixels > 480*360:
		return 15
	case pixels > 320*240:
		return 10
	default:
		return 7
	}
}

// bitrateMost is how many bits per second are of use for pictures of a size.
func bitrateMost(width, height int) int {
	switch pixels := width * height; {
	case pixels <= 320*240:
		return 600_000
	case pixels <= 640*480:
		return 1_700_000
	case pixels <= 1280*720:
		return 2_500_000
	case pixels <= 1920*1088:
		return 5_000_000
	default:
		return 8_000_000
	}
}

// bitrateLeast is what a stream gets in any case, in bits per second.
const bitrateLeast = 30_000
