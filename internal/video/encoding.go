package video

import (
	"time"

	"libml_webrtc/internal/codec"
	"libml_webrtc/internal/picture"
)

const (
	queuedMost     = 100 * time.Millisecond // of packets that wait
	encoderRetry   = time.Second            // after an encoder could not be made
	rateTolerance  = 0.1                    // of the frame rate that the encoder was told
	bitrateUnknown = 1_500_000
	comingMost     = 60 // pictures per second: of more than that, as many are coded as can be
)

// encoding is a sender's goroutine: it waits for pictures, encodes them and sends the frames.
type encoding struct {
	*Sender

	encoder       codec.Encoder
	width, height int     // of the encoder's pictures
	told          int     // bit/s
	toldRate      float64 // pictures per second
	retry         time.Duration
	first         bool          // the encoder's next frame is its first one
	owed          time.Duration // when the encoder left the last picture out; 0: it did not

	adaptation *adaptation
	clock      sendClock
	seen       waiting // the picture that is or was last encoded
	coded      frameRate
	begun      int           // with which of the pictures that begin anew the encoder has begun
	next       time.Duration // when the next picture is to be encoded, for a reduced frame rate
	packets    packetiser
	offset     uint32 // of the RTP timestamps
	stats      sendStats
	failed     bool // the last packet could not be handed over
	detach     func()
}

func (e *encoding) run() {
	defer close(e.ended)
	defer e.end()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		select {
		case <-e.stop:
			return
		case <-e.wake:
		case <-timer.C:
		}
		wait, ok := e.work()
		if !ok {
			wait = time.Hour
		}
		timer.Reset(wait)
	}
}

func (e *encoding) end() {
	if e.detach != nil {
		e.detach()
	}
	e.drop()
}

// drop closes the encoder: the next picture gets a new one.
func (e *encoding) drop() {
	if e.encoder != nil {
		e.encoder.Close()
		e.encoder = nil
	}
}

// work encodes a picture if one is due. It gives when to look again even if nothing happens;
// false: never.
func (e *encoding) work() (time.Duration, bool) {
	now := picture.Now()
	w := e.look()
	if !w.ok {
		return e.repeat(now)
	}
	anew := w.anew != e.begun
	if wait := e.hold(now, w, anew); wait > 0 {
		return wait, true
	}
	p := e.take()
	if !p.Valid() {
		return 0, false
	}
	e.seen = w
	e.send(now, p, anew || e.key.due(now), e.clock.stamp(p))
	p.Release()

	return e.later(picture.Now(), 0)
}

// repeat sends the last picture once more if no other comes, and somebody waits for a key frame
// or the encoder has left that picture out.
func (e *encoding) repeat(now time.Duration) (time.Duration, bool) {
	wait, key := e.key.repeat(now)
	if !key {
		if e.owed == 0 {
			return 0, false
		}
		wait = e.owed + keyPatience - now
	}
	if wait = max(wait, e.retry-now, e.crowded()); wait > 0 {
		return wait, true
	}
	p := e.options.Source.latest()
	if !p.Valid() {
		return 0, false // the next one will be a key frame
	}
	defer p.Release()
	e.send(now, p, key, e.clock.at(now))

	return e.later(picture.Now(), keyPatience)
}

// later is when to look again after a picture was encoded.
func (e *encoding) later(now, least time.Duration) (time.Duration, bool) {
	wait, ok := e.key.repeat(now)
	if !ok && e.owed > 0 {
		wait, ok = e.owed+keyPatience-now, true
	}

	return max(wait, least), ok
}

// hold is how long the picture that is there has to wait; a newer one takes its place meanwhile.
func (e *encoding) hold(now time.Duration, w waiting, anew bool) time.Duration {
	if now < e.retry {
		return e.retry - now
	}
	if anew {
		return 0
	}
	if wait := e.crowded(); wait > 0 {
		return wait
	}
	if e.adaptation.current().rate == ratesUnbound || w.captured >= e.next-w.coming.interval/2 {
		return 0
	}

	// A later picture will be closer to when one is due. If none comes, this one will do.
	return e.next + w.coming.interval/4 - now
}

// crowded is how long to wait until few enough packets wait to be sent: more pictures would only
// come late.
func (e *encoding) crowded() time.Duration {
	if e.options.Bandwidth == nil {
		return 0
	}
	if queued := e.options.Bandwidth.Queued(); queued > queuedMost {
		return queued - queuedMost + time.Millisecond
	}

	return 0
}

