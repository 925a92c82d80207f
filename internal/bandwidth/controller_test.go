package bandwidth

import (
	"encoding/binary"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheEstimateIsShared(t *testing.T) {
	for name, test := range map[string]struct {
		rate   int
		bounds [][2]int
		want   []int
	}{
		"one":                 {1000, [][2]int{{10, 5000}}, []int{1000}},
		"more than of use":    {10_000, [][2]int{{10, 5000}, {10, 1000}}, []int{5000, 1000}},
		"in proportion":       {620, [][2]int{{10, 2000}, {10, 1000}}, []int{410, 210}},
		"the rest goes round": {3020, [][2]int{{10, 300}, {10, 8000}}, []int{118, 2901}},
		"not enough":          {30, [][2]int{{20, 300}, {20, 8000}}, []int{20, 20}},
		"nothing":             {0, [][2]int{{20, 300}}, []int{20}},
		"no use":              {1000, [][2]int{{20, 0}}, []int{0}},
	} {
		var streams []*share
		for _, b := range test.bounds {
			streams = append(streams, &share{least: b[0], most: b[1]})
		}
		divide(streams, test.rate)
		for n, s := range streams {
			assert.InDelta(t, test.want[n], s.rate, 2, name)
		}
	}
}

func TestStreamsAreToldTheirShares(t *testing.T) {
	c := New(Options{})
	a, b := &testStream{least: 30_000, most: 2_000_000}, &testStream{least: 30_000, most: 2_000_000}
	detachA := c.Attach(a)
	alone := a.rate.Load() // headers and retransmissions need something, too
	assert.InDelta(t, firstRate*0.97, alone, 10)
	detachB := c.Attach(b)
	assert.InDelta(t, alone/2, a.rate.Load(), 10)
	assert.Equal(t, a.rate.Load(), b.rate.Load())
	detachB()
	assert.Equal(t, alone, a.rate.Load())
	a.most = 600_000
	c.Review()
	assert.Equal(t, int64(600_000), a.rate.Load())
	detachA()
	c.Close()
}

func TestSharesAreToldByOneAtATime(t *testing.T) {
	c := New(Options{})
	s := &strictStream{t: t}
	var group sync.WaitGroup
	detach := c.Attach(s)
	for range 8 {
		group.Go(func() {
			for range 200 {
				c.Review()
				c.Attach(&testStream{least: 1, most: 1_000_000})()
			}
		})
	}
	group.Wait()
	detach()
	c.Close()
}

type strictStream struct {
	t  *testing.T
	mu sync.Mutex
}

func (s *strictStream) Bounds() (int, int) { return 30_000, 1_000_000 }

func (s *strictStream) SetBitrate(int) {
	assert.True(s.t, s.mu.TryLock())
	time.Sleep(10 * time.Microsecond)
	s.mu.Unlock()
}

// TestWithoutTransportWideFeedback goes by receiver reports and REMB.
func TestWithoutTransportWideFeedback(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, binding, _, _ := bind(t, &interceptor.StreamInfo{SSRC: 1, MimeType: "video/VP8"})
		s := &testStream{least: 30_000, most: 5_000_000}
		detach := c.Attach(s)
		report := func(lost float64, count int) {
			for range count {
				hear(binding, marshal(t, &rtcp.ReceiverReport{
					Reports: []rtcp.ReceptionReport{{SSRC: 1, FractionLost: uint8(lost * 256)}},
				}))
				time.Sleep(time.Second)
			}
		}
		report(0, 5)
		assert.InDelta(t, firstRate*1.36*0.97, s.rate.Load(), 200_000)
		report(0.05, 5)
		held := s.rate.Load()
		assert.InDelta(t, firstRate*1.4*0.97, held, 200_000)
		report(0.3, 5)
		assert.Less(t, s.rate.Load(), held*6/10)
		report(0, 30)
		assert.Greater(t, s.rate.Load(), int64(4_700_000))
		hear(binding, marshal(t, &rtcp.ReceiverEstimatedMaximumBitrate{Bitrate: 700_000, SSRCs: []uint32{1}}))
		assert.InDelta(t, 679_000, s.rate.Load(), 1000)
		detach()
		require.NoError(t, binding.Close())
	})
}

