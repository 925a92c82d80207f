package network

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"time"
)

// errNotTURN: what answers at the server's address speaks something else.
var errNotTURN = errors.New("what it sends is no TURN; check its host and port, and whether it speaks TLS (turns:) or not (turn:)")

// StreamDialer reaches the servers that are spoken to over TCP. It has the form that ICE
// wants of its proxy dialer.
type StreamDialer struct{ access *Access }

// Dialer gives the dialer of the servers over TCP.
func (a *Access) Dialer() StreamDialer { return StreamDialer{a} }

// Dial connects to the server that a name of URIs stands for, through the proxy if there is
// one, with TLS if it wants it.
func (d StreamDialer) Dial(network, address string) (net.Conn, error) {
	server, err := d.access.streamServer(address)
	if err != nil {
		return nil, err
	}
	conn, err := d.access.dialServer(network, server)
	if err != nil {
		d.access.fail(server, err)
		return nil, err
	}
	return conn, nil
}

func (a *Access) dialServer(network string, server ICEServer) (net.Conn, error) {
	conn, proxied, err := a.reach(network, server)
	if err != nil {
		return nil, err
	}
	watched := &watchedStream{watch: watch{server: server, fail: a.fail}, local: conn.LocalAddr(), patience: streamPatience}
	if proxied || a.options.Settings.HideHosts {
		watched.local = hiddenAddress(network)
	}
	if server.Secure {
		if conn, err = a.secure(conn, server.Host); err != nil {
			return nil, err
		}
	}
	watched.Conn = conn
	return watched, nil
}

// hiddenAddress stands for the local one. ICE puts it into the candidate, where this side's address towards a
// proxy is of no use to the peer, and asks for a relay of the same family.
func hiddenAddress(network string) net.Addr {
	if network == "tcp6" {
		return &net.TCPAddr{IP: net.IPv6unspecified}
	}
	return &net.TCPAddr{IP: net.IPv4zero.To4()}
}

// reach connects to a server, and says whether a proxy is in between.
func (a *Access) reach(network string, server ICEServer) (conn net.Conn, proxied bool, err error) {
	if a.options.Proxy == nil {
		conn, err = a.direct(a.ctx, network, server.Host, server.Port)
		return conn, false, err
	}
	ways, err := a.ways(server)
	if err != nil {
		return nil, false, err
	}
	for _, way := range ways {
		var failure error
		if way.kind == wayDirect {
			conn, failure = a.direct(a.ctx, network, server.Host, server.Port)
		} else {
			conn, failure = a.through(way, server)
		}
		if failure == nil {
			return conn, way.kind != wayDirect, nil
		}
		err = errors.Join(err, failure)
	}
	return nil, false, err
}

// direct connects to a host: each of its addresses has its share of the time.
func (a *Access) direct(ctx context.Context, network, host string, port int) (net.Conn, error) {
	var addresses []netip.Addr
	if ip, err := netip.ParseAddr(host); err == nil {
		if !fits(network, ip.Unmap()) {
			return nil, fmt.Errorf("%w: %s for %s", errOtherFamily, host, network)
		}
		addresses = []netip.Addr{ip.Unmap()}
	} else if addresses, err = a.lookUpAll(network, host); err != nil {
		return nil, err
	}
	deadline := time.Now().Add(dialTimeout)
	var failure error
	for i, ip := range addresses {
		dialer := net.Dialer{Timeout: time.Until(deadline) / time.Duration(len(addresses)-i)}
		conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(ip.String(), strconv.Itoa(port)))
		if err == nil {
			return conn, nil
		}
		failure = err
	}
	return nil, fmt.Errorf("%w: %w", ErrUnreachable, failure)
}

// secure speaks TLS on a connection, which it closes if that fails.
func (a *Access) secure(conn net.Conn, host string) (net.Conn, error) {
	secured := tls.Client(conn, &tls.Config{
		ServerName: host,
		RootCAs:    a.options.Settings.Authorities,
		MinVersion: tls.VersionTLS12,
	})
	ctx, cancel := context.WithTimeout(a.ctx, dialTimeout)
	defer cancel()
	err := secured.HandshakeContext(ctx)
	if err == nil {
		return secured, nil
	}
	_ = conn.Close()
	var untrusted *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var noTLS tls.RecordHeaderError
	switch {
	case errors.As(err, &unknown):
		return nil, fmt.Errorf("its certificate is not trusted: %w; if its authority is a private one, name the file "+
			"with that authority's certificate in %s", err, variableAuthorities)
	case errors.As(err, &untrusted):
		return nil, fmt.Errorf("its certificate is not trusted: %w", err)
	case errors.As(err, &noTLS):
		return nil, errors.New("what it sends is no TLS; check its port, and whether it speaks TLS (turns:) or not (turn:)")
	case errors.Is(err, context.DeadlineExceeded):
		return nil, fmt.Errorf("%w: no handshake of TLS within %v", ErrUnreachable, dialTimeout)
	}
	return nil, fmt.Errorf("the handshake of TLS: %w", err)
}

// deadlined runs f, which talks on a connection, in bounded time; the end of the context ends it too.
func deadlined(ctx context.Context, conn net.Conn, f func() error) error {
	if err := conn.SetDeadline(time.Now().Add(dialTimeout)); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	err := f()
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = conn.SetDeadline(time.Time{})
	}
	return err
}

func timedOut(err error) bool {
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded)
}