// send encodes a picture and sends the frame.
func (e *encoding) send(now time.Duration, p picture.Picture, key bool, timestamp uint64) {
	e.bound(p)
	bitrate := e.bitrate()
	e.coded.add(e.seen.captured)
	coming := e.seen.coming.rate()
	unmatched := coming > comingMost
	coming = min(coming, comingMost)
	e.adaptation.picture(now, p.Width(), p.Height(), bitrate, coming)
	width, height := e.adaptation.size()
	if width != p.Width() || height != p.Height() {
		if p = p.Scale(width, height); !p.Valid() {
			return
		}
		defer p.Release()
	}
	rate := e.adaptation.frameRate(coming)
	if unmatched {
		rate = min(e.adaptation.frameRate(frameRateMost), e.coded.rate())
	}
	if !e.prepare(now, width, height, bitrate, rate) {
		return
	}
	frame, err := e.encoder.Encode(p, timestamp, key || e.first)
	took := picture.Now() - now
	if err != nil {
		e.warnf("%v", err)
		e.drop()
		e.retry = now + encoderRetry

		return
	}
	e.plan(rate)
	if len(frame.Data) == 0 {
		e.owed = now
		e.adaptation.dropped(now, bitrate, coming)
	} else {
		e.out(now, frame, timestamp)
		e.adaptation.coded(now, frame.Quantizer, took, bitrate, coming)
	}
	e.stats.report(now, width, height, e.options.Codec.Name, bitrate)
}

// out sends a frame.
func (e *encoding) out(now time.Duration, frame codec.Frame, timestamp uint64) {
	e.first, e.owed = false, 0
	if frame.Key {
		e.key.granted(now, time.Duration(8*len(frame.Data))*time.Second/time.Duration(e.bitrate()))
		e.begun = e.seen.anew
	}
	if e.options.Begin != nil {
		e.options.Begin(atTicks(timestamp))
	}
	bytes, err := e.packets.send(frame, e.offset+uint32(timestamp), e.width, e.height)
	if err != nil && !e.failed {
		e.warnf("a packet was not sent: %v", err)
	}
	e.failed = err != nil
	e.stats.frame(bytes, frame.Quantizer)
}

// bound tells the bandwidth how much the pictures have use for.
func (e *encoding) bound(p picture.Picture) {
	most := int64(bitrateMost(p.Width(), p.Height()))
	changed := e.most.Swap(most) != most
	switch {
	case e.options.Bandwidth == nil:
		e.rate.Store(most)
	case e.detach == nil:
		e.detach = e.options.Bandwidth.Attach(e.Sender)
	case changed:
		e.options.Bandwidth.Review()
	}
}

// bitrate is what may be sent. It is not known for a moment when somebody else is just told his.
func (e *encoding) bitrate() int {
	if rate := int(e.rate.Load()); rate > 0 {
		return max(rate, bitrateLeast)
	}

	return min(int(e.most.Load()), bitrateUnknown)
}

// plan says when the next picture is to be encoded.
func (e *encoding) plan(rate float64) {
	interval := time.Duration(float64(time.Second) / rate)
	e.next += interval
	if e.next < e.seen.captured || e.next > e.seen.captured+2*interval {
		e.next = e.seen.captured + interval
	}
}

// prepare sees to it that there is an encoder for the size, and that it knows the rates.
func (e *encoding) prepare(now time.Duration, width, height, bitrate int, rate float64) bool {
	if e.encoder != nil && (width != e.width || height != e.height) {
		e.drop()
	}
	if e.encoder == nil {
		encoder, err := e.options.Codec.NewEncoder(codec.EncoderOptions{
			Width: width, Height: height, Bitrate: bitrate, FrameRate: rate,
		})
		if err != nil {
			e.warnf("%v", err)
			e.retry = now + encoderRetry

			return false
		}
		e.encoder, e.first = encoder, true
		e.width, e.height, e.told, e.toldRate = width, height, bitrate, rate

		return true
	}
	if bitrate == e.told && rate < e.toldRate*(1+rateTolerance) && rate > e.toldRate*(1-rateTolerance) {
		return true
	}
	if err := e.encoder.SetRate(bitrate, rate); err != nil {
		e.warnf("%v", err)
	}
	e.told, e.toldRate = bitrate, rate

	return true
}

func (e *encoding) warnf(format string, arguments ...any) {
	if e.options.Log != nil {
		e.options.Log.Warnf("video: "+format, arguments...)
	}
}
