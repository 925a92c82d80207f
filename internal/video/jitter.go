package video

import "time"

const (
	// jitterWindow is how many frames the delay is judged by: eight seconds at 30 frames per second.
	jitterWindow = 240
	// jitterTolerated may be seen: no host looks for pictures more often than every few milliseconds.
	jitterTolerated = 5 * time.Millisecond
	delayMost       = 250 * time.Millisecond
	// outliersLeast may be late without consequences, be there ever so few frames to judge by.
	outliersLeast = 2
	// No network gets faster by this much: the sender's clock jumped.
	clockJump = time.Second

	// playoutLimitMost bounds what a sender may ask for; it could ask for 40 s.
	playoutLimitMost = 2 * time.Second
)

// playoutLimits are what the sender wants the playout delay to be at least and at most.
type playoutLimits struct{ least, most time.Duration }

// playoutLimitsOf reads the header extension playout-delay: two values of 12 bits, in 10 ms.
func playoutLimitsOf(extension []byte) (playoutLimits, bool) {
	if len(extension) != 3 {
		return playoutLimits{}, false
	}
	least := playoutLimit(int64(extension[0])<<4 | int64(extension[1]>>4))
	most := playoutLimit(int64(extension[1]&0x0f)<<8 | int64(extension[2]))
	return playoutLimits{least, most}, least <= most
}

func playoutLimit(hundredths int64) time.Duration {
	return min(time.Duration(hundredths*10)*time.Millisecond, playoutLimitMost)
}

// jitter says when frames are due. A frame's shift is how far the clock of its arrival is ahead of its
// time stamp. The least shift of the last frames stands for an empty network; a frame is due at its
// time stamp plus a shift that nearly all of them kept.
type jitter struct {
	shifts [jitterWindow]time.Duration
	count  int // in use
	at     int // the next to be written

	shift   time.Duration // of what is due
	least   time.Duration
	media   time.Duration // of the frame before
	keyLast bool

	limits  playoutLimits
	limited bool
	sound   time.Duration // the least delay, for the sake of the sound that belongs to the pictures
}

// reset forgets all but the limits and the sound.
func (j *jitter) reset() {
	j.count, j.at, j.keyLast = 0, 0, false
}

// due gives the time for a frame with the media time that its time stamp says.
func (j *jitter) due(f *inFrame, media time.Duration) time.Duration {
	if f.limited {
		j.limits, j.limited = f.limits, true
	}
	shift := f.ready - media
	if j.count > 0 && shift < j.least-clockJump {
		j.reset()
	}
	// A key frame takes longer, as it is larger. As long as they are rare, they would delay all others.
	if !f.key || j.keyLast || j.count == 0 {
		j.observe(shift)
	}
	j.keyLast = f.key
	j.adapt(media)
	if j.limited && j.limits.most == 0 {
		return f.ready
	}
	return min(max(media+j.shift, f.ready), f.ready+playoutLimitMost)
}

func (j *jitter) observe(shift time.Duration) {
	j.shifts[j.at] = shift
	j.at = (j.at + 1) % jitterWindow
	j.count = min(j.count+1, jitterWindow)
}

// adapt moves the shift: up at once, and down so slowly that nobody sees it.
func (j *jitter) adapt(media time.Duration) {
	least, usual := j.measure()
	j.least = least
	delay, most := min(max(usual-least-jitterTolerated, 0), delayMost), delayMost
	delay = max(delay, j.sound)
	if j.limited {
		delay, most = min(max(delay, j.limits.least), j.limits.most), j.limits.most
	}
	if j.count > outliersLeast+1 {
		slow := max(media-j.media, 0) / 20
		delay = max(delay, min(j.shift-slow-least, most))
	}
	j.shift, j.media = least+delay, media
}

// measure gives the least shift, and the one that all but a few per cent of the frames kept.
func (j *jitter) measure() (least, usual time.Duration) {
	const outliersMost = outliersLeast + jitterWindow*3/100
	outliers := outliersLeast + j.count*3/100
	var largest [outliersMost + 1]time.Duration // the largest shifts, in descending order
	top := largest[:0]
	least = never
	for _, shift := range j.shifts[:j.count] {
		least = min(least, shift)
		if len(top) == outliers+1 {
			if shift <= top[outliers] {
				continue
			}
			top = top[:outliers]
		}
		at := len(top)
		top = append(top, shift)
		for ; at > 0 && top[at-1] < shift; at-- {
			top[at], top[at-1] = top[at-1], top[at]
		}
	}
	if len(top) <= outliers {
		return least, least
	}
	return least, top[outliers]
}
