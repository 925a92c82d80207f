package rtc

import (
	"strings"
	"testing"

	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"
)

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
