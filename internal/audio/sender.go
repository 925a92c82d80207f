package audio

import (
	"crypto/rand"
	"encoding/binary"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/logging"
	"github.com/pion/rtp"

	"libml_webrtc/internal/bandwidth"
	"libml_webrtc/internal/codec"
	"libml_webrtc/internal/sound"
)

const (
	// bitrateLeast is what a voice is well understood with; what the connection can't carry, pictures have to
	// do without first.
	bitrateLeast       = 24_000
	bitrateMostMono    = 64_000
	bitrateMostStereo  = 128_000
	bitrateUnknownMono = 48_000

	// pauseLeast: a later packet is not the continuation of the one before, and its RTP timestamp tells it.
	pauseLeast = 50 * time.Millisecond
	// encoderRetry is how long to wait after an encoder could not be made.
	encoderRetry = time.Second
)

// SenderOptions are what a Sender is made with.
type SenderOptions struct {
	Source      *Source
	Codec       codec.Audio
	SSRC        uint32
	PayloadType uint8
	// Stereo says that the peer prefers it.
	Stereo bool
	// BitrateMost is what the peer wants at most, in bit/s; 0: it does not say.
	BitrateMost int
	// FEC, DTX, Constant and PlaybackRate are what the peer wants, see codec.AudioEncoderOptions.
	FEC, DTX, Constant bool
	PlaybackRate       int
	// Write hands a packet over; header and payload are used up during the call. recorded is when the sound of the
	// packet's timestamp was recorded, on the clock of picture.Now.
	Write func(header *rtp.Header, payload []byte, recorded time.Duration) error
	// Bandwidth says at what rate to send. nil: as the codec likes it.
	Bandwidth *bandwidth.Controller
	Log       logging.LeveledLogger
}

// Sender encodes the sound of a source and sends it on one RTP stream, in the goroutine of the source. Its methods are
// safe for concurrent use.
type Sender struct {
	options SenderOptions
	rate    atomic.Int64 // bit/s that may be sent; 0: not known
	loss    atomic.Uint32
	detach  func()
	close   sync.Once

	// What follows belongs to the source's goroutine.
	encoder  codec.AudioEncoder
	channels int // of the encoder
	told     int // bit/s
	toldLoss uint32
	retry    time.Duration
	samples  [2 * packetBlocks * sound.Frames]float32

	begun      bool
	talking    bool          // the packet before was sent
	end        time.Duration // when what was sent last ended, on the clock of recording
	timestamp  uint32        // of the next packet
	header     rtp.Header
	extensions []rtp.Extension // the memory of the header's
	failed     bool
	stats      sendStats
}

// NewSender makes a sender, which sends until it is closed.
func NewSender(options SenderOptions) *Sender {
	var seed [8]byte
	_, _ = rand.Read(seed[:]) // it never fails
	random := binary.NativeEndian.Uint64(seed[:])
	s := &Sender{
		options:   options,
		stats:     sendStats{log: options.Log},
		timestamp: uint32(random),
		header: rtp.Header{
			Version:        2,
			PayloadType:    options.PayloadType,
			SSRC:           options.SSRC,
			SequenceNumber: uint16(random >> 48),
		},
	}
	if options.Bandwidth != nil {
		s.detach = options.Bandwidth.Attach(s)
	}
	options.Source.attach(s)

	return s
}

// Close stops the sender. Nothing is sent when it has returned.
func (s *Sender) Close() {
	s.close.Do(func() {
		s.options.Source.detach(s)
		if s.detach != nil {
			s.detach()
		}
		s.drop()
	})
}

// Bounds are the bits per second the sender has use for.
func (s *Sender) Bounds() (least, most int) { return min(bitrateLeast, s.most()), s.most() }

// SetBitrate says how many bits per second may be sent.
func (s *Sender) SetBitrate(bitsPerSecond int) { s.rate.Store(int64(bitsPerSecond)) }

// SetLoss says which part of the packets gets lost, in 256ths, as RTCP has it.
func (s *Sender) SetLoss(fraction uint8) { s.loss.Store(uint32(fraction)) }

// most is as if the source had as many channels as the peer would take: how many it has is only known when sound comes.
func (s *Sender) most() int {
	most := bitrateMostMono
	if s.options.Stereo && s.options.Codec.Channels > 1 {
		most = bitrateMostStereo
	}
	if s.options.BitrateMost > 0 {
		most = min(most, s.options.BitrateMost)
	}

	return most
}

