package rtc

import (
	"context"
	"maps"
	"net"
	"net/netip"
	"time"
)

// addresses are those of the machine's interfaces that are up.
type addresses struct {
	all    map[netip.Addr]bool
	seen   map[netip.Addr]bool // with those that were there before: what was never seen can't be missed
	usable bool                // one of them leads out of the machine
}

// maxSeenAddresses bounds what is remembered of a machine that has another address every minute.
const maxSeenAddresses = 1024

// watchAddresses looks every now and then whether the machine has left a network or joined one, as long as there are
// connections. A change counts when it has lasted from one look to the next.
func (i *Instance) watchAddresses(ctx context.Context) {
	ticker := time.NewTicker(i.timing.poll)
	defer ticker.Stop()
	last, _ := i.listAddresses()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		now, err := i.listAddresses()
		if err != nil {
			continue
		}
		known := i.addresses.Load()
		if last != nil && maps.Equal(last.all, now.all) && (known == nil || !maps.Equal(known.all, now.all)) {
			now.seen = maps.Clone(now.all)
			if known != nil && len(known.seen) <= maxSeenAddresses {
				maps.Copy(now.seen, known.seen)
			} else if known != nil {
				maps.Copy(now.seen, known.all)
			}
			i.addresses.Store(now)
			for _, c := range i.snapshotConnections() {
				c.addressesChanged()
			}
		}
		last = now
	}
}

func (i *Instance) listAddresses() (*addresses, error) {
	interfaces, err := i.network.Interfaces()
	if err != nil {
		return nil, err //nolint:wrapcheck // the next look may do better, and nobody is told
	}
	found := &addresses{all: make(map[netip.Addr]bool)}
	for _, one := range interfaces {
		if one.Flags&net.FlagUp == 0 {
			continue
		}
		list, err := one.Addrs()
		if err != nil {
			continue
		}
		for _, entry := range list {
			prefix, ok := entry.(*net.IPNet)
			if !ok {
				continue
			}
			if address, ok := netip.AddrFromSlice(prefix.IP); ok {
				address = address.Unmap()
				found.all[address] = true
				found.usable = found.usable || !address.IsLoopback() && !address.IsLinkLocalUnicast()
			}
		}
	}
	return found, nil
}

func (i *Instance) snapshotConnections() []*Connection {
	i.mu.Lock()
	defer i.mu.Unlock()
	connections := make([]*Connection, 0, len(i.connections))
	for c := range i.connections {
		connections = append(connections, c)
	}
	return connections
}

// updateWatch starts or ends the watch over the addresses. The instance's lock is held.
func (i *Instance) updateWatch() {
	switch {
	case len(i.connections) > 0 && i.endWatch == nil:
		var ctx context.Context
		ctx, i.endWatch = context.WithCancel(i.ctx)
		i.addresses.Store(nil)
		go i.watchAddresses(ctx)
	case len(i.connections) == 0 && i.endWatch != nil:
		i.endWatch()
		i.endWatch = nil
	}
}
