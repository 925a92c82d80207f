// Package video sends pictures of local sources and receives those of remote ones.
//
// A Source hands pictures to the Senders of several connections; each Sender adapts, encodes
// and packetises them in a goroutine of its own. A Receiver orders the packets of a remote
// track, asks again for what is missing, assembles frames, and decodes them when they are due.
package video
