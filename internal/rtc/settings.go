package rtc

import (
	"fmt"
	"time"

	"github.com/pion/webrtc/v4"

	"libml_webrtc/internal/network"
)

// Bounds of what an application or a peer may make the engine keep or do.
const (
	maxDescriptionBytes = 1 << 20
	maxCandidateBytes   = 4 << 10
	maxICEServers       = 64
	maxLabelBytes       = 65535     // the length field of DATA_CHANNEL_OPEN has 16 bits
	maxPionLabelBytes   = 8192 - 12 // what pion reads of a DATA_CHANNEL_OPEN, without its header
	maxOperations       = 1024
	maxHeldCandidates   = 1024
	maxIncomingChannels = 1024
)

const (
	// announcedMessageBytes is the a=max-message-size of our descriptions.
	announcedMessageBytes = 1 << 20
	// maxOutgoingMessageBytes caps what a peer permits: "unlimited" is no number.
	maxOutgoingMessageBytes = 16 << 20
	// receiveWindowBytes is what SCTP keeps for a host that does not read. It is several
	// times the largest message, because messages of several channels arrive interleaved
	// (RFC 8260) and each must fit as a whole to be handed over.
	receiveWindowBytes = 4 << 20
)

// maxRetransmissionTimeout is SCTP's. A receiver whose window was full is asked again after a
// retransmission timeout, which backs off up to a minute by default: a host that paused would
// go on late.
const maxRetransmissionTimeout = time.Second

// minCongestionWindowBytes is what SCTP may always have under way: ten packets, as TCP begins with (RFC 6928). pion goes
// down to one packet after a timeout, and then can't notice a loss but by another timeout of a second.
const minCongestionWindowBytes = 10 * 1191

// timing says when a path counts as lost, and what is done about it. Tests have less time.
type timing struct {
	first        time.Duration // how long the first path may take
	disconnected time.Duration // a path is lost after so much silence
	failed       time.Duration // and given up after so much
	keepAlive    time.Duration // how often a word is said when there is nothing to send
	retry        time.Duration // from one offer that is to lead back to the next
	poll         time.Duration // how often the machine's addresses are looked at
}

var usualTiming = timing{
	first:        15 * time.Second,
	disconnected: 5 * time.Second,
	failed:       45 * time.Second,
	keepAlive:    2 * time.Second,
	retry:        5 * time.Second,
	poll:         time.Second,
}

// checkInterval is how often pion tries each pair of candidates.
const checkInterval = 200 * time.Millisecond

// apply has pion look for a path for as long as this side waits for one: it would try each pair 7 times, within 1.4 s,
// and a link that is down comes back later.
func (t timing) apply(settings *webrtc.SettingEngine) {
	settings.SetICETimeouts(t.disconnected, t.failed, t.keepAlive)
	settings.SetICEMaxBindingRequests(uint16(t.failed / checkInterval))
}

// Config is what a connection is made with.
type Config struct {
	ICEServers []ICEServer
	Proxy      *ProxyConfig
}

// ICEServer names a STUN or TURN server. URI may be a comma-separated list.
type ICEServer struct {
	URI      string
	Username string
	Password string
}

// ProxyConfig names the proxy that leads to TURN servers.
type ProxyConfig = network.ProxyConfig

// ProxyType says how a proxy is spoken to.
type ProxyType = network.ProxyType

// The kinds of proxies.
const (
	ProxyHTTPS  = network.ProxyHTTPS
	ProxySOCKS5 = network.ProxySOCKS5
)

// iceServers checks the servers of a config. A TURN server without credentials is left out
// with a warning: pion would refuse the whole connection, while the interface that
// applications were written for took such servers and went on without them.
func (c *Connection) iceServers(servers []ICEServer) ([]network.ICEServer, error) {
	if len(servers) > maxICEServers {
		return nil, fmt.Errorf("%w: %d ICE servers are more than %d", ErrInvalidParam, len(servers), maxICEServers)
	}
	var accepted []network.ICEServer
	for _, server := range servers {
		parsed, err := network.ParseICEServers(server.URI, server.Username, server.Password)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrInvalidParam, err)
		}
		for _, one := range parsed {
			switch {
			case one.Relay && (one.Username == "" || one.Password == ""):
				c.log.Warnf("ICE server %q is left out: a TURN server needs a user name and a password", one.URI)
			case !one.Stream && c.instance.settings.Policy == network.PolicyProxied:
				c.log.Warnf("ICE server %q is left out: only servers over TCP or TLS go through a proxy", one.URI)
			default:
				accepted = append(accepted, one)
			}
		}
	}
	if len(accepted) > maxICEServers {
		return nil, fmt.Errorf("%w: %d ICE servers are more than %d", ErrInvalidParam, len(accepted), maxICEServers)
	}
	return accepted, nil
}

// newAPI is made per connection, because what the network looks like may change between two.
func (c *Connection) newAPI() (*webrtc.API, error) {
	i := c.instance
	var settings webrtc.SettingEngine
	settings.LoggerFactory = i.loggers

	settings.SetNet(c.access)
	settings.SetICEProxyDialer(c.access.Dialer())
	settings.SetIncludeLoopbackCandidate((&network.Net{Settings: i.settings}).OnlyLoopback())
	settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6})
	settings.DisableActiveTCP(true)
	i.timing.apply(&settings)
	if err := c.limitCandidates(&settings); err != nil {
		return nil, err
	}
	// How long a pair of a worse kind waits for a better one. Trickled candidates are tried
	// as they come, so a fifth of pion's times is plenty and the connection is up sooner.
	settings.SetSrflxAcceptanceMinWait(100 * time.Millisecond)
	settings.SetPrflxAcceptanceMinWait(200 * time.Millisecond)
	if i.settings.Policy == network.PolicyAll {
		settings.SetRelayAcceptanceMinWait(500 * time.Millisecond)
	} else {
		settings.SetRelayAcceptanceMinWait(0) // there is nothing better to wait for
	}

	// HelloVerifyRequest defends a server against forged source addresses. Here ICE has
	// checked the peer's address before, so it would only cost a round trip.
	settings.SetDTLSInsecureSkipHelloVerify(true)

	settings.DetachDataChannels()
	settings.SetSCTPMaxMessageSize(announcedMessageBytes)
	settings.SetSCTPMaxReceiveBufferSize(receiveWindowBytes)
	settings.SetSCTPRTOMax(maxRetransmissionTimeout)
	settings.SetSCTPMinCwnd(minCongestionWindowBytes)

	// Tracks are looked for when a description was applied, not when their first packet comes.
	settings.SetFireOnTrackBeforeFirstRTP(true)

	settings.BufferFactory = c.buffers.make

	media, err := newMediaEngine()
	if err != nil {
		return nil, err
	}
	interceptors, err := newInterceptors(c.bandwidth, i.loggers, c.repairs.repaired, c.clockOf)
	if err != nil {
		return nil, err
	}
	return webrtc.NewAPI(
		webrtc.WithSettingEngine(settings),
		webrtc.WithMediaEngine(media),
		webrtc.WithInterceptorRegistry(interceptors),
	), nil
}
