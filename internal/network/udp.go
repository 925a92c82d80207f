// Package network is what connections need of the machine's network: sockets, interfaces,
// and the addresses of the servers that an application names.
package network

import (
	"net"

	"github.com/pion/transport/v5"
	"github.com/pion/transport/v5/stdnet"
)

// socketBufferBytes is asked for in both directions of every UDP socket. The kernel's usual
// 208 KiB overflow at the rates a data channel reaches, and each lost packet costs SCTP a
// retransmission and half its window; the kernel may grant less.
const socketBufferBytes = 4 << 20

// Net is the network as ICE sees it: the operating system's, with larger socket buffers and
// with interfaces that are listed afresh whenever candidates are gathered. The sockets are
// plain *net.UDPConn, because ice has an allocation-free path for exactly that type.
type Net struct {
	stdnet.Net
	Settings *Settings // nil: the usual ones
}

var _ transport.Net = (*Net)(nil)

// ListenUDP opens a UDP socket.
func (n *Net) ListenUDP(network string, address *net.UDPAddr) (transport.UDPConn, error) {
	conn, err := net.ListenUDP(network, address)
	if err != nil {
		return nil, err
	}
	growBuffers(conn)
	return conn, nil
}

// ListenPacket opens a packet socket; TURN allocations are made through it.
func (n *Net) ListenPacket(network, address string) (net.PacketConn, error) {
	conn, err := n.Net.ListenPacket(network, address)
	if err != nil {
		return nil, err
	}
	if udp, ok := conn.(*net.UDPConn); ok {
		growBuffers(udp)
	}
	return conn, nil
}

// growBuffers is best effort: a socket with small buffers works, only slower.
func growBuffers(conn *net.UDPConn) {
	_ = conn.SetReadBuffer(socketBufferBytes)
	_ = conn.SetWriteBuffer(socketBufferBytes)
}
