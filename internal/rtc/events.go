package rtc

import (
	"libml_webrtc/internal/picture"
	"libml_webrtc/internal/sound"
)

// ConnectionEvents is told what happens to a connection. The methods are called by
// goroutines of the engine, in the order in which things happened, one at a time per
// connection, the methods of its ChannelEvents included. They must not block; they may call
// every method of this package. After Connection.Close only Closed and the Released of the
// channels come.
type ConnectionEvents interface {
	// Error tells of a failure that no method could return any more.
	Error(message string)
	// Connected: ICE and DTLS are up, for the first time or again. Not failed any more.
	Connected()
	// Disconnected: the connection was lost, failed, or was closed by the peer.
	Disconnected()
	// Failed: ICE or DTLS gave up. It comes before the Error and the Disconnected that go
	// with it and means nothing but that the state is "failed" from now on.
	Failed()
	// LocalOffer: the offer was made and applied; send it to the peer.
	LocalOffer(sdp string)
	// LocalAnswer: the answer was made and applied; send it to the peer.
	LocalAnswer(sdp string)
	// LocalCandidate comes after the description that it belongs to.
	LocalCandidate(candidate, sdpMid string, sdpMLineIndex int)
	// GatheringComplete comes after the last LocalCandidate of a gathering, once.
	GatheringComplete()
	// DataChannel: the peer made a channel. nil refuses it; then nothing of it is heard
	// again. Otherwise the channel's events go to what is returned.
	DataChannel(dc *DataChannel, label string) ChannelEvents
	// TrackAdded: a description of the peer announces a track; for an offer, before LocalAnswer. nil refuses
	// the track; then nothing of it is heard again.
	TrackAdded(track *RemoteTrack, kind Kind, id string, streams []string) TrackEvents
	// Closed is the last call of all: the engine is done with the connection.
	Closed()
}

// ChannelEvents is told what happens to a data channel. The rules of ConnectionEvents hold.
type ChannelEvents interface {
	// Open comes once, before the first Message. No message may be larger than
	// maxMessageSize bytes.
	Open(maxMessageSize int)
	// Message hands over a message; data is only valid during the call. false: there is no
	// room and nothing was taken; the engine offers the same message again after Resume.
	Message(data []byte, binary bool) bool
	// Closed comes once, after the last message, when the peer closed the channel or the
	// connection ended; not after DataChannel.Close or Connection.Close.
	Closed()
	// Outbox is where the host's messages wait. Called any number of times until Released.
	Outbox() Outbox
	// Released is the last call: the engine touches neither these events nor the outbox
	// again, and DataChannel's methods do nothing any more.
	Released()
}

// TrackEvents is told what happens to a track of the peer. The rules of ConnectionEvents hold, but
// Picture and Sound are called at any time between TrackAdded and Removed or Released, and not under their lock.
type TrackEvents interface {
	// Picture takes over a reference to a picture. One at a time.
	Picture(p picture.Picture)
	// Sound takes over a reference to 10 ms of sound. One at a time.
	Sound(block sound.Block)
	// Removed: a later description of the peer took the track away.
	Removed()
	// Released is the last call, and RemoteTrack's methods do nothing any more.
	Released()
}

// Outbox holds the messages that the host accepted, in order. The engine takes them in
// batches, so that one crossing into C moves many.
type Outbox interface {
	// Take returns the next batch. nil: the outbox is empty, and the next message leads to
	// a Kick again. The messages are valid until Release.
	Take() []OutMessage
	// Release frees the batch that Take returned last.
	Release()
}

// OutMessage is a message on its way out.
type OutMessage struct {
	Data   []byte
	Binary bool
}
