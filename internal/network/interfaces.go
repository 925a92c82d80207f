package network

import (
	"fmt"
	"net"
	"slices"

	"github.com/pion/transport/v5"
	"github.com/pion/transport/v5/stdnet"
)

// Interfaces lists the interfaces as they are now. The list that stdnet takes once, when it
// is made, would hide a network that the machine joins later.
func (n *Net) Interfaces() ([]*transport.Interface, error) {
	var now stdnet.Net
	if err := now.UpdateInterfaces(); err != nil {
		return nil, err
	}
	all, err := now.Interfaces()
	if n.Settings == nil || err != nil {
		return all, err
	}
	// Hidden here, and not by ice's filter: with that, it asks each server from each address.
	return slices.DeleteFunc(all, func(i *transport.Interface) bool { return n.Settings.ignores(i.Name) }), nil
}

// InterfaceByIndex finds an interface by its index.
func (n *Net) InterfaceByIndex(index int) (*transport.Interface, error) {
	return n.find(fmt.Sprintf("index %d", index), func(i *transport.Interface) bool { return i.Index == index })
}

// InterfaceByName finds an interface by its name.
func (n *Net) InterfaceByName(name string) (*transport.Interface, error) {
	return n.find("name "+name, func(i *transport.Interface) bool { return i.Name == name })
}

func (n *Net) find(what string, match func(*transport.Interface) bool) (*transport.Interface, error) {
	interfaces, err := n.Interfaces()
	if err != nil {
		return nil, err
	}
	for _, candidate := range interfaces {
		if match(candidate) {
			return candidate, nil
		}
	}
	return nil, fmt.Errorf("%w: %s", transport.ErrInterfaceNotFound, what)
}

// OnlyLoopback reports whether no interface but the loopback one can carry a connection.
// Loopback candidates help nobody else, so they are only offered on such a machine.
func (n *Net) OnlyLoopback() bool {
	interfaces, err := n.Interfaces()
	if err != nil {
		return false
	}
	for _, candidate := range interfaces {
		if candidate.Flags&net.FlagUp == 0 || candidate.Flags&net.FlagLoopback != 0 {
			continue
		}
		addresses, err := candidate.Addrs()
		if err != nil {
			continue
		}
		for _, address := range addresses {
			if usable(address) {
				return false
			}
		}
	}
	return true
}

// usable says whether ICE makes a host candidate of an address. Link-local IPv6 addresses
// are left out by ice unless mDNS hides them.
func usable(address net.Addr) bool {
	prefix, ok := address.(*net.IPNet)
	if !ok {
		return false
	}
	ip := prefix.IP
	if ip.IsLoopback() || ip.IsUnspecified() || ip.IsMulticast() {
		return false
	}
	return ip.To4() != nil || !ip.IsLinkLocalUnicast()
}
