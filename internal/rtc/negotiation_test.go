package rtc

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// tick is how often a condition that nothing announces is looked at.
const tick = 5 * time.Millisecond

func TestAnswerWithoutOffer(t *testing.T) {
	a, b := pair(t)
	a.createChannel("first")
	a.signalTo(nil)
	require.NoError(t, a.conn.CreateOffer())
	a.untilEvent("offer")
	b.signalTo(nil)
	require.NoError(t, b.conn.SetRemoteOffer(a.offer(0)))
	b.untilEvent("answer")
	require.ErrorIs(t, b.conn.SetRemoteAnswer(b.answer(0)), ErrIllegalState)

	require.NoError(t, a.conn.SetRemoteAnswer(b.answer(0)))
	require.ErrorIs(t, a.conn.SetRemoteAnswer(b.answer(0)), ErrIllegalState)
	a.close()
	b.close()
}

// Operations that wait count when an answer is judged, and their failing puts it right.
func TestProjectedSignaling(t *testing.T) {
	a, b := pair(t)
	a.signalTo(nil)
	b.signalTo(nil)
	require.NoError(t, b.conn.CreateOffer())
	b.untilEvent("offer")
	answer := strings.ReplaceAll(b.offer(0), "actpass", "active")

	block := make(chan struct{})
	require.NoError(t, a.conn.enqueue(operation{name: "waiting", run: func() error { <-block; return nil }}))
	require.ErrorIs(t, a.conn.SetRemoteAnswer(answer), ErrIllegalState)
	require.NoError(t, a.conn.CreateOffer())
	useless := "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
	require.NoError(t, a.conn.SetRemoteAnswer(useless))
	require.ErrorIs(t, a.conn.SetRemoteAnswer(answer), ErrIllegalState)
	close(block)
	a.untilEvent("error")
	require.Eventually(t, func() bool { return a.conn.SetRemoteAnswer(answer) == nil }, patience, tick)
	a.close()
	b.close()
}

func TestDescriptionForms(t *testing.T) {
	a, b := pair(t)
	a.signalTo(nil)
	b.signalTo(nil)
	require.NoError(t, a.conn.CreateOffer())
	a.untilEvent("offer")
	offer, err := json.Marshal(map[string]string{"type": "offer", "sdp": a.offer(0)})
	require.NoError(t, err)
	require.ErrorIs(t, b.conn.SetRemoteAnswer(string(offer)), ErrInvalidParam)
	wrong, err := json.Marshal(map[string]string{"type": "answer", "sdp": a.offer(0)})
	require.NoError(t, err)
	require.ErrorIs(t, b.conn.SetRemoteOffer(string(wrong)), ErrInvalidParam)
	require.NoError(t, b.conn.SetRemoteOffer(" \n"+string(offer)))
	b.untilEvent("answer")
	answer, err := json.Marshal(map[string]string{"type": "answer", "sdp": b.answer(0)})
	require.NoError(t, err)
	require.NoError(t, a.conn.SetRemoteAnswer(string(answer)))
	a.signalTo(b)
	b.signalTo(a)
	a.tellCandidates(b)
	a.untilEvent("connected")
	b.untilEvent("connected")
	a.close()
	b.close()
}

func TestGarbageDescriptions(t *testing.T) {
	a := newSide(t, newTestInstance(t), "a")
	for _, text := range []string{"", "garbage", "{", "{}", `{"type":"offer"}`, `{"type":"offer","sdp":7}`,
		`{"type":"offer","sdp":"x"}`, "v=1\r\n", strings.Repeat("a", maxDescriptionBytes+1)} {
		require.ErrorIs(t, a.conn.SetRemoteOffer(text), ErrInvalidParam, "%.40q", text)
		require.ErrorIs(t, a.conn.SetRemoteAnswer(text), ErrInvalidParam, "%.40q", text)
	}
	a.close()
	require.Equal(t, 0, a.count("error"))
	require.ErrorIs(t, a.conn.CreateOffer(), ErrClosed)
}

