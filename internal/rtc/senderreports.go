package rtc

import (
	"sync"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"libml_webrtc/internal/picture"
)

// senderReportInterval is how often the peer learns which time the timestamps of a stream stand for.
const senderReportInterval = time.Second

// sentClock is what the timestamps of a stream stand for: when what was sent last was captured, on the clock of
// picture.Now.
type sentClock struct {
	mu        sync.Mutex
	known     bool
	timestamp uint32
	captured  time.Duration
}

func (s *sentClock) note(timestamp uint32, captured time.Duration) {
	s.mu.Lock()
	s.known, s.timestamp, s.captured = true, timestamp, captured
	s.mu.Unlock()
}

// at gives the timestamp of a moment.
func (s *sentClock) at(now time.Duration, rate uint32) (uint32, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.timestamp + uint32(int64((now-s.captured).Seconds()*float64(rate))), s.known
}

// senderReports writes the sender reports (RFC 3550, section 6.4.1) of all streams. They name the time of capture, by
// which the peer plays sound and pictures at the same time.
type senderReports struct {
	clockOf func(ssrc uint32) (*sentClock, bool)
}

func (s senderReports) NewInterceptor(string) (interceptor.Interceptor, error) {
	return &senderReportInterceptor{senderReports: s, streams: make(map[uint32]*sentStream)}, nil
}

// sentStream counts what a stream has sent.
type sentStream struct {
	interceptor.RTPWriter

	ssrc, rate uint32
	mu         sync.Mutex
	packets    uint32
	octets     uint32
}

func (s *sentStream) Write(header *rtp.Header, payload []byte, attributes interceptor.Attributes) (int, error) {
	s.mu.Lock()
	s.packets++
	s.octets += uint32(len(payload))
	s.mu.Unlock()
	return s.RTPWriter.Write(header, payload, attributes) //nolint:wrapcheck // for every packet
}

type senderReportInterceptor struct {
	interceptor.NoOp
	senderReports

	mu      sync.Mutex
	writer  interceptor.RTCPWriter
	streams map[uint32]*sentStream
	stop    chan struct{} // of the goroutine; nil: it does not run
	ended   chan struct{}
	closed  bool
}

// BindRTCPWriter implements interceptor.Interceptor.
func (i *senderReportInterceptor) BindRTCPWriter(writer interceptor.RTCPWriter) interceptor.RTCPWriter {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.writer = writer
	return writer
}

// BindLocalStream implements interceptor.Interceptor. The goroutine comes with the first stream.
func (i *senderReportInterceptor) BindLocalStream(info *interceptor.StreamInfo, writer interceptor.RTPWriter) interceptor.RTPWriter {
	s := &sentStream{RTPWriter: writer, ssrc: info.SSRC, rate: info.ClockRate}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.streams[info.SSRC] = s
	if i.stop == nil && i.writer != nil && !i.closed {
		i.stop, i.ended = make(chan struct{}), make(chan struct{})
		go i.run(i.stop, i.ended)
	}
	return s
}

// UnbindLocalStream implements interceptor.Interceptor.
func (i *senderReportInterceptor) UnbindLocalStream(info *interceptor.StreamInfo) {
	i.mu.Lock()
	defer i.mu.Unlock()
	delete(i.streams, info.SSRC)
}

func (i *senderReportInterceptor) run(stop, ended chan struct{}) {
	defer close(ended)
	ticker := time.NewTicker(senderReportInterval)
	defer ticker.Stop()
	for {
		select {
		case <-stop:
			return
		case <-ticker.C:
		}
		for _, report := range i.reports() {
			_, _ = i.writer.Write([]rtcp.Packet{report}, nil) // before DTLS is up this fails
		}
	}
}

// reports are those of the streams that have sent anything.
func (i *senderReportInterceptor) reports() []rtcp.Packet {
	i.mu.Lock()
	defer i.mu.Unlock()
	now, wall := picture.Now(), time.Now()
	var reports []rtcp.Packet
	for _, s := range i.streams {
		clock, known := i.clockOf(s.ssrc)
		if !known {
			continue
		}
		timestamp, known := clock.at(now, s.rate)
		if !known {
			continue
		}
		s.mu.Lock()
		reports = append(reports, &rtcp.SenderReport{
			SSRC: s.ssrc, NTPTime: toNTP(wall), RTPTime: timestamp, PacketCount: s.packets, OctetCount: s.octets,
		})
		s.mu.Unlock()
	}
	return reports
}

// Close implements interceptor.Interceptor.
func (i *senderReportInterceptor) Close() error {
	i.mu.Lock()
	stop, ended := i.stop, i.ended
	i.stop, i.closed = nil, true
	i.mu.Unlock()
	if stop != nil {
		close(stop)
		<-ended
	}
	return nil
}

// toNTP gives a time as RTCP has it: seconds since 1900 and their 2^32nd parts.
func toNTP(t time.Time) uint64 {
	const since1900 = 2_208_988_800
	return uint64(t.Unix()+since1900)<<32 | uint64(t.Nanosecond())<<32/uint64(time.Second)
}

// fromNTP gives it as a duration since 1900, which is exact to a nanosecond.
func fromNTP(ntp uint64) time.Duration {
	return time.Duration(ntp>>32)*time.Second + time.Duration((ntp&0xffffffff)*uint64(time.Second)>>32)
}
