package video

import (
	"time"

	"github.com/pion/logging"

	"libml_webrtc/internal/picture"
)

// reportPause is how often the statistics are logged while pictures come.
const reportPause = time.Second

// receiverStats count frames since the receiver began, and measure what is per second.
type receiverStats struct {
	dropped, keys uint64

	since         time.Duration // the measured second began
	next          time.Duration // it ends; never: nothing is measured
	bytes, frames int
	width, height int
	codec         string
}

// packet counts a packet that came.
func (s *receiverStats) packet(p *received) { s.bytes += p.size }

// decoded counts a frame; p is the zero Picture if it shows nothing.
func (s *receiverStats) decoded(f *inFrame, p picture.Picture, now time.Duration) {
	if f.key {
		s.keys++
	}
	if !p.Valid() {
		return
	}
	s.width, s.height, s.codec = p.Width(), p.Height(), f.stream.codec.Name
	if s.next == never {
		s.begin(now)
		return
	}
	s.frames++
}

func (s *receiverStats) begin(now time.Duration) {
	s.since, s.next = now, now+reportPause
	s.bytes, s.frames = 0, 0
}

// receiverReport is what the statistics say of a second.
type receiverReport struct {
	receiverStats
	counts
	took time.Duration
}

// attendStats makes the report that is due and says when the next one is. The lock is held.
func (r *Receiver) attendStats(now time.Duration, d *duties) time.Duration {
	s := &r.stats
	if now < s.next {
		return s.next
	}
	if s.frames == 0 {
		s.next = never
		return never
	}
	d.report = receiverReport{receiverStats: *s, counts: r.order.counts, took: now - s.since}
	d.reporting = true
	s.begin(now)
	return s.next
}

// log writes a line of a form that programs read. Counts are since the receiver began.
func (r *receiverReport) log(log logging.LeveledLogger) {
	seconds := r.took.Seconds()
	log.Debugf("video received: %dx%d %s %.1f frame/s %.0f kbit/s lost %d recovered %d dropped %d key frames %d",
		r.width, r.height, r.codec, float64(r.frames)/seconds, float64(r.bytes)*8/1000/seconds,
		r.lost, r.recovered, r.receiverStats.dropped+r.counts.dropped, r.keys)
}
