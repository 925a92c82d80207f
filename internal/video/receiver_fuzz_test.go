package video

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/stretchr/testify/require"

	"libml_webrtc/internal/codec"
	"libml_webrtc/internal/picture"
)

// still is a receiver without goroutines, whose time the test moves.
type still struct {
	*Receiver
	t       require.TestingT
	clock   time.Duration
	parser  parser
	packet  *received
	decoder decoding
	duties  duties
	asked   []uint16
	keys    int
	shown   int
}

func newStill(t require.TestingT, vp8, vp9 *numberedCodec) *still {
	s := &still{t: t, clock: time.Hour, packet: new(received)}
	s.Receiver = newReceiver(ReceiverOptions{
		Codec: func(payloadType uint8) (codec.Video, bool) {
			switch payloadType {
			case numberedType:
				return vp8.video(), true
			case otherType:
				return vp9.video(), true
			case 98:
				return codec.Video{Name: "H264"}, true
			}
			return codec.Video{}, false
		},
		RequestKeyFrame: func() { s.keys++ },
		Nack:            func(missing []uint16) { s.asked = append(s.asked, missing...) },
		RTT:             func() time.Duration { return 50 * time.Millisecond },
		Orientation:     3,
		PlayoutDelay:    4,
		Picture:         func(p picture.Picture) { s.shown++; p.Release() },
		Log:             &keptLog{},
	}, func() time.Duration { return s.clock })
	s.parser = parser{orientation: 3, playoutDelay: 4, streamOf: s.streams.of}
	return s
}

// receive does what the reading goroutine does with a packet.
func (s *still) receive(packet []byte) {
	s.packet.size = copy(s.packet.bytes[:], packet)
	s.packet.arrived = s.clock
	rtt := s.refresh(s.clock)
	if !s.parser.parse(s.packet) {
		return
	}
	s.packet = s.take(s.packet, rtt, &s.duties)
	s.perform(&s.duties)
}

// pass lets time pass, and does what the other goroutines do then.
func (s *still) pass(d time.Duration) {
	s.clock += d
	s.wakeUp(&s.duties)
	s.perform(&s.duties)
	for s.decodeNext(&s.decoder) == 0 {
	}
	s.check()
}

// check checks what must always be true.
func (s *still) check() {
	o := &s.order
	held := 0
	for i := range o.slots {
		if slot := &o.slots[i]; slot.packet != nil {
			held++
			s.must(slot.filled, "an empty slot has a packet")
		}
	}
	s.must(held == o.held && held <= heldMost, "packets are miscounted")
	s.must(o.low <= o.highest+1 && o.highest-o.low < sequenceWindow, "the window is too wide")
	s.must(len(o.missing.list) <= missingMost, "too many are missing")
	before := o.low - 1
	for _, missing := range o.missing.list {
		s.must(!o.at(missing.seq).filled, "what is missing is there")
		s.must(before < missing.seq && missing.seq <= o.highest, "what is missing is out of order")
		before = missing.seq
	}
	if o.synced && o.current.next <= o.highest {
		s.must(!o.missing.empty() && o.current.next == o.missing.list[0].seq, "the gap is not what is missing first")
	}
	before = o.low - 1
	for _, key := range o.candidates {
		s.must(before < key.start, "key frames are out of order")
		before = key.start
	}
	bytes := 0
	for i := range s.playout.count {
		bytes += len(s.playout.ring[(s.playout.first+i)%waitingFramesMost].data)
	}
	s.must(bytes == s.playout.bytes && bytes <= waitingBytesMost, "waiting frames are miscounted")
}

func (s *still) must(ok bool, what string) {
	if !ok {
		require.Fail(s.t, what)
	}
}

func (s *still) close() {
	s.decoder.close()
	s.alarm.Stop()
}

// FuzzReceiver feeds arbitrary packets: each is preceded by its length and by milliseconds that pass.
func FuzzReceiver(f *testing.F) {
	var seed []byte
	add := func(packets ...[]byte) {
		for _, packet := range packets {
			seed = append(seed, byte(len(packet)), 10)
			seed = append(seed, packet...)
		}
	}
	sender := newNumberedSender()
	sender.most = 60
	sender.extensions = func(uint32, bool) []rtpExtension { return []rtpExtension{{3, []byte{1}}, {4, []byte{1, 2, 3}}} }
	for i := range uint32(3) {
		add(sender.frame(i, i == 0, 100, i*3000)...)
	}
	f.Add(seed)
	seed = nil
	sender.codec, sender.kind = nameVP9, otherType
	add(sender.frame(3, true, 100, 9000)...)
	// Flexible mode, layers, references, a scalability structure.
	add(sender.send(&rtp.Packet{
		Header: rtp.Header{Version: 2, Marker: true, PayloadType: otherType, Timestamp: 12000},
		Payload: []byte{
			0xfa, 0x81, 2, 0, 3, 5, 4, 0x78, 1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4,
			2, 4, 9, 8, 7, 6,
		},
	}))
	f.Add(seed)
	f.Fuzz(func(t *testing.T, data []byte) {
		s := newStill(t, &numberedCodec{name: nameVP8}, &numberedCodec{name: nameVP9})
		defer s.close()
		s.SetWatched(true)
		for len(data) > 2 {
			size := min(int(data[0]), len(data)-2)
			s.receive(data[2 : 2+size])
			s.pass(time.Duration(data[1]) * time.Millisecond)
			data = data[2+size:]
		}
	})
}