// send encodes and sends a packet. The source's lock is held, without which nothing ends.
func (s *Sender) send(blocks *[packetBlocks]sound.Block) {
	recorded := blocks[0].Recorded()
	channels := s.channelsOf(blocks[0].Channels())
	frames := packetBlocks * sound.Frames
	s.advance(recorded, frames)
	timestamp := s.timestamp
	s.timestamp += uint32(frames * s.options.Codec.ClockRate / codec.AudioRate)
	if !s.prepare(recorded, channels) {
		s.talking = false

		return
	}
	samples := s.samples[:channels*frames]
	for i, block := range blocks {
		// Both of a packet's blocks have the same number of channels, but for the moment when that changes.
		out := samples[i*channels*sound.Frames:][:channels*sound.Frames]
		if s.channelsOf(block.Channels()) < channels {
			clear(out)

			continue
		}
		mix(block.Samples(), block.Channels(), out, channels)
	}
	payload, err := s.encoder.Encode(samples)
	if err != nil {
		s.warnf("%v", err)
		s.drop()
		s.retry = recorded + encoderRetry
		s.talking = false

		return
	}
	if len(payload) == 0 {
		s.talking = false

		return
	}
	s.hand(payload, timestamp, recorded)
	s.stats.packet(len(payload))
	s.stats.report(recorded, s.options.Codec.Name, s.channels, s.told)
}

// channelsOf says with how many channels sound is coded.
func (s *Sender) channelsOf(channels int) int {
	if !s.options.Stereo || s.options.Codec.Channels < 2 {
		return 1
	}

	return min(channels, 2)
}

// advance has the timestamp go on where the host has paused. Otherwise it counts samples.
func (s *Sender) advance(recorded time.Duration, frames int) {
	if pause := recorded - s.end; s.begun && pause > pauseLeast {
		steps := int64(pause / sound.Length)
		s.timestamp += uint32(steps * int64(sound.Frames*s.options.Codec.ClockRate/codec.AudioRate))
		s.talking = false
	}
	s.begun = true
	s.end = recorded + time.Duration(frames)*time.Second/codec.AudioRate
}

// prepare sees to it that there is an encoder, and that it knows rate and loss.
func (s *Sender) prepare(now time.Duration, channels int) bool {
	if s.encoder != nil && s.channels != channels {
		s.drop()
	}
	rate, loss := s.bitrate(channels), s.loss.Load()
	if s.encoder == nil {
		if now < s.retry {
			return false
		}
		encoder, err := s.options.Codec.NewEncoder(codec.AudioEncoderOptions{
			Channels: channels, Bitrate: rate, FEC: s.options.FEC, DTX: s.options.DTX,
			Constant: s.options.Constant, PlaybackRate: s.options.PlaybackRate,
		})
		if err != nil {
			s.warnf("%v", err)
			s.retry = now + encoderRetry

			return false
		}
		s.encoder, s.channels, s.told, s.toldLoss = encoder, channels, rate, 0
	}
	if rate != s.told {
		s.told = rate
		if err := s.encoder.SetBitrate(rate); err != nil {
			s.warnf("%v", err)
		}
	}
	if loss != s.toldLoss {
		s.toldLoss = loss
		if err := s.encoder.SetLoss(float64(loss) / 256); err != nil {
			s.warnf("%v", err)
		}
	}

	return true
}

// bitrate is what the encoder may use.
func (s *Sender) bitrate(channels int) int {
	most := s.most()
	if channels == 1 {
		most = min(most, bitrateMostMono)
	}
	rate := int(s.rate.Load())
	if rate == 0 {
		rate = bitrateUnknownMono * channels
		if s.options.Bandwidth == nil {
			rate = most
		}
	}

	return max(min(rate, most), min(bitrateLeast, most))
}

// hand hands a packet over. Who gets it may add header extensions, which are gone for the next.
func (s *Sender) hand(payload []byte, timestamp uint32, recorded time.Duration) {
	s.header.Timestamp = timestamp
	s.header.Marker = !s.talking // the first of a talkspurt (RFC 3551, section 4.1)
	s.talking = true
	s.header.Extension, s.header.ExtensionProfile = false, 0
	s.header.Extensions = s.extensions[:0]
	err := s.options.Write(&s.header, payload, recorded)
	s.extensions = s.header.Extensions
	s.header.SequenceNumber++
	if err != nil && !s.failed {
		s.warnf("a packet was not sent: %v", err)
	}
	s.failed = err != nil
}

// drop closes the encoder.
func (s *Sender) drop() {
	if s.encoder != nil {
		s.encoder.Close()
		s.encoder = nil
	}
}

func (s *Sender) warnf(format string, arguments ...any) {
	if s.options.Log != nil {
		s.options.Log.Warnf("audio: "+format, arguments...)
	}
}