func TestRetransmissionsComeOutOfTheSamePurse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, binding, writer, _ := bind(t, testInfo())
		s := &testStream{least: 30_000, most: 1_000_000}
		detach := c.Attach(s)
		before := s.rate.Load()
		for n := range 40 { // 200 kbit/s
			write(t, writer, 2, uint16(n), 1250)
			time.Sleep(50 * time.Millisecond)
		}
		c.Review()
		assert.InDelta(t, before-200_000, s.rate.Load(), 40_000)
		time.Sleep(2 * time.Second)
		c.Review()
		assert.InDelta(t, before, s.rate.Load(), 1000)
		detach()
		require.NoError(t, binding.Close())
	})
}

func TestFeedbackIsAboutMedia(t *testing.T) {
	binding, err := New(Options{}).Interceptor().NewInterceptor("")
	require.NoError(t, err)
	var written []uint32
	writer := binding.BindRTCPWriter(interceptor.RTCPWriterFunc(
		func(packets []rtcp.Packet, _ interceptor.Attributes) (int, error) {
			for _, packet := range packets {
				written = append(written, packet.DestinationSSRC()...)
			}

			return 0, nil
		}))
	for _, info := range []interceptor.StreamInfo{
		{SSRC: 1, MimeType: "video/VP8"}, {SSRC: 2, MimeType: "video/rtx"},
		{SSRC: 3, MimeType: "video/VP8"}, {SSRC: 4, MimeType: "video/RTX"}, {SSRC: 5, MimeType: "audio/opus"},
	} {
		assert.Nil(t, binding.BindRemoteStream(&info, nil))
	}
	for ssrc := range uint32(7) {
		_, err = writer.Write([]rtcp.Packet{&rtcp.TransportLayerCC{MediaSSRC: ssrc}}, nil)
		require.NoError(t, err)
	}
	_, err = writer.Write([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: 2}}, nil)
	require.NoError(t, err)
	assert.Equal(t, []uint32{0, 1, 1, 3, 3, 5, 6, 2}, written)
	require.NoError(t, binding.Close())
}

func TestFeedbackIsReadWhateverIsInIt(t *testing.T) {
	c, binding, writer, _ := bind(t, testInfo())
	write(t, writer, 1, 1, 100)
	for _, packet := range [][]byte{nil, {0}, {0x80, 205, 0, 0}, make([]byte, 1000)} {
		hear(binding, packet)
	}
	hear(binding, marshal(t, &rtcp.TransportLayerCC{
		Header:            rtcp.Header{Count: rtcp.FormatTCC, Type: rtcp.TypeTransportSpecificFeedback, Length: 4},
		PacketStatusCount: 65535,
		PacketChunks: []rtcp.PacketStatusChunk{
			&rtcp.RunLengthChunk{PacketStatusSymbol: rtcp.TypeTCCPacketReceivedSmallDelta, RunLength: 8191},
		},
	}))
	c.Close()
	require.NoError(t, binding.Close())
}

// FuzzFeedback lets anything be said of packets that were sent.
func FuzzFeedback(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
	f.Add([]byte("\x0000\x00\x00\x000\x8a 0\x8b")) // before the peer's time began
	f.Add([]byte{0xff, 0, 0xff, 0, 0x20, 1, 0x20, 1, 0x80, 0xaa, 0xaa, 0xff})
	f.Fuzz(func(t *testing.T, data []byte) {
		e := newEstimate(quiet())
		e.open()
		defer e.end()
		now := time.Duration(1)
		for n := range 300 {
			now += time.Millisecond
			e.sent(now, 1200, n%3 > 0)
		}
		for len(data) >= 10 {
			feedback := &rtcp.TransportLayerCC{
				BaseSequenceNumber: binary.BigEndian.Uint16(data),
				PacketStatusCount:  binary.BigEndian.Uint16(data[2:]),
				ReferenceTime:      binary.BigEndian.Uint32(data[3:]) & 0xffffff,
			}
			for n, b := range data[7:10] {
				if b&1 == 0 {
					feedback.PacketChunks = append(feedback.PacketChunks,
						&rtcp.RunLengthChunk{PacketStatusSymbol: uint16(b >> 6), RunLength: uint16(b) << n})
				} else {
					feedback.PacketChunks = append(feedback.PacketChunks,
						&rtcp.StatusVectorChunk{SymbolList: []uint16{uint16(b >> 6), uint16(b >> 4 & 3), 1, 0}})
				}
			}
			for n := range min(len(data)*20, 5000) {
				feedback.RecvDeltas = append(feedback.RecvDeltas,
					&rtcp.RecvDelta{Delta: int64(int8(data[n%len(data)])) * 250 << (n % 8)})
			}
			now += 50 * time.Millisecond
			e.use(2_000_000)
			e.feedback(now, feedback)
			require.GreaterOrEqual(t, e.current(), leastRate)
			require.LessOrEqual(t, e.current(), 2_000_000)
			data = data[10:]
		}
	})
}

