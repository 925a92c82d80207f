package audio

import (
	"time"

	"github.com/pion/logging"
)

// sendStats is what a sender says once a second while sound flows. Not safe for concurrent use.
type sendStats struct {
	log     logging.LeveledLogger
	begun   time.Duration
	packets int
	bytes   int
}

func (s *sendStats) packet(bytes int) {
	s.packets++
	s.bytes += bytes
}

// report writes the line if a second is over.
func (s *sendStats) report(now time.Duration, name string, channels, target int) {
	if s.begun == 0 {
		s.begun = now
	}
	passed := (now - s.begun).Seconds()
	if passed < 1 {
		return
	}
	if s.packets > 0 && s.log != nil {
		s.log.Debugf("audio sent: %s %d channels, %d packets, %.0f kbit/s, target %d kbit/s",
			name, channels, s.packets, float64(8*s.bytes)/1000/passed, target/1000)
	}
	*s = sendStats{log: s.log, begun: now}
}