// What parses but can't be used is told by Error, and the next description works.
func TestUselessDescriptionLeavesTheConnectionUsable(t *testing.T) {
	a, b := pair(t)
	a.signalTo(nil)
	ours := a.createChannel("first")
	require.NoError(t, a.conn.CreateOffer())
	a.untilEvent("offer")
	offer := a.offer(0)
	header := "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
	useless := []string{
		header,
		header + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n",
		header + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:0\r\n",
		withoutLine(offer, "a=mid"), withoutLine(offer, "a=ice-ufrag"), withoutLine(offer, "a=ice-pwd"),
		withoutLine(offer, "a=fingerprint"),
		strings.ReplaceAll(offer, "a=group:BUNDLE 0", "a=group:BUNDLE 7"),
		offer + "a=candidate:nonsense\r\n",
		offer + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:0\r\n",
		strings.Replace(offer, "m=application", "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:9\r\nm=application", 1),
	}
	// One of them has nothing in it that b could not answer; that is no answer to the offer below.
	b.signalTo(nil)
	for i, text := range useless {
		require.NoError(t, b.conn.SetRemoteOffer(text), "%d", i)
	}
	b.untilEvents("error", len(useless)-1)
	b.untilEvent("answer")
	b.signalTo(a)
	a.signalTo(b)
	a.LocalOffer(offer)
	a.tellCandidates(b)
	ours.untilOpen()
	a.close()
	b.close()
}

