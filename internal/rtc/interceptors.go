package rtc

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/nack"
	"github.com/pion/interceptor/pkg/report"
	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/logging"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"libml_webrtc/internal/bandwidth"
)

const (
	// feedbackInterval is how often the peer learns which packets arrived when.
	feedbackInterval = 50 * time.Millisecond
	// kept is how many packets of a stream can be sent again: about 2 s of 5 Mbit/s.
	kept = 1024
)

// newInterceptors are in order from the network to the application. repaired is called when a packet came on a stream of
// retransmissions, and can be had. clockOf knows the streams of this side.
func newInterceptors(
	controller *bandwidth.Controller, loggers logging.LoggerFactory, repaired func(ssrc uint32),
	clockOf func(ssrc uint32) (*sentClock, bool),
) (*interceptor.Registry, error) {
	registry := &interceptor.Registry{}
	registry.Add(filter{repaired})
	registry.Add(controller.Interceptor())
	responder, err := nack.NewResponderInterceptor(nack.ResponderSize(kept), nack.WithResponderLoggerFactory(loggers))
	if err != nil {
		return nil, fmt.Errorf("making the answer to lost packets: %w", err)
	}
	registry.Add(responder)
	registry.Add(senderReports{clockOf})
	receiver, err := report.NewReceiverInterceptor(report.WithReceiverLoggerFactory(loggers))
	if err != nil {
		return nil, fmt.Errorf("making receiver reports: %w", err)
	}
	registry.Add(lazy{receiver})
	feedback, err := twcc.NewSenderInterceptor(twcc.SendInterval(feedbackInterval), twcc.WithLoggerFactory(loggers))
	if err != nil {
		return nil, fmt.Errorf("making transport-wide feedback: %w", err)
	}
	registry.Add(lazy{feedback})
	return registry, nil
}

// filter drops what can't be parsed, so that an error of reading is always the end.
type filter struct{ repaired func(ssrc uint32) }

func (f filter) NewInterceptor(string) (interceptor.Interceptor, error) {
	return &filterInterceptor{filter: f}, nil
}

type filterInterceptor struct {
	interceptor.NoOp
	filter
}

func (*filterInterceptor) BindRTCPReader(reader interceptor.RTCPReader) interceptor.RTCPReader {
	read := func(b []byte, a interceptor.Attributes) (int, interceptor.Attributes, error) {
		for {
			n, attributes, err := reader.Read(b, a)
			if err != nil {
				return n, attributes, err
			}
			if attributes == nil {
				attributes = make(interceptor.Attributes)
			}
			if _, err := attributes.GetRTCPPackets(b[:n]); err == nil {
				return n, attributes, nil
			}
		}
	}
	return interceptor.RTCPReaderFunc(read)
}

func (f *filterInterceptor) BindRemoteStream(info *interceptor.StreamInfo, reader interceptor.RTPReader) interceptor.RTPReader {
	var transport uint8
	for _, extension := range info.RTPHeaderExtensions {
		if extension.URI == extensionTransport {
			transport = uint8(extension.ID)
		}
	}
	ssrc, repairs, more := info.SSRC, strings.EqualFold(info.MimeType, webrtc.MimeTypeRTX), false
	read := func(b []byte, a interceptor.Attributes) (int, interceptor.Attributes, error) {
		if repairs && more {
			// pion has put the packet of the last read where who reads the track finds it, if he looks.
			f.repaired(ssrc)
		}
		more = true
		for {
			n, attributes, err := reader.Read(b, a)
			if err != nil {
				return n, attributes, err
			}
			if attributes == nil {
				attributes = make(interceptor.Attributes)
			}
			if header, err := attributes.GetRTPHeader(b[:n]); err == nil && wellNumbered(header, transport) {
				return n, attributes, nil
			}
		}
	}
	return interceptor.RTPReaderFunc(read)
}

// wellNumbered says whether the transport-wide sequence number has its two bytes, if there is one.
func wellNumbered(header *rtp.Header, transport uint8) bool {
	if transport == 0 {
		return true
	}
	number := header.GetExtension(transport)
	return number == nil || len(number) >= 2
}

// lazy makes interceptors that run nothing on a connection without media. Theirs is the writer of RTCP that their
// goroutine is started with; it comes with the connection, long before anybody knows whether there will be media.
type lazy struct{ factory interceptor.Factory }

func (l lazy) NewInterceptor(id string) (interceptor.Interceptor, error) {
	inner, err := l.factory.NewInterceptor(id)
	if err != nil {
		return nil, fmt.Errorf("making an interceptor: %w", err)
	}
	return &lazyInterceptor{Interceptor: inner}, nil
}

type lazyInterceptor struct {
	interceptor.Interceptor

	mu     sync.Mutex
	writer interceptor.RTCPWriter // until it is started
	closed bool
}

// BindRTCPWriter lets RTCP of others pass; those that are lazy only write some of their own.
func (l *lazyInterceptor) BindRTCPWriter(writer interceptor.RTCPWriter) interceptor.RTCPWriter {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.writer = writer
	return writer
}

func (l *lazyInterceptor) start() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.writer != nil && !l.closed {
		l.Interceptor.BindRTCPWriter(silent{l.writer})
		l.writer = nil
	}
}

func (l *lazyInterceptor) BindLocalStream(info *interceptor.StreamInfo, writer interceptor.RTPWriter) interceptor.RTPWriter {
	l.start()
	return l.Interceptor.BindLocalStream(info, writer)
}

func (l *lazyInterceptor) BindRemoteStream(info *interceptor.StreamInfo, reader interceptor.RTPReader) interceptor.RTPReader {
	l.start()
	return l.Interceptor.BindRemoteStream(info, reader)
}

func (l *lazyInterceptor) Close() error {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	if err := l.Interceptor.Close(); err != nil {
		return fmt.Errorf("closing an interceptor: %w", err)
	}
	return nil
}

// silent swallows what fails: before DTLS is up every report would
// be a warning.
type silent struct{ interceptor.RTCPWriter }

func (s silent) Write(packets []rtcp.Packet, attributes interceptor.Attributes) (int, error) {
	n, _ := s.RTCPWriter.Write(packets, attributes)
	return n, nil
}
