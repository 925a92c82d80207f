package network

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	// maxScriptBytes bounds a PAC file.
	maxScriptBytes = 256 << 10
	// fetchTimeout bounds the fetching of one.
	fetchTimeout = 5 * time.Second
	// maxRedirects is how often its server may send somewhere else.
	maxRedirects = 5
	// maxWays bounds how many ways a PAC file may name.
	maxWays = 8
)

// The schemes of URLs of PAC files, of proxies, and of what a PAC file is told.
const (
	schemeHTTP  = "http"
	schemeHTTPS = "https"
	schemeSOCKS = "socks"
)

// fetchScript fetches a PAC file, without any proxy.
func (a *Access) fetchScript(ctx context.Context, address string) (string, error) {
	parsed, err := url.Parse(address)
	if err != nil || (parsed.Scheme != schemeHTTP && parsed.Scheme != schemeHTTPS) {
		return "", fmt.Errorf("%w: PAC URL %q: http: and https: are known", ErrInvalid, address)
	}
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", fmt.Errorf("%w: PAC URL %q: %w", ErrInvalid, address, err)
	}
	request.Header.Set("User-Agent", "libml_webrtc") // Go's own would be misleading
	client := &http.Client{
		Transport: &http.Transport{
			DialContext:            (&net.Dialer{}).DialContext,
			TLSClientConfig:        &tls.Config{RootCAs: a.options.Settings.Authorities, MinVersion: tls.VersionTLS12},
			DisableKeepAlives:      true,
			MaxResponseHeaderBytes: maxProxyHeadBytes,
		},
		CheckRedirect: func(_ *http.Request, via []*http.Request) error {
			if len(via) > maxRedirects {
				return fmt.Errorf("more than %d redirects", maxRedirects)
			}
			return nil
		},
	}
	response, err := client.Do(request)
	if err != nil {
		if timedOut(err) {
			err = fmt.Errorf("no answer within %v", fetchTimeout)
		}
		return "", fmt.Errorf("fetching the PAC file %s: %w", address, err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("fetching the PAC file %s: the server answers %s", address, printable(response.Status))
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, maxScriptBytes+1))
	switch {
	case err != nil:
		return "", fmt.Errorf("fetching the PAC file %s: %w", address, err)
	case len(text) > maxScriptBytes:
		return "", fmt.Errorf("the PAC file %s is longer than %d bytes", address, maxScriptBytes)
	}
	return strings.TrimPrefix(string(text), "\ufeff"), nil
}

// evaluate asks a PAC file for the ways to a server.
func (a *Access) evaluate(ctx context.Context, script string, server ICEServer) ([]way, error) {
	address := net.JoinHostPort(server.Host, strconv.Itoa(server.Port))
	answer, err := runScript(ctx, script, schemeHTTPS+"://"+address+"/", server.Host)
	if err != nil {
		return nil, err
	}
	ways := parseWays(answer)
	if len(ways) == 0 {
		return nil, fmt.Errorf("FindProxyForURL gives %q for %s; PROXY, HTTPS, SOCKS5 and DIRECT are known", printable(answer), address)
	}
	return a.options.Proxy.withCredentials(ways), nil
}

// parseWays reads what FindProxyForURL gives. What it does not know it leaves out; an empty text means that there is no
// proxy.
func parseWays(answer string) []way {
	if strings.TrimSpace(answer) == "" {
		return []way{{kind: wayDirect}}
	}
	var ways []way
	for entry := range strings.SplitSeq(answer, ";") {
		if len(ways) == maxWays {
			break
		}
		words := strings.Fields(entry)
		if len(words) == 1 && strings.EqualFold(words[0], "DIRECT") {
			ways = append(ways, way{kind: wayDirect})
			continue
		}
		if len(words) != 2 {
			continue
		}
		var one way
		var defaultPort int
		switch strings.ToUpper(words[0]) {
		case "PROXY", "HTTP":
			one.kind, defaultPort = wayConnect, 80
		case "HTTPS":
			one.kind, defaultPort = wayConnectTLS, 443
		case "SOCKS", "SOCKS5":
			one.kind, defaultPort = waySOCKS5, 1080
		default:
			continue
		}
		var err error
		if one.host, one.port, err = splitHostPort(words[1], defaultPort); err == nil {
			ways = append(ways, one)
		}
	}
	return ways
}

var errNoHost = errors.New("no host and port")

// splitHostPort takes a host, perhaps with a port, apart.
func splitHostPort(text string, defaultPort int) (host string, port int, err error) {
	host, service, err := net.SplitHostPort(text)
	if err != nil {
		host, service = strings.Trim(text, "[]"), strconv.Itoa(defaultPort)
	}
	number, err := strconv.ParseUint(service, 10, 16)
	if err != nil || number == 0 || !plausibleHost(host) {
		return "", 0, fmt.Errorf("%w: %q", errNoHost, printable(text))
	}
	return host, int(number), nil
}
