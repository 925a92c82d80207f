// SPDX-License-Identifier: MIT

package link

import (
	"container/heap"
	"io"
	"sync"
	"time"
)

// packetsMost bounds what is under way in one direction; more overflows.
const packetsMost = 16384

// packet is under way. Packets that are due at the same time keep the order in which they came.
type packet struct {
	due    time.Time
	number uint64
	data   []byte
}

type underWay []packet

func (u underWay) Len() int { return len(u) }
func (u underWay) Less(i, j int) bool {
	if u[i].due.Equal(u[j].due) {
		return u[i].number < u[j].number
	}
	return u[i].due.Before(u[j].due)
}
func (u underWay) Swap(i, j int) { u[i], u[j] = u[j], u[i] }
func (u *underWay) Push(x any)   { *u = append(*u, x.(packet)) } //nolint:forcetypeassert // heap gives back what it got
func (u *underWay) Pop() any {
	last := len(*u) - 1
	taken := (*u)[last]
	(*u)[last] = packet{}
	*u = (*u)[:last]
	return taken
}

// Direction carries packets one way. All of it may be used by several goroutines at once.
type Direction struct {
	mu       sync.Mutex
	model    *model
	counters Counters
	packets  underWay
	wake     chan struct{} // holds one: something is under way that may be due first
}

// NewDirection makes a direction that lets everything through; the same seed makes the same random choices.
func NewDirection(seed uint64) *Direction {
	return &Direction{model: newModel(seed), wake: make(chan struct{}, 1)}
}

// Change changes settings from now on: change is given the ones that hold.
func (d *Direction) Change(change func(*Settings)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	settings := d.model.settings
	change(&settings)
	d.model.set(settings)
}

// Cut loses every packet that comes in within a time from now on; 0 ends that.
func (d *Direction) Cut(length time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.model.cut(time.Now().Add(length))
}

// Counters gives what was counted so far.
func (d *Direction) Counters() Counters {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.counters
}

// take decides about a packet that came in; data is not kept.
func (d *Direction) take(data []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.counters.Packets++
	d.counters.Bytes += uint64(len(data))
	due, fate := d.model.admit(time.Now(), len(data))
	if fate == lost {
		d.counters.Lost++
		return
	}
	if fate == overflowed || len(d.packets) >= packetsMost {
		d.counters.Overflowed++
		return
	}
	if fate == overtaken {
		d.counters.Reordered++
	}
	came := packet{due: due, number: d.counters.Packets, data: append([]byte(nil), data...)}
	heap.Push(&d.packets, came)
	if d.model.duplicates() {
		d.counters.Duplicated++
		heap.Push(&d.packets, came)
	}
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// next gives the packet that is due, or how long nothing is: a negative time if nothing is under way.
func (d *Direction) next() (data []byte, wait time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.packets) == 0 {
		return nil, -1
	}
	if wait := time.Until(d.packets[0].due); wait > 0 {
		return nil, wait
	}
	first := heap.Pop(&d.packets).(packet) //nolint:forcetypeassert // nothing else is pushed
	return first.data, 0
}

func (d *Direction) delivered(size int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.counters.Delivered++
	d.counters.DeliveredBytes += uint64(size)
}

// receive takes in what comes from a device, until the device is closed.
func (d *Direction) receive(from io.Reader) {
	buffer := make([]byte, 1<<16)
	for {
		size, err := from.Read(buffer)
		if err != nil {
			return
		}
		if size > 0 {
			d.take(buffer[:size])
		}
	}
}

// deliver writes what is due to a device, until ended is closed.
func (d *Direction) deliver(to io.Writer, ended <-chan struct{}) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		data, wait := d.next()
		if data != nil {
			// A device that is down takes nothing: as on any wire, nobody is told.
			if _, err := to.Write(data); err == nil {
				d.delivered(len(data))
			}
			continue
		}
		if wait < 0 {
			wait = time.Hour
		}
		timer.Reset(wait)
		select {
		case <-ended:
			return
		case <-d.wake:
		case <-timer.C:
		}
	}
}
