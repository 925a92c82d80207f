package bandwidth

import (
	"time"

	"github.com/pion/rtcp"
)

// historySize is how many packets are remembered: at 20 Mbit/s those of two seconds.
const historySize = 4096

type fate uint8

const (
	fateUnknown fate = iota
	fateLost
	fateReceived
)

// sentPacket is what is remembered of a packet until the peer says what became of it.
type sentPacket struct {
	sent   time.Duration // on the estimate's clock
	size   int
	fate   fate
	behind bool // it left as soon as pacing allowed after the one before it
}

// history is what was sent, by transport-wide sequence number.
type history struct {
	packets []sentPacket // none before the first packet, as most connections send none
	next    uint16       // sequence number
	count   int          // of packets that are remembered

	reference int64 // the reference time of the last feedback, unwrapped, in units of 64 ms
	referred  bool  // there was one
}

// add remembers a packet and gives its sequence number.
func (h *history) add(now time.Duration, size int, behind bool) uint16 {
	if h.packets == nil {
		h.packets = make([]sentPacket, historySize)
	}
	sequence := h.next
	h.packets[sequence%historySize] = sentPacket{sent: now, size: size, behind: behind}
	h.next++
	h.count = min(h.count+1, historySize)

	return sequence
}

func (h *history) find(sequence uint16) *sentPacket {
	age := h.next - sequence // 1: the last one that was sent
	if age == 0 || int(age) > h.count {
		return nil
	}

	return &h.packets[sequence%historySize]
}

// status is what a feedback says of one packet.
type status struct {
	sequence uint16
	received bool
	arrival  time.Duration // on the peer's clock
}

// read calls visit with what a feedback says of each packet, in the order of their numbers. It
// gives false when the feedback contradicts itself.
func (h *history) read(feedback *rtcp.TransportLayerCC, visit func(status)) bool {
	clock := h.unwrap(feedback.ReferenceTime)
	at := time.Duration(clock) * 64 * time.Millisecond
	deltas := feedback.RecvDeltas
	next := feedback.BaseSequenceNumber
	left := int(feedback.PacketStatusCount)
	one := func(symbol uint16) bool {
		s := status{sequence: next}
		next++
		left--
		if symbol == rtcp.TypeTCCPacketReceivedSmallDelta || symbol == rtcp.TypeTCCPacketReceivedLargeDelta {
			if len(deltas) == 0 {
				return false
			}
			at += time.Duration(deltas[0].Delta) * time.Microsecond
			deltas = deltas[1:]
			s.received, s.arrival = true, at
		}
		visit(s)

		return true
	}
	for _, chunk := range feedback.PacketChunks {
		switch c := chunk.(type) {
		case *rtcp.RunLengthChunk:
			for range min(int(c.RunLength), left) {
				if !one(c.PacketStatusSymbol) {
					return false
				}
			}
		case *rtcp.StatusVectorChunk:
			for _, symbol := range c.SymbolList[:min(len(c.SymbolList), left)] {
				if !one(symbol) {
					return false
				}
			}
		default:
			return false
		}
	}

	return true
}

// unwrap gives a feedback's time, of which 24 bits are sent, as the one closest to the last.
func (h *history) unwrap(reference uint32) int64 {
	const period = 1 << 24
	unwrapped := int64(reference % period)
	if h.referred {
		difference := (unwrapped - h.reference) & (period - 1)
		if difference >= period/2 {
			difference -= period
		}
		unwrapped = h.reference + difference
	}
	h.reference, h.referred = unwrapped, true

	return unwrapped
}
