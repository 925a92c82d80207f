package rtc

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/logging"
	"github.com/pion/transport/v5"
	"github.com/pion/webrtc/v4"

	"libml_webrtc/internal/network"
)

// Options are what an Instance is made with.
type Options struct {
	// LoggerFactory receives all logging, pion's included. nil: nothing is logged.
	LoggerFactory logging.LoggerFactory
	// Settings are those of the network. nil: the usual ones.
	Settings *network.Settings
}

// Instance owns what connections share: the certificate, the logging, the settings.
type Instance struct {
	loggers  logging.LoggerFactory
	network  transport.Net
	settings *network.Settings
	timing   timing
	ctx      context.Context
	cancel   context.CancelFunc
	done     chan struct{}

	mu          sync.Mutex
	closed      bool
	certificate webrtc.Certificate
	connections map[*Connection]struct{}
	shared      *network.SharedPort // of all connections; nil until the first one needs it
	endWatch    context.CancelFunc  // of watchAddresses; nil: it does not run

	addresses atomic.Pointer[addresses] // nil: not known yet
}

// NewInstance makes an instance.
func NewInstance(options Options) (*Instance, error) {
	loggers := options.LoggerFactory
	if loggers == nil {
		loggers = &logging.DefaultLoggerFactory{Writer: io.Discard, DefaultLogLevel: logging.LogLevelDisabled}
	}
	settings := options.Settings
	if settings == nil {
		settings = &network.Settings{}
	}
	certificate, err := newCertificate()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	return &Instance{
		loggers:     loggers,
		network:     &network.Net{Settings: settings},
		settings:    settings,
		timing:      usualTiming,
		ctx:         ctx,
		cancel:      cancel,
		done:        make(chan struct{}),
		certificate: *certificate,
		connections: make(map[*Connection]struct{}),
	}, nil
}

// newCertificate makes an ECDSA certificate: fifty milliseconds less than RSA.
func newCertificate() (*webrtc.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making the DTLS key: %w", err)
	}
	certificate, err := webrtc.GenerateCertificate(key)
	if err != nil {
		return nil, fmt.Errorf("making the DTLS certificate: %w", err)
	}
	return certificate, nil
}

// currentCertificate replaces the certificate a day before it expires: pion's are valid for a
// month, an application may run longer. The instance's lock is held.
func (i *Instance) currentCertificate() (webrtc.Certificate, error) {
	if time.Until(i.certificate.Expires()) < 24*time.Hour {
		certificate, err := newCertificate()
		if err != nil {
			return webrtc.Certificate{}, err
		}
		i.certificate = *certificate
	}
	return i.certificate, nil
}

// Close starts to close every connection and returns at once; see Done. No connection can be
// made any more.
func (i *Instance) Close() {
	i.mu.Lock()
	if i.closed {
		i.mu.Unlock()
		return
	}
	i.closed = true
	if len(i.connections) == 0 {
		i.finish()
	}
	i.mu.Unlock()
	for _, c := range i.snapshotConnections() {
		c.Close()
	}
}

// Done is closed when Close was called and all connections are gone.
func (i *Instance) Done() <-chan struct{} { return i.done }

// forget ends the care for a connection that has closed.
func (i *Instance) forget(c *Connection) {
	i.mu.Lock()
	defer i.mu.Unlock()
	delete(i.connections, c)
	i.updateWatch()
	if i.closed && len(i.connections) == 0 {
		i.finish()
	}
}

// singlePort gives the socket that all connections share.
func (i *Instance) singlePort() (ice.UDPMux, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.closed {
		return nil, ErrClosed
	}
	if i.shared == nil {
		shared, err := network.SharePort(i.settings, i.loggers)
		if err != nil {
			return nil, err
		}
		i.shared = shared
	}
	return i.shared.Mux(), nil
}

func (i *Instance) finish() {
	i.cancel()
	if i.shared != nil {
		i.shared.Release()
	}
	close(i.done)
}