// FuzzReceiverOrder lets a network do what it likes with a stream: whatever is decoded has to be
// in order and complete, and when the network behaves again, the stream has to go on.
func FuzzReceiverOrder(f *testing.F) {
	f.Add([]byte{0, 0, 0, 1, 0, 2, 3, 0, 4, 5, 6, 7, 0, 0})
	f.Add([]byte{0, 16, 32, 48, 64, 1, 17, 33, 2, 18, 3, 19, 200, 201, 202, 203})
	f.Fuzz(func(t *testing.T, operations []byte) { disorder(t, operations) })
}

func disorder(t require.TestingT, operations []byte) {
	vp8 := &numberedCodec{name: nameVP8}
	s := newStill(t, vp8, vp8)
	defer s.close()
	s.SetWatched(true)
	sender := newNumberedSender()
	sender.most = 40
	n := disorderly{still: s, sender: sender, history: map[uint16][]byte{}}
	for _, operation := range operations {
		n.do(operation&15, int(operation>>4))
	}
	n.kept = nil
	for range 150 {
		n.do(0, 1)
		n.do(5, 15)
		n.do(6, 2)
	}
	for range 200 {
		n.pass(10 * time.Millisecond)
	}
	require.Empty(t, vp8.failures)
	seen := vp8.seen()
	require.NotEmpty(t, seen)
	for i := 1; i < len(seen); i++ {
		require.Greater(t, seen[i], seen[i-1])
	}
	require.Equal(t, n.number-1, seen[len(seen)-1])
}

// disorderly is a sender behind a bad network.
type disorderly struct {
	*still
	sender  *numberedSender
	history map[uint16][]byte
	number  uint32
	clock   uint32
	keys    int
	kept    [][]byte // packets that are late
}

func (n *disorderly) do(operation byte, value int) {
	switch operation {
	case 0, 1: // a frame arrives
		n.deliver(n.frame(value)...)
	case 2: // a frame is lost
		n.frame(value)
	case 3: // parts of it are lost
		for i, packet := range n.frame(value * 3) {
			if i%3 != value%3 {
				n.deliver(packet)
			}
		}
	case 4: // it comes late
		n.kept = append(n.kept, n.frame(value)...)
	case 5: // what was asked for comes
		for i, number := range n.asked {
			if i <= value {
				n.deliver(n.history[number])
			}
		}
		n.asked = n.asked[:0]
	case 6: // time passes
		n.pass(time.Duration(value*value+1) * 4 * time.Millisecond)
	case 7: // what is late comes, backwards
		for i := len(n.kept) - 1; i >= 0; i-- {
			n.deliver(n.kept[i])
		}
		n.kept = n.kept[:0]
	case 8:
		n.deliver(n.sender.padding(n.clock))
	case 9: // the stream begins anew, and nothing of the old one comes any more
		n.sender.sequence += uint16(value * value * 20)
		n.forget()
	case 10:
		n.sender.ssrc++
		n.forget()
	case 11: // something very old comes again
		n.deliver(n.history[n.sender.sequence-uint16(value*value*value)])
	case 12:
		n.SetWatched(value%2 == 0)
		n.SetWatched(true)
	case 13:
		n.clock += uint32(value) << 28
	}
}

func (n *disorderly) forget() {
	clear(n.history)
	n.kept, n.asked = nil, nil
}

func (n *disorderly) frame(value int) [][]byte {
	key := n.still.keys > n.keys || n.number == 0
	n.keys = n.still.keys
	packets := n.sender.frame(n.number, key, value*50, n.clock)
	n.number++
	n.clock += 3000
	for _, packet := range packets {
		n.history[uint16(packet[2])<<8|uint16(packet[3])] = packet
	}
	return packets
}

func (n *disorderly) deliver(packets ...[]byte) {
	for _, packet := range packets {
		if packet != nil {
			n.receive(packet)
			n.pass(time.Millisecond)
		}
	}
}

func TestReceiverDisorder(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 80 {
		operations := make([]byte, 60)
		for i := range operations {
			operations[i] = byte(random.IntN(256))
		}
		disorder(t, operations)
	}
}
