package video

import (
	"testing"
	"time"

	"github.com/pion/rtp/codecs"
	"github.com/stretchr/testify/require"
)

func TestVP8Descriptor(t *testing.T) {
	key := []byte{0x10, 0, 0, 0x9d, 0x01, 0x2a, 1, 2, 3, 4, 5}
	delta := []byte{0x11, 1, 2}
	for name, test := range map[string]struct {
		descriptor, data []byte
		first, key       bool
	}{
		"short":             {[]byte{0x10}, key, true, true},
		"delta":             {[]byte{0x10}, delta, true, false},
		"not the first":     {[]byte{0x00}, key, false, false},
		"second partition":  {[]byte{0x11}, key, false, false},
		"picture id":        {[]byte{0x90, 0x80, 0x7f}, key, true, true},
		"long picture id":   {[]byte{0x90, 0x80, 0xff, 0xff}, key, true, true},
		"all":               {[]byte{0x90, 0xf0, 0x80, 1, 2, 3}, key, true, true},
		"only temporal id":  {[]byte{0x90, 0x20, 0xe0}, delta, true, false},
		"only key index":    {[]byte{0x90, 0x10, 0x1f}, key, true, true},
		"not a start code":  {[]byte{0x10}, []byte{0x10, 0, 0, 1, 2, 3, 4}, true, false},
		"a key frame's bit": {[]byte{0x10}, []byte{0x10}, true, true},
		"nothing":           {[]byte{0x10}, nil, true, false},
	} {
		f, ok := parseVP8(append(append([]byte(nil), test.descriptor...), test.data...))
		require.True(t, ok, name)
		require.Equal(t, string(test.data), string(f.data), name)
		require.Equal(t, test.first, f.first, name)
		require.Equal(t, test.key, f.key, name)
	}
	for _, short := range [][]byte{nil, {0x80}, {0x80, 0x80}, {0x80, 0x80, 0x80}, {0x80, 0x40}, {0x80, 0x20}, {0x80, 0xf0, 0x80, 1, 2}} {
		_, ok := parseVP8(short)
		require.False(t, ok, "%x", short)
	}
}

func TestVP9Descriptor(t *testing.T) {
	key, delta, intraOnly := []byte{0x82, 0x49}, []byte{0x86, 0}, []byte{0x84, 0}
	profile3 := []byte{0xb0}
	for name, test := range map[string]struct {
		descriptor, data []byte
		first, key       bool
	}{
		"bare":               {[]byte{0x08}, key, true, true},
		"predicted":          {[]byte{0x48}, delta, true, false},
		"not the first":      {[]byte{0x04}, key, false, false},
		"intra only":         {[]byte{0x08}, intraOnly, true, false},
		"shows a frame":      {[]byte{0x08}, []byte{0x88}, true, false},
		"profile 3":          {[]byte{0x08}, profile3, true, true},
		"profile 3, delta":   {[]byte{0x08}, []byte{0xb2}, true, false},
		"no frame":           {[]byte{0x08}, []byte{0x42}, true, false},
		"picture id":         {[]byte{0x88, 0x7f}, key, true, true},
		"long picture id":    {[]byte{0x88, 0xff, 0xff}, key, true, true},
		"layer, flexible":    {[]byte{0xb8, 0x01, 0x00}, key, true, true},
		"layer, TL0":         {[]byte{0xa8, 0x01, 0x00, 9}, key, true, true},
		"upper layer":        {[]byte{0xa8, 0x01, 0x03, 9}, key, false, false},
		"references":         {[]byte{0xf8, 0x01, 0x00, 3, 5, 6}, delta, true, false},
		"structure":          {[]byte{0x0a, 0x38, 1, 2, 3, 4, 5, 6, 7, 8, 2, 0x04, 9, 0x08, 7, 6}, key, true, true},
		"structure, minimal": {[]byte{0x0a, 0xe0}, key, true, true},
	} {
		f, ok := parseVP9(append(append([]byte(nil), test.descriptor...), test.data...))
		require.True(t, ok, name)
		require.Equal(t, string(test.data), string(f.data), name)
		require.Equal(t, test.first, f.first, name)
		require.Equal(t, test.key, f.key, name)
	}
	for _, broken := range [][]byte{
		nil, {0x80}, {0x80, 0x80}, {0x20}, {0x20, 0}, {0x50}, {0x50, 1, 1}, {0x50, 1, 1, 1, 0},
		{0x02}, {0x02, 0x10, 1, 2, 3}, {0x02, 0x08}, {0x02, 0x08, 3, 0}, {0x02, 0x08, 1, 0x0c, 1, 2},
	} {
		_, ok := parseVP9(broken)
		require.False(t, ok, "%x", broken)
	}
}

// Descriptors are read as another implementation reads them.
func FuzzDescriptors(f *testing.F) {
	f.Add([]byte{0x90, 0xf0, 0x80, 1, 2, 3, 0x10, 0, 0, 0x9d, 0x01, 0x2a})
	f.Add([]byte{0xfa, 0x81, 2, 0, 3, 5, 4, 0x38, 1, 2, 3, 4, 5, 6, 7, 8, 2, 4, 9, 8, 7, 6})
	f.Fuzz(func(t *testing.T, payload []byte) {
		if fragment, ok := parseVP8(payload); ok {
			data, err := new(codecs.VP8Packet).Unmarshal(payload)
			require.NoError(t, err)
			require.Equal(t, data, fragment.data)
		}
		if fragment, ok := parseVP9(payload); ok {
			data, err := new(codecs.VP9Packet).Unmarshal(payload)
			if err != nil {
				return // it knows fewer spatial layers
			}
			require.Equal(t, data, fragment.data)
		}
	})
}

// The layers of a picture make up one frame.
func TestReceiverSpatialLayers(t *testing.T) {
	simulate(t, func(w *world) {
		t := w.t
		w.sender.kind = otherType
		w.packets = func(number uint32, key bool, timestamp uint32) [][]byte {
			data := numberedFrame(nameVP9, number, key, 3000)
			var packets [][]byte
			for layer, part := range [][]byte{data[:500], data[500:1200], data[1200:]} {
				head := byte(0xb8) // a picture id, layers, flexible mode, it begins
				if layer == 0 && !key {
					head |= 0x40
				}
				packets = append(packets, w.sender.part(append([]byte{head, 1, byte(layer<<1 | 1)}, referencesIf(head)...), part[:300], false, timestamp))
				packets = append(packets, w.sender.part(append([]byte{head&^8 | 4, 1, byte(layer<<1 | 1)}, referencesIf(head)...), part[300:], layer == 2, timestamp))
			}
			return packets
		}
		w.receiver.SetWatched(true)
		w.loss = w.lossOf(3)
		w.run(3 * time.Second)
		w.loss = nil
		w.run(time.Second)
		w.idle(time.Second)
		w.requireAll()
		require.Empty(t, w.other.failures)
	})
}

func referencesIf(head byte) []byte {
	if head&0x40 != 0 {
		return []byte{2}
	}
	return nil
}
