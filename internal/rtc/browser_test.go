package rtc

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"
)

// answerTo has a fresh side answer an offer.
func answerTo(t *testing.T, a *side, offer string) *sdp.SessionDescription {
	t.Helper()
	before := a.counted("answer")
	require.NoError(t, a.conn.SetRemoteOffer(offer))
	a.until("an answer", func() bool { return a.count("answer") > before || a.lastErr != "" })
	noErrors(t, a)
	answer, err := parseDescription(webrtc.SDPTypeAnswer, a.answer(before))
	require.NoError(t, err)
	sent, err := parseDescription(webrtc.SDPTypeOffer, offer)
	require.NoError(t, err)
	require.Len(t, answer.parsed.MediaDescriptions, len(sent.parsed.MediaDescriptions))
	for i, media := range answer.parsed.MediaDescriptions {
		require.Equal(t, sent.parsed.MediaDescriptions[i].MediaName.Media, media.MediaName.Media)
		mid, _ := media.Attribute("mid")
		was, _ := sent.parsed.MediaDescriptions[i].Attribute("mid")
		require.Equal(t, was, mid)
		for _, payload := range media.MediaName.Formats {
			require.Contains(t, sent.parsed.MediaDescriptions[i].MediaName.Formats, payload)
		}
	}
	return answer.parsed
}

// describe puts the sections of a description into words.
func describe(parsed *sdp.SessionDescription) []string {
	var all []string
	for _, media := range parsed.MediaDescriptions {
		d, _ := findDirection(media.Attributes)
		text := fmt.Sprint(media.MediaName.Media, " ", d)
		if media.MediaName.Media == mediaApplication {
			text = media.MediaName.Media
		}
		if media.MediaName.Port.Value == 0 {
			text += " rejected"
		}
		for _, attribute := range media.Attributes {
			if attribute.Key == attributeMap {
				text += " " + strings.Replace(attribute.Value, " ", "=", 1)
			}
		}
		all = append(all, text)
	}
	return all
}

// offerAgain has a side make an offer, and describes it.
func offerAgain(t *testing.T, a *side) []string {
	t.Helper()
	before := a.counted("offer")
	require.NoError(t, a.conn.CreateOffer())
	a.until("an offer", func() bool { return a.count("offer") > before || a.lastErr != "" })
	noErrors(t, a)
	offer, err := parseDescription(webrtc.SDPTypeOffer, a.offer(before))
	require.NoError(t, err)
	return describe(offer.parsed)
}

// accept answers a side's offer with an offer that is dressed up as an answer.
func accept(t *testing.T, a *side, offer string) {
	t.Helper()
	require.NoError(t, a.conn.SetRemoteAnswer(strings.ReplaceAll(offer, "actpass", "active")))
	a.idle()
	noErrors(t, a)
}

func TestBrowserOffers(t *testing.T) {
	for name, test := range map[string]struct{ offer, audio, video, tracks string }{
		"Chrome": {
			chromeOffer, "audio recvonly 111=opus/48000/2 0=PCMU/8000 8=PCMA/8000",
			"video recvonly 96=VP8/90000 97=rtx/90000 98=VP9/90000 99=rtx/90000",
			"audio mic[cam], video picture[cam]",
		},
		"Firefox": {
			firefoxOffer, "audio recvonly 109=opus/48000/2 0=PCMU/8000 8=PCMA/8000",
			"video recvonly 120=VP8/90000 124=rtx/90000 121=VP9/90000 125=rtx/90000",
			"audio {mic}[{stream}], video {cam}[{stream}]",
		},
		"Safari": {
			safariOffer, "audio recvonly 111=opus/48000/2 0=PCMU/8000 8=PCMA/8000",
			"video recvonly 100=VP8/90000 101=rtx/90000",
			"audio mic[], video picture[]",
		},
	} {
		t.Run(name, func(t *testing.T) {
			a := newSide(t, newTestInstance(t), "a")
			answer := answerTo(t, a, test.offer)
			require.Equal(t, []string{test.audio, test.video, "application"}, describe(answer))
			require.Equal(t, test.tracks, a.present())
			requireSameExtensions(t, test.offer, answer)
			require.Equal(t, []string{test.audio, test.video, "application"}, offerAgain(t, a))
			a.close()
			noErrors(t, a)
		})
	}
}

