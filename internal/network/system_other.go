//go:build !windows

package network

// platformProxy: there is nothing but the variables that all systems share.
func platformProxy() SystemProxy { return SystemProxy{} }
