package bandwidth

import (
	"encoding/binary"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/nack"
	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/stretchr/testify/require"
)

const (
	testSequenceID = 3
	testTimeID     = 4
)

func testInfo() *interceptor.StreamInfo {
	return &interceptor.StreamInfo{
		SSRC: 1, SSRCRetransmission: 2, MimeType: "video/VP8",
		RTPHeaderExtensions: []interceptor.RTPHeaderExtension{
			{URI: transportSequenceURI, ID: testSequenceID},
			{URI: sendTimeURI, ID: testTimeID},
		},
	}
}

// testStream is a stream that is always told how much to send.
type testStream struct {
	least, most int
	rate        atomic.Int64
}

func (s *testStream) Bounds() (int, int)  { return s.least, s.most }
func (s *testStream) SetBitrate(rate int) { s.rate.Store(int64(rate)) }

// call is a simulated call: a controller, a stream of 30 frames per second whose frames have the
// size that it is told, a link, and a peer that gives feedback.
type call struct {
	t          *testing.T
	controller *Controller
	stream     testStream
	link       *link
	media      float64 // the share of the rate that the stream has use for
	nacks      *nacks  // nil: the peer does not ask for what is missing
	seconds    []second
}

// second is what happened in one second.
type second struct {
	rate    int // bit/s, at its end
	arrived int // bit/s
	lost    int // packets
	worst   time.Duration
}

func (s second) String() string {
	return fmt.Sprintf("%d/%d(%d,%d)", s.rate/1000, s.arrived/1000, s.lost, s.worst.Milliseconds())
}

// simulate runs a call in virtual time. script is called before each frame.
func simulate(t *testing.T, l *link, most int, duration time.Duration, script func(*call, time.Duration)) []second {
	t.Helper()

	return (&call{t: t, link: l, media: 1, stream: testStream{least: 30_000, most: most}}).simulate(duration, script)
}

func (c *call) simulate(duration time.Duration, script func(*call, time.Duration)) []second {
	synctest.Test(c.t, func(*testing.T) { c.run(duration, script) })
	c.t.Cleanup(func() {
		if c.t.Failed() {
			c.t.Log(c.seconds)
		}
	})

	return c.seconds
}

func (c *call) run(duration time.Duration, script func(*call, time.Duration)) {
	c.controller = New(Options{})
	responder, err := nack.NewResponderInterceptor(nack.WithResponderLoggerFactory(quiet()))
	require.NoError(c.t, err)
	registry := &interceptor.Registry{}
	registry.Add(c.controller.Interceptor())
	registry.Add(responder)
	binding, err := registry.Build("")
	require.NoError(c.t, err)
	start := time.Now()
	recorder := twcc.NewRecorder(9)
	arrived := 0
	c.link.received = func(at time.Time, packet []byte) {
		var header rtp.Header
		size, err := header.Unmarshal(packet)
		require.NoError(c.t, err)
		var e rtp.TransportCCExtension
		require.NoError(c.t, e.Unmarshal(header.GetExtension(testSequenceID)))
		c.link.set(func(*link) {
			recorder.Record(header.SSRC, e.TransportSequence, at.Sub(start).Microseconds())
			arrived += 8 * len(packet)
			c.nacks.arrived(&header, packet[size:])
		})
	}
	info := testInfo()
	info.PayloadTypeRetransmission = 97
	info.RTCPFeedback = []interceptor.RTCPFeedback{{Type: "nack"}}
	writer := binding.BindLocalStream(info, interceptor.RTPWriterFunc(
		func(header *rtp.Header, payload []byte, _ interceptor.Attributes) (int, error) {
			packet, err := header.Marshal()
			require.NoError(c.t, err)
			c.link.send(append(packet, payload...))

			return len(packet) + len(payload), nil
		}))
	stop := make(chan struct{})
	go c.answer(recorder, binding, stop)
	if c.nacks != nil {
		go c.ask(binding, stop)
	}
	detach := c.controller.Attach(&c.stream)
	sequence := uint16(0)
	payload := make([]byte, 1150)
	for frame := range int(duration.Seconds() * 30) {
		if script != nil {
			script(c, time.Since(start))
		}
		for left := int(float64(c.stream.rate.Load()) * c.media / 30 / 8); left > 0; left -= len(payload) {
			sequence++
			_, err = writer.Write(&rtp.Header{Version: 2, SSRC: 1, SequenceNumber: sequence},
				payload[:min(left, len(payload))], nil)
			require.NoError(c.t, err)
		}
		if frame%30 == 29 {
			c.link.set(func(l *link) {
				c.seconds = append(c.seconds, second{c.controller.Estimate(), arrived, l.lost, l.worst})
				arrived, l.lost, l.worst = 0, 0, 0
			})
		}
		time.Sleep(time.Second / 30)
	}
	detach()
	close(stop)
	binding.UnbindLocalStream(info)
	require.NoError(c.t, binding.Close())
	c.controller.Close()
}