// requireSameExtensions checks that an answer has header extensions of the offer's, under its numbers.
func requireSameExtensions(t *testing.T, offer string, answer *sdp.SessionDescription) {
	t.Helper()
	sent, err := parseDescription(webrtc.SDPTypeOffer, offer)
	require.NoError(t, err)
	for i, media := range answer.MediaDescriptions {
		had := make(map[string]string)
		for _, attribute := range sent.parsed.MediaDescriptions[i].Attributes {
			if attribute.Key == sdp.AttrKeyExtMap {
				fields := strings.Fields(attribute.Value)
				id, _, _ := strings.Cut(fields[0], "/")
				had[fields[1]] = id
			}
		}
		has := 0
		for _, attribute := range media.Attributes {
			if attribute.Key == sdp.AttrKeyExtMap {
				fields := strings.Fields(attribute.Value)
				require.Equal(t, had[fields[1]], fields[0], fields[1])
				has++
			}
		}
		if media.MediaName.Media == mediaVideo {
			require.GreaterOrEqual(t, has, 3)
		}
	}
}

func TestBrowserOfferWithoutData(t *testing.T) {
	offer := strings.ReplaceAll(chromeOffer[:strings.Index(chromeOffer, "m=application")], "BUNDLE 0 1 2", "BUNDLE 0 1")
	a := newSide(t, newTestInstance(t), "a")
	a.addVideo("ours", "s")
	answer := answerTo(t, a, offer)
	require.Equal(t, "video sendrecv 96=VP8/90000 97=rtx/90000 98=VP9/90000 99=rtx/90000", describe(answer)[1])
	msid, _ := answer.MediaDescriptions[1].Attribute("msid")
	require.Equal(t, "s ours", msid)
	require.Len(t, offerAgain(t, a), 3, "with a section for data")
	a.close()
	noErrors(t, a)
}

// Sections of codecs that nobody knows are inactive, and neither they nor what comes after suffer from it.
func TestSectionsWithoutCommonCodecs(t *testing.T) {
	onlyH264 := strings.NewReplacer("VP8/90000", "H265/90000", "VP9/90000", "AV1/90000").Replace(chromeOffer)
	nothing := strings.NewReplacer("opus/48000/2", "RED/48000/2", "PCMU/8000", "DVI4/8000", "PCMA/8000", "LPC/8000").Replace(onlyH264)
	for name, test := range map[string]struct {
		offer string
		want  []string
	}{
		"no video": {onlyH264, []string{"audio recvonly", "video inactive"}},
		"nothing":  {nothing, []string{"audio inactive", "video inactive"}},
	} {
		t.Run(name, func(t *testing.T) {
			a := newSide(t, newTestInstance(t), "a")
			a.addVideo("ours")
			check := func(got []string) {
				require.True(t, strings.HasPrefix(got[0], test.want[0]), got[0])
				require.True(t, strings.HasPrefix(got[1], test.want[1]+" 96=H265/90000 97=rtx"), got[1])
			}
			check(describe(answerTo(t, a, test.offer)))
			require.NotContains(t, a.present(), "video")
			offer := offerAgain(t, a)
			check(offer)
			require.Equal(t, "application", offer[2])
			require.True(t, strings.HasPrefix(offer[3], "video sendrecv"), "the track gets a section of its own: %v", offer)
			require.Contains(t, offer[3], "VP8/90000")
			for _, payload := range strings.Fields(offer[3])[2:] {
				number, _, _ := strings.Cut(payload, "=")
				require.NotContains(t, offer[1], " "+number+"=", "a payload type means one thing")
			}
			// The peer goes on as if there had been no offer.
			a.close()
			noErrors(t, a)
		})
	}
}

