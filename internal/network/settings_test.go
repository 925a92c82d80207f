package network

import (
	"encoding/pem"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/pion/logging"
	"github.com/stretchr/testify/require"
)

func read(values map[string]string) (*Settings, []error) {
	var complaints []error
	settings := ReadSettings(func(name string) string { return values[name] }, func(err error) { complaints = append(complaints, err) })
	return settings, complaints
}

func TestSettings(t *testing.T) {
	usual, complaints := read(nil)
	require.Empty(t, complaints)
	require.Equal(t, &Settings{Ignored: usuallyIgnored}, usual)

	settings, complaints := read(map[string]string{variablePorts: " 1000 - 1000 ", variableSinglePort: "65535", variableHideHosts: "1",
		variablePolicy: "proxied", variableIgnored: "docker*, veth?"})
	require.Empty(t, complaints)
	require.Equal(t, &Settings{Ports: PortRange{1000, 1000}, SinglePort: 65535, HideHosts: true, Policy: PolicyProxied,
		Ignored: []string{"docker*", "veth?"}}, settings)
	for name, want := range map[string]bool{"docker0": true, "Docker0": true, "veth1": true, "veth12": false, "eth0": false, "vmnet1": false} {
		require.Equal(t, want, settings.ignores(name), name)
	}
	for name, want := range map[string]bool{"vmnet8": true, "VMware Network Adapter VMnet1": true, "vnic0": true, "eth0": false, "wlan0": false} {
		require.Equal(t, want, usual.ignores(name), name)
	}
}

func TestBadSettings(t *testing.T) {
	for _, bad := range [][2]string{{variablePorts, "1000"}, {variablePorts, "0-9"}, {variablePorts, "2-1"}, {variablePorts, "1-65536"},
		{variablePorts, "a-b"}, {variableSinglePort, "0"}, {variableSinglePort, "-1"}, {variableSinglePort, "x"},
		{variableHideHosts, "yes"}, {variablePolicy, "none"}, {variableIgnored, "["}, {variableAuthorities, "/nowhere"},
		{variableAuthorities, os.TempDir()}} {
		settings, complaints := read(map[string]string{bad[0]: bad[1]})
		require.Len(t, complaints, 1, bad)
		require.ErrorContains(t, complaints[0], bad[0]+"=")
		require.ErrorContains(t, complaints[0], "is ignored")
		require.Equal(t, &Settings{Ignored: usuallyIgnored}, settings, bad)
	}
}

func TestAuthorities(t *testing.T) {
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	file := filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	require.NoError(t, os.WriteFile(file, text, 0o600))
	settings, complaints := read(map[string]string{variableAuthorities: file})
	require.Empty(t, complaints)
	require.NotNil(t, settings.Authorities)

	require.NoError(t, os.WriteFile(file, []byte("no certificate"), 0o600))
	_, complaints = read(map[string]string{variableAuthorities: file})
	require.ErrorContains(t, complaints[0], "no certificate in PEM form")
}

func TestSharedPort(t *testing.T) {
	loggers := logging.NewDefaultLoggerFactory()
	loggers.DefaultLogLevel = logging.LogLevelDisabled
	first, err := SharePort(&Settings{SinglePort: 42111}, loggers)
	require.NoError(t, err)
	again, err := SharePort(&Settings{SinglePort: 42111}, loggers)
	require.NoError(t, err)
	require.Same(t, first, again)
	first.Release()
	require.NotEmpty(t, again.Mux().GetListenAddresses())
	again.Release()
	fresh, err := SharePort(&Settings{SinglePort: 42111}, loggers)
	require.NoError(t, err)
	fresh.Release()
}

func TestPortRange(t *testing.T) {
	access, _ := accessTo(t, "turn:localhost", Options{Settings: &Settings{Ports: PortRange{42120, 42121}}})
	one, err := access.ListenPacket("udp4", "127.0.0.1:0")
	require.NoError(t, err)
	two, err := access.ListenPacket("udp4", "127.0.0.1:0")
	require.NoError(t, err)
	_, err = access.ListenPacket("udp4", "127.0.0.1:0")
	require.ErrorContains(t, err, "no port of 42120 to 42121 is free")
	require.NoError(t, one.Close())
	require.NoError(t, two.Close())
}
