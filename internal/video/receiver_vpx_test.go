package video

import (
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/stretchr/testify/require"

	"libml_webrtc/internal/codec"
	"libml_webrtc/internal/codec/codectest"
	"libml_webrtc/internal/codec/vpx"
	"libml_webrtc/internal/picture"
)

// Pictures that were really encoded come out of a bad network as they went in.
func TestReceiverWithRealCodecs(t *testing.T) {
	originals := make([]picture.Picture, 120)
	for n := range originals {
		originals[n] = codectest.Pattern(realWidth, realHeight, n)
		defer originals[n].Release()
	}
	for _, video := range []codec.Video{vpx.VP8(), vpx.VP9()} {
		for name, repaired := range map[string]bool{"repaired": true, "gaps": false} {
			t.Run(video.Name+" "+name, func(t *testing.T) { realCodec(t, video, originals, repaired) })
		}
	}
}

const realWidth, realHeight = 160, 90

func realCodec(t *testing.T, video codec.Video, originals []picture.Picture, repaired bool) {
	t.Helper()
	worst, count, first := 100.0, 0, uint64(0)
	simulate(t, func(w *world) {
		t := w.t
		encoder, err := video.NewEncoder(codec.EncoderOptions{
			Width: realWidth, Height: realHeight, Bitrate: 400_000, FrameRate: 30, Threads: 1,
		})
		require.NoError(t, err)
		defer encoder.Close()
		w.clock = 0
		w.packets = realPackets(t, video, encoder, originals)
		w.answers = repaired
		w.receiver.SetWatched(true)
		w.run(500 * time.Millisecond)
		w.loss = w.lossOf(5)
		w.run(2 * time.Second)
		w.loss = nil
		w.run(time.Second)
		w.idle(time.Second)
		require.Greater(t, worst, 30.0)
		if repaired {
			require.Equal(t, int(w.number), count)
			require.LessOrEqual(t, len(w.keyRequests()), 1)
		} else {
			require.Greater(t, count, 30)
			require.NotEmpty(t, w.keyRequests())
		}
		require.Empty(t, w.log.with("decoding"))
	}, func(o *ReceiverOptions) {
		o.Codec = func(uint8) (codec.Video, bool) { return video, true }
		o.Picture = func(p picture.Picture) {
			defer p.Release()
			if count++; count == 1 {
				first = p.Time()
			}
			number := int(float64(p.Time()-first)*30/1e6 + 0.5)
			worst = min(worst, codectest.PSNR(originals[number], p))
		}
	})
}

// realPackets encodes pictures and cuts them into packets as a sender does.
func realPackets(
	t *testing.T, video codec.Video, encoder codec.Encoder, originals []picture.Picture,
) func(uint32, bool, uint32) [][]byte {
	t.Helper()
	descriptor, err := newDescriptor(video.Name, 0x7ff0)
	require.NoError(t, err)
	var packets [][]byte
	p := packetiser{descriptor: descriptor, header: rtp.Header{Version: 2, PayloadType: numberedType, SequenceNumber: 65530}}
	p.write = func(header *rtp.Header, payload []byte) error {
		b, err := (&rtp.Packet{Header: *header, Payload: payload}).Marshal()
		packets = append(packets, b)
		return err
	}
	return func(number uint32, key bool, timestamp uint32) [][]byte {
		packets = nil
		frame, err := encoder.Encode(originals[number], uint64(number)*3000, key)
		require.NoError(t, err)
		require.NotEmpty(t, frame.Data, "no frame is dropped at this rate")
		_, err = p.send(frame, timestamp, realWidth, realHeight)
		require.NoError(t, err)
		return packets
	}
}