// answer gives feedback, over a path that is as long as the one there.
func (c *call) answer(recorder *twcc.Recorder, binding interceptor.Interceptor, stop chan struct{}) {
	every(50*time.Millisecond, stop, func() {
		c.link.set(func(*link) {
			for _, packet := range recorder.BuildFeedbackPacket() {
				raw, err := packet.Marshal()
				require.NoError(c.t, err)
				time.AfterFunc(c.link.delay, func() { hear(binding, raw) })
			}
		})
	})
}

// ask asks again for what is missing, more often than is good.
func (c *call) ask(binding interceptor.Interceptor, stop chan struct{}) {
	every(20*time.Millisecond, stop, func() {
		c.link.set(func(*link) {
			if pairs := c.nacks.missing(); len(pairs) > 0 {
				raw := marshal(c.t, &rtcp.TransportLayerNack{MediaSSRC: 1, Nacks: pairs})
				time.AfterFunc(c.link.delay, func() { hear(binding, raw) })
			}
		})
	})
}

func every(interval time.Duration, stop chan struct{}, do func()) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-stop:
			return
		case <-ticker.C:
			do()
		}
	}
}

// nacks is what a peer misses that asks for each packet ten times, whatever the round trip.
type nacks struct {
	next  uint16
	begun bool
	asked map[uint16]int
	again int // retransmissions that arrived
}

func (n *nacks) arrived(header *rtp.Header, payload []byte) {
	if n == nil {
		return
	}
	if header.SSRC == 2 {
		delete(n.asked, binary.BigEndian.Uint16(payload))
		n.again++

		return
	}
	if n.begun && int16(header.SequenceNumber-n.next) < 0 {
		delete(n.asked, header.SequenceNumber) // it was only late

		return
	}
	for ; n.begun && n.next != header.SequenceNumber; n.next++ {
		n.asked[n.next] = 0
	}
	n.begun, n.next = true, header.SequenceNumber+1
}

func (n *nacks) missing() []rtcp.NackPair {
	var sequences []uint16
	for sequence := range n.asked {
		if n.asked[sequence]++; n.asked[sequence] > 10 {
			delete(n.asked, sequence)
		} else {
			sequences = append(sequences, sequence)
		}
	}
	slices.Sort(sequences)

	return rtcp.NackPairsFromSequenceNumbers(sequences)
}

// hear lets an interceptor read an RTCP packet.
func hear(i interceptor.Interceptor, packet []byte) {
	reader := i.BindRTCPReader(interceptor.RTCPReaderFunc(
		func(b []byte, a interceptor.Attributes) (int, interceptor.Attributes, error) {
			return copy(b, packet), a, nil
		}))
	_, _, err := reader.Read(make([]byte, 1500), nil)
	_ = err // what is read is garbage, too
}

func marshal(t *testing.T, packet rtcp.Packet) []byte {
	t.Helper()
	raw, err := packet.Marshal()
	require.NoError(t, err)

	return raw
}
