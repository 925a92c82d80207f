// Command pion does what the library's benchmark does, in plain Go on pion/webrtc with the
// settings that the library uses: what the library's border costs is the difference.
// It prints "key value" lines.
package main

import (
	"flag"
	"fmt"
	"log"
	"slices"
	"syscall"
	"time"
)

func main() {
	log.SetFlags(0)
	connects := flag.Int("connects", 20, "how many connections to time")
	seconds := flag.Float64("seconds", 2, "how long to send messages of each size")
	pingPongs := flag.Int("ping-pongs", 2000, "how many round trips to time")
	media := flag.Float64("media", 0, "how long to send RTP packets as a video has them")
	flag.BoolVar(&detached, "detached", true, "detach the data channels, which is faster")
	flag.Parse()

	if *connects > 0 {
		figure("connect_ms", connectTime(*connects).Seconds()*1e3)
	}
	if *seconds > 0 {
		length := time.Duration(*seconds * float64(time.Second))
		large, cpu := messageRate(64<<10, length)
		figure("throughput_mb", large*(64<<10)/1e6)
		figure("throughput_cpu", float64(cpu)/(64<<10)) // s/GB
		small, cpu := messageRate(64, length)
		figure("small_rate", small)
		figure("small_cpu", cpu.Seconds()*1e6)
	}
	if *pingPongs > 0 {
		figure("ping_pong_us", pingPong(*pingPongs).Seconds()*1e6)
	}
	if *media > 0 {
		allocations(time.Duration(*media * float64(time.Second)))
	}
}

func figure(key string, value float64) { fmt.Printf("%s %.4g\n", key, value) }

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

func connectTime(times int) time.Duration {
	var all []time.Duration
	for range times {
		begin := time.Now()
		p := connect()
		all = append(all, time.Since(begin))
		p.close()
	}
	return median(all)
}

// cpuTime is that of the whole process: what a busy machine changes least.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	must(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
