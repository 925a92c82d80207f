package network

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"

	"golang.org/x/net/proxy"
)

// wayKind says how a server is reached.
type wayKind int

const (
	wayDirect wayKind = iota
	wayConnect
	wayConnectTLS // HTTP CONNECT to a proxy that is spoken to within TLS
	waySOCKS5
)

// way is one of the ways to a server, of which the first that works is taken.
type way struct {
	kind wayKind
	host string
	port int

	user, password string
}

func (w way) address() string { return net.JoinHostPort(w.host, strconv.Itoa(w.port)) }

func (w way) String() string {
	switch w.kind {
	case wayConnect:
		return "HTTP proxy " + w.address()
	case wayConnectTLS:
		return "HTTPS proxy " + w.address()
	case waySOCKS5:
		return "SOCKS5 proxy " + w.address()
	default:
		return "no proxy"
	}
}

// through connects to a server by way of a proxy. The proxy looks the server's name up, so that nobody
// else learns it.
func (a *Access) through(way way, server ICEServer) (net.Conn, error) {
	target := net.JoinHostPort(server.Host, strconv.Itoa(server.Port))
	var conn net.Conn
	var err error
	if way.kind == waySOCKS5 {
		conn, err = a.socks(way, target)
	} else {
		conn, err = a.connectMethod(way, target)
	}
	if err == nil {
		return conn, nil
	}
	if timedOut(err) {
		err = fmt.Errorf("it does not answer within %v", dialTimeout)
	}
	return nil, fmt.Errorf("%v, on the way to %s: %w", way, target, proxyError{err})
}

// proxyError keeps a proxy that is not reachable from counting as a server that is not: nobody gets anywhere
// until somebody looks at it.
type proxyError struct{ err error }

func (e proxyError) Error() string { return e.err.Error() }

// toProxy connects to the proxy itself.
func (a *Access) toProxy(ctx context.Context, way way) (net.Conn, error) {
	conn, err := a.direct(ctx, "tcp", way.host, way.port)
	if err == nil && way.kind == wayConnectTLS {
		conn, err = a.secure(conn, way.host)
	}
	return conn, err
}

// errClosed: the proxy hangs up instead of an answer.
var errClosed = errors.New("it closes the connection without an answer")

// proxyDial is toProxy in the form that the SOCKS client wants.
type proxyDial func(ctx context.Context) (net.Conn, error)

func (d proxyDial) Dial(_, _ string) (net.Conn, error) { return d(context.Background()) }

func (d proxyDial) DialContext(ctx context.Context, _, _ string) (net.Conn, error) { return d(ctx) }

func (a *Access) socks(way way, target string) (net.Conn, error) {
	var auth *proxy.Auth
	if way.user != "" {
		auth = &proxy.Auth{User: way.user, Password: way.password}
	}
	forward := proxyDial(func(ctx context.Context) (net.Conn, error) { return a.toProxy(ctx, way) })
	client, err := proxy.SOCKS5("tcp", way.address(), auth, forward)
	if err != nil {
		return nil, err
	}
	dialer, ok := client.(proxy.ContextDialer)
	if !ok {
		return nil, errors.New("the SOCKS client takes no context")
	}
	ctx, cancel := context.WithTimeout(a.ctx, dialTimeout)
	defer cancel()
	conn, err := dialer.DialContext(ctx, "tcp", target)
	var said *net.OpError
	switch {
	case err == nil:
		return conn, nil
	case errors.Is(err, io.EOF):
		return nil, errClosed
	case errors.As(err, &said) && strings.HasPrefix(said.Op, "socks"):
		return nil, said.Err // without the addresses, which are known
	default:
		return nil, err
	}
}
