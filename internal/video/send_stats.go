package video

import (
	"time"

	"github.com/pion/logging"
)

// sendStats is what a sender says once a second while frames flow. Not safe for concurrent use.
type sendStats struct {
	log       logging.LeveledLogger
	begun     time.Duration
	frames    int
	bytes     int
	quantizer float64 // the sum
}

// frame notes a frame that was sent.
func (s *sendStats) frame(bytes int, quantizer float64) {
	s.frames++
	s.bytes += bytes
	s.quantizer += quantizer
}

// report writes the line if a second is over.
func (s *sendStats) report(now time.Duration, width, height int, name string, target int) {
	if s.begun == 0 {
		s.begun = now
	}
	passed := (now - s.begun).Seconds()
	if passed < 1 {
		return
	}
	if s.frames > 0 && s.log != nil {
		s.log.Debugf("video sent: %dx%d %s %.1f frame/s %.0f kbit/s quantizer %.2f target %d kbit/s",
			width, height, name, float64(s.frames)/passed, float64(8*s.bytes)/1000/passed,
			s.quantizer/float64(s.frames), target/1000)
	}
	*s = sendStats{log: s.log, begun: now}
}
