package main

/*
#include "callbacks/post.h"
#include "capi/engine.h"

#cgo noescape ml_post_message
#cgo nocallback ml_post_message
#cgo noescape ml_channel_take
#cgo nocallback ml_channel_take
#cgo noescape ml_channel_release
#cgo nocallback ml_channel_release
*/
import "C"

import (
	"unsafe"

	"libml_webrtc/handles"
	"libml_webrtc/internal/rtc"
)

var channels handles.Objects[*channel]

// channel stands between the host's side of a data channel and the engine's.
type channel struct {
	host   *C.ml_channel // valid until Released
	handle handles.Handle
	engine *rtc.DataChannel

	batch    *C.ml_outgoing
	messages []rtc.OutMessage
}

var (
	_ rtc.ChannelEvents = (*channel)(nil)
	_ rtc.Outbox        = (*channel)(nil)
)

func newChannel(host *C.ml_channel, handle handles.Handle) *channel {
	return &channel{host: host, handle: handle}
}

func createChannel(connectionHandle handles.Handle, in *C.ml_in_channel) error {
	conn, ok := connections.Get(connectionHandle)
	if !ok {
		return errNoHandle
	}
	ch := newChannel(in.channel, handles.Handle(in.handle))
	channels.Put(ch.handle, ch)
	// By runes: what is not UTF-8 becomes U+FFFD, as it does in GetLabel.
	label := string([]rune(string(bytesOf(in.label, in.label_size))))
	engine, err := conn.engine.CreateDataChannel(label, ch)
	if err != nil {
		channels.Remove(ch.handle)

		return err
	}
	// Bells ring for this channel only after the host has its handle, which is later.
	ch.engine = engine

	return nil
}

func destroyChannel(handle handles.Handle) {
	if ch, ok := channels.Get(handle); ok {
		ch.engine.Close()
	}
}

func (ch *channel) ring(op C.ml_op) {
	if op == C.ML_OP_CHANNEL_SEND {
		ch.engine.Kick()
	} else {
		ch.engine.Resume()
	}
}

func (ch *channel) Open(maxMessageSize int) { C.ml_post_open(ch.host, C.uint64_t(maxMessageSize)) }

func (ch *channel) Message(data []byte, binary bool) bool {
	return C.ml_post_message(ch.host, unsafe.Pointer(unsafe.SliceData(data)), C.uint64_t(len(data)),
		C.bool(binary)) != C.ML_POST_FULL
}

func (ch *channel) Closed() { C.ml_post_closed(ch.host) }

func (ch *channel) Outbox() rtc.Outbox { return ch }

// Take implements rtc.Outbox: the messages stay in C memory.
func (ch *channel) Take() []rtc.OutMessage {
	ch.messages = ch.messages[:0]
	ch.batch = C.ml_channel_take(ch.host)
	if ch.batch == nil {
		return nil
	}
	for out := ch.batch; out != nil; out = out.next {
		data := (*byte)(unsafe.Add(unsafe.Pointer(out), outgoingHeader))
		ch.messages = append(ch.messages, rtc.OutMessage{
			Data:   unsafe.Slice(data, int(out.size)),
			Binary: out.is_binary != 0,
		})
	}

	return ch.messages
}

// outgoingHeader is where the bytes of an outgoing message start (a flexible array
// member has no Go name).
const outgoingHeader = C.ML_OUTGOING_HEADER

// Release implements rtc.Outbox.
func (ch *channel) Release() {
	clear(ch.messages)
	C.ml_channel_release(ch.host, ch.batch)
	ch.batch = nil
}

func (ch *channel) Released() {
	channels.Remove(ch.handle)
	C.ml_channel_engine_done(ch.host)
}
