package network

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pion/stun/v4"
)

// ErrInvalid is wrapped by every error about something that an application configured.
var ErrInvalid = errors.New("invalid configuration")

// ICEServer is one STUN or TURN server.
type ICEServer struct {
	URI      string // as RFC 7064 and RFC 7065 write it, without what the application put around it
	Host     string // a name or an address, without brackets
	Port     int
	Username string
	Password string
	Relay    bool // a TURN server, which needs credentials
	Stream   bool // it is spoken to over TCP
	Secure   bool // and within TLS
}

// maxServerURIBytes bounds one list of URIs; a URI holds a host name of at most 253 bytes.
const maxServerURIBytes = 16 << 10

// ParseICEServers reads a URI, or several separated by commas, that share credentials.
func ParseICEServers(list, username, password string) ([]ICEServer, error) {
	if len(list) > maxServerURIBytes {
		return nil, fmt.Errorf("%w: ICE server URI of %d bytes is longer than %d", ErrInvalid, len(list), maxServerURIBytes)
	}
	var servers []ICEServer
	for part := range strings.SplitSeq(list, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		server, err := parseICEServer(part)
		if err != nil {
			return nil, err
		}
		server.Username, server.Password = username, password
		servers = append(servers, server)
	}
	if len(servers) == 0 {
		return nil, fmt.Errorf("%w: ICE server URI %q is empty; write stun:host or turn:host", ErrInvalid, list)
	}
	return servers, nil
}

func parseICEServer(raw string) (ICEServer, error) {
	if !plausibleHostPort(raw) {
		return ICEServer{}, fmt.Errorf(
			"%w: ICE server URI %q: what follows the scheme is no host and port; write host, host:port or [IPv6]:port",
			ErrInvalid, raw)
	}
	uri, err := stun.ParseURI(raw)
	if err != nil {
		return ICEServer{}, fmt.Errorf(
			"%w: ICE server URI %q: %w; write stun:, stuns:, turn: or turns:, a host and perhaps a port", ErrInvalid, raw, err)
	}
	if uri.Port < 1 || uri.Port > 65535 {
		return ICEServer{}, fmt.Errorf("%w: ICE server URI %q: port %d is not in 1 to 65535", ErrInvalid, raw, uri.Port)
	}
	if strings.IndexFunc(uri.Host, notInHost) >= 0 {
		return ICEServer{}, fmt.Errorf("%w: ICE server URI %q: host %q has characters no host has", ErrInvalid, raw, uri.Host)
	}
	server := ICEServer{URI: raw, Host: uri.Host, Port: uri.Port}
	switch uri.Scheme {
	case stun.SchemeTypeTURN:
		server.Relay, server.Stream = true, uri.Proto == stun.ProtoTypeTCP
	case stun.SchemeTypeTURNS:
		// As in browsers it is always TLS over TCP, and stuns: is STUN over UDP at the port that it names.
		server.Relay, server.Stream, server.Secure = true, true, true
	default:
	}
	return server, nil
}

// notInHost is true for what no host of a URI has (RFC 3986, section 3.2.2): an
// internationalised name is written in its ASCII form.
func notInHost(r rune) bool { return r <= ' ' || r >= 0x7f || r == '/' || r == '@' }

// plausibleHostPort keeps from the parser what it recurses on without end: text after an IPv6
// address in brackets that is no port.
func plausibleHostPort(raw string) bool {
	_, rest, found := strings.Cut(raw, ":")
	if !found {
		return true // the parser says it better
	}
	hostPort, _, _ := strings.Cut(rest, "?")
	if strings.Contains(hostPort, "#") {
		return false
	}
	if strings.HasPrefix(hostPort, "[") {
		address, port, closed := strings.Cut(hostPort[1:], "]")
		return closed && !strings.ContainsAny(address+port, "[]") && (port == "" || port[0] == ':')
	}
	return !strings.ContainsAny(hostPort, "[]") && strings.Count(hostPort, ":") <= 1
}
