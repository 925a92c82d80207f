package video

import (
	"errors"
	"time"

	"libml_webrtc/internal/codec"
	"libml_webrtc/internal/picture"
)

// decoding is the state of the decoding goroutine.
type decoding struct {
	decoder codec.Decoder
	codec   string
	duties  duties
	warned  time.Duration // when a failure was logged last
}

// warnPause is between two reports of failures: a peer can send as many broken frames as it likes.
const warnPause = time.Second

// decode is the goroutine that decodes frames when they are due.
func (r *Receiver) decode() {
	var d decoding
	defer d.close()
	timer := time.NewTimer(never)
	defer timer.Stop()
	for !r.hasEnded() {
		wait := r.decodeNext(&d)
		if wait == 0 {
			continue
		}
		timer.Reset(wait)
		select {
		case <-r.done:
		case <-r.wake:
		case <-timer.C:
		}
	}
}

// decodeNext decodes the frame that is due, or says how long to wait for one.
func (r *Receiver) decodeNext(d *decoding) (wait time.Duration) {
	next := r.nextFrame(&d.duties)
	r.perform(&d.duties)
	if !next.watched {
		// It may be for long, and a decoder has much memory.
		d.close()
	}
	if next.frame == nil {
		return next.wait
	}
	decoded, err := d.decode(next.frame)
	if now := r.now(); err != nil && (d.warned == 0 || now-d.warned >= warnPause) {
		d.warned = now
		r.options.Log.Warnf("decoding a %s frame of %d bytes: %v", next.frame.stream.codec.Name, len(next.frame.data), err)
	}
	r.show(r.finish(next, decoded, err, &d.duties))
	r.perform(&d.duties)
	return 0
}

// nextFrame is what the decoding goroutine has to do next.
type nextFrame struct {
	frame   *inFrame // nil: none, wait
	wait    time.Duration
	epoch   int
	watched bool
}

func (r *Receiver) nextFrame(d *duties) (next nextFrame) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	if r.playout.isBehind(now) {
		r.catchUp(true, now)
		r.attend(now, d)
	}
	next.frame, next.wait = r.playout.pop(now)
	if f := next.frame; f != nil {
		r.shown = timing{true, f.timestamp, f.due}
	}
	next.epoch, next.watched = r.epoch, r.watched
	return next
}

// catchUp goes on with a key frame: one that waits, or the next to come. The lock is held.
func (r *Receiver) catchUp(newest bool, now time.Duration) {
	r.stats.dropped += uint64(r.playout.skip(newest, &r.order.frames))
	if r.playout.count == 0 {
		r.order.desync(now)
	}
}

// finish notes that a frame was decoded and makes its picture, if anybody looks, ready to be shown.
func (r *Receiver) finish(done nextFrame, decoded picture.Picture, err error, d *duties) picture.Picture {
	decoded = upright(decoded, done.frame.rotation)
	if decoded.Valid() {
		decoded.SetTime(done.frame.time)
		decoded.SetCaptured(done.frame.arrived)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	switch {
	case err == nil:
		r.stats.decoded(done.frame, decoded, now)
	case done.epoch == r.epoch:
		r.stats.dropped++
		r.catchUp(false, now)
	}
	r.order.frames.put(done.frame)
	r.attend(now, d)
	if !r.watched {
		decoded.Release()
		return picture.Picture{}
	}
	return decoded
}

func (r *Receiver) show(p picture.Picture) {
	if p.Valid() {
		r.options.Picture(p)
	}
}

// decode decodes with the frame's codec. Frames of another one begin with a key frame.
func (d *decoding) decode(f *inFrame) (picture.Picture, error) {
	if d.decoder == nil || d.codec != f.stream.codec.Name {
		d.close()
		decoder, err := f.stream.codec.NewDecoder()
		if err != nil {
			return picture.Picture{}, err
		}
		d.decoder, d.codec = decoder, f.stream.codec.Name
	}
	decoded, err := d.decoder.Decode(f.data)
	if err != nil && !errors.Is(err, codec.ErrBroken) {
		d.close()
	}
	return decoded, err
}

func (d *decoding) close() {
	if d.decoder != nil {
		d.decoder.Close()
		d.decoder = nil
	}
}

// upright turns a picture, which it takes over. Without memory the picture is none.
func upright(p picture.Picture, degrees int) picture.Picture {
	if degrees == 0 || !p.Valid() {
		return p
	}
	defer p.Release()
	return p.Rotate(degrees)
}
