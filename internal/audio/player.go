package audio

import (
	"time"

	"libml_webrtc/internal/codec"
	"libml_webrtc/internal/picture"
	"libml_webrtc/internal/sound"
)

const (
	// Sound that is made up gets quieter from 100 ms on, and ends after 300 ms.
	concealedLoud  = codec.AudioRate / 10
	concealedMost  = 3 * codec.AudioRate / 10
	fadeInFrames   = 240
	pendingFrames  = codec.AudioFramesMost + 2*stretchNeeds + sound.Frames
	channelsAtMost = 2

	// settledAfter is how long a stereo stream has to be mono before it is taken for that: 2 s.
	settledAfter = 2 * codec.AudioRate
)

// player decodes packets and makes up what is missing. It belongs to the playing goroutine.
type player struct {
	decoder  codec.AudioDecoder
	by       *codec.Audio
	channels int
	mono     int // frames in a row that were coded as mono

	samples [pendingFrames * channelsAtMost]float32
	begin   int // of what was not played yet, in samples
	end     int

	held      *received // is to be decoded when the gap before it is filled
	gap       int       // frames
	over      int       // frames of the gap that were made up before it was known
	recovered bool      // whether it was tried to fill it from the packet

	concealed int     // frames in a row that were made up
	gain      float32 // of the last one that was appended
	quiet     bool    // the last packet said that there is silence
	past      extrapolation

	reportAt time.Duration
	reported ReceiverStatistics
}

func (q *player) pending() int { return (q.end - q.begin) / max(q.channels, 1) }

// clear forgets all but the decoder.
func (q *player) clear(pool *packetPool) {
	pool.put(q.held)
	q.held, q.begin, q.end, q.concealed, q.mono, q.gain = nil, 0, 0, 0, 0, 0
	q.past.clear()
	if q.decoder != nil {
		q.decoder.Reset()
	}
}

func (q *player) close() {
	if q.decoder != nil {
		q.decoder.Close()
		q.decoder, q.by = nil, nil
	}
}

// room gives memory for frames that follow what is pending.
func (q *player) room(frames int) []float32 {
	if q.end+frames*q.channels > len(q.samples) {
		q.end = copy(q.samples[:], q.samples[q.begin:q.end])
		q.begin = 0
	}

	return q.samples[q.end:][:frames*q.channels]
}

// prepare sees to it that there is a decoder for the packet.
func (q *player) prepare(p *received) bool {
	channels := min(p.channels, channelsAtMost)
	if q.decoder != nil && q.by.Name == p.by.Name && channels < q.channels {
		// An encoder codes what is alike on both sides as mono, for a while.
		if q.mono += p.frames; q.mono < settledAfter {
			channels = q.channels
		}
	} else {
		q.mono = 0
	}
	if q.decoder != nil && q.by.Name == p.by.Name && q.channels == channels {
		return true
	}
	decoder, err := p.by.NewDecoder(channels)
	if err != nil {
		return false
	}
	q.close()
	q.decoder, q.by = decoder, p.by
	q.rearrange(channels)
	q.mono = 0

	return true
}

// rearrange gives what is pending another number of channels.
func (q *player) rearrange(channels int) {
	before := q.channels
	q.channels = channels
	if before == channels || before == 0 {
		return
	}
	old := q.samples
	frames := (q.end - q.begin) / before
	rearrange(old[q.begin:q.end], before, q.samples[:], channels)
	q.begin, q.end = 0, frames*channels
	// A new decoder needs a moment: what the old one gave goes on beside it.
	q.past.rearrange(before, channels)
	q.past.begin(channels)
}

// rearrange makes one channel of two, or two of one.
func rearrange(in []float32, before int, out []float32, channels int) {
	for i := range len(in) / before {
		if channels == 1 {
			out[i] = (in[2*i] + in[2*i+1]) / 2
		} else {
			out[2*i], out[2*i+1] = in[i], in[i]
		}
	}
}

