package bandwidth

import (
	"io"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/nack"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// wire is the network under a controller: it keeps what is sent.
type wire struct {
	mu      sync.Mutex
	packets []wirePacket
	block   chan struct{}
}

type wirePacket struct {
	at     time.Time
	header rtp.Header
	size   int
	first  byte
}

func (w *wire) Write(header *rtp.Header, payload []byte, _ interceptor.Attributes) (int, error) {
	if w.block != nil {
		<-w.block
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	p := wirePacket{at: time.Now(), header: header.Clone(), size: header.MarshalSize() + len(payload)}
	if len(payload) > 0 {
		p.first = payload[0]
	}
	w.packets = append(w.packets, p)

	return p.size, nil
}

func (w *wire) sent() []wirePacket {
	w.mu.Lock()
	defer w.mu.Unlock()

	return append([]wirePacket(nil), w.packets...)
}

// bind makes a controller with one stream.
func bind(t *testing.T, info *interceptor.StreamInfo) (*Controller, interceptor.Interceptor, interceptor.RTPWriter, *wire) {
	t.Helper()
	c := New(Options{})
	binding, err := c.Interceptor().NewInterceptor("")
	require.NoError(t, err)
	w := &wire{}

	return c, binding, binding.BindLocalStream(info, w), w
}

func write(t *testing.T, w interceptor.RTPWriter, ssrc uint32, sequence uint16, size int) {
	t.Helper()
	payload := make([]byte, size)
	payload[0] = byte(sequence)
	_, err := w.Write(&rtp.Header{Version: 2, SSRC: ssrc, SequenceNumber: sequence}, payload, nil)
	require.NoError(t, err)
	clear(payload) // it is used up
}

func TestPacketsAreSpread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, binding, writer, w := bind(t, testInfo())
		rate := usualPace(firstRate)
		for n := range 40 {
			write(t, writer, 1, uint16(n), 1150)
		}
		assert.Greater(t, c.Queued(), 50*time.Millisecond)
		time.Sleep(time.Second)
		assert.Zero(t, c.Queued())
		sent := w.sent()
		require.Len(t, sent, 40)
		bits := 0.0
		for n, p := range sent {
			assert.Equal(t, byte(n), p.first)
			assert.Equal(t, uint16(n), p.header.SequenceNumber)
			passed := p.at.Sub(sent[0].at).Seconds()
			assert.LessOrEqual(t, bits, float64(rate)*(passed+paceBurst.Seconds()+paceNap.Seconds())+9000)
			bits += float64(8 * p.size)
		}
		took := sent[39].at.Sub(sent[0].at).Seconds()
		assert.InDelta(t, bits/float64(rate), took, 0.02)
		require.NoError(t, binding.Close())
	})
}

func TestALongQueueSpeedsUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, binding, writer, w := bind(t, testInfo())
		c.pacer.set(limits{estimate: 80_000, pace: 200_000})
		for n := range 200 { // 230 kB: more than nine seconds at that rate
			write(t, writer, 1, uint16(n), 1150)
		}
		assert.LessOrEqual(t, c.Queued(), queueTime+time.Millisecond)
		time.Sleep(2 * time.Second)
		assert.Len(t, w.sent(), 200)
		require.NoError(t, binding.Close())
	})
}

func TestTheQueueIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, binding, writer, w := bind(t, testInfo())
		w.block = make(chan struct{})
		failed := 0
		payload := make([]byte, 1150)
		for n := range 4000 {
			_, err := writer.Write(&rtp.Header{Version: 2, SSRC: 1, SequenceNumber: uint16(n)}, payload, nil)
			if err != nil {
				require.ErrorIs(t, err, errQueueFull)
				failed++
			}
		}
		taken := 4000 - failed
		assert.InDelta(t, videoBytesMost, taken*1162, 3000)
		close(w.block)
		time.Sleep(10 * time.Second)
		assert.Len(t, w.sent(), taken)
		assert.Equal(t, uint64(failed), c.pacer.lostPackets())
		_, err := writer.Write(&rtp.Header{Version: 2, SSRC: 1}, make([]byte, packetMost), nil)
		require.ErrorIs(t, err, errTooLarge)
		require.NoError(t, binding.Close())
		_, err = writer.Write(&rtp.Header{Version: 2, SSRC: 1}, payload, nil)
		require.ErrorIs(t, err, io.ErrClosedPipe)
	})
}

