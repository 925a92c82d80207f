package network

import (
	"crypto/x509"
	"fmt"
	"os"
	"path"
	"strconv"
	"strings"
)

// Settings are what the environment of a process says about its network. The interface of the library has no
// parameters for it.
type Settings struct {
	Authorities *x509.CertPool // whose certificates servers may have; nil: the system's
	Ports       PortRange      // of UDP sockets
	SinglePort  uint16         // of all connections; 0: each socket has its own
	HideHosts   bool           // behind mDNS names
	Policy      Policy
	Ignored     []string // patterns of the names of interfaces, in lower case
	System      SystemProxy
}

// PortRange is empty when Max is 0.
type PortRange struct{ Min, Max uint16 }

// Policy says which candidates there are.
type Policy int

// The policies.
const (
	PolicyAll     Policy = iota
	PolicyRelay          // what is relayed by TURN servers
	PolicyProxied        // what is relayed by TURN servers that are spoken to over TCP, through the proxy if there is one
)

// The variables that ReadSettings looks up.
const (
	variableAuthorities = "ML_WEBRTC_CA_FILE"
	variablePorts       = "ML_WEBRTC_PORT_RANGE"
	variableSinglePort  = "ML_WEBRTC_SINGLE_PORT"
	variableHideHosts   = "ML_WEBRTC_MDNS"
	variablePolicy      = "ML_WEBRTC_ICE_POLICY"
	variableIgnored     = "ML_WEBRTC_IGNORE_INTERFACES"
)

// SettingVariables are the names of the variables.
func SettingVariables() []string {
	return []string{variableAuthorities, variablePorts, variableSinglePort, variableHideHosts, variablePolicy, variableIgnored}
}

// maxAuthoritiesBytes bounds the file of certificates; a system's whole store has a quarter of it.
const maxAuthoritiesBytes = 1 << 20

// usuallyIgnored are the interfaces that browsers leave out as well: those of VMware's virtual networks, which
// lead to nobody but the machine's own guests.
var usuallyIgnored = []string{"vmnet*", "vnic*", "vmware network adapter vmnet*"}

// ReadSettings reads the variables. What has a bad value is as if it were not set; each is told to complain.
func ReadSettings(lookUp func(name string) string, complain func(error)) *Settings {
	settings := &Settings{Ignored: usuallyIgnored, System: readSystem(lookUp)}
	readers := []struct {
		name string
		read func(value string) error
	}{
		{variableAuthorities, settings.readAuthorities},
		{variablePorts, settings.readPorts},
		{variableSinglePort, settings.readSinglePort},
		{variableHideHosts, settings.readHideHosts},
		{variablePolicy, settings.readPolicy},
		{variableIgnored, settings.readIgnored},
	}
	for _, reader := range readers {
		value := strings.TrimSpace(lookUp(reader.name))
		if value == "" {
			continue
		}
		if err := reader.read(value); err != nil {
			complain(fmt.Errorf("%s=%q is ignored: %w", reader.name, printable(value), err))
		}
	}
	return settings
}

// readAuthorities adds the certificates of a PEM file to the system's.
func (s *Settings) readAuthorities(name string) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() || info.Size() > maxAuthoritiesBytes {
		return fmt.Errorf("it is no file of at most %d bytes", maxAuthoritiesBytes)
	}
	text, err := os.ReadFile(name) //nolint:gosec // the file that the user names
	if err != nil {
		return err
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(text) {
		return fmt.Errorf("the file has no certificate in PEM form")
	}
	s.Authorities = pool
	return nil
}

func parsePort(text string) (uint16, error) {
	port, err := strconv.ParseUint(strings.TrimSpace(text), 10, 16)
	if err != nil || port == 0 {
		return 0, fmt.Errorf("%q is no port; write a number from 1 to 65535", printable(text))
	}
	return uint16(port), nil
}

func (s *Settings) readPorts(value string) error {
	first, last, found := strings.Cut(value, "-")
	if !found {
		return fmt.Errorf("write the first and the last port, such as 50000-50100")
	}
	low, err := parsePort(first)
	if err != nil {
		return err
	}
	high, err := parsePort(last)
	if err != nil {
		return err
	}
	if low > high {
		return fmt.Errorf("the first port is above the last one")
	}
	s.Ports = PortRange{low, high}
	return nil
}

func (s *Settings) readSinglePort(value string) (err error) {
	s.SinglePort, err = parsePort(value)
	return err
}

func (s *Settings) readHideHosts(value string) (err error) {
	s.HideHosts, err = parseSwitch(value)
	return err
}

func parseSwitch(value string) (bool, error) {
	switch value {
	case "0":
		return false, nil
	case "1":
		return true, nil
	default:
		return false, fmt.Errorf("write 0 or 1")
	}
}

func (s *Settings) readPolicy(value string) error {
	policies := map[string]Policy{"all": PolicyAll, "relay": PolicyRelay, "proxied": PolicyProxied}
	policy, ok := policies[value]
	if !ok {
		return fmt.Errorf("write all, relay or proxied")
	}
	s.Policy = policy
	return nil
}

// readIgnored takes the place of the usual list.
func (s *Settings) readIgnored(value string) error {
	patterns := strings.Split(strings.ToLower(value), ",")
	for i, pattern := range patterns {
		patterns[i] = strings.TrimSpace(pattern)
		if _, err := path.Match(patterns[i], ""); err != nil {
			return fmt.Errorf("%q is no pattern; write names with * and ?, separated by commas", pattern)
		}
	}
	s.Ignored = patterns
	return nil
}

// ignores says whether an interface is left out.
func (s *Settings) ignores(name string) bool {
	for _, pattern := range s.Ignored {
		if matched, _ := path.Match(pattern, strings.ToLower(name)); matched {
			return true
		}
	}
	return false
}
