// SPDX-License-Identifier: MIT

package link

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"
)

// lineMost bounds a line of the protocol.
const lineMost = 1024

var (
	errNoCommand = errors.New("nothing to do")
	errNoValue   = errors.New("a key without a value")
	errKey       = errors.New("unknown key")
	errValue     = errors.New("not a value for this key")
)

// Command does what a line says, and gives the answer to it. All of a line is done, or nothing.
//
//	[ab|ba] KEY VALUE [KEY VALUE ...]
//	counters
//
// Without a direction both are changed. Keys: delay, jitter, queue, later (ms), rate (kbit/s), loss, reorder,
// duplicate (percent), burst (packets), mtu (bytes), cut (ms, from now on). The answer is "ok", followed by the counters if these were asked for, or
// "error: " and a reason.
func (l *Link) Command(line string) string {
	words := strings.Fields(line)
	if len(words) == 1 && words[0] == "counters" {
		return "ok ab " + l.AB.Counters().String() + " ba " + l.BA.Counters().String()
	}
	directions := []*Direction{l.AB, l.BA}
	if len(words) > 0 && words[0] == "ab" {
		words, directions = words[1:], directions[:1]
	} else if len(words) > 0 && words[0] == "ba" {
		words, directions = words[1:], directions[1:]
	}
	changes, err := parse(words)
	if err != nil {
		return "error: " + err.Error()
	}
	for _, direction := range directions {
		changes.apply(direction)
	}
	return "ok"
}

// String gives the counters by name, in a fixed order.
func (c Counters) String() string {
	return fmt.Sprintf("packets %d bytes %d delivered %d delivered-bytes %d lost %d overflowed %d reordered %d duplicated %d",
		c.Packets, c.Bytes, c.Delivered, c.DeliveredBytes, c.Lost, c.Overflowed, c.Reordered, c.Duplicated)
}

// changes is what one line asks for.
type changes struct {
	settings []func(*Settings)
	cut      *time.Duration
}

func (c changes) apply(to *Direction) {
	to.Change(func(settings *Settings) {
		for _, change := range c.settings {
			change(settings)
		}
	})
	if c.cut != nil {
		to.Cut(*c.cut)
	}
}

func parse(words []string) (changes, error) {
	if len(words) == 0 {
		return changes{}, errNoCommand
	}
	var all changes
	for ; len(words) > 0; words = words[2:] {
		if len(words) == 1 {
			return changes{}, fmt.Errorf("%w: %q", errNoValue, words[0])
		}
		if err := all.add(words[0], words[1]); err != nil {
			return changes{}, err
		}
	}
	return all, nil
}

// most says what a key's value may be at most.
var most = map[string]float64{
	"delay": 60_000, "jitter": 60_000, "queue": 60_000, "later": 60_000, "cut": 3_600_000,
	"rate": 100_000_000, "loss": 100, "reorder": 100, "duplicate": 100,
	"burst": 10_000, "mtu": 65_535,
}

func (c *changes) add(key, text string) error {
	bound, known := most[key]
	if !known {
		return fmt.Errorf("%w: %q", errKey, key)
	}
	value, err := strconv.ParseFloat(text, 64)
	// Not a number compares as false with everything.
	if err != nil || !(value >= 0 && value <= bound) { //nolint:staticcheck // De Morgan's form would let NaN through
		return fmt.Errorf("%w: %s %q", errValue, key, text)
	}
	length := time.Duration(value * float64(time.Millisecond))
	if key == "cut" {
		c.cut = &length
		return nil
	}
	c.settings = append(c.settings, func(s *Settings) {
		switch key {
		case "delay":
			s.Delay = length
		case "jitter":
			s.Jitter = length
		case "queue":
			s.Queue = length
		case "later":
			s.ReorderBy = length
		case "rate":
			s.Rate = int(value * 1000)
		case "loss":
			s.Loss = value / 100
		case "reorder":
			s.Reorder = value / 100
		case "duplicate":
			s.Duplicate = value / 100
		case "mtu":
			s.MTU = int(value)
		default:
			s.Burst = value
		}
	})
	return nil
}

// Serve answers the lines that clients of a listener send, until the context ends; it closes the listener then.
func (l *Link) Serve(ctx context.Context, listener net.Listener) {
	var clients sync.WaitGroup
	defer clients.Wait()
	stop := context.AfterFunc(ctx, func() { _ = listener.Close() })
	defer stop()
	for {
		client, err := listener.Accept()
		if err != nil {
			return
		}
		clients.Go(func() {
			stop := context.AfterFunc(ctx, func() { _ = client.Close() })
			defer stop()
			l.answer(client)
		})
	}
}

// answer ends with the client, or with the first line that is too long.
func (l *Link) answer(client io.ReadWriteCloser) {
	defer func() { _ = client.Close() }()
	lines := bufio.NewScanner(client)
	lines.Buffer(make([]byte, lineMost), lineMost)
	for lines.Scan() {
		if _, err := io.WriteString(client, l.Command(lines.Text())+"\n"); err != nil {
			return
		}
	}
}