func TestTimesOfFeedbackAreUnwrapped(t *testing.T) {
	var h history
	assert.Equal(t, int64(0xfffffe), h.unwrap(0xfffffe))
	assert.Equal(t, int64(0x1000001), h.unwrap(1))
	assert.Equal(t, int64(0xffffff), h.unwrap(0xffffff))
	assert.Equal(t, int64(0x1000005), h.unwrap(5))
}

func TestTheHistoryForgets(t *testing.T) {
	var h history
	assert.Nil(t, h.find(0))
	for n := range 70_000 {
		require.Equal(t, uint16(n), h.add(time.Duration(n), n, false))
	}
	newest := uint16(69_999 & 0xffff)
	require.NotNil(t, h.find(newest))
	assert.Equal(t, 69_999, h.find(newest).size)
	assert.Nil(t, h.find(newest+1))
	assert.NotNil(t, h.find(newest-historySize+1))
	assert.Nil(t, h.find(newest-historySize))
}

func TestTheMeter(t *testing.T) {
	var m meter
	assert.Zero(t, m.rate())
	for at := time.Hour; at < time.Hour+3*time.Second; at += 10 * time.Millisecond {
		m.received(at, 1250)
	}
	assert.InDelta(t, 1_000_000, m.rate(), 50_000)
	m.received(time.Hour+5*time.Second, 0)
	assert.Zero(t, m.rate())
}

func TestAnUnusualIDIsNoExtension(t *testing.T) {
	info := &interceptor.StreamInfo{RTPHeaderExtensions: []interceptor.RTPHeaderExtension{
		{URI: sendTimeURI, ID: 0}, {URI: transportSequenceURI, ID: 256},
	}}
	assert.Equal(t, extensions{}, findExtensions(info))
	var s stamp
	header := rtp.Header{Version: 2}
	require.NoError(t, s.writeTime(&header, 3, time.Unix(64, 0)))
	assert.Equal(t, []byte{0, 0, 0}, header.GetExtension(3))
}

// TestNothingBeginsAfterTheEnd lets packets and feedback race with the end; goleak sees what is left.
func TestNothingBeginsAfterTheEnd(t *testing.T) {
	for range 30 {
		c, binding, writer, _ := bind(t, testInfo())
		s := &testStream{least: 30_000, most: 1_000_000}
		detach := c.Attach(s)
		var group sync.WaitGroup
		group.Go(func() {
			for n := range 200 {
				_, _ = writer.Write(&rtp.Header{Version: 2, SSRC: 1, SequenceNumber: uint16(n)}, []byte{1}, nil)
			}
		})
		group.Go(func() {
			for n := range 200 {
				hear(binding, marshal(t, &rtcp.TransportLayerCC{
					Header:             rtcp.Header{Count: rtcp.FormatTCC, Type: rtcp.TypeTransportSpecificFeedback, Length: 5},
					BaseSequenceNumber: uint16(n),
					PacketStatusCount:  1,
					PacketChunks: []rtcp.PacketStatusChunk{
						&rtcp.RunLengthChunk{PacketStatusSymbol: rtcp.TypeTCCPacketReceivedSmallDelta, RunLength: 1},
					},
					RecvDeltas: []*rtcp.RecvDelta{{Type: rtcp.TypeTCCPacketReceivedSmallDelta, Delta: 250}},
				}))
			}
		})
		binding.UnbindLocalStream(testInfo())
		group.Wait()
		_, _ = writer.Write(&rtp.Header{Version: 2, SSRC: 1}, []byte{1}, nil)
		detach()
		require.NoError(t, binding.Close())
		c.Close()
		if c.estimate.delay != nil {
			assert.Nil(t, c.estimate.delay.gcc)
		}
	}
}
