package network

import (
	"fmt"
	"net"
	"sync"

	"github.com/pion/ice/v4"
	"github.com/pion/logging"
)

// SharedPort is one UDP socket for the host candidates of many connections. The process has one for each port, so that an
// instance that is made while another one still ends uses the same.
type SharedPort struct {
	port  uint16
	users int
	mux   *ice.UDPMuxDefault
}

var sharedPorts = struct {
	mu     sync.Mutex
	byPort map[uint16]*SharedPort
}{byPort: make(map[uint16]*SharedPort)}

// SharePort opens the socket that settings name, or finds it open. Each one is to be released.
func SharePort(settings *Settings, loggers logging.LoggerFactory) (*SharedPort, error) {
	sharedPorts.mu.Lock()
	defer sharedPorts.mu.Unlock()
	if shared, ok := sharedPorts.byPort[settings.SinglePort]; ok {
		shared.users++
		return shared, nil
	}
	conn, err := net.ListenUDP("udp", &net.UDPAddr{Port: int(settings.SinglePort)})
	if err != nil {
		return nil, fmt.Errorf("opening the socket: %w", err)
	}
	growBuffers(conn)
	shared := &SharedPort{
		port:  settings.SinglePort,
		users: 1,
		mux: ice.NewUDPMuxDefault(ice.UDPMuxParams{
			Logger:  loggers.NewLogger("ice"),
			UDPConn: conn,
			Net:     &Net{Settings: settings},
		}),
	}
	sharedPorts.byPort[settings.SinglePort] = shared
	return shared, nil
}

// Mux is the socket as ICE wants it.
func (s *SharedPort) Mux() ice.UDPMux { return s.mux }

// Release ends one use; the last one closes the socket.
func (s *SharedPort) Release() {
	sharedPorts.mu.Lock()
	defer sharedPorts.mu.Unlock()
	if s.users--; s.users == 0 {
		delete(sharedPorts.byPort, s.port)
		_ = s.mux.Close()
	}
}
