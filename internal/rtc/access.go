package rtc

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pion/ice/v4"
	"github.com/pion/webrtc/v4"

	"libml_webrtc/internal/network"
)

// openAccess makes the way to the servers and the proxy of a config.
func (c *Connection) openAccess(config Config) error {
	servers, err := c.iceServers(config.ICEServers)
	if err != nil {
		return err
	}
	var proxy *network.Proxy
	if config.Proxy != nil {
		if proxy, err = network.ParseProxy(*config.Proxy); err != nil {
			return fmt.Errorf("%w: %w", ErrInvalidParam, err)
		}
	}
	options := network.Options{Proxy: proxy, Settings: c.instance.settings}
	c.access = network.NewAccess(c.ctx, c.instance.network, servers, options, c.serverFailed)
	c.configuration.ICEServers = make([]webrtc.ICEServer, len(servers))
	for i, uri := range c.access.URIs() {
		c.configuration.ICEServers[i] = webrtc.ICEServer{
			URLs:       []string{uri},
			Username:   servers[i].Username,
			Credential: servers[i].Password,
		}
	}
	if c.instance.settings.Policy != network.PolicyAll {
		c.configuration.ICETransportPolicy = webrtc.ICETransportPolicyRelay
	}
	return nil
}

// serverFailed tells the host what it or somebody else has to change, once. A server that only is not reachable is
// a warning: others may do, and it may be back with the next gathering.
func (c *Connection) serverFailed(server network.ICEServer, reason error) {
	c.within("a report about an ICE server", func() {
		message := fmt.Sprintf("ICE server %q: %v", server.URI, reason)
		if errors.Is(reason, network.ErrUnreachable) {
			c.log.Warn(message)
			return
		}
		if _, told := c.serverErrors.LoadOrStore(server.URI, message); told {
			c.log.Debug(message)
			return
		}
		c.postError(message)
	})
}

// limitCandidates is about which candidates there are, and what they show.
func (c *Connection) limitCandidates(settings *webrtc.SettingEngine) error {
	limits := c.instance.settings
	settings.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	if limits.HideHosts {
		settings.SetICEMulticastDNSMode(ice.MulticastDNSModeQueryAndGather)
	}
	ports := limits.Ports
	if limits.SinglePort != 0 {
		mux, err := c.instance.singlePort()
		if err != nil {
			c.log.Errorf("port %d can't be the only one: %v; sockets have other ports", limits.SinglePort, err)
		} else {
			settings.SetICEUDPMux(mux)
			// Sockets that the shared one does not stand for would have other ports.
			ports = network.PortRange{Min: limits.SinglePort, Max: limits.SinglePort}
		}
	}
	if ports.Max == 0 {
		return nil
	}
	return settings.SetEphemeralUDPPortRange(ports.Min, ports.Max)
}

// shows says whether a local candidate may be told. Where mDNS does not work, ICE would rather name addresses than have
// no host candidates.
func (c *Connection) shows(found *webrtc.ICECandidate) bool {
	return !c.instance.settings.HideHosts || found.Typ != webrtc.ICECandidateTypeHost ||
		strings.HasSuffix(found.Address, ".local")
}
