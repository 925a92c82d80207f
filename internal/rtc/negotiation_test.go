package rtc

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"
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
	for i, text := range useless {
		require.NoError(t, b.conn.SetRemoteOffer(text), "%d", i)
	}
	b.untilEvents("error", len(useless)-1)
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

func TestGlareAfterNegotiation(t *testing.T) {
	a, b, ours, theirs := connected(t)
	a.signalTo(nil)
	b.signalTo(nil)
	require.NoError(t, a.conn.CreateOffer())
	a.untilEvents("offer", 2)
	require.NoError(t, b.conn.CreateOffer())
	b.untilEvents("offer", 1)
	require.NoError(t, b.conn.SetRemoteOffer(a.offer(1)))
	b.untilEvent("error")
	b.look(func() { require.Contains(t, b.lastErr, "still out") })
	require.NoError(t, b.conn.SetRemoteAnswer(b.answerTo(b.offer(0), a)))
	ours.send([]byte("x"), true)
	theirs.untilMessages(1)
	a.close()
	b.close()
}

// answerTo makes an answer of another side to an offer, by its first answer's credentials.
func (s *side) answerTo(_ string, other *side) string {
	return strings.ReplaceAll(other.offer(0), "actpass", "active")
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

// A section of codecs that nobody knows is rejected, and its candidates have a mid all the same.
func TestOfferWithUnknownCodecs(t *testing.T) {
	offer := browserOffer[:strings.Index(browserOffer, "m=video")]
	offer = strings.ReplaceAll(offer, "BUNDLE 0 1 2", "BUNDLE 0")
	offer = strings.ReplaceAll(offer, "111 63 9 0 8 13 110 126", "77")
	for _, line := range []string{"a=rtpmap", "a=fmtp", "a=rtcp-fb"} {
		offer = withoutLine(offer, line)
	}
	offer += "a=rtpmap:77 UNHEARD/8000\r\n"
	a := newSide(t, newTestInstance(t), "a")
	require.NoError(t, a.conn.SetRemoteOffer(offer))
	a.untilEvent("answer")
	a.untilEvent("gathered")
	a.close()
}

// A browser's offer with microphone and camera: the data section works, the others are
// answered and carry nothing.
func TestBrowserOfferWithMedia(t *testing.T) {
	for name, offer := range map[string]string{"with data": browserOffer, "without data": browserOffer[:strings.Index(browserOffer, "m=application")]} {
		t.Run(name, func(t *testing.T) {
			if name == "without data" {
				offer = strings.ReplaceAll(offer, "BUNDLE 0 1 2", "BUNDLE 0 1")
			}
			a := newSide(t, newTestInstance(t), "a")
			require.NoError(t, a.conn.SetRemoteOffer(offer))
			a.until("an answer", func() bool { return len(a.answers) == 1 || a.lastErr != "" })
			require.Empty(t, a.lastErr)
			answer, err := parseDescription(webrtc.SDPTypeAnswer, a.answer(0))
			require.NoError(t, err)
			sent, err := parseDescription(webrtc.SDPTypeOffer, offer)
			require.NoError(t, err)
			require.Len(t, answer.parsed.MediaDescriptions, len(sent.parsed.MediaDescriptions))
			for i, media := range answer.parsed.MediaDescriptions {
				require.Equal(t, sent.parsed.MediaDescriptions[i].MediaName.Media, media.MediaName.Media)
				_, inactive := media.Attribute("inactive")
				active := media.MediaName.Port.Value != 0 && !inactive
				require.Equal(t, media.MediaName.Media == "application", active, media.MediaName.Media)
			}
			require.NoError(t, a.conn.CreateOffer())
			a.until("an offer", func() bool { return len(a.offers) == 1 || a.lastErr != "" })
			require.Empty(t, a.lastErr)
			a.close()
		})
	}
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

const browserOffer = "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n" +
	"a=group:BUNDLE 0 1 2\r\na=extmap-allow-mixed\r\na=msid-semantic: WMS cam\r\n" +
	"m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\n" +
	transportLines + "a=mid:0\r\na=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n" +
	"a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\na=sendrecv\r\na=msid:cam mic\r\n" +
	"a=rtcp-mux\r\na=rtcp-rsize\r\na=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n" +
	"a=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\na=rtpmap:9 G722/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n" +
	"a=rtpmap:13 CN/8000\r\na=rtpmap:110 telephone-event/48000\r\na=rtpmap:126 telephone-event/8000\r\n" +
	"a=ssrc:3570614608 cname:4TOk42mSjXCkVIa6\r\na=ssrc:3570614608 msid:cam mic\r\n" +
	"m=video 9 UDP/TLS/RTP/SAVPF 96 97 102 103\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\n" +
	transportLines + "a=mid:1\r\na=extmap:14 urn:ietf:params:rtp-hdrext:toffset\r\na=extmap:13 urn:3gpp:video-orientation\r\n" +
	"a=sendrecv\r\na=msid:cam picture\r\na=rtcp-mux\r\na=rtcp-rsize\r\na=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 goog-remb\r\n" +
	"a=rtcp-fb:96 transport-cc\r\na=rtcp-fb:96 ccm fir\r\na=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli\r\n" +
	"a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\na=rtpmap:102 H264/90000\r\n" +
	"a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f\r\na=rtpmap:103 rtx/90000\r\na=fmtp:103 apt=102\r\n" +
	"a=ssrc-group:FID 2231627014 632943048\r\na=ssrc:2231627014 cname:4TOk42mSjXCkVIa6\r\na=ssrc:632943048 cname:4TOk42mSjXCkVIa6\r\n" +
	"m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\n" +
	transportLines + "a=mid:2\r\na=sctp-port:5000\r\na=max-message-size:262144\r\n"

const transportLines = "a=ice-ufrag:Fx7r\r\na=ice-pwd:kJ0yN5dUuPpJvBn3q1eTq0aT\r\na=ice-options:trickle\r\n" +
	"a=fingerprint:sha-256 75:74:5A:A6:A4:E5:52:F4:A7:67:4C:01:C7:EE:91:3F:21:3D:A2:E3:53:7B:6F:30:86:F2:30:AA:65:FB:04:24\r\n" +
	"a=setup:actpass\r\n"
