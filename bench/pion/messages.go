package main

import (
	"sync/atomic"
	"time"
)

const (
	warmUp    = 500 * time.Millisecond
	highWater = 1 << 20
	lowWater  = 512 << 10
)

// messageRate is how many messages of a size arrive per second, and the CPU time of the
// process for one of them.
func messageRate(size int, length time.Duration) (perSecond float64, cpu time.Duration) {
	p := connect()
	var messages atomic.Int64
	p.bob.receive(func([]byte) { messages.Add(1) })
	stop := make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		offer(p.alice, size, stop)
	}()

	time.Sleep(warmUp)
	begin, cpuBegin, first := time.Now(), cpuTime(), messages.Load()
	time.Sleep(length)
	count := messages.Load() - first
	perSecond = float64(count) / time.Since(begin).Seconds()
	cpu = (cpuTime() - cpuBegin) / time.Duration(max(count, 1))
	close(stop)
	<-ended
	p.close()
	return perSecond, cpu
}

// offer sends until it is stopped, no faster than SCTP drains.
func offer(to end, size int, stop <-chan struct{}) {
	data := make([]byte, size)
	buffer := to.sender()
	low := make(chan struct{}, 1)
	buffer.SetBufferedAmountLowThreshold(lowWater)
	buffer.OnBufferedAmountLow(func() {
		select {
		case low <- struct{}{}:
		default:
		}
	})
	for {
		select {
		case <-stop:
			return
		default:
		}
		for buffer.BufferedAmount() > highWater {
			select {
			case <-low:
			case <-stop:
				return
			}
		}
		must(to.send(data))
	}
}

// pingPong is the median time until a message of 64 bytes has come back.
func pingPong(rounds int) time.Duration {
	p := connect()
	defer p.close()
	p.bob.receive(func(data []byte) { must(p.bob.send(data)) })
	back := make(chan struct{}, 1)
	p.alice.receive(func([]byte) { back <- struct{}{} })

	data := make([]byte, 64)
	times := make([]time.Duration, 0, rounds)
	for range rounds {
		begin := time.Now()
		must(p.alice.send(data))
		<-back
		times = append(times, time.Since(begin))
	}
	return median(times)
}
