package network

import (
	"fmt"
	"net/netip"
	"net/url"
	"path"
	"strings"
)

// ProxyType says how a proxy is spoken to.
type ProxyType int

// The kinds of proxies.
const (
	ProxyHTTPS  ProxyType = 0 // HTTP CONNECT
	ProxySOCKS5 ProxyType = 1
)

// ProxyConfig is what an application says about the proxy that leads to its TURN servers.
type ProxyConfig struct {
	Type       ProxyType
	Host       string // empty: found by AutoDetect or AutoConfigURL
	Port       int
	Username   string
	Password   string
	AutoDetect bool // WPAD

	AutoConfigURL string // a PAC file
	BypassList    string // hosts, wildcards, CIDR prefixes and <local>, separated by commas or semicolons
}

// Proxy is a ProxyConfig that makes sense.
type Proxy struct {
	ProxyConfig
	bypass []bypassRule
}

type bypassRule struct {
	local   bool         // names without a dot
	pattern string       // matched against a host name in lower case; empty: prefix counts
	prefix  netip.Prefix // matched against addresses
}

// bypassLocal in a bypass list stands for names without a dot.
const bypassLocal = "<local>"

// maxBypassRules bounds the work of one look-up.
const maxBypassRules = 1024

// ParseProxy checks a config. Entries of the bypass list that are malformed are left out, as
// browsers do it.
func ParseProxy(config ProxyConfig) (*Proxy, error) {
	if config.Type != ProxyHTTPS && config.Type != ProxySOCKS5 {
		return nil, fmt.Errorf("%w: proxy type %d is neither 0 (HTTPS) nor 1 (SOCKS5)", ErrInvalid, config.Type)
	}
	if config.Host == "" && !config.AutoDetect && config.AutoConfigURL == "" {
		return nil, fmt.Errorf("%w: a proxy config needs a host, automatic detection or a PAC URL", ErrInvalid)
	}
	if config.Host != "" {
		if config.Port < 1 || config.Port > 65535 {
			return nil, fmt.Errorf("%w: proxy port %d of host %q is not in 1 to 65535", ErrInvalid, config.Port, config.Host)
		}
		if !plausibleHost(config.Host) {
			return nil, fmt.Errorf("%w: proxy host %q is no host name or address", ErrInvalid, config.Host)
		}
	}
	if config.AutoConfigURL != "" {
		parsed, err := url.Parse(config.AutoConfigURL)
		if err != nil || parsed.Scheme == "" {
			return nil, fmt.Errorf("%w: PAC URL %q is no URL", ErrInvalid, config.AutoConfigURL)
		}
	}
	return &Proxy{ProxyConfig: config, bypass: parseBypassList(config.BypassList)}, nil
}

func parseBypassList(list string) []bypassRule {
	var rules []bypassRule
	separator := func(r rune) bool { return r == ',' || r == ';' }
	for entry := range strings.FieldsFuncSeq(list, separator) {
		if len(rules) == maxBypassRules {
			break
		}
		if rule, ok := parseBypassRule(strings.ToLower(strings.TrimSpace(entry))); ok {
			rules = append(rules, rule)
		}
	}
	return rules
}

func parseBypassRule(entry string) (bypassRule, bool) {
	if entry == "" {
		return bypassRule{}, false
	}
	if entry == bypassLocal {
		return bypassRule{local: true}, true
	}
	if strings.Contains(entry, "/") {
		prefix, err := netip.ParsePrefix(entry)
		return bypassRule{prefix: prefix.Masked()}, err == nil
	}
	if address, err := netip.ParseAddr(strings.Trim(entry, "[]")); err == nil {
		address = address.Unmap()
		return bypassRule{prefix: netip.PrefixFrom(address, address.BitLen())}, true
	}
	if strings.HasPrefix(entry, ".") {
		entry = "*" + entry
	}
	if strings.ContainsAny(entry, "[]\\? \t\r\n") {
		return bypassRule{}, false
	}
	return bypassRule{pattern: entry}, true
}

// Bypasses says whether a host (a name or an address, without a port) is reached directly.
func (p *Proxy) Bypasses(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	address, err := netip.ParseAddr(host)
	isAddress := err == nil
	for _, rule := range p.bypass {
		if rule.local {
			if !isAddress && host != "" && !strings.Contains(host, ".") {
				return true
			}
			continue
		}
		if rule.pattern != "" {
			if matched, _ := path.Match(rule.pattern, host); matched {
				return true
			}
			continue
		}
		if isAddress && rule.prefix.Contains(address.Unmap().WithZone("")) {
			return true
		}
	}
	return false
}

// plausibleHost says whether a text may be a host's name or address.
func plausibleHost(host string) bool {
	return host != "" && len(host) <= 255 && !strings.ContainsFunc(host, func(r rune) bool {
		return r <= ' ' || r == 0x7f || strings.ContainsRune("/@?#", r)
	})
}

// named gives the way by the proxy that the config names.
func (p *Proxy) named() []way {
	kind := wayConnect
	if p.Type == ProxySOCKS5 {
		kind = waySOCKS5
	}
	return p.withCredentials([]way{{kind: kind, host: strings.Trim(p.Host, "[]"), port: p.Port}})
}

// withCredentials gives those of the config to ways that have none.
func (p *Proxy) withCredentials(ways []way) []way {
	for i := range ways {
		if ways[i].kind != wayDirect && ways[i].user == "" {
			ways[i].user, ways[i].password = p.Username, p.Password
		}
	}
	return ways
}
