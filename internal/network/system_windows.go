package network

import "golang.org/x/sys/windows/registry"

// platformProxy reads what a user of Windows has set under "Proxy".
func platformProxy() SystemProxy {
	const path = `Software\Microsoft\Windows\CurrentVersion\Internet Settings`
	key, err := registry.OpenKey(registry.CURRENT_USER, path, registry.QUERY_VALUE)
	if err != nil {
		return SystemProxy{}
	}
	defer func() { _ = key.Close() }()
	enabled, _, _ := key.GetIntegerValue("ProxyEnable")
	servers, _, _ := key.GetStringValue("ProxyServer")
	override, _, _ := key.GetStringValue("ProxyOverride")
	configURL, _, _ := key.GetStringValue("AutoConfigURL")
	return internetSettings(enabled != 0, servers, override, configURL)
}
