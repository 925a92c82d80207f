// Package rtc is the engine: peer connections, data channels and tracks on pion/webrtc. It knows no
// C, no handle and no host; what happens is told to the interfaces ConnectionEvents, ChannelEvents
// and TrackEvents, and every method returns without waiting for the network.
//
// How it is built:
//   - An Instance owns what its connections share. A Connection owns its channels. Contexts
//     follow that order, and a goroutine ends with the context it was started under.
//   - Signalling calls are operations: one runs at a time, in the order of the calls
//     (operations.go). What can be checked without running them is checked in the call.
//   - pion reports changes from goroutines of its own in no certain order. So a report only
//     wakes the engine up, which then looks at the state as it is and tells the host the
//     difference (state.go).
//   - Event methods are called under one lock per connection, so that they never overlap and
//     their order is the order in which things happened. No method of this package takes
//     that lock on behalf of its caller: event methods may call every one of them.
//   - A connection that has lost its path makes offers that lead it back (recovery.go), when ICE or the machine's
//     addresses (addresses.go) say so. pion is told of an offer when its answer comes, so that the two sides' offers
//     can yield to each other (glare.go).
//   - A data channel has a reader (receive.go), which stops reading when the host's queue is
//     full, and a pump (pump.go), which stops sending when SCTP has enough.
//   - What a description says about media is worked out here, line by line (lines.go,
//     sections.go); pion is shown a simpler world (show.go), and what it writes is put into the
//     words for the peer (localdescription.go). When both sides' descriptions are there, settle
//     (remotetrack.go) brings about what they have come to.
//   - An outlet (outlet.go) sends a local track on one connection, an inlet (inlet.go) receives a
//     section's stream; package video does the rest.
package rtc
