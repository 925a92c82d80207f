package rtc

import (
	"fmt"
	"sync"

	"github.com/stretchr/testify/require"
)

// hostChannel is the host's end of a channel: its outbox and what came in.
type hostChannel struct {
	side  *side
	label string
	dc    *DataChannel

	onOpen        func() // what the host does at that very moment
	opens, closes int
	released      bool
	maxSize       int
	messages      []OutMessage
	bytes         int
	room          int // how many messages are taken still; -1: any number
	discard       bool
	refused       int
	wantsResume   bool

	out      sync.Mutex
	queue    []OutMessage
	fetching bool
	taken    bool
}

var _ ChannelEvents = (*hostChannel)(nil)
var _ Outbox = (*hostChannel)(nil)

func newHostChannel(s *side, label string) *hostChannel {
	return &hostChannel{side: s, label: label, room: -1}
}

func (s *side) createChannel(label string) *hostChannel {
	s.t.Helper()
	h := newHostChannel(s, label)
	dc, err := s.conn.CreateDataChannel(label, h)
	require.NoError(s.t, err)
	s.mu.Lock()
	h.dc = dc
	s.mu.Unlock()
	return h
}

func (h *hostChannel) Open(maxMessageSize int) {
	h.side.record("open "+h.label, func() {
		h.opens++
		h.maxSize = maxMessageSize
		if len(h.messages) > 0 {
			h.side.t.Errorf("channel %q: a message before open", h.label)
		}
	})
	if h.onOpen != nil {
		h.onOpen()
	}
}

func (h *hostChannel) Message(data []byte, binary bool) bool {
	taken := false
	h.side.record("message "+h.label, func() {
		h.side.log = h.side.log[:len(h.side.log)-1] // there may be many
		if h.released || h.closes > 0 || h.opens != 1 {
			h.side.t.Errorf("channel %q: a message outside its life", h.label)
		}
		if h.room == 0 {
			h.refused++
			h.wantsResume = true
			return
		}
		if h.room > 0 {
			h.room--
		}
		taken = true
		h.bytes += len(data)
		if !h.discard {
			h.messages = append(h.messages, OutMessage{Data: append([]byte(nil), data...), Binary: binary})
		}
	})
	return taken
}

func (h *hostChannel) Closed() {
	h.side.record("channel closed "+h.label, func() { h.closes++ })
}
func (h *hostChannel) Outbox() Outbox { return h }
func (h *hostChannel) Released() {
	h.side.record("released "+h.label, func() {
		if h.released {
			h.side.t.Errorf("channel %q released twice", h.label)
		}
		h.released = true
	})
}

func (h *hostChannel) Take() []OutMessage {
	h.out.Lock()
	defer h.out.Unlock()
	if h.taken {
		h.side.t.Errorf("channel %q: Take before Release", h.label)
	}
	if len(h.queue) == 0 {
		h.fetching = false
		return nil
	}
	n := min(len(h.queue), 64)
	batch := h.queue[:n:n]
	h.queue = h.queue[n:]
	h.taken = true
	return batch
}

func (h *hostChannel) Release() {
	h.out.Lock()
	defer h.out.Unlock()
	if !h.taken {
		h.side.t.Errorf("channel %q: Release without Take", h.label)
	}
	h.taken = false
}

// send puts a message into the outbox, which has no bound here.
func (h *hostChannel) send(data []byte, binary bool) {
	h.out.Lock()
	h.queue = append(h.queue, OutMessage{Data: data, Binary: binary})
	ring := !h.fetching
	h.fetching = true
	h.out.Unlock()
	if ring {
		h.dc.Kick()
	}
}

func (h *hostChannel) untilOpen() {
	h.side.t.Helper()
	h.side.until("open "+h.label, func() bool { return h.opens == 1 })
}

func (h *hostChannel) untilMessages(n int) {
	h.side.t.Helper()
	h.side.until(fmt.Sprintf("%d messages on %s", n, h.label), func() bool { return len(h.messages) >= n })
}
