package video

import "time"

// duties are what is to be done without the lock.
type duties struct {
	nack      []uint16
	key       bool
	reporting bool
	report    receiverReport
}

// attend collects what is due and sets the alarm for what comes next. The lock is held.
func (r *Receiver) attend(now time.Duration, d *duties) {
	next := r.attendStats(now, d)
	if r.watched {
		next = min(next, r.attendOrder(now, d))
	}
	if next < r.alarmAt {
		r.alarmAt = next
		r.alarm.Reset(max(next-now, 0))
	}
}

func (r *Receiver) attendOrder(now time.Duration, d *duties) (next time.Duration) {
	o := &r.order
	d.nack, next = o.attend(d.nack, now)
	if o.synced || !r.heard || r.options.RequestKeyFrame == nil {
		return next
	}
	at := r.key.next(now, o.rtt, o.coming())
	if now >= at {
		d.key = true
		r.key.sent(now)
		at = r.key.next(now, o.rtt, o.coming())
	}
	return min(next, at)
}

// perform does what attend found to be due.
func (r *Receiver) perform(d *duties) {
	if len(d.nack) > 0 {
		r.options.Nack(d.nack)
	}
	if d.key {
		r.options.Log.Debug("asking for a key frame")
		r.options.RequestKeyFrame()
	}
	if d.reporting {
		d.report.log(r.options.Log)
	}
	d.nack, d.key, d.reporting = d.nack[:0], false, false
}

// tend is the goroutine that attends to what is due while no packet comes.
func (r *Receiver) tend() {
	var d duties
	for {
		select {
		case <-r.done:
			return
		case <-r.alarm.C:
		}
		r.wakeUp(&d)
		r.perform(&d)
	}
}

func (r *Receiver) wakeUp(d *duties) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.alarmAt = never
	r.attend(r.now(), d)
}
