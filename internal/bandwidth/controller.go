package bandwidth

import (
	"io"
	"slices"
	"sync"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/logging"
	"github.com/pion/rtp"
)

// Stream is something that sends at a rate it is told.
type Stream interface {
	// Bounds are the least and the most bits per second the stream has use for. They may change.
	Bounds() (least, most int)
	// SetBitrate says how many bits per second the stream may send. It is called without a lock
	// being held, and by one goroutine at a time.
	SetBitrate(bitsPerSecond int)
}

// Options are what a Controller is made with.
type Options struct {
	Loggers logging.LoggerFactory // nil: nothing is logged
}

// Controller is the bandwidth of one connection: what it is estimated to be, who gets how much of
// it, and when each packet leaves. Safe for concurrent use.
type Controller struct {
	log   logging.LeveledLogger
	start time.Time
	pacer *pacer

	sending sync.Mutex // packets leave one after the other, in the order of their numbers

	mu        sync.Mutex // the estimate
	estimate  *estimate
	resent    meter     // retransmissions
	streams   []*stream // that are bound
	closed    bool
	allotment allotment // has a lock of its own
}

// New makes a Controller, which runs nothing before a stream is sent.
func New(options Options) *Controller {
	loggers := options.Loggers
	if loggers == nil {
		loggers = quiet()
	}
	c := &Controller{
		log:      loggers.NewLogger("bandwidth"),
		start:    time.Now(),
		estimate: newEstimate(loggers),
	}
	c.pacer = newPacer(c.transmit)

	return c
}

// quiet logs nothing.
func quiet() logging.LoggerFactory {
	return &logging.DefaultLoggerFactory{DefaultLogLevel: logging.LogLevelDisabled, Writer: io.Discard}
}

// Interceptor gives the factory that is registered first, so that it is closest to the network.
// The interceptor writes the transport-wide sequence numbers and send times itself.
func (c *Controller) Interceptor() interceptor.Factory { return factory{c} }

// Attach gives a stream its share of the estimate, at once and until detach is called.
func (c *Controller) Attach(s Stream) (detach func()) {
	c.allotment.attach(s)
	c.Review()

	return func() {
		c.allotment.detach(s)
		c.Review()
	}
}

// Queued is how long the packets that wait will take to leave.
func (c *Controller) Queued() time.Duration { return c.pacer.queued() }

// Estimate is what the connection is believed to carry, in bit/s.
func (c *Controller) Estimate() int {
	c.mu.Lock()
	defer c.mu.Unlock()

	return c.estimate.current()
}

// Close drops what waits and ends what runs; what is bound can't send any more.
func (c *Controller) Close() {
	c.mu.Lock()
	c.closed = true
	streams := slices.Clone(c.streams)
	c.mu.Unlock()
	for _, s := range streams {
		c.unbind(s)
	}
}

// Review shares the estimate anew. It is called when a stream's bounds have changed.
func (c *Controller) Review() {
	c.allotment.share(func(most int) int {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.estimate.use(most + most/20)
		rate := c.estimate.current()
		c.resent.received(time.Since(c.start), 0)
		c.pacer.set(limits{rate, c.estimate.leaveAt(), c.estimate.roundTrip()})
		// Retransmissions and headers come out of the same purse.
		return max(rate*97/100-c.resent.rate(), rate-rate/againShare)
	})
}

// StartOver is for a connection that has another path, or its old one after a long time: what is known of it counts no
// more, and the estimate begins as that of a new connection does.
func (c *Controller) StartOver() {
	c.mu.Lock()
	c.estimate.startOver()
	c.mu.Unlock()
	c.Review()
}

// bind lets a stream send.
func (c *Controller) bind(s *stream) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		s.ended = true

		return
	}
	c.streams = append(c.streams, s)
	c.estimate.open()
	c.pacer.start()
}

// unbind ends a stream, once. At most the packet that is just being sent still leaves; after the
// last stream, not even that.
func (c *Controller) unbind(s *stream) {
	c.mu.Lock()
	at := slices.Index(c.streams, s)
	if at >= 0 {
		c.streams = slices.Delete(c.streams, at, at+1)
		if len(c.streams) == 0 {
			c.estimate.end()
		}
	}
	c.mu.Unlock()
	if at >= 0 {
		c.pacer.end(s)
	}
}

// transmit sends a packet that the pacer lets go.
func (c *Controller) transmit(p *packet) {
	c.sending.Lock()
	err := c.leave(p.stream, &p.header, p.payload, &p.stamp, p.behind)
	c.sending.Unlock()
	if err != nil {
		c.log.Debugf("a packet was not sent: %v", err)
	}
	now := time.Since(c.start)
	c.mu.Lock()
	if p.again {
		c.resent.received(now, p.size)
	}
	silent := c.estimate.silent(now)
	c.mu.Unlock()
	if silent {
		c.Review()
	}
}

// transmitNow sends a packet past the pacer.
func (c *Controller) transmitNow(s *stream, header *rtp.Header, payload []byte) (int, error) {
	c.sending.Lock()
	defer c.sending.Unlock()
	s.stamp = stamp{}
	if err := c.leave(s, header, payload, &s.stamp, false); err != nil {
		return 0, err
	}

	return header.MarshalSize() + len(payload), nil
}

// leave stamps a packet and hands it to the network.
func (c *Controller) leave(s *stream, header *rtp.Header, payload []byte, stamp *stamp, behind bool) error {
	now := time.Now()
	if id := s.extensions.sendTime; id != 0 {
		if err := stamp.writeTime(header, id, now); err != nil {
			return err
		}
	}
	if id := s.extensions.transportSequence; id != 0 {
		// The number's room is taken first: its size counts.
		if err := stamp.writeSequence(header, id, 0); err != nil {
			return err
		}
		c.mu.Lock()
		sequence := c.estimate.sent(now.Sub(c.start), header.MarshalSize()+len(payload), behind)
		c.mu.Unlock()
		if err := stamp.writeSequence(header, id, sequence); err != nil {
			return err
		}
	}
	_, err := s.writer.Write(header, payload, nil)

	return err
}
