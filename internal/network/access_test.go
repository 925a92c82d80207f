package network

import (
	"context"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/stun/v4"
	"github.com/stretchr/testify/require"
)

// reports collects what an access says about servers.
type reports struct {
	mu   sync.Mutex
	said []string
	errs []error
}

func (r *reports) report(server ICEServer, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.said, r.errs = append(r.said, server.URI+": "+err.Error()), append(r.errs, err)
}

func (r *reports) all() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string{}, r.said...)
}

// accessTo makes an access to the servers of a list.
func accessTo(t *testing.T, list string, options Options) (*Access, *reports) {
	t.Helper()
	servers, err := ParseICEServers(list, "alice", "secret")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	said := &reports{}
	return NewAccess(ctx, &Net{}, servers, options, said.report), said
}

func TestWhatICEIsTold(t *testing.T) {
	access, _ := accessTo(t, "stun:a.example,stuns:[2001:db8::1],turn:b.example:80,turn:c.example?transport=tcp,"+
		"turns:c.example:3478,turns:d.example?transport=udp", Options{})
	require.Equal(t, []string{
		"stun:a.example:3478",
		"stun:[2001:db8::1]:5349",
		"turn:b.example:80?transport=udp",
		"turn:3.server.invalid:3478?transport=tcp",
		"turns:4.server.invalid:3478?transport=tcp",
		"turns:5.server.invalid:5349?transport=tcp",
	}, access.URIs())
	for _, uri := range access.URIs() {
		_, err := stun.ParseURI(uri)
		require.NoError(t, err)
	}
	for address, host := range map[string]string{"3.server.invalid:3478": "c.example", "5.server.invalid:5349": "d.example"} {
		server, err := access.streamServer(address)
		require.NoError(t, err)
		require.Equal(t, host, server.Host)
	}
	for _, address := range []string{"", "c.example:3478", "6.server.invalid:1", "-1.server.invalid:1", "server.invalid:1", "3.server.invalid"} {
		_, err := access.streamServer(address)
		require.Error(t, err, address)
	}
}

func TestLookUps(t *testing.T) {
	access, said := accessTo(t, "turn:localhost,turn:127.0.0.1:1,stun:no.such.name.invalid", Options{})
	found, err := access.ResolveUDPAddr("udp4", "localhost:3478")
	require.NoError(t, err)
	require.Equal(t, "127.0.0.1:3478", found.String())
	server, known := access.serverAt(netip.MustParseAddrPort("[::ffff:127.0.0.1]:3478"))
	require.True(t, known)
	require.Equal(t, "turn:localhost", server.URI)

	_, err = access.ResolveUDPAddr("udp6", "127.0.0.1:1")
	require.ErrorIs(t, err, errOtherFamily)
	require.Empty(t, said.all())

	_, err = access.ResolveUDPAddr("udp4", "no.such.name.invalid:3478")
	require.ErrorIs(t, err, ErrUnreachable)
	require.Len(t, said.all(), 1)
	for _, address := range []string{"", "localhost", "localhost:x", "localhost:70000"} {
		_, err = access.ResolveUDPAddr("udp4", address)
		require.Error(t, err, address)
	}
}

func allocate(t *testing.T, class stun.MessageClass, setters ...stun.Setter) *stun.Message {
	t.Helper()
	message, err := stun.Build(append([]stun.Setter{stun.NewType(stun.MethodAllocate, class)}, setters...)...)
	require.NoError(t, err)
	return message
}

func TestWatch(t *testing.T) {
	user := stun.NewUsername("alice")
	for name, c := range map[string]struct {
		code  stun.ErrorCode
		named bool
		want  string
		kind  error
	}{
		"asks for credentials": {stun.CodeUnauthorized, false, "", nil},
		"wrong password":       {stun.CodeUnauthorized, true, "password of user \"alice\" (401", nil},
		"full":                 {stun.CodeAllocQuotaReached, true, "refuses to relay (486", nil},
		"forbidden":            {stun.CodeForbidden, false, "refuses to relay (403", nil},
		"no IPv6":              {stun.CodeAddrFamilyNotSupported, true, "no address of this family", errOtherFamily},
	} {
		said := &reports{}
		watched := watch{server: ICEServer{URI: "turn:x", Username: "alice"}, fail: said.report}
		setters := []stun.Setter{stun.TransactionID}
		if c.named {
			setters = append(setters, user)
		}
		request := allocate(t, stun.ClassRequest, setters...)
		watched.sent(request.Raw)
		id := stun.NewTransactionIDSetter(request.TransactionID)
		watched.received(allocate(t, stun.ClassErrorResponse, stun.TransactionID, c.code).Raw) // of something else
		require.Empty(t, said.all(), name)
		watched.received(allocate(t, stun.ClassErrorResponse, id, c.code).Raw)
		watched.received(allocate(t, stun.ClassErrorResponse, id, c.code).Raw)
		watched.closed()
		if c.want == "" {
			require.Empty(t, said.all(), name)
			continue
		}
		require.Len(t, said.all(), 1, name)
		require.Contains(t, said.all()[0], c.want, name)
		if c.kind != nil {
			require.ErrorIs(t, said.errs[0], c.kind)
		}
	}
}