// decode appends the packet's sound, and says how much that is; 0: it is broken.
func (q *player) decode(p *received) int {
	if !q.prepare(p) {
		return 0
	}
	room := q.room(p.frames)
	frames, err := q.decoder.Decode(p.payload, room)
	if err != nil || frames <= 0 {
		return 0
	}
	q.quiet = p.silences()
	decoded := room[:frames*q.channels]
	q.past.join(decoded, q.channels)
	q.concealed = 0
	q.fadeIn(decoded)
	q.append(decoded)

	return frames
}

func (q *player) append(samples []float32) {
	q.end += len(samples)
	q.past.remember(samples, q.channels)
}

// cut ends what is pending: what follows does not continue it.
func (q *player) cut() {
	frames := min(fadeInFrames, q.pending())
	from := q.end - frames*q.channels
	for i := range frames {
		for c := range q.channels {
			q.samples[from+i*q.channels+c] *= float32(frames-1-i) / fadeInFrames
		}
	}
	q.gain = 0
}

// fadeIn goes on from where what was made up has faded to.
func (q *player) fadeIn(decoded []float32) {
	if q.gain < 1 {
		for i := range min(fadeInFrames, len(decoded)/q.channels) {
			gain := q.gain + (1-q.gain)*float32(i)/fadeInFrames
			for c := range q.channels {
				decoded[i*q.channels+c] *= gain
			}
		}
		q.gain = 1
	}
}

// recover appends the copy of what was before the packet, if it carries one, but for what was made up already.
func (q *player) recover(p *received) bool {
	if q.decoder == nil || q.by.Name != p.by.Name {
		return false
	}
	room := q.room(p.frames)
	if !q.decoder.Recover(p.payload, room) {
		return false
	}
	room = room[:copy(room, room[q.over*q.channels:])]
	q.concealed = 0
	q.fadeIn(room)
	q.append(room)

	return true
}

// conceal appends frames that are made up. There may be no decoder yet.
func (q *player) conceal(frames int) {
	if q.channels == 0 {
		q.channels = 1
	}
	room := q.room(frames)
	switch {
	case q.concealed >= concealedMost || q.decoder == nil:
		clear(room)
		q.gain = 0
	case !q.decoder.Conceal(room):
		q.past.fill(room, q.channels)
		q.fadeOut(room)
	default:
		q.fadeOut(room)
	}
	q.concealed += frames
	q.end += len(room)
}

func (q *player) fadeOut(room []float32) {
	for i := range len(room) / q.channels {
		if after := q.concealed + i; after > concealedLoud {
			q.gain = min(q.gain, max(float32(concealedMost-after)/(concealedMost-concealedLoud), 0))
		}
		for c := range q.channels {
			room[i*q.channels+c] *= q.gain
		}
	}
}

// stretch makes what is pending shorter or longer by a period, if that is not heard, and says by how many frames.
func (q *player) stretch(shorter bool, likenessLeast float64) int {
	if q.pending() < stretchNeeds || q.concealed > 0 {
		return 0
	}
	lag, likeness := findLag(q.samples[q.begin:], q.channels)
	if likeness < likenessLeast {
		return 0
	}
	if shorter {
		q.end = q.begin + len(shorten(q.samples[q.begin:q.end], q.channels, lag))

		return -lag
	}
	q.room(lag) // may move all
	q.end = q.begin + len(lengthen(q.samples[q.begin:q.end:len(q.samples)], q.channels, lag))

	return lag
}

// block takes 10 ms.
func (q *player) block(now time.Duration) sound.Block {
	block := sound.New(q.channels)
	if block.Valid() {
		copy(block.Samples(), q.samples[q.begin:])
		block.SetRecorded(now)
	}
	q.begin += sound.Frames * q.channels

	return block
}

// now is the clock of all times.
func now() time.Duration { return picture.Now() }
