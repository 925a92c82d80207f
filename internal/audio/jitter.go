package audio

import (
	"time"

	"libml_webrtc/internal/codec"
)

const (
	// The delays of packets are judged in steps of 5 ms.
	delayStep  = 5 * time.Millisecond
	delaySteps = int(delayMost / delayStep)

	// delayKept is the part of the packets that comes in time.
	delayKept = 0.95
	// delayMemory is how much each packet makes those before it count less: ten seconds of usual ones. At first as many
	// packets without any delay are taken for granted as delayPrior says.
	delayMemory = 1.0 / 500
	delayPrior  = 300
	// leastWindow is how long the fastest packet is remembered. A path that has become slower, or a sender that has paused, is the
	// usual one after that, and so few packets look late for it that they don't count.
	leastWindow = 400 * time.Millisecond
	leastParts  = 8

	// delayMost is the most that is waited. A packet that is later than that does not count: nobody would wait for it.
	delayMost = 500 * time.Millisecond
	// lengthLeast is what short packets count as.
	lengthLeast = 10 * time.Millisecond
	// Losses of the last hundred packets or so count.
	lossMemory  = 1.0 / 100
	lossMatters = 0.02

	// No network gets slower or faster by this much: the sender's clock jumped.
	clockJump = 2 * time.Second
)

// jitter judges how late packets are, compared with the fastest ones. It remembers a distribution that forgets: what
// happens rarely does not delay everything.
type jitter struct {
	begun  bool
	parts  [leastParts]time.Duration // the least shift of each part of the window
	part   int
	turned time.Duration // when the part began

	weights [delaySteps]float64
	counted float64       // packets
	length  time.Duration // of packets
	lost    float64       // which part of them gets lost, lately
}

// observe notes a packet. Its shift is how far the clock of its arrival is ahead of its timestamp.
func (j *jitter) observe(p *received) {
	shift := p.arrived - framesLong(p.start)
	if j.begun {
		if ahead := shift - j.least(); ahead > clockJump || ahead < -clockJump {
			j.begun = false
		}
	}
	if !j.begun {
		j.begun, j.turned, j.part = true, p.arrived, 0
		for i := range j.parts {
			j.parts[i] = shift
		}
	}
	for p.arrived-j.turned >= leastWindow/leastParts {
		if p.arrived-j.turned > leastWindow {
			j.turned = p.arrived - leastWindow
		}
		j.turned += leastWindow / leastParts
		j.part = (j.part + 1) % leastParts
		j.parts[j.part] = shift
	}
	j.parts[j.part] = min(j.parts[j.part], shift)
	j.length = framesLong(int64(p.frames))
	j.lost *= 1 - lossMemory
	if step := int((shift - j.least()) / delayStep); step < delaySteps {
		j.count(max(step, 0))
	}
}

// lose notes packets that did not come in time.
func (j *jitter) lose(packets int64) {
	j.lost = min(j.lost+lossMemory*float64(packets), 1)
}

func (j *jitter) count(step int) {
	if j.counted == 0 {
		j.counted, j.weights[0] = delayPrior, 1
	}
	j.counted++
	forget := max(delayMemory, 1/j.counted)
	for i := range j.weights {
		j.weights[i] *= 1 - forget
	}
	j.weights[step] += forget
}

func (j *jitter) least() time.Duration {
	least := j.parts[0]
	for _, part := range j.parts {
		least = min(least, part)
	}

	return least
}

// target is how much sound should wait: enough for nearly all packets to come in time, and one packet, since they come as
// a whole. Where packets get lost, the next one, which carries a copy, is to be there, too.
func (j *jitter) target() time.Duration {
	if !j.begun {
		return delayBegin
	}
	sum, late := 0.0, delayMost
	for step, weight := range j.weights {
		if sum += weight; sum >= delayKept {
			late = time.Duration(step+1) * delayStep

			break
		}
	}

	length := max(j.length, lengthLeast)
	if j.lost > lossMatters {
		late += length
	}

	return min(late+length, delayMost)
}

// restart is for a stream that begins anew: the network is the same.
func (j *jitter) restart() { j.begun = false }

// framesLong is how long frames are.
func framesLong(frames int64) time.Duration {
	return time.Duration(frames/codec.AudioRate)*time.Second + time.Duration(frames%codec.AudioRate)*time.Second/codec.AudioRate
}

// framesOf is how many frames a time has.
func framesOf(length time.Duration) int { return int(length * codec.AudioRate / time.Second) }