func TestWatchOfASilentServer(t *testing.T) {
	said := &reports{}
	silent := watch{fail: said.report}
	silent.closed() // nothing was asked
	require.Empty(t, said.all())
	silent = watch{fail: said.report}
	silent.sent(allocate(t, stun.ClassRequest, stun.TransactionID).Raw)
	silent.closed()
	require.ErrorIs(t, said.errs[0], ErrUnreachable)

	fine := watch{fail: said.report}
	request := allocate(t, stun.ClassRequest, stun.TransactionID)
	fine.sent(request.Raw)
	fine.received(allocate(t, stun.ClassSuccessResponse, stun.NewTransactionIDSetter(request.TransactionID)).Raw)
	fine.closed()
	require.Len(t, said.all(), 1)
}

// pieces is a connection that gives its bytes in portions of any size.
type pieces struct {
	net.Conn
	from strings.Reader
	size int
}

func (p *pieces) Read(b []byte) (int, error) { return p.from.Read(b[:min(len(b), p.size)]) }

func TestWatchOfAStream(t *testing.T) {
	request := allocate(t, stun.ClassRequest, stun.TransactionID, stun.NewUsername("alice"))
	refusal := allocate(t, stun.ClassErrorResponse, stun.NewTransactionIDSetter(request.TransactionID), stun.CodeUnauthorized)
	for size := 1; size < 100; size += 7 {
		said := &reports{}
		stream := &watchedStream{Conn: &pieces{from: *strings.NewReader(string(refusal.Raw)), size: size}, watch: watch{fail: said.report}}
		stream.watch.sent(request.Raw)
		drain(stream)
		require.Len(t, said.all(), 1)
	}
	for _, garbage := range []string{strings.Repeat("x", 100), "HTTP/1.1 400 Bad Request\r\n\r\n"} {
		said := &reports{}
		stream := &watchedStream{Conn: &pieces{from: *strings.NewReader(garbage), size: 9}, watch: watch{fail: said.report}}
		drain(stream)
		require.Len(t, said.all(), 1)
		require.ErrorIs(t, said.errs[0], errNotTURN)
	}
}

// A path that takes nothing any more ends instead of holding up who writes.
func TestStalledStream(t *testing.T) {
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, listener.Close()) }()
	var dialer net.Dialer
	conn, err := dialer.DialContext(t.Context(), "tcp", listener.Addr().String())
	require.NoError(t, err)
	stream := &watchedStream{Conn: conn, patience: 50 * time.Millisecond}
	packet := make([]byte, 64<<10)
	for err == nil {
		_, err = stream.Write(packet)
	}
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	_, err = stream.Write(packet)
	require.ErrorIs(t, err, net.ErrClosed)
}

func drain(stream *watchedStream) {
	buffer := make([]byte, 512)
	for {
		if _, err := stream.Read(buffer); err != nil {
			return
		}
	}
}

func FuzzTURNServer(f *testing.F) {
	f.Add([]byte("\x01\x13\x00\x04\x21\x12\xa4\x42abcdefghijkl\x00\x09\x00\x00"), 3)
	f.Fuzz(func(_ *testing.T, sent []byte, size int) {
		said := &reports{}
		stream := &watchedStream{Conn: &pieces{from: *strings.NewReader(string(sent)), size: max(1, size)}, watch: watch{fail: said.report}}
		drain(stream)
		if len(stream.pending) > maxWatchedBytes+512 || len(said.all()) > 1 {
			panic("kept too much, or said it twice")
		}
	})
}