// The peer's codecs change: a section comes to life and dies again.
func TestCodecsComeAndGo(t *testing.T) {
	unknown := strings.NewReplacer("VP8/90000", "H265/90000", "VP9/90000", "AV1/90000").Replace(chromeOffer)
	a := newSide(t, newTestInstance(t), "a")
	for round := range 3 {
		answer := describe(answerTo(t, a, unknown))
		require.Contains(t, answer[1], "video inactive", round)
		require.Equal(t, "audio mic[cam]", a.present())
		answer = describe(answerTo(t, a, chromeOffer))
		require.Contains(t, answer[1], "video recvonly 96=VP8", round)
		require.Equal(t, "audio mic[cam], video picture[cam]", a.present())
	}
	a.close()
	noErrors(t, a)
}

// What the peer does with its tracks after they were negotiated.
func TestBrowserChangesItsTracks(t *testing.T) {
	video := strings.Index(chromeOffer, "m=video")
	change := func(was, is string) string {
		return chromeOffer[:video] + strings.Replace(chromeOffer[video:], was, is, 1)
	}
	a := newSide(t, newTestInstance(t), "a")
	a.addVideo("ours")
	both := "audio mic[cam], video picture[cam]"
	for i, step := range []struct{ offer, answer, tracks string }{
		{chromeOffer, "video sendrecv", both},
		{change("a=sendrecv", "a=inactive"), "video inactive", "audio mic[cam]"},
		{change("a=sendrecv", "a=inactive"), "video inactive", "audio mic[cam]"},
		{chromeOffer, "video sendrecv", both},
		{change("a=sendrecv", "a=recvonly"), "video sendonly", "audio mic[cam]"},
		{change("a=sendrecv", "a=sendonly"), "video recvonly", both},
		{change("a=msid:cam picture", "a=msid:other picture"), "video sendrecv", "audio mic[cam], video picture[other]"},
		{change("m=video 9", "m=video 0"), "video inactive rejected", "audio mic[cam]"},
		{chromeOffer, "video sendrecv", both},
		{change("a=sendrecv", "a=sendonly"), "video recvonly", both},
	} {
		offer := step.offer
		if strings.Contains(step.answer, "rejected") {
			offer = strings.Replace(offer, "BUNDLE 0 1 2", "BUNDLE 0 2", 1)
		}
		answer := describe(answerTo(t, a, offer))
		require.True(t, strings.HasPrefix(answer[1], step.answer), "step %d: %s", i, answer[1])
		require.Equal(t, step.tracks, a.present(), "step %d", i)
	}
	require.Len(t, offerAgain(t, a), 3)
	a.close()
	noErrors(t, a)
}

func TestOfferWithoutBundle(t *testing.T) {
	data := chromeOffer[strings.Index(chromeOffer, "m=application"):]
	head := withoutLine(chromeOffer[:strings.Index(chromeOffer, "m=audio")], "a=group")
	a := newSide(t, newTestInstance(t), "a")
	answer := answerTo(t, a, head+data)
	require.NotZero(t, answer.MediaDescriptions[0].MediaName.Port.Value)
	_, grouped := answer.Attribute("group")
	require.False(t, grouped)
	a.close()
	noErrors(t, a)
}

// Where a payload type stands for two codecs, the first one counts.
func TestPayloadTypeOfTwoCodecs(t *testing.T) {
	second := chromeOffer[strings.Index(chromeOffer, "m=video"):strings.Index(chromeOffer, "m=application")]
	second = strings.NewReplacer("VP8/90000", "VP9/90000", "VP9/90000", "VP8/90000", "a=mid:1", "a=mid:3", "2231627014", "1", "632943048", "2").Replace(second)
	a := newSide(t, newTestInstance(t), "a")
	answer := describe(answerTo(t, a, strings.Replace(chromeOffer, "BUNDLE 0 1 2", "BUNDLE 0 1 2 3", 1)+second))
	require.Equal(t, "video recvonly 96=VP8/90000 97=rtx/90000 98=VP9/90000 99=rtx/90000", answer[1])
	require.Equal(t, "video recvonly 100=VP8/90000 101=rtx/90000", answer[3])
	require.Len(t, offerAgain(t, a), 4)
	a.close()
	noErrors(t, a)
}