func withoutLine(text, prefix string) string {
	var kept []string
	for _, line := range strings.Split(text, "\r\n") {
		if !strings.HasPrefix(line, prefix) {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\r\n")
}

func TestCandidatesBeforeTheOffer(t *testing.T) {
	a, b := pair(t)
	a.signalTo(nil)
	ours := a.createChannel("first")
	require.NoError(t, a.conn.CreateOffer())
	a.untilEvent("gathered")
	for range 2 { // duplicates are harmless
		a.tellCandidates(b)
	}
	require.NoError(t, b.conn.AddRemoteCandidate("", "0", 0))
	a.signalTo(b)
	b.signalTo(nil)
	require.NoError(t, b.conn.SetRemoteOffer(a.offer(0)))
	b.untilEvent("answer")
	// The candidates of this side are not told to the other: it finds the path by the checks.
	require.NoError(t, a.conn.SetRemoteAnswer(b.answer(0)))
	ours.untilOpen()
	a.close()
	b.close()
}

func TestCandidateForms(t *testing.T) {
	a := newSide(t, newTestInstance(t), "a")
	const good = "1 1 udp 2130706431 192.0.2.1 50000 typ host"
	for _, line := range []string{
		good, "candidate:" + good, "a=candidate:" + good, good + " generation 0 ufrag abcd network-cost 999",
		"candidate:1 1 UDP 2130706431 2001:db8::1 50000 typ host",
		"candidate:1 1 udp 2130706431 0af44f30-0000-0000-0000-000000000000.local 50000 typ host",
		"candidate:1 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active",
		"candidate:1 1 tcp 1518280447 192.0.2.1 443 typ host tcptype passive",
		"candidate:1 1 ssltcp 1518280447 192.0.2.1 443 typ host",
		"candidate:1 1 udp 1518280447 192.0.2.1 443 typ future",
		"candidate:1 1 udp 1677729535 198.51.100.1 3000 typ srflx raddr 0.0.0.0 rport 0",
		"", "a=end-of-candidates", "   ",
	} {
		require.NoError(t, a.conn.AddRemoteCandidate(line, "0", 0), line)
		require.NoError(t, a.conn.AddRemoteCandidate(line, "", 0), line)
		require.NoError(t, a.conn.AddRemoteCandidate(line, "0", -1), line)
		require.ErrorIs(t, a.conn.AddRemoteCandidate(line, "", -1), ErrInvalidParam, line)
	}
	for _, line := range []string{"garbage", "candidate:", "a=candidate:", "candidate:garbage", "candidate:1 1 udp x 192.0.2.1 50000 typ host",
		"candidate:1 1 udp 1 not-an-address 50000 typ host", "candidate:1 1 udp 1 192.0.2.1 70000 typ host",
		"candidate:1 1 udp 1 192.0.2.1", strings.Repeat("x", maxCandidateBytes+1)} {
		require.ErrorIs(t, a.conn.AddRemoteCandidate(line, "0", 0), ErrInvalidParam, "%.40q", line)
	}
	a.close()
	require.Equal(t, 0, a.count("error"))
}

func TestCandidatesAreBounded(t *testing.T) {
	a := newSide(t, newTestInstance(t), "a")
	var err error
	for i := 0; err == nil && i <= maxHeldCandidates; i++ {
		err = a.conn.AddRemoteCandidate(fmt.Sprintf("1 1 udp 1 192.0.2.1 %d typ host", 1000+i), "0", 0)
	}
	require.ErrorIs(t, err, ErrLimit)
	a.close()
}

func TestOperationsAreBounded(t *testing.T) {
	a := newSide(t, newTestInstance(t), "a")
	block := make(chan struct{})
	require.NoError(t, a.conn.enqueue(operation{name: "waiting", run: func() error { <-block; return nil }}))
	var err error
	for i := 0; err == nil && i <= maxOperations; i++ {
		err = a.conn.CreateOffer()
	}
	require.ErrorIs(t, err, ErrLimit)
	close(block)
	a.close()
}

func TestSecondCreateOffer(t *testing.T) {
	a, b := pair(t)
	a.signalTo(nil)
	ours := a.createChannel("first")
	require.NoError(t, a.conn.CreateOffer())
	require.NoError(t, a.conn.CreateOffer())
	a.untilEvents("offer", 2)
	a.untilEvent("gathered")
	a.idle() // what tells the second offer has returned
	a.signalTo(b)
	a.LocalOffer(a.offer(1))
	a.tellCandidates(b)
	ours.untilOpen()
	a.close()
	b.close()
	require.Equal(t, 1, a.count("gathered"))
	require.Equal(t, 0, a.count("error"))
}

func TestRenegotiation(t *testing.T) {
	a, b, ours, theirs := connected(t)
	require.NoError(t, a.conn.CreateOffer())
	a.untilEvents("offer", 2)
	b.untilEvents("answer", 2)
	require.NoError(t, b.conn.CreateOffer())
	b.untilEvents("offer", 1)
	a.untilEvents("answer", 1)
	ours.send([]byte("x"), true)
	theirs.untilMessages(1)
	a.untilEvent("gathered")
	b.untilEvent("gathered")
	a.close()
	b.close()
	require.Equal(t, 1, a.count("gathered"))
	require.Equal(t, 1, b.count("gathered"))
	require.Equal(t, 0, a.count("error")+b.count("error"))
}

// Both sides offer at once; one of them yields, as W3C's polite peer does.
func TestGlare(t *testing.T) {
	a, b := pair(t)
	a.signalTo(nil)
	b.signalTo(nil)
	ours, theirs := a.createChannel("from a"), b.createChannel("from b")
	require.NoError(t, a.conn.CreateOffer())
	require.NoError(t, b.conn.CreateOffer())
	a.untilEvent("gathered")
	b.untilEvent("gathered")
	a.signalTo(b)
	b.signalTo(a)
	require.NoError(t, b.conn.SetRemoteOffer(a.offer(0)))
	a.tellCandidates(b)
	ours.untilOpen()
	theirs.untilOpen()
	require.Equal(t, "from b", a.untilIncoming(1).label)
	require.Equal(t, "from a", b.untilIncoming(1).label)
	a.close()
	b.close()
	require.Equal(t, 0, a.count("error")+b.count("error"))
}

// Both sides offer at once when they are connected already. The one that offered first of all prevails; the other
// yields, answers, and offers again.
func TestGlareAfterNegotiation(t *testing.T) {
	for _, first := range []string{"a", "b"} {
		t.Run(first+"'s offer arrives first", func(t *testing.T) {
			a, b, ours, theirs := connected(t)
			a.signalTo(nil)
			b.signalTo(nil)
			a.addVideo("from a")
			b.addVideo("from b")
			require.NoError(t, a.conn.CreateOffer())
			require.NoError(t, b.conn.CreateOffer())
			a.untilEvents("offer", 2)
			b.untilEvents("offer", 1)
			a.idle()
			b.idle()
			a.signalTo(b)
			b.signalTo(a)
			offerOfA, offerOfB := a.offer(1), b.offer(0)
			if first == "a" {
				require.NoError(t, b.conn.SetRemoteOffer(offerOfA))
				require.NoError(t, a.conn.SetRemoteOffer(offerOfB))
			} else {
				require.NoError(t, a.conn.SetRemoteOffer(offerOfB))
				a.idle()
				require.NoError(t, b.conn.SetRemoteOffer(offerOfA))
			}
			a.untilPresent("video from_b[]")
			b.untilPresent("video from_a[]")
			b.untilEvents("offer", 2)
			a.untilEvent("answer")
			ours.send([]byte("x"), true)
			theirs.untilMessages(1)
			a.close()
			b.close()
			noErrors(t, a, b)
			require.Equal(t, 2, a.count("offer"))
		})
	}
}

// A peer that knows nothing of yielding: its offer is answered when it has waited, and then ours is made again.
func TestGlareWithAPeerThatDoesNotYield(t *testing.T) {
	a, b, _, _ := connected(t)
	a.signalTo(nil)
	a.addVideo("from a")
	require.NoError(t, a.conn.CreateOffer())
	a.untilEvents("offer", 2)
	a.idle()
	require.NoError(t, b.conn.CreateOffer())
	a.untilEvent("answer")
	a.untilEvents("offer", 3)
	a.idle()
	a.signalTo(b)
	require.NoError(t, b.conn.SetRemoteAnswer(a.answer(0)))
	b.idle()
	require.NoError(t, b.conn.SetRemoteOffer(a.offer(2)))
	b.untilPresent("video from_a[]")
	a.close()
	b.close()
	noErrors(t, a, b)
}

// The answer to an offer that was taken back is nobody's mistake.
func TestAnswerToAnOfferThatWasTakenBack(t *testing.T) {
	a, b, ours, theirs := connected(t)
	a.signalTo(nil)
	b.signalTo(nil)
	require.NoError(t, b.conn.CreateOffer())
	b.untilEvent("offer")
	require.NoError(t, a.conn.SetRemoteOffer(b.offer(0)))
	a.untilEvent("answer")
	require.NoError(t, a.conn.CreateOffer())
	a.untilEvents("offer", 2)
	require.NoError(t, b.conn.SetRemoteOffer(a.offer(1)))
	b.untilEvents("answer", 2)
	b.untilEvents("offer", 2) // made again
	require.NoError(t, a.conn.SetRemoteAnswer(b.answer(1)))
	require.NoError(t, b.conn.SetRemoteAnswer(a.answer(0))) // to b's first offer; as good for its second one
	require.NoError(t, b.conn.SetRemoteAnswer(a.answer(0)))
	b.idle()
	ours.send([]byte("x"), true)
	theirs.untilMessages(1)
	a.close()
	b.close()
	noErrors(t, a, b)
}

// A peer that does not trickle: all of its candidates are in its descriptions.
func TestCandidatesInDescriptions(t *testing.T) {
	a, b := pair(t)
	a.signalTo(nil)
	b.signalTo(nil)
	ours := a.createChannel("first")
	require.NoError(t, a.conn.CreateOffer())
	a.untilEvent("gathered")
	require.NoError(t, a.conn.CreateOffer())
	a.untilEvents("offer", 2)
	require.Contains(t, a.offer(1), "a=candidate:")
	require.NoError(t, b.conn.SetRemoteOffer(a.offer(1)))
	b.untilEvent("answer")
	require.NotContains(t, b.answer(0), "a=candidate:")
	// Nobody tells a where b is: b has to find a.
	require.NoError(t, a.conn.SetRemoteAnswer(b.answer(0)))
	ours.untilOpen()
	a.close()
	b.close()
	noErrors(t, a, b)
}

func TestConcurrentCalls(t *testing.T) {
	a, b, ours, _ := connected(t)
	a.signalTo(nil)
	b.signalTo(nil)
	var callers sync.WaitGroup
	for range 8 {
		callers.Go(func() {
			for range 20 {
				_ = a.conn.CreateOffer()
				_ = a.conn.SetRemoteOffer(b.answer(0))
				_ = a.conn.SetRemoteAnswer(b.answer(0))
				_ = a.conn.AddRemoteCandidate("1 1 udp 1 192.0.2.1 5 typ host", "0", 0)
				if _, err := a.conn.CreateDataChannel("x", newHostChannel(a, "x")); err != nil {
					t.Error(err)
				}
				ours.dc.Kick()
				ours.dc.Resume()
			}
		})
	}
	callers.Wait()
	a.conn.Close()
	callers.Go(a.conn.Close)
	callers.Wait()
	a.close()
	b.close()
}

func TestPeerMaxMessageSize(t *testing.T) {
	for value, want := range map[string]int{"": 65536, "a=max-message-size:0\r\n": maxOutgoingMessageBytes,
		"a=max-message-size:262144\r\n": 262144, "a=max-message-size:99999999999999999999999\r\n": maxOutgoingMessageBytes,
		"a=max-message-size:4294967296\r\n": maxOutgoingMessageBytes} {
		t.Run(value, func(t *testing.T) {
			a, b := pair(t)
			a.signalTo(nil)
			ours := a.createChannel("first")
			require.NoError(t, a.conn.CreateOffer())
			a.untilEvent("gathered")
			own := fmt.Sprintf("a=max-message-size:%d\r\n", announcedMessageBytes)
			require.Contains(t, a.offer(0), own)
			require.NoError(t, b.conn.SetRemoteOffer(strings.ReplaceAll(a.offer(0), own, value)))
			a.tellCandidates(b)
			ours.untilOpen()
			require.Equal(t, want, b.untilIncoming(1).maxSize)
			require.Equal(t, announcedMessageBytes, ours.maxSize)
			a.close()
			b.close()
		})
	}
}
