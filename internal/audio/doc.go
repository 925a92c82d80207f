// Package audio sends the sound of local sources and receives that of remote ones.
//
// A Source takes what the host has pushed, 20 ms at a time and not faster than it is to be heard, and hands it to the
// Senders of several connections, which encode and send it. A Receiver orders the packets of a remote track, waits
// as long as the network's jitter demands, and plays them out every 10 ms.
package audio
