package rtc

import "context"

const (
	// SCTP is given more to send until it holds highWater bytes of a channel, and then not
	// before it is down to lowWater.
	highWater = 1 << 20
	lowWater  = 512 << 10

	// messagesPerMark bounds small messages by their number, since each costs SCTP a few
	// hundred bytes whatever its size.
	messagesPerMark = 1024
)

// sentAccount knows how many messages SCTP may still hold. Only who holds the channel's
// sending lock touches it.
type sentAccount struct {
	bytes    uint64 // all that was ever given to SCTP
	mark     uint64 // bytes when the count began
	lastMark uint64
	messages int // since the mark
	inTurn   uint64

	// held is the most that SCTP can hold of the channel: what it held when it was asked
	// last, and all since. Asking takes a lock that SCTP's receiver wants, too.
	held uint64
}

func (a *sentAccount) reset() { *a = sentAccount{} }

// send is the pump: it empties the outbox into SCTP, as far as SCTP has room.
func (d *DataChannel) send() {
	d.sending.Lock()
	defer d.sending.Unlock()
	if d.released.Load() {
		return
	}
	d.empty(d.ctx)
}

// empty sends the messages of the outbox until there are none. The sending lock is held.
func (d *DataChannel) empty(ctx context.Context) {
	to := d.openStream()
	if to == nil || d.events == nil {
		return
	}
	outbox := d.events.Outbox()
	for ctx.Err() == nil {
		batch := outbox.Take()
		if batch == nil {
			break
		}
		if !d.write(ctx, to, outbox, batch) {
			return
		}
	}
	d.yieldTurn(ctx, to)
}

// write sends one batch and releases it, whatever happens.
func (d *DataChannel) write(ctx context.Context, to stream, outbox Outbox, batch []OutMessage) bool {
	defer outbox.Release()
	for _, message := range batch {
		if !d.makeRoom(ctx, to, len(message.Data)) {
			return false
		}
		if _, err := to.WriteDataChannel(message.Data, !message.Binary); err != nil {
			if ctx.Err() == nil {
				d.connection.log.Warnf("sending %d bytes on data channel %q: %v", len(message.Data), d.label, err)
			}
			continue
		}
		// An empty message is one byte to SCTP (RFC 8831, section 6.6).
		size := uint64(max(len(message.Data), 1))
		d.sent.bytes += size
		d.sent.inTurn += size
		d.sent.held += size
		d.sent.messages++
	}
	return true
}

// makeRoom waits until SCTP should be given a message of a size.
func (d *DataChannel) makeRoom(ctx context.Context, to stream, size int) bool {
	if size > freeMessageBytes {
		if d.sent.inTurn >= turnBytes && !d.yieldTurn(ctx, to) {
			return false
		}
		if !d.connection.turn.take(d) {
			return false
		}
	}
	if d.sent.messages >= messagesPerMark {
		a := &d.sent
		if !d.waitBuffered(ctx, to, a.bytes-a.lastMark) {
			return false
		}
		a.lastMark, a.mark = a.mark, a.bytes
		a.messages = 0
	}
	if d.sent.held <= highWater {
		return true
	}
	d.sent.held = to.BufferedAmount()
	return d.sent.held <= highWater || d.waitBuffered(ctx, to, lowWater)
}

// yieldTurn lets another channel send its large messages once this one's arrived, but for a
// rest no larger than what needs no turn: the last acknowledgement may be delayed.
func (d *DataChannel) yieldTurn(ctx context.Context, to stream) bool {
	d.sent.inTurn = 0
	t := &d.connection.turn
	if !t.contended(d) {
		return true
	}
	if !d.waitBuffered(ctx, to, freeMessageBytes) {
		return false
	}
	t.pass(d)
	return true
}

// waitBuffered waits until SCTP holds no more than limit bytes of the channel.
func (d *DataChannel) waitBuffered(ctx context.Context, to stream, limit uint64) bool {
	to.SetBufferedAmountLowThreshold(limit)
	for {
		if d.sent.held = to.BufferedAmount(); d.sent.held <= limit {
			return true
		}
		select {
		case <-d.low:
		case <-ctx.Done():
			return false
		}
	}
}

// wakeSender is called by SCTP with its locks held.
func (d *DataChannel) wakeSender() {
	select {
	case d.low <- struct{}{}:
	default:
	}
}

// flushOutbox sends all of the outbox. If the pump is at it already and the time runs out,
// the channel is given up.
func (d *DataChannel) flushOutbox(ctx context.Context) {
	stop := context.AfterFunc(ctx, d.cancel)
	defer stop()
	d.sending.Lock()
	defer d.sending.Unlock()
	if !d.released.Load() {
		d.empty(ctx)
	}
}

// flush sends all of the outbox and waits until the peer has it. A channel that the host has
// closed before may still have something in SCTP's buffer.
func (d *DataChannel) flush(ctx context.Context) {
	to := d.openStream()
	if to == nil {
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(d.life, cancel)()
	if !d.released.Load() {
		defer context.AfterFunc(d.ctx, cancel)()
		d.flushOutbox(ctx)
	}
	d.sending.Lock()
	defer d.sending.Unlock()
	d.waitBuffered(ctx, to, 0)
}

// discard gives up what an outbox holds.
func discard(outbox Outbox) {
	for outbox.Take() != nil {
		outbox.Release()
	}
}
