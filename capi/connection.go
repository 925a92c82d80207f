package main

/*
#include "callbacks/post.h"
#include "capi/engine.h"
#include "ml_webrtc/connection.h"

#cgo noescape ml_post
#cgo nocallback ml_post
#cgo noescape ml_post_candidate
#cgo nocallback ml_post_candidate
#cgo noescape ml_channel_received
#cgo nocallback ml_channel_received
*/
import "C"

import (
	"sync"
	"unsafe"

	"libml_webrtc/handles"
	"libml_webrtc/internal/rtc"
)

var connections handles.Objects[*connection]

// connection tells the host what happens on an engine's connection.
type connection struct {
	host   *C.ml_connection // valid until Closed
	handle handles.Handle
	engine *rtc.Connection

	room     chan struct{} // the host has taken events; at most one is kept
	gone     chan struct{} // the host has destroyed the connection
	goneOnce sync.Once
}

var _ rtc.ConnectionEvents = (*connection)(nil)

func createConnection(handle handles.Handle, in *C.ml_in_connection) error {
	instance, err := library.current()
	if err != nil {
		return err
	}
	conn := &connection{
		host:   in.connection,
		handle: handle,
		room:   make(chan struct{}, 1),
		gone:   make(chan struct{}),
	}
	// Known first: the instance may end, and the connection be closed, before this is done.
	connections.Put(handle, conn)
	conn.engine, err = instance.NewConnection(toConfig(in.config), conn)
	if err != nil {
		connections.Remove(handle)

		return err
	}

	return nil
}

func destroyConnection(handle handles.Handle) {
	if conn, ok := connections.Get(handle); ok {
		conn.leave()
		conn.engine.Close()
	}
}

// leave says that the host is gone: nobody waits for it any more.
func (c *connection) leave() { c.goneOnce.Do(func() { close(c.gone) }) }

func (c *connection) ringRoom() {
	select {
	case c.room <- struct{}{}:
	default:
	}
}

// signal serves the signalling calls: each is checked and queued, and done later.
func signal(op C.ml_op, handle handles.Handle, in unsafe.Pointer) error {
	conn, ok := connections.Get(handle)
	if !ok {
		return errNoHandle
	}
	switch op {
	case C.ML_OP_CREATE_OFFER:
		return conn.engine.CreateOffer()
	case C.ML_OP_SET_REMOTE_OFFER:
		return conn.engine.SetRemoteOffer(inText(in))
	case C.ML_OP_SET_REMOTE_ANSWER:
		return conn.engine.SetRemoteAnswer(inText(in))
	case C.ML_OP_ADD_REMOTE_CANDIDATE:
		candidate := (*C.MLWebRTCConnectionIceCandidate)(in)

		return conn.engine.AddRemoteCandidate(
			text(candidate.candidate), text(candidate.sdp_mid), int(candidate.sdp_mline_index))
	default:
		return errUnknownRequest
	}
}

func inText(in unsafe.Pointer) string {
	carried := (*C.ml_in_text)(in)

	return string(bytesOf(carried.text, carried.size))
}

// post hands an event over. When the host has fetched nothing for so long that its queue
// is full, the connection's engine waits here until it does, or is gone.
func (c *connection) post(try func() C.ml_posted) {
	injectPanic(panicEvents)
	for try() == C.ML_POST_FULL {
		select {
		case <-c.room:
		case <-c.gone:
			return
		}
	}
}

func (c *connection) postText(kind C.ml_event_kind, message string) {
	c.post(func() C.ml_posted {
		return C.ml_post(c.host, kind, (*C.char)(unsafe.Pointer(unsafe.StringData(message))), C.uint64_t(len(message)))
	})
}

func (c *connection) Error(message string)   { c.postText(C.ML_EVENT_ERROR, message) }
func (c *connection) Connected()             { c.postText(C.ML_EVENT_CONNECTED, "") }
func (c *connection) Disconnected()          { c.postText(C.ML_EVENT_DISCONNECTED, "") }
func (c *connection) Failed()                { C.ml_post_failed(c.host) }
func (c *connection) LocalOffer(sdp string)  { c.postText(C.ML_EVENT_LOCAL_OFFER, sdp) }
func (c *connection) LocalAnswer(sdp string) { c.postText(C.ML_EVENT_LOCAL_ANSWER, sdp) }
func (c *connection) GatheringComplete()     { c.postText(C.ML_EVENT_GATHERING_COMPLETED, "") }

func (c *connection) LocalCandidate(candidate, sdpMid string, sdpMLineIndex int) {
	c.post(func() C.ml_posted {
		return C.ml_post_candidate(c.host,
			(*C.char)(unsafe.Pointer(unsafe.StringData(candidate))), C.uint64_t(len(candidate)),
			(*C.char)(unsafe.Pointer(unsafe.StringData(sdpMid))), C.uint64_t(len(sdpMid)),
			C.int32_t(sdpMLineIndex))
	})
}

func (c *connection) DataChannel(engine *rtc.DataChannel, label string) rtc.ChannelEvents {
	var handle C.uint64_t
	host := C.ml_channel_received(C.uint64_t(c.handle),
		(*C.char)(unsafe.Pointer(unsafe.StringData(label))), C.uint64_t(len(label)), &handle)
	if host == nil {
		return nil
	}
	ch := newChannel(host, handles.Handle(handle))
	ch.engine = engine
	channels.Put(ch.handle, ch)
	announced := false
	defer func() {
		if !announced { // a panic: the engine will never hear of the channel
			ch.Released()
		}
	}()
	c.post(func() C.ml_posted { return C.ml_post_channel(host) })
	announced = true

	return ch
}

func (c *connection) Closed() {
	connections.Remove(c.handle)
	sources.forget(c)
	c.leave()
	C.ml_connection_engine_done(c.host)
}

func toConfig(config *C.MLWebRTCConnectionConfig) rtc.Config {
	var out rtc.Config
	for _, server := range unsafe.Slice(config.ice_servers, int(config.num_ice_servers)) {
		out.ICEServers = append(out.ICEServers, rtc.ICEServer{
			URI: text(server.uri), Username: text(server.user_name), Password: text(server.password),
		})
	}
	if proxy := config.proxy_config; proxy != nil {
		out.Proxy = &rtc.ProxyConfig{
			Type:          rtc.ProxyType(proxy._type),
			Host:          text(proxy.host_address),
			Port:          int(proxy.host_port),
			Username:      text(proxy.username),
			Password:      text(proxy.password),
			AutoDetect:    proxy.auto_detect != 0,
			AutoConfigURL: text(proxy.auto_config_url),
			BypassList:    text(proxy.bypass_list),
		}
	}

	return out
}