// withVideo changes the video section of Chrome's offer.
func withVideo(pairs ...string) string {
	at := strings.Index(chromeOffer, "m=video")
	return chromeOffer[:at] + strings.NewReplacer(pairs...).Replace(chromeOffer[at:])
}

// Whatever an offer says, the next one works.
func TestOddOffersBlockNothing(t *testing.T) {
	for name, odd := range map[string]string{
		"no offer":                "v=0\r\ns=-\r\n",
		"extension number":        withVideo("a=extmap:13 ", "a=extmap:999 "),
		"extension text":          withVideo("a=extmap:13 urn:3gpp:video-orientation", "a=extmap:x"),
		"two numbers":             withVideo("a=extmap:13 ", "a=extmap:3 "),
		"simulcast of old":        withVideo("a=ssrc-group:FID 2231627014 632943048", "a=ssrc-group:SIM 2231627014 632943048"),
		"three streams":           withVideo("a=ssrc-group:FID 2231627014 632943048\r\n", "a=ssrc:7 cname:x\r\n"),
		"the same stream twice":   withVideo("2231627014", "3570614608"),
		"no number":               withVideo("a=ssrc:2231627014", "a=ssrc:many"),
		"simulcast":               withVideo("a=ssrc", "a=rid:h send\r\na=rid:l send\r\na=simulcast:send h;l\r\na=other"),
		"encryption of headers":   strings.Replace(chromeOffer, "t=0 0\r\n", "t=0 0\r\na=cryptex\r\n", 1),
		"no formats":              withVideo(" 96 97 98 99 100 101 102 103 112 113 41", ""),
		"odd formats":             withVideo(" 96 97 98 99", " 296 x 97 -1 96 96"),
		"no maps":                 withVideo("a=rtpmap", "a=other"),
		"retransmissions of what": withVideo("apt=96", "apt=x"),
		"of itself":               withVideo("apt=96", "apt=97"),
		"a name in capitals":      withVideo("VP8/90000", "vp8/90000"),
		"feedback":                withVideo("a=rtcp-fb:96", "a=rtcp-fb:*"),
		"direction twice":         withVideo("a=sendrecv", "a=sendonly\r\na=inactive"),
		"names":                   withVideo("a=msid:cam picture", "a=msid\r\na=msid:\r\na=msid:a b c d"),
		"another protocol":        withVideo("UDP/TLS/RTP/SAVPF", "RTP/AVP"),
		"rejected":                strings.Replace(withVideo("m=video 9", "m=video 0"), "BUNDLE 0 1 2", "BUNDLE 0 2", 1),
		"all rejected":            strings.ReplaceAll(strings.Replace(chromeOffer, "a=group:BUNDLE 0 1 2\r\n", "", 1), " 9 UDP", " 0 UDP"),
		"only the first":          strings.Replace(chromeOffer, "a=group:BUNDLE 0 1 2\r\n", "", 1),
	} {
		t.Run(name, func(t *testing.T) {
			a := newSide(t, newTestInstance(t), "a")
			a.addVideo("ours")
			answerTo(t, a, chromeOffer)
			outcomes := func() int { return a.count("answer") + a.count("error") }
			for range 2 {
				before := 0
				a.look(func() { before = outcomes() })
				if err := a.conn.SetRemoteOffer(odd); err == nil {
					a.until("an outcome", func() bool { return outcomes() > before })
				}
				a.look(func() {
					kept := a.log[:0]
					for _, event := range a.log {
						if event != "error" {
							kept = append(kept, event)
						}
					}
					a.log, a.lastErr = kept, ""
				})
				answer := describe(answerTo(t, a, chromeOffer))
				require.Equal(t, "audio recvonly 111=opus/48000/2 0=PCMU/8000 8=PCMA/8000", answer[0])
				require.Equal(t, "video sendrecv 96=VP8/90000 97=rtx/90000 98=VP9/90000 99=rtx/90000", answer[1])
				require.Equal(t, "audio mic[cam], video picture[cam]", a.present())
				require.Len(t, offerAgain(t, a), 3)
				accept(t, a, chromeOffer)
			}
			a.close()
		})
	}
}

