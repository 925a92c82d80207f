package network

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestSystemProxy(t *testing.T) {
	server := ICEServer{Host: "turn.example.org", Port: 5349}
	for value, want := range map[string]way{
		"http://proxy:3128":              {kind: wayConnect, host: "proxy", port: 3128},
		"proxy:3128":                     {kind: wayConnect, host: "proxy", port: 3128},
		"http://proxy":                   {kind: wayConnect, host: "proxy", port: 80},
		"https://proxy":                  {kind: wayConnectTLS, host: "proxy", port: 443},
		"socks5://alice:secret@[::1]:99": {kind: waySOCKS5, host: "::1", port: 99, user: "alice", password: "secret"},
	} {
		for _, name := range []string{"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"} {
			system := readSystem(func(asked string) string { return map[string]string{name: value}[asked] })
			ways, _, err := system.ways(server)
			require.NoError(t, err, value)
			require.Equal(t, []way{want}, ways, value)
		}
	}
	for _, value := range []string{"ftp://proxy", "http://", "http://a:x", "http://proxy:0"} {
		_, _, err := SystemProxy{HTTPS: value}.ways(server)
		require.Error(t, err, value)
	}
	for list, direct := range map[string]bool{"example.org": true, ".example.org": true, "other.org": false, "*": true, "": false} {
		ways, _, err := SystemProxy{HTTPS: "proxy:1", NoProxy: list}.ways(server)
		require.NoError(t, err)
		require.Equal(t, direct, ways[0].kind == wayDirect, list)
	}
	ways, _, err := SystemProxy{}.ways(server)
	require.NoError(t, err)
	require.Nil(t, ways)
}

func TestInternetSettings(t *testing.T) {
	server := ICEServer{Host: "turn.example.org", Port: 5349}
	for servers, want := range map[string][]way{
		"proxy:8080":                   {{kind: wayConnect, host: "proxy", port: 8080}},
		"http=a:1;https=b:2;socks=c:3": {{kind: wayConnect, host: "b", port: 2}},
		"http=a:1; socks = c:3":        {{kind: waySOCKS5, host: "c", port: 3}},
		"ftp=a:1":                      nil,
		"":                             nil,
	} {
		ways, _, err := internetSettings(true, servers, "", "").ways(server)
		require.NoError(t, err, servers)
		require.Equal(t, want, ways, servers)
	}
	ways, _, err := internetSettings(false, "proxy:8080", "", "").ways(server)
	require.NoError(t, err)
	require.Nil(t, ways)
	ways, _, err = internetSettings(true, "proxy:8080", "<local>;*.example.org", "").ways(server)
	require.NoError(t, err)
	require.Equal(t, []way{{kind: wayDirect}}, ways)
	_, configURL, err := internetSettings(false, "", "", "http://wpad/x.pac").ways(server)
	require.NoError(t, err)
	require.Equal(t, "http://wpad/x.pac", configURL)
}

// scriptServer serves PAC files, and counts.
func scriptServer(t *testing.T) (url string, asked *atomic.Int32) {
	t.Helper()
	asked = &atomic.Int32{}
	mux := http.NewServeMux()
	serve := func(path, text string) {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			asked.Add(1)
			_, _ = fmt.Fprint(w, text)
		})
	}
	serve("/fine", findProxy(`return "SOCKS5 socks:1; DIRECT"`))
	serve("/mark", "\ufeff"+findProxy(`return "DIRECT"`))
	serve("/unknown", findProxy(`return "CARRIER pigeon"`))
	serve("/long", strings.Repeat(" ", maxScriptBytes+1))
	mux.HandleFunc("/loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) })
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/fine", http.StatusFound) })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL, asked
}

func waysWith(t *testing.T, config ProxyConfig) ([]way, error) {
	t.Helper()
	proxy, err := ParseProxy(config)
	require.NoError(t, err)
	access, _ := accessTo(t, "turns:turn.example.org", Options{Proxy: proxy})
	for range 3 {
		_, _ = access.ways(access.servers[0])
	}
	return access.ways(access.servers[0])
}

func TestWaysByScript(t *testing.T) {
	url, asked := scriptServer(t)
	socks := []way{{kind: waySOCKS5, host: "socks", port: 1, user: "alice", password: "secret"}, {kind: wayDirect}}
	for _, path := range []string{"/fine", "/moved"} {
		asked.Store(0)
		ways, err := waysWith(t, ProxyConfig{AutoConfigURL: url + path, Username: "alice", Password: "secret"})
		require.NoError(t, err)
		require.Equal(t, socks, ways)
		require.EqualValues(t, 1, asked.Load(), "a connection fetches it once")
	}
	ways, err := waysWith(t, ProxyConfig{AutoConfigURL: url + "/mark"})
	require.NoError(t, err)
	require.Equal(t, []way{{kind: wayDirect}}, ways)
	for address, want := range map[string]string{url + "/none": "404", url + "/unknown": "CARRIER pigeon", url + "/long": "longer than",
		url + "/loop": "redirects", "http://127.0.0.1:1/": "refused", "file:///etc/passwd": "are known"} {
		_, err := waysWith(t, ProxyConfig{AutoConfigURL: address})
		require.ErrorContains(t, err, want)
		require.NotErrorIs(t, err, ErrUnreachable)
		// A proxy that the config names is there for that.
		ways, err := waysWith(t, ProxyConfig{AutoConfigURL: address, Host: "[::1]", Port: 3128})
		require.NoError(t, err)
		require.Equal(t, []way{{kind: wayConnect, host: "::1", port: 3128}}, ways)
	}
}

func TestWaysByDetection(t *testing.T) {
	url, _ := scriptServer(t)
	proxy, err := ParseProxy(ProxyConfig{AutoDetect: true, Host: "named", Port: 1, Username: "alice"})
	require.NoError(t, err)
	for _, c := range []struct {
		system SystemProxy
		want   []way
	}{
		{SystemProxy{HTTPS: "system:2"}, []way{{kind: wayConnect, host: "system", port: 2, user: "alice"}}},
		{SystemProxy{HTTPS: "system:2", NoProxy: "example.org"}, []way{{kind: wayDirect}}},
		{SystemProxy{AutoConfigURL: url + "/fine"}, []way{{kind: waySOCKS5, host: "socks", port: 1, user: "alice"}, {kind: wayDirect}}},
		{SystemProxy{}, []way{{kind: wayConnect, host: "named", port: 1, user: "alice"}}},
	} {
		access, _ := accessTo(t, "turns:turn.example.org", Options{Proxy: proxy, Settings: &Settings{System: c.system}})
		access.scripts.known = map[string]*script{wpadURL: {err: ErrUnreachable, at: time.Now()}}
		ways, err := access.ways(access.servers[0])
		require.NoError(t, err)
		require.Equal(t, c.want, ways)
	}
	// Nothing found and nothing named: no proxy.
	proxy, err = ParseProxy(ProxyConfig{AutoDetect: true})
	require.NoError(t, err)
	access, _ := accessTo(t, "turns:turn.example.org", Options{Proxy: proxy})
	access.scripts.known = map[string]*script{wpadURL: {err: ErrUnreachable, at: time.Now()}}
	ways, err := access.ways(access.servers[0])
	require.NoError(t, err)
	require.Equal(t, []way{{kind: wayDirect}}, ways)
}