func TestRetransmissionsGoFirst(t *testing.T) {
	for _, resent := range []uint32{2, 0} {
		synctest.Test(t, func(t *testing.T) {
			info := testInfo()
			info.SSRCRetransmission = resent
			_, binding, writer, w := bind(t, info)
			for n := range 50 {
				write(t, writer, 1, uint16(1000+n), 1150)
			}
			ssrc := resent
			if ssrc == 0 {
				ssrc = 1
			}
			write(t, writer, ssrc, 999, 500)
			time.Sleep(time.Second)
			sent := w.sent()
			require.Len(t, sent, 51)
			assert.Less(t, indexOf(sent, 999), 10)
			require.NoError(t, binding.Close())
		})
	}
}

func indexOf(packets []wirePacket, sequence uint16) int {
	for n, p := range packets {
		if p.header.SequenceNumber == sequence {
			return n
		}
	}

	return len(packets)
}

func TestAudioIsNotHeldBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, binding, writer, w := bind(t, testInfo())
		info := testInfo()
		info.SSRC, info.MimeType = 7, "audio/opus"
		audio := binding.BindLocalStream(info, w)
		for n := range 50 {
			write(t, writer, 1, uint16(n), 1150)
		}
		begun := time.Now()
		write(t, audio, 7, 4711, 100)
		sent := w.sent()
		at := indexOf(sent, 4711)
		require.Less(t, at, len(sent))
		assert.Equal(t, begun, sent[at].at)
		require.NotNil(t, sent[at].header.GetExtension(testSequenceID))
		time.Sleep(time.Second)
		require.NoError(t, binding.Close())
	})
}

func TestStampsAreThoseOfTheMomentOfLeaving(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, binding, writer, w := bind(t, testInfo())
		for n := range 100 {
			write(t, writer, 1, uint16(n), 1150)
			if n%10 == 9 {
				write(t, writer, 2, uint16(n), 300) // leaves before those that wait
			}
		}
		time.Sleep(time.Second)
		sent := w.sent()
		require.Len(t, sent, 110)
		for n, p := range sent {
			var number rtp.TransportCCExtension
			require.NoError(t, number.Unmarshal(p.header.GetExtension(testSequenceID)))
			assert.Equal(t, uint16(n), number.TransportSequence)
			var stamp rtp.AbsSendTimeExtension
			require.NoError(t, stamp.Unmarshal(p.header.GetExtension(testTimeID)))
			want := rtp.NewAbsSendTimeExtension(p.at).Timestamp & 0xffffff
			assert.InDelta(t, float64(want), float64(stamp.Timestamp), 2)
		}
		require.NoError(t, binding.Close())
	})
}

func TestWithoutExtensionsNothingIsStamped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, binding, writer, w := bind(t, &interceptor.StreamInfo{SSRC: 1, MimeType: "video/VP8"})
		write(t, writer, 1, 1, 100)
		time.Sleep(time.Second)
		require.Len(t, w.sent(), 1)
		assert.Empty(t, w.sent()[0].header.Extensions)
		require.NoError(t, binding.Close())
	})
}

func TestHeadersAreCopied(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, binding, writer, w := bind(t, testInfo())
		value := []byte{9, 8, 7}
		header := rtp.Header{Version: 2, SSRC: 1, Marker: true, PayloadType: 97, Timestamp: 5, CSRC: []uint32{4}}
		for n := range 20 {
			header.SequenceNumber = uint16(n)
			require.NoError(t, header.SetExtension(1, value))
			_, err := writer.Write(&header, make([]byte, 1000), nil)
			require.NoError(t, err)
		}
		clear(value)
		header = rtp.Header{}
		time.Sleep(time.Second)
		for n, p := range w.sent() {
			assert.Equal(t, []byte{9, 8, 7}, p.header.GetExtension(1))
			assert.Equal(t, uint16(n), p.header.SequenceNumber)
			assert.True(t, p.header.Marker)
			assert.Equal(t, uint8(97), p.header.PayloadType)
			assert.Equal(t, []uint32{4}, p.header.CSRC)
		}
		require.NoError(t, binding.Close())
	})
}

func TestAnEndedStreamSendsNothingMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, binding, writer, w := bind(t, testInfo())
		info := testInfo()
		info.SSRC = 5
		other := binding.BindLocalStream(info, w)
		for n := range 50 {
			write(t, writer, 1, uint16(n), 1150)
		}
		synctest.Wait() // none is just being sent
		binding.UnbindLocalStream(testInfo())
		before := len(w.sent())
		write(t, other, 5, 500, 100)
		time.Sleep(time.Second)
		sent := w.sent()
		assert.Len(t, sent, before+1)
		assert.Equal(t, uint64(50-before), c.pacer.lostPackets())
		c.Close()
		_, err := other.Write(&rtp.Header{Version: 2}, []byte{1}, nil)
		require.ErrorIs(t, err, io.ErrClosedPipe)
		late := binding.BindLocalStream(testInfo(), w)
		_, err = late.Write(&rtp.Header{Version: 2}, []byte{1}, nil)
		require.ErrorIs(t, err, io.ErrClosedPipe)
		require.NoError(t, binding.Close())
		c.Close()
	})
}

// TestRetransmissionsOfPion sees that pion's NACK responder works on top: a packet that is asked
// for again while it waits is not queued twice, and afterwards it is sent once more.
func TestRetransmissionsOfPion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(Options{})
		responder, err := nack.NewResponderInterceptor()
		require.NoError(t, err)
		registry := &interceptor.Registry{}
		registry.Add(c.Interceptor())
		registry.Add(responder)
		chain, err := registry.Build("")
		require.NoError(t, err)
		w := &wire{}
		info := testInfo()
		info.PayloadTypeRetransmission = 97
		info.RTCPFeedback = []interceptor.RTCPFeedback{{Type: "nack"}}
		writer := chain.BindLocalStream(info, w)
		write(t, writer, 1, 1, 1150)
		time.Sleep(100 * time.Millisecond)

		ask := func() {
			hear(chain, marshal(t, &rtcp.TransportLayerNack{
				MediaSSRC: 1, Nacks: []rtcp.NackPair{{PacketID: 1}},
			}))
			synctest.Wait()
		}
		resent := func() (count int) {
			for _, p := range w.sent() {
				if p.header.SSRC == 2 {
					count++
					assert.Equal(t, uint8(97), p.header.PayloadType)
				}
			}

			return count
		}
		c.pacer.mu.Lock()
		c.pacer.next = time.Now().Add(100 * time.Millisecond)
		c.pacer.mu.Unlock()
		for range 5 {
			ask()
			time.Sleep(10 * time.Millisecond)
		}
		assert.Zero(t, resent())
		time.Sleep(200 * time.Millisecond)
		assert.Equal(t, 1, resent())
		ask()
		time.Sleep(200 * time.Millisecond)
		assert.Equal(t, 2, resent())
		require.NoError(t, chain.Close())
	})
}

func TestRetransmissionsAreLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, binding, writer, w := bind(t, testInfo())
		c.pacer.set(limits{estimate: 400_000, pace: 1_000_000, roundTrip: 200 * time.Millisecond})
		again := func(original uint16) {
			_, err := writer.Write(&rtp.Header{Version: 2, SSRC: 2, SequenceNumber: uint16(len(w.sent()))},
				append([]byte{byte(original >> 8), byte(original)}, make([]byte, 1000)...), nil)
			require.NoError(t, err)
		}
		for range 20 { // the same one, for 400 ms
			again(7)
			time.Sleep(20 * time.Millisecond)
		}
		assert.Len(t, w.sent(), 2)
		for n := range 1000 {
			again(uint16(100 + n))
			time.Sleep(10 * time.Millisecond)
		}
		// Ten seconds of a third of the estimate, and what is allowed at once.
		assert.InDelta(t, 10*50_000/3+againLeast, 1002*len(w.sent()), 10_000)
		assert.Equal(t, uint64(1020-len(w.sent())), c.pacer.refused)
		require.NoError(t, binding.Close())
	})
}

func TestPacingAllocatesLittle(t *testing.T) {
	c, binding, writer, _ := bind(t, &interceptor.StreamInfo{
		SSRC: 1, MimeType: "video/VP8",
		RTPHeaderExtensions: []interceptor.RTPHeaderExtension{{URI: sendTimeURI, ID: testTimeID}},
	})
	c.streams[0].writer = nowhere{}
	header := rtp.Header{Version: 2, SSRC: 1}
	payload := make([]byte, 1150)
	frame := func() {
		for range 10 {
			header.SequenceNumber++
			_, err := writer.Write(&header, payload, nil)
			assert.NoError(t, err)
		}
		for c.Queued() > 0 {
			time.Sleep(time.Millisecond)
		}
	}
	for range 3 {
		frame()
	}
	// What is left are the timers of the test's waiting.
	assert.Less(t, testing.AllocsPerRun(10, frame), 3.0)
	require.NoError(t, binding.Close())
}
