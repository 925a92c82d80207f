package rtc

import (
	"sync/atomic"
	"testing"
	"time"
)

// quiet is a host that listens to nothing but the end.
type quiet struct {
	closed  chan struct{}
	answers *atomic.Int32
}

func (quiet) Error(string)                                                {}
func (quiet) Connected()                                                  {}
func (quiet) Disconnected()                                               {}
func (quiet) Failed()                                                     {}
func (quiet) LocalOffer(string)                                           {}
func (q quiet) LocalAnswer(string)                                        { q.answers.Add(1) }
func (quiet) LocalCandidate(string, string, int)                          {}
func (quiet) GatheringComplete()                                          {}
func (quiet) DataChannel(*DataChannel, string) ChannelEvents              { return nil }
func (quiet) TrackAdded(*RemoteTrack, Kind, string, []string) TrackEvents { return nil }
func (q quiet) Closed()                                                   { close(q.closed) }

// onFreshConnection runs a test on a connection and waits until its operations and the
// connection have ended. There must be so many answers at least.
func onFreshConnection(f *testing.F, answers int, test func(c *Connection, text string)) {
	f.Helper()
	instance, err := NewInstance(Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		host := quiet{closed: make(chan struct{}), answers: new(atomic.Int32)}
		c, err := instance.NewConnection(Config{}, host)
		if err != nil {
			t.Fatal(err)
		}
		test(c, text)
		idle := make(chan struct{})
		if err := c.enqueue(operation{name: "the end", run: func() error { close(idle); return nil }}); err != nil {
			t.Fatal(err)
		}
		for _, event := range []chan struct{}{idle, host.closed} {
			select {
			case <-event:
				if got := host.answers.Load(); got < int32(answers) {
					t.Fatalf("%d answers, not %d", got, answers)
				}
				c.Close()
			case <-time.After(patience):
				t.Fatal("hangs")
			}
		}
	})
}

func FuzzRemoteOffer(f *testing.F) {
	f.Add(chromeOffer)
	f.Add(firefoxOffer)
	f.Add(safariOffer)
	f.Add(`{"type":"offer","sdp":"v=0\r\n"}`)
	f.Add("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n" +
		"m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\n" + transportLines +
		"a=mid:0\r\na=sctp-port:5000\r\na=candidate:1 1 udp 2130706431 192.0.2.1 50000 typ host\r\n")
	onFreshConnection(f, 0, func(c *Connection, text string) {
		_ = c.SetRemoteOffer(text)
		_ = c.CreateOffer()
	})
}

// Whatever an offer says, those before and after it are answered.
func FuzzOfferInBetween(f *testing.F) {
	for _, offer := range []string{chromeOffer, firefoxOffer, safariOffer} {
		f.Add(offer)
	}
	onFreshConnection(f, 2, func(c *Connection, text string) {
		_ = c.SetRemoteOffer(chromeOffer)
		_ = c.SetRemoteOffer(text)
		_ = c.SetRemoteOffer(chromeOffer)
	})
}

func FuzzRemoteAnswer(f *testing.F) {
	f.Add(chromeOffer)
	f.Add("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n" +
		"m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\n" + transportLines + "a=mid:0\r\na=sctp-port:5000\r\n")
	onFreshConnection(f, 0, func(c *Connection, text string) {
		_ = c.CreateOffer()
		_ = c.SetRemoteAnswer(text)
		_ = c.SetRemoteOffer(text)
	})
}

func FuzzCandidate(f *testing.F) {
	for _, line := range []string{"", "candidate:1 1 udp 2130706431 192.0.2.1 50000 typ host",
		"1 1 tcp 1518280447 192.0.2.1 443 typ host tcptype passive ufrag abcd",
		"1 1 udp 1677729535 198.51.100.1 3000 typ srflx raddr 0.0.0.0 rport 0 generation 0"} {
		f.Add(line)
	}
	onFreshConnection(f, 0, func(c *Connection, text string) {
		_ = c.AddRemoteCandidate(text, "0", 0)
		_ = c.SetRemoteOffer(chromeOffer)
		_ = c.AddRemoteCandidate(text, "0", 0)
	})
}
