package network

import (
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/http/httpproxy"
)

// SystemProxy is what the machine is set to: by the variables that most programs look at, or in Windows' settings.
type SystemProxy struct {
	HTTPS   string // HTTPS_PROXY, or else ALL_PROXY: a URL, or a host and port
	NoProxy string // NO_PROXY

	AutoConfigURL string // of Windows' settings
	bypass        []bypassRule
}

// ways gives the ways to a server, or the PAC file that knows them; neither: nothing is set.
func (s SystemProxy) ways(server ICEServer) (ways []way, configURL string, err error) {
	if (&Proxy{bypass: s.bypass}).Bypasses(server.Host) {
		return []way{{kind: wayDirect}}, "", nil
	}
	if s.AutoConfigURL != "" {
		return nil, s.AutoConfigURL, nil
	}
	if s.HTTPS == "" {
		return nil, "", nil
	}
	config := httpproxy.Config{HTTPSProxy: s.HTTPS, NoProxy: s.NoProxy}
	target := &url.URL{Scheme: schemeHTTPS, Host: net.JoinHostPort(server.Host, strconv.Itoa(server.Port))}
	proxy, err := config.ProxyFunc()(target)
	switch {
	case err != nil:
		return nil, "", fmt.Errorf("%w: proxy %q of the system: %w", ErrInvalid, printable(s.HTTPS), err)
	case proxy == nil:
		return []way{{kind: wayDirect}}, "", nil
	}
	var one way
	var defaultPort int
	switch strings.ToLower(proxy.Scheme) {
	case schemeHTTP:
		one.kind, defaultPort = wayConnect, 80
	case schemeHTTPS:
		one.kind, defaultPort = wayConnectTLS, 443
	case "socks5", "socks5h", schemeSOCKS:
		one.kind, defaultPort = waySOCKS5, 1080
	default:
		return nil, "", fmt.Errorf("%w: proxy %q of the system: http:, https: and socks5: are known", ErrInvalid, printable(proxy.Scheme))
	}
	if one.host, one.port, err = splitHostPort(proxy.Host, defaultPort); err != nil {
		return nil, "", err
	}
	one.user = proxy.User.Username()
	one.password, _ = proxy.User.Password()
	return []way{one}, "", nil
}

// readSystem looks the variables up; lower case counts first, as everywhere.
func readSystem(lookUp func(name string) string) SystemProxy {
	first := func(names ...string) string {
		for _, name := range names {
			if value := strings.TrimSpace(lookUp(name)); value != "" {
				return value
			}
		}
		return ""
	}
	found := SystemProxy{
		HTTPS:   first("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"),
		NoProxy: first("no_proxy", "NO_PROXY"),
	}
	if found.HTTPS == "" {
		return platformProxy()
	}
	return found
}

// internetSettings makes sense of the values that Windows keeps: "host:port" for all protocols, or "https=host:port;socks=host:port".
func internetSettings(enabled bool, servers, override, configURL string) SystemProxy {
	found := SystemProxy{AutoConfigURL: configURL, bypass: parseBypassList(override)}
	if !enabled {
		return found
	}
	kinds := map[string]string{}
	for entry := range strings.SplitSeq(servers, ";") {
		kind, address, ok := strings.Cut(strings.TrimSpace(entry), "=")
		if !ok {
			kind, address = schemeHTTPS, kind
		}
		kinds[strings.ToLower(strings.TrimSpace(kind))] = strings.TrimSpace(address)
	}
	switch {
	case kinds[schemeHTTPS] != "":
		found.HTTPS = kinds[schemeHTTPS]
	case kinds[schemeSOCKS] != "":
		found.HTTPS = "socks5://" + kinds[schemeSOCKS]
	}
	return found
}
