package bandwidth

import (
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/gcc"
	"github.com/pion/logging"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
)

const (
	gccLeast = 30_000      // bit/s
	gccMost  = 200_000_000 // bit/s; what streams can use bounds the estimate before
	runMost  = 256         // packets that are handed to pion at once
	gccID    = 1           // of the transport-wide sequence number towards pion, not the wire's
)

// delayEstimate is pion's GCC: it watches the delay of packets, and finds the rate at which they
// begin to queue. Not safe for concurrent use.
//
// It is shown no losses (a feedback is handed on as the runs of packets that arrived), because its
// own rule for them can't be tuned and takes a lossy link for a full one; loss.go judges them. And
// when the estimate is to jump it is begun anew, because it has no other way to be told a rate.
type delayEstimate struct {
	loggers logging.LoggerFactory
	gcc     *gcc.SendSideBWE
	record  interceptor.RTPWriter // tells pion that a packet was sent

	header     rtp.Header
	sequence   [2]byte
	attributes interceptor.Attributes
	zeros      [packetMost]byte

	run      rtcp.TransportLayerCC // the packets that are handed over
	chunk    rtcp.RunLengthChunk
	deltas   [runMost]rtcp.RecvDelta
	pointers [runMost]*rtcp.RecvDelta
	at       time.Duration // of the run's last packet
	packets  [1]rtcp.Packet
}

func newDelayEstimate(loggers logging.LoggerFactory) *delayEstimate {
	d := &delayEstimate{loggers: loggers, attributes: interceptor.Attributes{}}
	d.header = rtp.Header{Version: 2}
	for i := range d.deltas {
		d.pointers[i] = &d.deltas[i]
	}
	d.run.PacketChunks = []rtcp.PacketStatusChunk{&d.chunk}
	d.packets[0] = &d.run

	return d
}

// begin forgets everything and starts from a rate.
func (d *delayEstimate) begin(rate int) error {
	d.end()
	g, err := gcc.NewSendSideBWE(
		gcc.SendSideBWEInitialBitrate(max(rate, gccLeast)),
		gcc.SendSideBWEMinBitrate(gccLeast),
		gcc.SendSideBWEMaxBitrate(gccMost),
		gcc.SendSideBWEPacer((*tap)(d)),
		gcc.WithLoggerFactory(d.loggers),
	)
	if err != nil {
		return err
	}
	d.gcc = g
	g.AddStream(&interceptor.StreamInfo{
		RTPHeaderExtensions: []interceptor.RTPHeaderExtension{{URI: transportSequenceURI, ID: gccID}},
	}, nowhere{})

	return nil
}

func (d *delayEstimate) end() {
	if d.gcc != nil {
		_ = d.gcc.Close() // it never fails
		d.gcc, d.record = nil, nil
	}
}

// sent tells pion that a packet leaves now.
func (d *delayEstimate) sent(sequence uint16, size int) {
	if d.record == nil {
		return
	}
	d.sequence = [2]byte{byte(sequence >> 8), byte(sequence)}
	if d.header.SetExtension(gccID, d.sequence[:]) != nil {
		return
	}
	payload := max(size-d.header.MarshalSize(), 0)
	_, _ = d.record.Write(&d.header, d.zeros[:min(payload, len(d.zeros))], d.attributes)
}

// received tells pion that a packet has arrived. Packets are told in the order of their numbers.
func (d *delayEstimate) received(sequence uint16, arrival time.Duration) {
	n := int(d.run.PacketStatusCount)
	if n > 0 && (n == runMost || sequence != d.run.BaseSequenceNumber+uint16(n)) {
		d.flush()
		n = 0
	}
	if n == 0 {
		const unit = 64 * time.Millisecond
		d.run.BaseSequenceNumber = sequence
		d.run.ReferenceTime = uint32(arrival.Truncate(unit)/unit) & 0xffffff
		d.at = arrival.Truncate(unit)
	}
	d.deltas[n] = rtcp.RecvDelta{
		Type:  rtcp.TypeTCCPacketReceivedLargeDelta,
		Delta: (arrival - d.at).Microseconds(),
	}
	d.at = arrival
	d.run.PacketStatusCount++
}

// flush hands over the packets that were told.
func (d *delayEstimate) flush() {
	n := d.run.PacketStatusCount
	d.chunk = rtcp.RunLengthChunk{
		Type:               rtcp.TypeTCCRunLengthChunk,
		PacketStatusSymbol: rtcp.TypeTCCPacketReceivedLargeDelta,
		RunLength:          n,
	}
	d.run.RecvDeltas = d.pointers[:n]
	if d.gcc != nil {
		_ = d.gcc.WriteRTCP(d.packets[:], nil) // what can fail is how the feedback is made
	}
	d.run.PacketStatusCount = 0
}

// rate is pion's estimate after all that was told.
func (d *delayEstimate) rate() int {
	if d.run.PacketStatusCount > 0 {
		d.flush()
	}
	if d.gcc == nil {
		return gccLeast
	}
	// Its goroutines take one feedback after the other: once they have taken an empty one, the
	// others have had their effect.
	d.flush()

	return d.gcc.GetTargetBitrate()
}

// tap takes the place of pion's pacer, to get hold of the writer that records packets.
type tap delayEstimate

func (t *tap) AddStream(_ uint32, writer interceptor.RTPWriter) { t.record = writer }
func (t *tap) SetTargetBitrate(int)                             {}
func (t *tap) Close() error                                     { return nil }

func (t *tap) Write(*rtp.Header, []byte, interceptor.Attributes) (int, error) { return 0, nil }

// nowhere is where packets go that pion has recorded: ours are on their way already.
type nowhere struct{}

func (nowhere) Write(*rtp.Header, []byte, interceptor.Attributes) (int, error) { return 0, nil }
