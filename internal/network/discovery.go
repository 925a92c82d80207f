package network

import (
	"fmt"
	"sync"
	"time"
)

const (
	// wpadURL is where a network offers its PAC file (WPAD by DNS). The name is completed by the machine's search list.
	wpadURL = "http://wpad/wpad.dat"
	// scriptAge is for how long a PAC file that was fetched, or was not there, counts.
	scriptAge = time.Minute
)

// scripts are the PAC files that a connection has fetched, and what they answered. The lock is held while one is fetched
// or runs: who wants the same waits for it, and ICE wants each server twice, for both families.
type scripts struct {
	mu    sync.Mutex
	known map[string]*script
}

type script struct {
	at    time.Time
	text  string
	err   error            // it could not be fetched, or failed when it ran
	found map[string][]way // by the URI of the server
}

// byScript asks a PAC file, which is fetched once and asked once for each server.
func (a *Access) byScript(address string, server ICEServer) ([]way, error) {
	a.scripts.mu.Lock()
	defer a.scripts.mu.Unlock()
	known, ok := a.scripts.known[address]
	if !ok || time.Since(known.at) >= scriptAge {
		known = &script{found: make(map[string][]way)}
		known.text, known.err = a.fetchScript(a.ctx, address)
		known.at = time.Now()
		if a.scripts.known == nil {
			a.scripts.known = make(map[string]*script)
		}
		a.scripts.known[address] = known
	}
	if ways, ok := known.found[server.URI]; ok || known.err != nil {
		return ways, known.err
	}
	ways, err := a.evaluate(a.ctx, known.text, server)
	if err != nil {
		known.err = fmt.Errorf("the PAC file %s: %w", address, err)
		return nil, known.err
	}
	known.found[server.URI] = ways
	return ways, nil
}

// ways gives the ways to a server in the order in which they are tried. As in browsers: what is found
// automatically comes first, then the PAC file that the config names, then its proxy.
func (a *Access) ways(server ICEServer) ([]way, error) {
	proxy := a.options.Proxy
	if proxy.Bypasses(server.Host) {
		return []way{{kind: wayDirect}}, nil
	}
	if proxy.AutoDetect {
		if ways, ok := a.detect(server); ok {
			return ways, nil
		}
	}
	var failure error
	if proxy.AutoConfigURL != "" {
		ways, err := a.byScript(proxy.AutoConfigURL, server)
		if err == nil {
			return ways, nil
		}
		failure = fmt.Errorf("proxy for it: %w", proxyError{err})
	}
	switch {
	case proxy.Host != "":
		return proxy.named(), nil
	case failure != nil:
		// To go on without a proxy is not what was asked for.
		return nil, failure
	default:
		return []way{{kind: wayDirect}}, nil
	}
}

// detect looks what the machine is set to, and then for what the network offers. Nothing found is the usual case.
func (a *Access) detect(server ICEServer) ([]way, bool) {
	found, configURL, err := a.options.Settings.System.ways(server)
	switch {
	case err == nil && configURL != "":
		if ways, err := a.byScript(configURL, server); err == nil {
			return ways, true
		}
	case err == nil && found != nil:
		return a.options.Proxy.withCredentials(found), true
	}
	ways, err := a.byScript(wpadURL, server)
	return ways, err == nil
}
