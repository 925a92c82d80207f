package network

import (
	"bufio"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
)

const (
	// maxProxyHeadBytes bounds what is read of a proxy's answer.
	maxProxyHeadBytes = 32 << 10
	// maxProxyAttempts: without credentials, with them, and once more when the nonce was stale.
	maxProxyAttempts = 3
)

// connectMethod asks an HTTP proxy for a tunnel (RFC 9110, section 9.3.6). Credentials are only sent to a proxy that
// asks for them, in the strongest of the ways that it offers.
func (a *Access) connectMethod(way way, target string) (net.Conn, error) {
	authorization := ""
	for range maxProxyAttempts {
		conn, err := a.toProxy(a.ctx, way)
		if err != nil {
			return nil, err
		}
		var answer *proxyAnswer
		err = deadlined(a.ctx, conn, func() (err error) {
			answer, err = askForTunnel(conn, target, authorization)
			return err
		})
		if err != nil {
			_ = conn.Close()
			return nil, err
		}
		if answer.status/100 == 2 {
			return &tunnel{Conn: conn, early: answer.early}, nil
		}
		_ = conn.Close()
		if answer.status == http.StatusUnauthorized && authorization != "" {
			return nil, way.refusedPassword(answer.status) // tinyproxy says it this way
		}
		if answer.status != http.StatusProxyAuthRequired {
			return nil, fmt.Errorf("it answers %d %s", answer.status, answer.reason)
		}
		if authorization, err = way.authorize(answer.challenges, target, authorization != ""); err != nil {
			return nil, err
		}
	}
	return nil, errors.New("it asks for credentials again and again")
}

// authorize answers the challenges of a proxy. tried: it has seen credentials before.
func (w way) authorize(challenges []challenge, target string, tried bool) (string, error) {
	if w.user == "" {
		return "", errors.New("it wants a user name and a password (407), and the proxy config has none")
	}
	best, err := strongest(challenges)
	if err != nil {
		return "", err
	}
	if tried && !best.stale() {
		return "", w.refusedPassword(http.StatusProxyAuthRequired)
	}
	if best.scheme == schemeBasic {
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(w.user+":"+w.password)), nil
	}
	return best.digest(http.MethodConnect, target, w.user, w.password, newNonce())
}

func (w way) refusedPassword(status int) error {
	return fmt.Errorf("it refuses the password of user %q (%d); check both", w.user, status)
}

// proxyAnswer is what a proxy says to a CONNECT.
type proxyAnswer struct {
	status     int
	reason     string
	challenges []challenge
	early      []byte // of the tunnel, behind the answer
}

// askForTunnel sends one CONNECT and reads the answer's head.
func askForTunnel(conn io.ReadWriter, target, authorization string) (*proxyAnswer, error) {
	request := "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n"
	if authorization != "" {
		request += "Proxy-Authorization: " + authorization + "\r\n"
	}
	if _, err := io.WriteString(conn, request+"\r\n"); err != nil {
		return nil, err
	}
	return readAnswer(conn)
}

func readAnswer(from io.Reader) (*proxyAnswer, error) {
	limited := &io.LimitedReader{R: from, N: maxProxyHeadBytes}
	reader := bufio.NewReader(limited)
	for {
		// The body is left alone: a tunnel has none, and nobody reads another one.
		response, err := http.ReadResponse(reader, &http.Request{Method: http.MethodConnect}) //nolint:bodyclose
		switch {
		case err != nil && limited.N <= 0:
			return nil, fmt.Errorf("its answer is longer than %d bytes", maxProxyHeadBytes)
		case err != nil && timedOut(err):
			return nil, err
		case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
			return nil, errClosed
		case err != nil:
			return nil, fmt.Errorf("what it answers is no HTTP: %s", printable(err.Error()))
		}
		if response.StatusCode/100 == 1 {
			continue
		}
		_, reason, _ := strings.Cut(response.Status, " ")
		answer := &proxyAnswer{status: response.StatusCode, reason: printable(reason)}
		if answer.status == http.StatusProxyAuthRequired {
			answer.challenges = parseChallenges(response.Header.Values("Proxy-Authenticate"))
		}
		answer.early, _ = reader.Peek(reader.Buffered())
		return answer, nil
	}
}

// printable is text of somebody else's for a message: short, and without what is not printed.
func printable(text string) string {
	const most = 200
	if len(text) > most {
		text = text[:most] + "..."
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\uFFFD' {
			return '?'
		}
		return r
	}, text)
}

// tunnel is a connection through a proxy; what came right behind the proxy's answer is read first.
type tunnel struct {
	net.Conn
	early []byte
}

func (t *tunnel) Read(p []byte) (int, error) {
	if len(t.early) == 0 {
		return t.Conn.Read(p)
	}
	n := copy(p, t.early)
	t.early = t.early[n:]
	return n, nil
}
