package bandwidth

import (
	"strings"
	"sync"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
)

type factory struct{ controller *Controller }

func (f factory) NewInterceptor(string) (interceptor.Interceptor, error) {
	return &binding{
		controller: f.controller,
		streams:    map[uint32]*stream{},
		repairs:    map[uint32]uint32{},
	}, nil
}

// binding is a controller as one peer connection's interceptor.
type binding struct {
	interceptor.NoOp

	controller *Controller
	mu         sync.Mutex
	streams    map[uint32]*stream
	media      uint32            // SSRC of the remote stream that was bound last
	repairs    map[uint32]uint32 // remote streams of retransmissions, and whose they are
	closed     bool
}

const mimeTypeRepair = "video/rtx"

// BindRemoteStream remembers which streams are retransmissions of which.
func (b *binding) BindRemoteStream(info *interceptor.StreamInfo, reader interceptor.RTPReader) interceptor.RTPReader {
	b.mu.Lock()
	defer b.mu.Unlock()
	if strings.EqualFold(info.MimeType, mimeTypeRepair) {
		b.repairs[info.SSRC] = b.media
	} else {
		b.media = info.SSRC
	}

	return reader
}

func (b *binding) UnbindRemoteStream(info *interceptor.StreamInfo) {
	b.mu.Lock()
	delete(b.repairs, info.SSRC)
	b.mu.Unlock()
}

// BindRTCPWriter sees to it that feedback is about a stream of media. It bears the SSRC of any
// packet that arrived, and pion, at the other end, drops what is about retransmissions.
func (b *binding) BindRTCPWriter(writer interceptor.RTCPWriter) interceptor.RTCPWriter {
	write := func(packets []rtcp.Packet, attributes interceptor.Attributes) (int, error) {
		for _, packet := range packets {
			if feedback, ok := packet.(*rtcp.TransportLayerCC); ok {
				b.mu.Lock()
				if media := b.repairs[feedback.MediaSSRC]; media != 0 {
					feedback.MediaSSRC = media
				}
				b.mu.Unlock()
			}
		}

		return writer.Write(packets, attributes)
	}

	return interceptor.RTCPWriterFunc(write)
}

func (b *binding) BindLocalStream(info *interceptor.StreamInfo, writer interceptor.RTPWriter) interceptor.RTPWriter {
	s := newStream(b.controller, info, writer)
	b.mu.Lock()
	old := b.streams[info.SSRC]
	if b.closed {
		s.ended = true
	} else {
		b.streams[info.SSRC] = s
		b.controller.bind(s)
	}
	b.mu.Unlock()
	if old != nil {
		b.controller.unbind(old)
	}

	return s
}

func (b *binding) UnbindLocalStream(info *interceptor.StreamInfo) {
	b.mu.Lock()
	s := b.streams[info.SSRC]
	delete(b.streams, info.SSRC)
	b.mu.Unlock()
	if s != nil {
		b.controller.unbind(s)
	}
}

// BindRTCPReader listens to what the peer says of the packets it got.
func (b *binding) BindRTCPReader(reader interceptor.RTCPReader) interceptor.RTCPReader {
	read := func(buffer []byte, a interceptor.Attributes) (int, interceptor.Attributes, error) {
		n, attributes, err := reader.Read(buffer, a)
		if err != nil {
			return n, attributes, err
		}
		if attributes == nil {
			attributes = interceptor.Attributes{}
		}
		// What does not parse is the business of who reads it next.
		if packets, err := attributes.GetRTCPPackets(buffer[:n]); err == nil {
			b.controller.feedback(packets)
		}

		return n, attributes, nil
	}

	return interceptor.RTCPReaderFunc(read)
}

func (b *binding) Close() error {
	b.mu.Lock()
	streams := b.streams
	b.streams, b.closed = map[uint32]*stream{}, true
	b.mu.Unlock()
	for _, s := range streams {
		b.controller.unbind(s)
	}

	return nil
}
