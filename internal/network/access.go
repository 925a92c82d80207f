package network

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pion/stun/v4"
	"github.com/pion/transport/v5"
)

const (
	// resolveTimeout bounds one look-up of a server's name.
	resolveTimeout = 5 * time.Second
	// dialTimeout bounds each step on the way to a server over TCP: reaching it or its proxy,
	// the proxy's answer, the handshake of TLS.
	dialTimeout = 5 * time.Second
)

// ErrUnreachable is wrapped by errors about a server that may be fine again in a moment: its
// name is not found, nothing answers. The others want somebody to change something.
var ErrUnreachable = errors.New("not reachable")

// errOtherFamily: the server has no address of the family that ICE asks for, but perhaps one
// of the other.
var errOtherFamily = errors.New("no address of this family")

// Report is told why a server is of no use. It may come on any goroutine.
type Report func(server ICEServer, err error)

// Access is how the connections of a host get at their ICE servers. It is the network that ICE
// sees (transport.Net), and the dialer for what goes over TCP (Dialer).
type Access struct {
	transport.Net
	ctx     context.Context //nolint:containedctx // pion's look-ups and dials know none
	servers []ICEServer
	options Options
	report  Report

	mu       sync.Mutex
	resolved map[netip.AddrPort]int // the servers over UDP by the addresses of their names

	scripts scripts
}

// Options say what a connection needs beside the network.
type Options struct {
	Proxy    *Proxy    // nil: none
	Settings *Settings // nil: the usual ones
}

// NewAccess makes the access to servers. It ends with the context.
func NewAccess(ctx context.Context, below transport.Net, servers []ICEServer, options Options, report Report) *Access {
	if options.Settings == nil {
		options.Settings = &Settings{}
	}
	return &Access{
		Net:      below,
		ctx:      ctx,
		servers:  servers,
		options:  options,
		report:   report,
		resolved: make(map[netip.AddrPort]int),
	}
}

// streamHost is part of the names that stand for servers over TCP towards ICE. ICE tells its
// dialer an address and nothing more; the name says which server is meant, and so whether to
// speak TLS, as one that is spoken to with and without it may have a single port. ICE never
// resolves it; by RFC 6761 nobody could.
const streamHost = "server.invalid"

// URIs gives what ICE is told instead of the servers' own URIs, one for each.
func (a *Access) URIs() []string {
	uris := make([]string, len(a.servers))
	for i, server := range a.servers {
		address := net.JoinHostPort(server.Host, strconv.Itoa(server.Port))
		switch {
		case server.Stream:
			scheme := stun.SchemeTypeTURN
			if server.Secure {
				scheme = stun.SchemeTypeTURNS
			}
			uris[i] = fmt.Sprintf("%v:%d.%s:%d?transport=tcp", scheme, i, streamHost, server.Port)
		case server.Relay:
			uris[i] = "turn:" + address + "?transport=udp"
		default:
			uris[i] = "stun:" + address
		}
	}
	return uris
}

// streamServer finds the server that a name of URIs stands for.
func (a *Access) streamServer(address string) (ICEServer, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return ICEServer{}, fmt.Errorf("address of a server: %w", err)
	}
	number, ok := strings.CutSuffix(host, "."+streamHost)
	i, err := strconv.Atoi(number)
	if !ok || err != nil || i < 0 || i >= len(a.servers) {
		return ICEServer{}, fmt.Errorf("%w: %q stands for no server", ErrInvalid, address)
	}
	return a.servers[i], nil
}

// ResolveUDPAddr looks the address of a server up, in bounded time.
func (a *Access) ResolveUDPAddr(network, address string) (*net.UDPAddr, error) {
	host, service, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("resolving %q: %w", address, err)
	}
	port, err := strconv.ParseUint(service, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("resolving %q: port %q: %w", address, service, err)
	}
	ip, err := a.lookUp(network, host)
	if err != nil {
		a.reportNamed(host, int(port), err)
		return nil, err
	}
	found := netip.AddrPortFrom(ip, uint16(port))
	a.note(host, found)
	return net.UDPAddrFromAddrPort(found), nil
}

// lookUp gives the first address of a family. Addresses need no look-up.
func (a *Access) lookUp(network, host string) (netip.Addr, error) {
	if ip, err := netip.ParseAddr(host); err == nil {
		if !fits(network, ip.Unmap()) {
			return netip.Addr{}, fmt.Errorf("%w: %s for %s", errOtherFamily, host, network)
		}
		return ip.Unmap(), nil
	}
	found, err := a.lookUpAll(network, host)
	if err != nil {
		return netip.Addr{}, err
	}
	return found[0], nil
}

// lookUpAll gives the addresses of a name in a family, at least one. It asks for both: a name that has
// only addresses of the other one is no failure.
func (a *Access) lookUpAll(network, host string) ([]netip.Addr, error) {
	ctx, cancel := context.WithTimeout(a.ctx, resolveTimeout)
	defer cancel()
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil, fmt.Errorf("%w: looking the name up: %w", ErrUnreachable, err)
	}
	var fitting []netip.Addr
	for _, ip := range found {
		if fits(network, ip.Unmap()) {
			fitting = append(fitting, ip.Unmap())
		}
	}
	if len(fitting) == 0 {
		return nil, fmt.Errorf("%w: %s for %s", errOtherFamily, host, network)
	}
	return fitting, nil
}

// fits says whether an address belongs to a network: "tcp4" and "udp6" have one family, "tcp" has both.
func fits(network string, ip netip.Addr) bool {
	switch network[len(network)-1] {
	case '4':
		return ip.Is4()
	case '6':
		return ip.Is6()
	default:
		return true
	}
}

// note remembers which TURN server over UDP an address belongs to.
func (a *Access) note(host string, address netip.AddrPort) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i, server := range a.servers {
		if server.Relay && !server.Stream && server.Host == host && server.Port == int(address.Port()) {
			a.resolved[address] = i
			return
		}
	}
}

// serverAt finds the TURN server over UDP that has an address.
func (a *Access) serverAt(address netip.AddrPort) (ICEServer, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	i, ok := a.resolved[netip.AddrPortFrom(address.Addr().Unmap(), address.Port())]
	if !ok {
		return ICEServer{}, false
	}
	return a.servers[i], true
}

// reportNamed reports for the servers over UDP of a host.
func (a *Access) reportNamed(host string, port int, err error) {
	for _, server := range a.servers {
		if !server.Stream && server.Host == host && server.Port == port {
			a.fail(server, err)
		}
	}
}

// fail reports, unless the connection is being closed or the other family may still do.
func (a *Access) fail(server ICEServer, err error) {
	if a.ctx.Err() == nil && !errors.Is(err, errOtherFamily) {
		a.report(server, err)
	}
}

// ListenPacket opens the socket of a TURN allocation over UDP.
func (a *Access) ListenPacket(network, address string) (net.PacketConn, error) {
	conn, err := a.listenInRange(network, address)
	if err != nil {
		return nil, err
	}
	return &watchedPackets{PacketConn: conn, access: a}, nil
}
