package rtc

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"

	"libml_webrtc/internal/network"
)

// plainPion is the same work without the engine.
func plainPion(b *testing.B, size int) {
	var s webrtc.SettingEngine
	s.DetachDataChannels()
	s.SetNet(&network.Net{})
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6})
	s.SetSCTPMaxMessageSize(1 << 20)
	if os.Getenv("WINDOW") != "" {
		s.SetSCTPMaxReceiveBufferSize(4 << 20)
	}
	if os.Getenv("RTO") != "" {
		s.SetSCTPRTOMax(time.Second)
	}
	api := webrtc.NewAPI(webrtc.WithSettingEngine(s), webrtc.WithMediaEngine(&webrtc.MediaEngine{}), webrtc.WithInterceptorRegistry(&interceptor.Registry{}))
	near, err := api.NewPeerConnection(webrtc.Configuration{})
	require.NoError(b, err)
	far, err := api.NewPeerConnection(webrtc.Configuration{})
	require.NoError(b, err)
	defer near.GracefulClose()
	defer far.GracefulClose()
	opened, done := make(chan struct{}), make(chan struct{})
	far.OnDataChannel(func(dc *webrtc.DataChannel) {
		dc.OnOpen(func() {
			raw, _ := dc.Detach()
			buffer := make([]byte, 2<<20)
			for range b.N {
				if _, _, err := raw.ReadDataChannel(buffer); err != nil {
					panic(err)
				}
			}
			close(done)
		})
	})
	dc, err := near.CreateDataChannel("bench", nil)
	require.NoError(b, err)
	var raw interface {
		WriteDataChannel([]byte, bool) (int, error)
	}
	dc.OnOpen(func() { raw, _ = dc.Detach(); close(opened) })
	gathered := webrtc.GatheringCompletePromise(near)
	offer, _ := near.CreateOffer(nil)
	near.SetLocalDescription(offer)
	<-gathered
	far.SetRemoteDescription(*near.LocalDescription())
	answer, _ := far.CreateAnswer(nil)
	gathered = webrtc.GatheringCompletePromise(far)
	far.SetLocalDescription(answer)
	<-gathered
	near.SetRemoteDescription(*far.LocalDescription())
	<-opened
	low := make(chan struct{}, 1)
	st := raw.(stream)
	st.SetBufferedAmountLowThreshold(lowWater)
	st.OnBufferedAmountLow(func() {
		select {
		case low <- struct{}{}:
		default:
		}
	})
	message := make([]byte, size)
	b.SetBytes(int64(size))
	b.ReportAllocs()
	b.ResetTimer()
	start := time.Now()
	for range b.N {
		for st.BufferedAmount() > highWater {
			<-low
		}
		st.WriteDataChannel(message, false)
	}
	<-done
	b.ReportMetric(float64(b.N)/time.Since(start).Seconds(), "messages/s")
}

func BenchmarkPion(b *testing.B) {
	for _, size := range []int{64, 1200, 64 << 10, 256 << 10} {
		b.Run(fmt.Sprint(size), func(b *testing.B) { plainPion(b, size) })
	}
}
