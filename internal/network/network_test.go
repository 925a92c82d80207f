package network

import (
	"net"
	"os"
	"strings"
	"testing"

	"github.com/dlclark/regexp2/v2"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// withoutClock ends the clock of regular expressions, which would end by itself some seconds later.
type withoutClock struct{ *testing.M }

func (m withoutClock) Run() int {
	defer regexp2.StopTimeoutClock()
	return m.M.Run()
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(withoutClock{m}) }

func TestICEServers(t *testing.T) {
	for list, want := range map[string][]string{
		"stun:example.org":                                      {"stun:example.org"},
		"stun:example.org:3479":                                 {"stun:example.org:3479"},
		"stuns:[2001:db8::1]:5349":                              {"stuns:[2001:db8::1]:5349"},
		"turn:example.org?transport=udp":                        {"turn:example.org?transport=udp"},
		"turns:example.org:443?transport=tcp":                   {"turns:example.org:443?transport=tcp"},
		" stun:a.example , turn:b.example?transport=tcp,,":      {"stun:a.example", "turn:b.example?transport=tcp"},
		"turn:192.0.2.1:3478,turns:192.0.2.1,stun:192.0.2.1:80": {"turn:192.0.2.1:3478", "turns:192.0.2.1", "stun:192.0.2.1:80"},
	} {
		servers, err := ParseICEServers(list, "user", "secret")
		require.NoError(t, err, list)
		var got []string
		for _, server := range servers {
			got = append(got, server.URI)
			require.Equal(t, "user", server.Username)
			require.Equal(t, "secret", server.Password)
			require.Equal(t, strings.HasPrefix(server.URI, "turn"), server.Relay)
		}
		require.Equal(t, want, got)
	}
	for _, list := range []string{"", " ", ",", "nonsense", "http://example.org", "stun:", "stun:example.org:70000",
		"stun:example.org:0", "stun:example.org:x", "stun:example.org?transport=udp", "turn:example.org?transport=sctp",
		"turn:example.org?speed=high", "stun:a b", "stun:user@example.org", "turns:[::1]5349", "stun:[::1", "stun:[[::1]]", "stun:a#b", "stun:::1", "stun:example.org,nonsense",
		strings.Repeat("stun:a,", maxServerURIBytes)} {
		_, err := ParseICEServers(list, "", "")
		require.ErrorIs(t, err, ErrInvalid, "%.40q", list)
	}
}

func TestProxyConfig(t *testing.T) {
	for _, config := range []ProxyConfig{
		{Host: "proxy", Port: 1}, {Type: ProxySOCKS5, Host: "::1", Port: 65535}, {AutoDetect: true},
		{AutoConfigURL: "http://example.org/proxy.pac"}, {AutoDetect: true, Port: -1},
		{Host: "proxy", Port: 8080, BypassList: ";;,,[,\\,10.0.0.0/99"},
	} {
		_, err := ParseProxy(config)
		require.NoError(t, err, "%+v", config)
	}
	for _, config := range []ProxyConfig{
		{}, {Host: "proxy"}, {Host: "proxy", Port: 65536}, {Host: "proxy", Port: -1}, {Type: 2, Host: "proxy", Port: 1},
		{Type: -1, AutoDetect: true}, {Port: 8080}, {Host: "a b", Port: 1}, {AutoConfigURL: "no url"}, {AutoConfigURL: ":"},
	} {
		_, err := ParseProxy(config)
		require.ErrorIs(t, err, ErrInvalid, "%+v", config)
	}
}

func TestBypass(t *testing.T) {
	proxy, err := ParseProxy(ProxyConfig{AutoDetect: true,
		BypassList: "localhost; *.internal ,.corp.example;10.0.0.0/8,192.0.2.7;[2001:db8::1];fd00::/8"})
	require.NoError(t, err)
	for host, want := range map[string]bool{
		"localhost": true, "LOCALHOST": true, "localhost.": true, "turn.internal": true, "internal": false,
		"a.corp.example": true, "corp.example": false, "10.1.2.3": true, "11.1.2.3": false, "192.0.2.7": true,
		"192.0.2.8": false, "2001:db8::1": true, "[2001:db8::1]": true, "fd12::1": true, "::ffff:10.1.1.1": true,
		"example.org": false, "": false,
	} {
		require.Equal(t, want, proxy.Bypasses(host), host)
	}
}

func TestSockets(t *testing.T) {
	var n Net
	conn, err := n.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	require.IsType(t, &net.UDPConn{}, conn)
	packets, err := n.ListenPacket("udp4", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, packets.Close())
	_, err = n.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(192, 0, 2, 1)})
	require.Error(t, err)
	_, err = n.ListenPacket("udp4", "192.0.2.1:0")
	require.Error(t, err)
}

