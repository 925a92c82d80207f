package network

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
)

// listenInRange opens a packet socket in the range of ports, if there is one. ICE keeps to it only with its own
// sockets, not with those of TURN allocations.
func (a *Access) listenInRange(network, address string) (net.PacketConn, error) {
	ports := a.options.Settings.Ports
	host, port, err := net.SplitHostPort(address)
	if err != nil || port != "0" || ports.Max == 0 {
		return a.Net.ListenPacket(network, address)
	}
	count := int(ports.Max) - int(ports.Min) + 1
	first := rand.IntN(count) //nolint:gosec // nobody has to be kept from guessing it
	var failure error
	for i := range count {
		port := int(ports.Min) + (first+i)%count
		conn, err := a.Net.ListenPacket(network, net.JoinHostPort(host, strconv.Itoa(port)))
		if err == nil {
			return conn, nil
		}
		failure = err
	}
	return nil, fmt.Errorf("no port of %d to %d is free: %w", ports.Min, ports.Max, failure)
}
