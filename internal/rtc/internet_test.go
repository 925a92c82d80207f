package rtc

import (
	"errors"
	"net"
	"slices"
	"sync"
	"testing"

	"github.com/pion/transport/v5"
	"github.com/stretchr/testify/require"

	"libml_webrtc/internal/network"
)

// internet carries packets between machines whose addresses come and go. All of it happens on the loopback interface,
// where ports tell the sockets apart.
type internet struct {
	mu      sync.Mutex
	sockets map[int]*hostSocket // by port
	cut     bool
}

func newInternet() *internet { return &internet{sockets: make(map[int]*hostSocket)} }

// setCut loses all packets, or no more.
func (i *internet) setCut(cut bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.cut = cut
}

// carries says whether packets go from a socket to an address.
func (i *internet) carries(from *hostSocket, to *net.UDPAddr) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	there := i.sockets[to.Port]
	return !i.cut && there != nil && there.ip.Equal(to.IP) && from.host.has(from.ip) && there.host.has(there.ip)
}

// machine is a network as one machine sees it.
type machine struct {
	network.Net
	internet  *internet
	mu        sync.Mutex
	addresses []string
}

func (i *internet) machine(addresses ...string) *machine {
	return &machine{internet: i, addresses: addresses}
}

// move gives the machine other addresses.
func (m *machine) move(addresses ...string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.addresses = addresses
}

func (m *machine) has(ip net.IP) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Contains(m.addresses, ip.String())
}

func (m *machine) Interfaces() ([]*transport.Interface, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	one := transport.NewInterface(net.Interface{Index: 1, Name: "net0", Flags: net.FlagUp})
	for _, address := range m.addresses {
		one.AddAddress(&net.IPNet{IP: net.ParseIP(address), Mask: net.CIDRMask(24, 32)})
	}
	return []*transport.Interface{one}, nil
}

// hostSocket is a socket of a machine, at an address that it had when the socket was made.
type hostSocket struct {
	transport.UDPConn
	host *machine
	ip   net.IP
	port int
}

func (m *machine) ListenUDP(name string, address *net.UDPAddr) (transport.UDPConn, error) {
	if address == nil || !m.has(address.IP) {
		return nil, errors.New("no such address here")
	}
	conn, err := m.Net.ListenUDP(name, &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, err
	}
	local, _ := conn.LocalAddr().(*net.UDPAddr)
	s := &hostSocket{UDPConn: conn, host: m, ip: address.IP, port: local.Port}
	m.internet.mu.Lock()
	defer m.internet.mu.Unlock()
	m.internet.sockets[s.port] = s
	return s, nil
}

func (s *hostSocket) LocalAddr() net.Addr { return &net.UDPAddr{IP: s.ip, Port: s.port} }

func (s *hostSocket) WriteTo(p []byte, to net.Addr) (int, error) {
	udp, ok := to.(*net.UDPAddr)
	if !ok || !s.host.internet.carries(s, udp) {
		return len(p), nil
	}
	return s.UDPConn.WriteTo(p, &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: udp.Port}) //nolint:wrapcheck // a socket
}

func (s *hostSocket) ReadFrom(p []byte) (int, net.Addr, error) {
	n, from, err := s.UDPConn.ReadFrom(p)
	udp, ok := from.(*net.UDPAddr)
	if err != nil || !ok {
		return n, from, err //nolint:wrapcheck // a socket
	}
	s.host.internet.mu.Lock()
	defer s.host.internet.mu.Unlock()
	if there := s.host.internet.sockets[udp.Port]; there != nil {
		return n, &net.UDPAddr{IP: there.ip, Port: udp.Port}, nil
	}
	return n, from, nil
}

func (s *hostSocket) Close() error {
	s.host.internet.mu.Lock()
	delete(s.host.internet.sockets, s.port)
	s.host.internet.mu.Unlock()
	return s.UDPConn.Close() //nolint:wrapcheck // a socket
}

// travellers are two connected sides on machines of their own; a made the first offer.
type travellers struct {
	*internet
	a, b         *side
	homeA, homeB *machine
	ours, theirs *hostChannel
	sent         int
}

func newTravellers(t *testing.T) *travellers {
	t.Helper()
	world := newInternet()
	v := &travellers{internet: world, homeA: world.machine("10.1.0.1"), homeB: world.machine("10.2.0.1")}
	at := func(m *machine, name string) *side {
		instance := newTestInstance(t)
		instance.network, instance.timing = m, shortTiming
		return newSide(t, instance, name)
	}
	v.a, v.b = at(v.homeA, "a"), at(v.homeB, "b")
	v.resumeSignalling()
	v.ours = v.a.createChannel("first")
	require.NoError(t, v.a.conn.CreateOffer())
	v.ours.untilOpen()
	v.theirs = v.b.untilIncoming(1)
	v.a.untilEvent("connected")
	v.b.untilEvent("connected")
	for _, s := range []*side{v.a, v.b} {
		require.Eventually(t, func() bool { return s.conn.instance.addresses.Load() != nil }, patience, tick)
	}
	return v
}

func (v *travellers) stopSignalling()   { v.a.signalTo(nil); v.b.signalTo(nil) }
func (v *travellers) resumeSignalling() { v.a.signalTo(v.b); v.b.signalTo(v.a) }

// talk sends messages, whatever the network does.
func (v *travellers) talk() {
	for range 10 {
		v.ours.send([]byte{byte(v.sent)}, true)
		v.sent++
	}
}

// end checks that every message has arrived, in order, and that nobody was told of an error.
func (v *travellers) end(t *testing.T) {
	t.Helper()
	v.talk()
	v.theirs.untilMessages(v.sent)
	v.a.close()
	v.b.close()
	for i := range v.sent {
		require.Equal(t, []byte{byte(i)}, v.theirs.messages[i].Data)
	}
	require.Zero(t, v.a.count("error")+v.b.count("error"), "%s %s", v.a.lastErr, v.b.lastErr)
	require.Zero(t, v.a.count("failed")+v.b.count("failed"))
}