func TestInterfaces(t *testing.T) {
	var n Net
	interfaces, err := n.Interfaces()
	require.NoError(t, err)
	require.NotEmpty(t, interfaces)
	same, err := n.InterfaceByName(interfaces[0].Name)
	require.NoError(t, err)
	require.Equal(t, interfaces[0].Index, same.Index)
	same, err = n.InterfaceByIndex(interfaces[0].Index)
	require.NoError(t, err)
	require.Equal(t, interfaces[0].Name, same.Name)
	_, err = n.InterfaceByName("no such interface")
	require.Error(t, err)
	_, err = n.InterfaceByIndex(os.Getpid() + 1<<24)
	require.Error(t, err)
	n.OnlyLoopback()
}

func TestUsableAddresses(t *testing.T) {
	for address, want := range map[string]bool{"192.0.2.1/24": true, "2001:db8::1/64": true, "169.254.1.1/16": true,
		"127.0.0.1/8": false, "::1/128": false, "fe80::1/64": false} {
		ip, prefix, err := net.ParseCIDR(address)
		require.NoError(t, err)
		prefix.IP = ip
		require.Equal(t, want, usable(prefix), address)
	}
	require.False(t, usable(&net.TCPAddr{}))
}

func FuzzICEServerURI(f *testing.F) {
	f.Add("stun:example.org, turns:[::1]:5349?transport=tcp")
	f.Fuzz(func(t *testing.T, list string) {
		servers, err := ParseICEServers(list, "user", "secret")
		if (err == nil) == (len(servers) == 0) {
			t.Fatalf("%d servers, %v", len(servers), err)
		}
	})
}

func FuzzProxyConfig(f *testing.F) {
	f.Add(0, "proxy", 8080, true, "http://example.org/x.pac", "10.0.0.0/8;*.internal", "a.internal")
	f.Add(1, "proxy", 1080, false, "", "PROXY a:1; SOCKS5 [::1]:2; DIRECT", "")
	f.Fuzz(func(t *testing.T, kind int, host string, port int, detect bool, url, bypass, target string) {
		proxy, err := ParseProxy(ProxyConfig{Type: ProxyType(kind), Host: host, Port: port, AutoDetect: detect,
			AutoConfigURL: url, BypassList: bypass})
		if (err == nil) != (proxy != nil) {
			t.Fatalf("%v, %v", proxy, err)
		}
		if proxy != nil {
			proxy.Bypasses(target)
		}
		for _, way := range parseWays(bypass) {
			if way.kind != wayDirect && (!plausibleHost(way.host) || way.port < 1 || way.port > 65535) {
				t.Fatalf("%+v", way)
			}
		}
	})
}

func TestBypassOfLocalNames(t *testing.T) {
	proxy, err := ParseProxy(ProxyConfig{AutoDetect: true, BypassList: "example.org;<local>"})
	require.NoError(t, err)
	for host, want := range map[string]bool{"turn": true, "turn.": true, "turn.example.org": false, "10.0.0.1": false,
		"::1": false, "": false, "example.org": true} {
		require.Equal(t, want, proxy.Bypasses(host), host)
	}
}