// An offer of video alone whose mid is one that this side would have taken for its data.
func TestMidsAreUnique(t *testing.T) {
	a := newSide(t, newTestInstance(t), "a")
	at := strings.Index(chromeOffer, "m=audio")
	head := strings.Replace(chromeOffer[:at], "BUNDLE 0 1 2", "BUNDLE 1", 1)
	video := chromeOffer[strings.Index(chromeOffer, "m=video"):strings.Index(chromeOffer, "m=application")]
	a.addVideo("first")
	a.addVideo("second")
	answerTo(t, a, head+video)
	require.NoError(t, a.conn.CreateOffer())
	a.untilEvent("offer")
	offer, err := parseDescription(webrtc.SDPTypeOffer, a.offer(0))
	require.NoError(t, err)
	mids := make(map[string]bool)
	for _, media := range offer.parsed.MediaDescriptions {
		mid, _ := media.Attribute("mid")
		mids[mid] = true
	}
	require.Len(t, mids, 3)
	require.Len(t, bundleMids(offer.parsed), 3)
	a.close()
	noErrors(t, a)
}

// A line may get another kind of media after it was rejected; what pion remembers of it is not told, but used again.
func TestLineOfAnotherKind(t *testing.T) {
	a := newSide(t, newTestInstance(t), "a")
	answerTo(t, a, chromeOffer)
	stopped := strings.Replace(withVideo("m=video 9", "m=video 0"), "BUNDLE 0 1 2", "BUNDLE 0 2", 1)
	answerTo(t, a, stopped)
	audio := chromeOffer[strings.Index(chromeOffer, "m=audio"):strings.Index(chromeOffer, "m=video")]
	audio = strings.NewReplacer("a=mid:0", "a=mid:3", "cam mic", "cam other", "3570614608", "77").Replace(audio)
	both := chromeOffer[:strings.Index(chromeOffer, "m=video")] + audio + dataLines
	both = strings.Replace(both, "BUNDLE 0 1 2", "BUNDLE 0 3 2", 1)
	answer := describe(answerTo(t, a, both))
	require.True(t, strings.HasPrefix(answer[1], "audio recvonly"), answer[1])
	require.Equal(t, "audio mic[cam], audio other[cam]", a.present())
	require.Len(t, offerAgain(t, a), 3)
	accept(t, a, both)
	a.addVideo("ours")
	offer := offerAgain(t, a)
	require.Len(t, offer, 4)
	require.True(t, strings.HasPrefix(offer[3], "video sendrecv"), offer[3])
	a.close()
	noErrors(t, a)
}

// The peer stops a transceiver, and later puts another one on its line.
func TestLinesAreReused(t *testing.T) {
	a := newSide(t, newTestInstance(t), "a")
	answerTo(t, a, chromeOffer)
	stopped := strings.Replace(withVideo("m=video 9", "m=video 0"), "BUNDLE 0 1 2", "BUNDLE 0 2", 1)
	reuse := func(mid string) string {
		return strings.Replace(withVideo("a=mid:1", "a=mid:"+mid, "cam picture", "cam "+mid), "BUNDLE 0 1 2", "BUNDLE 0 "+mid+" 2", 1)
	}
	for round := range 5 {
		require.Equal(t, "video inactive rejected", describe(answerTo(t, a, stopped))[1][:23])
		require.Equal(t, "audio mic[cam]", a.present())
		require.Equal(t, "video inactive rejected", offerAgain(t, a)[1][:23])
		accept(t, a, stopped)
		mid := fmt.Sprint("new", round)
		answer := describe(answerTo(t, a, reuse(mid)))
		require.True(t, strings.HasPrefix(answer[1], "video recvonly"), answer[1])
		require.Equal(t, "audio mic[cam], video "+mid+"[cam]", a.present())
		require.Len(t, offerAgain(t, a), 3)
		accept(t, a, reuse(mid))
	}
	a.close()
	noErrors(t, a)
}
