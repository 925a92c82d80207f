// SPDX-License-Identifier: MIT

package link

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var errDown = errors.New("the device is down")

// device stands for a TUN device: sent is what the host sends, got what it receives.
type device struct {
	sent   chan []byte
	closed chan struct{}
	mu     sync.Mutex
	down   bool
	got    []arrival
}

type arrival struct {
	data []byte
	at   time.Time
}

func newDevice() *device {
	return &device{sent: make(chan []byte, 4096), closed: make(chan struct{})}
}

func (d *device) Read(b []byte) (int, error) {
	select {
	case data := <-d.sent:
		return copy(b, data), nil
	case <-d.closed:
		return 0, io.EOF
	}
}

func (d *device) Write(b []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.down {
		return 0, errDown
	}
	d.got = append(d.got, arrival{append([]byte(nil), b...), time.Now()})
	return len(b), nil
}

func (d *device) Close() error {
	close(d.closed)
	return nil
}

func (d *device) arrivals() []arrival {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]arrival(nil), d.got...)
}

// sends hands over numbered packets of a size.
func (d *device) sends(from, count, size int) {
	for number := from; number < from+count; number++ {
		data := make([]byte, size)
		binary.BigEndian.PutUint32(data, uint32(number))
		d.sent <- data
	}
}

func numbers(of []arrival) []int {
	var all []int
	for _, one := range of {
		all = append(all, int(binary.BigEndian.Uint32(one.data)))
	}
	return all
}

// running runs a link in a bubble of time.
func running(t *testing.T, test func(l *Link, a, b *device)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l := New(1)
		a, b := newDevice(), newDevice()
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			l.Run(ctx, a, b)
			close(ended)
		}()
		test(l, a, b)
		cancel()
		<-ended
	})
}

func TestCarriesBothWays(t *testing.T) {
	running(t, func(l *Link, a, b *device) {
		a.sends(0, 100, 1500)
		b.sends(1000, 50, 40)
		synctest.Wait()
		assert.Len(t, b.arrivals(), 100)
		assert.Len(t, a.arrivals(), 50)
		for at, number := range numbers(b.arrivals()) {
			assert.Equal(t, at, number)
		}
		assert.Equal(t, Counters{Packets: 100, Bytes: 150_000, Delivered: 100, DeliveredBytes: 150_000}, l.AB.Counters())
		assert.Equal(t, Counters{Packets: 50, Bytes: 2000, Delivered: 50, DeliveredBytes: 2000}, l.BA.Counters())
	})
}

func TestDirectionsAreIndependent(t *testing.T) {
	running(t, func(l *Link, a, b *device) {
		require.Equal(t, "ok", l.Command("ab delay 25"))
		require.Equal(t, "ok", l.Command("ba delay 75 loss 0"))
		sent := time.Now()
		a.sends(0, 10, 100)
		b.sends(0, 10, 100)
		time.Sleep(time.Second)
		require.Len(t, a.arrivals(), 10)
		require.Len(t, b.arrivals(), 10)
		for at := range 10 {
			assert.Equal(t, 25*time.Millisecond, b.arrivals()[at].at.Sub(sent))
			assert.Equal(t, 75*time.Millisecond, a.arrivals()[at].at.Sub(sent))
		}
	})
}

func TestRateAndQueue(t *testing.T) {
	running(t, func(l *Link, a, b *device) {
		require.Equal(t, "ok", l.Command("ab rate 500 queue 200"))
		sent := time.Now()
		a.sends(0, 100, 1250) // 20 ms each
		time.Sleep(time.Second)
		got := b.arrivals()
		require.Len(t, got, 11)
		for at, one := range got {
			assert.Equal(t, time.Duration(at+1)*20*time.Millisecond, one.at.Sub(sent))
		}
		assert.Equal(t, uint64(89), l.AB.Counters().Overflowed)
	})
}

func TestReorderedPacketsAreOvertaken(t *testing.T) {
	running(t, func(l *Link, a, b *device) {
		require.Equal(t, "ok", l.Command("reorder 20 later 15"))
		for number := range 200 {
			a.sends(number, 1, 100)
			time.Sleep(10 * time.Millisecond)
		}
		time.Sleep(time.Second)
		got := numbers(b.arrivals())
		require.Len(t, got, 200)
		seen := map[int]bool{}
		overtaken := 0
		for at, number := range got {
			seen[number] = true
			if at > 0 && number < got[at-1] {
				overtaken++
			}
		}
		assert.Len(t, seen, 200)
		assert.Positive(t, overtaken)
		assert.LessOrEqual(t, overtaken, int(l.AB.Counters().Reordered))
	})
}

func TestSomePacketsComeTwice(t *testing.T) {
	running(t, func(l *Link, a, b *device) {
		require.Equal(t, "ok", l.Command("duplicate 30"))
		a.sends(0, 200, 100)
		synctest.Wait()
		came := map[int]int{}
		twice := 0
		for _, number := range numbers(b.arrivals()) {
			if came[number]++; came[number] == 2 {
				twice++
			}
		}
		assert.Len(t, came, 200)
		assert.Equal(t, uint64(twice), l.AB.Counters().Duplicated)
		assert.InDelta(t, 60, twice, 30)
	})
}

func TestLargePacketsAreLost(t *testing.T) {
	running(t, func(l *Link, a, b *device) {
		require.Equal(t, "ok", l.Command("mtu 1280"))
		a.sends(0, 3, 1280)
		a.sends(3, 3, 1281)
		synctest.Wait()
		assert.Equal(t, []int{0, 1, 2}, numbers(b.arrivals()))
		assert.Equal(t, uint64(3), l.AB.Counters().Lost)
	})
}

func TestCutLosesForAWhile(t *testing.T) {
	running(t, func(l *Link, a, b *device) {
		require.Equal(t, "ok", l.Command("cut 300"))
		for number := range 100 {
			a.sends(number, 1, 100)
			time.Sleep(10 * time.Millisecond)
		}
		got := numbers(b.arrivals())
		require.Len(t, got, 70)
		assert.Equal(t, 30, got[0])
		assert.Equal(t, uint64(30), l.AB.Counters().Lost)
		require.Equal(t, "ok", l.Command("cut 300"))
		require.Equal(t, "ok", l.Command("cut 0"))
		a.sends(100, 1, 100)
		synctest.Wait()
		assert.Len(t, b.arrivals(), 71)
	})
}

func TestDeviceThatIsDown(t *testing.T) {
	running(t, func(l *Link, a, b *device) {
		b.mu.Lock()
		b.down = true
		b.mu.Unlock()
		a.sends(0, 10, 100)
		synctest.Wait()
		b.mu.Lock()
		b.down = false
		b.mu.Unlock()
		a.sends(10, 10, 100)
		synctest.Wait()
		assert.Equal(t, []int{10, 11, 12, 13, 14, 15, 16, 17, 18, 19}, numbers(b.arrivals()))
		assert.Equal(t, uint64(10), l.AB.Counters().Delivered)
	})
}

func TestWhatIsUnderWayIsBounded(t *testing.T) {
	running(t, func(l *Link, a, b *device) {
		require.Equal(t, "ok", l.Command("delay 60000"))
		for round := range 5 {
			a.sends(round*4000, 4000, 8)
			synctest.Wait()
		}
		assert.Equal(t, uint64(20_000-packetsMost), l.AB.Counters().Overflowed)
		time.Sleep(61 * time.Second)
		assert.Len(t, b.arrivals(), packetsMost)
	})
}
