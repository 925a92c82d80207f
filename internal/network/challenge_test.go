package network

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestChallenges(t *testing.T) {
	found := parseChallenges([]string{
		`Basic realm="a \"quoted\" realm", charset="UTF-8", Digest realm=b,nonce="n,=" , qop="auth, auth-int",algorithm = SHA-256`,
		`Negotiate, NTLM`, `Digest realm="c", nonce="m"`,
	})
	require.Equal(t, []challenge{
		{"basic", map[string]string{"realm": `a "quoted" realm`, "charset": "UTF-8"}},
		{"digest", map[string]string{"realm": "b", "nonce": "n,=", "qop": "auth, auth-int", "algorithm": "SHA-256"}},
		{"negotiate", map[string]string{}},
		{"ntlm", map[string]string{}},
		{"digest", map[string]string{"realm": "c", "nonce": "m"}},
	}, found)
	best, err := strongest(found)
	require.NoError(t, err)
	require.Equal(t, "SHA-256", best.parameters["algorithm"])
	for _, value := range []string{"", ",,,", "=", `"`, `Basic realm="open`, `Basic realm=`, "\x00", `Digest "`} {
		parseChallenges([]string{value})
	}
}

func TestStrongestChallenge(t *testing.T) {
	for value, want := range map[string]string{
		`Basic realm="x"`:                                  schemeBasic,
		`Basic realm="x", Digest nonce="n"`:                schemeDigest,
		`Basic realm="x", Digest nonce="n", qop=auth-int`:  schemeBasic,
		`Basic realm="x", Digest nonce=n, algorithm=WHAT`:  schemeBasic,
		`Digest nonce=n, algorithm=md5-sess, Basic realm=`: schemeDigest,
		`Basic realm="x", Digest realm="no nonce"`:         schemeBasic,
	} {
		best, err := strongest(parseChallenges([]string{value}))
		require.NoError(t, err, value)
		require.Equal(t, want, best.scheme, value)
	}
	for _, value := range []string{"", "Negotiate", `Digest nonce=n, algorithm=SHA-512-256`} {
		_, err := strongest(parseChallenges([]string{value}))
		require.ErrorContains(t, err, "Basic and Digest", value)
	}
}

// The examples of RFC 7616, section 3.9.1, and of RFC 2617, section 3.5.
func TestDigestExamples(t *testing.T) {
	const offer = `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=%, ` +
		`nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`
	for algorithm, want := range map[string]string{
		"MD5":     "8ca523f5e9506fed4657c9700eebdbec",
		"SHA-256": "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
	} {
		best, err := strongest(parseChallenges([]string{strings.Replace(offer, "%", algorithm, 1)}))
		require.NoError(t, err)
		answer, err := best.digest("GET", "/dir/index.html", "Mufasa", "Circle of Life",
			"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")
		require.NoError(t, err)
		require.Equal(t, `Digest username="Mufasa", realm="http-auth@example.org", `+
			`nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", uri="/dir/index.html", qop=auth, nc=00000001, `+
			`cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", response="`+want+`", algorithm=`+algorithm+
			`, opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`, answer)
	}
	old := challenge{schemeDigest, map[string]string{"realm": "testrealm@host.com", "qop": "auth",
		"nonce": "dcd98b7102dd2f0e8b11d0f600bfb0c093", "opaque": "5ccc069c403ebaf9f0171e9517f40e41"}}
	answer, err := old.digest("GET", "/dir/index.html", "Mufasa", "Circle Of Life", "0a4f113b")
	require.NoError(t, err)
	require.Contains(t, answer, `response="6629fae49393a05397450978507c4ef1"`)
	require.NotContains(t, answer, "algorithm")
	// Without qop, as RFC 2069 has it (its erratum 749).
	delete(old.parameters, "qop")
	answer, err = old.digest("GET", "/dir/index.html", "Mufasa", "CircleOfLife", "x")
	require.NoError(t, err)
	require.Contains(t, answer, `response="1949323746fe6a43ef61f9606e7febea"`)
}

func TestDigestNames(t *testing.T) {
	c := challenge{schemeDigest, map[string]string{"realm": `a "b" \c`, "nonce": "n", "userhash": "true", "algorithm": "SHA-256-sess"}}
	answer, err := c.digest("CONNECT", "x:1", "alice", "secret", "c")
	require.NoError(t, err)
	require.Contains(t, answer, `realm="a \"b\" \\c"`)
	require.NotContains(t, answer, "alice")
	require.Contains(t, answer, `cnonce="c"`)
	_, err = c.digest("CONNECT", "x:1", "al\r\nice", "secret", "c")
	require.ErrorIs(t, err, ErrInvalid)
}

func TestProxyAnswers(t *testing.T) {
	for text, want := range map[string]proxyAnswer{
		"HTTP/1.1 200 OK\r\n\r\n":                                                 {status: 200, reason: "OK"},
		"HTTP/1.0 200 Connection established\r\nX: y\r\n\r\n\x01\x01":             {status: 200, reason: "Connection established", early: []byte{1, 1}},
		"HTTP/1.1 103 Wait\r\n\r\nHTTP/1.1 403 \r\nContent-Length: 99999\r\n\r\n": {status: 403},
		"HTTP/1.1 407 Who\x1b?\r\nProxy-Authenticate: Basic realm=x\r\n\r\n":      {status: 407, reason: "Who??", challenges: []challenge{{"basic", map[string]string{"realm": "x"}}}},
	} {
		answer, err := readAnswer(strings.NewReader(text))
		require.NoError(t, err, text)
		if len(answer.early) == 0 {
			answer.early = nil
		}
		require.Equal(t, want, *answer, text)
	}
	for text, want := range map[string]string{
		"":                        "without an answer",
		"HTTP/1.1 200 OK\r\nX: ":  "without an answer",
		"SSH-2.0-OpenSSH_9.2\r\n": "no HTTP",
		"\x05\x00\x00\r\n\r\n":    "no HTTP",
		"HTTP/1.1 2x0 OK\r\n\r\n": "no HTTP",
		"HTTP/1.1 200 OK\r\n" + strings.Repeat("X: y\r\n", maxProxyHeadBytes): "longer than",
		strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", maxProxyHeadBytes):    "longer than",
	} {
		_, err := readAnswer(strings.NewReader(text))
		require.ErrorContains(t, err, want, "%.40q", text)
	}
	_, err := readAnswer(failing{})
	require.ErrorContains(t, err, "broken")
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("broken") }

func FuzzProxyAnswer(f *testing.F) {
	f.Add("HTTP/1.1 407 Auth\r\nProxy-Authenticate: Digest realm=\"x\", nonce=\"y\", qop=\"auth\"\r\n\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		answer, err := readAnswer(strings.NewReader(text))
		if (err == nil) == (answer == nil) {
			t.Fatalf("%v, %v", answer, err)
		}
		if answer == nil {
			return
		}
		if best, err := strongest(answer.challenges); err == nil && best.scheme == schemeDigest {
			authorization, err := best.digest("CONNECT", "host:1", "alice", "secret", "c")
			if err != nil || strings.ContainsAny(authorization, "\r\n") {
				t.Fatalf("%q, %v", authorization, err)
			}
		}
	})
}
