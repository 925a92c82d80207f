package rtc

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// deliver passes what a side signals on to the other one, in order and with delays, until stop is closed.
func deliver(t *testing.T, from, to *side, delays *rand.Rand, stop <-chan struct{}) {
	t.Helper()
	for seen, offers, answers, candidates := 0, 0, 0, 0; ; {
		var event, text string
		from.look(func() {
			if seen == len(from.log) {
				return
			}
			event = from.log[seen]
			seen++
			switch event {
			case "offer":
				text = from.offers[offers]
				offers++
			case "answer":
				text = from.answers[answers]
				answers++
			case "candidate":
				text = from.local[candidates]
				candidates++
			}
		})
		var err error
		switch event {
		case "offer":
			err = to.conn.SetRemoteOffer(text)
		case "answer":
			err = to.conn.SetRemoteAnswer(text)
		case "candidate":
			err = to.conn.AddRemoteCandidate(text, "0", 0)
		}
		if err != nil {
			t.Errorf("%s of %s: %v", event, from.name, err)
		}
		if event != "" && event != "offer" && event != "answer" {
			continue
		}
		select {
		case <-stop:
			return
		case <-time.After(time.Duration(delays.IntN(int(4 * time.Millisecond)))):
		}
	}
}

// has waits until one of the sides has a track.
func has(t *testing.T, track string, sides ...*side) {
	t.Helper()
	require.Eventually(t, func() bool {
		return slices.ContainsFunc(sides, func(s *side) bool { return strings.Contains(s.present(), track) })
	}, patience, tick, track)
}

// Both sides make offers whenever they like, each with something new in it. Whatever crosses whatever: in the end both
// have what the other one offered, and nobody was told of an error.
func TestOffersOfBothSidesAtAnyTime(t *testing.T) { //nolint:tparallel // with each other, not with other tests
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			a, b, ours, theirs := connected(t)
			a.conn.instance.timing.retry = time.Second
			a.idle()
			b.idle()
			a.signalTo(nil)
			b.signalTo(nil)
			// What was signalled so far has arrived.
			for _, s := range []*side{a, b} {
				s.untilEvent("gathered")
				s.look(func() { s.log, s.offers, s.answers, s.local = nil, nil, nil, nil })
			}
			stop := make(chan struct{})
			var posts sync.WaitGroup
			posts.Go(func() { deliver(t, a, b, rand.New(rand.NewPCG(seed, 1)), stop) })
			posts.Go(func() { deliver(t, b, a, rand.New(rand.NewPCG(seed, 2)), stop) })
			random := rand.New(rand.NewPCG(seed, 3))
			for number := range 12 {
				who := []*side{a, b}[random.IntN(2)]
				who.addVideo(fmt.Sprint("number ", number))
				require.NoError(t, who.conn.CreateOffer())
				other := a
				if who == a {
					other = b
				}
				time.Sleep(time.Duration(random.IntN(int(8 * time.Millisecond))))
				if number%4 == 3 {
					has(t, fmt.Sprintf("video number_%d[", number), other)
				}
			}
			for number := range 12 {
				has(t, fmt.Sprintf("video number_%d[", number), a, b)
			}
			ours.send([]byte("x"), true)
			theirs.untilMessages(1)
			close(stop)
			posts.Wait()
			a.close()
			b.close()
			noErrors(t, a, b)
		})
	}
}
