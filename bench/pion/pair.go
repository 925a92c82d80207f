package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"log"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/webrtc/v4"

	"libml_webrtc/internal/network"
)

// detached says whether messages are read from the channel or come to its OnMessage.
var detached bool

// certificate is made once, as in the library.
var certificate = func() webrtc.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	made, err := webrtc.GenerateCertificate(key)
	must(err)
	return *made
}()

// newPeer makes a peer connection for data channels.
func newPeer() *webrtc.PeerConnection {
	return newPeerWith(&webrtc.MediaEngine{}, &interceptor.Registry{})
}

// newPeerWith makes a peer connection with the settings of internal/rtc.
func newPeerWith(media *webrtc.MediaEngine, interceptors *interceptor.Registry) *webrtc.PeerConnection {
	var settings webrtc.SettingEngine
	machine := &network.Net{}
	settings.SetNet(machine)
	settings.SetIncludeLoopbackCandidate(machine.OnlyLoopback())
	settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6})
	settings.DisableActiveTCP(true)
	settings.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	settings.SetICETimeouts(5*time.Second, 10*time.Second, 2*time.Second)
	settings.SetSrflxAcceptanceMinWait(100 * time.Millisecond)
	settings.SetPrflxAcceptanceMinWait(200 * time.Millisecond)
	settings.SetRelayAcceptanceMinWait(500 * time.Millisecond)
	settings.SetDTLSInsecureSkipHelloVerify(true)
	settings.SetSCTPMaxMessageSize(1 << 20)
	settings.SetSCTPMaxReceiveBufferSize(4 << 20)
	settings.SetSCTPRTOMax(time.Second)
	if detached {
		settings.DetachDataChannels()
	}
	api := webrtc.NewAPI(
		webrtc.WithSettingEngine(settings),
		webrtc.WithMediaEngine(media),
		webrtc.WithInterceptorRegistry(interceptors),
	)
	peer, err := api.NewPeerConnection(webrtc.Configuration{Certificates: []webrtc.Certificate{certificate}})
	must(err)
	return peer
}

// end is one end of an open data channel.
type end struct {
	channel *webrtc.DataChannel
	raw     rawChannel // when detached
}

type rawChannel interface {
	ReadDataChannel(buffer []byte) (n int, isString bool, err error)
	WriteDataChannel(data []byte, isString bool) (n int, err error)
	BufferedAmount() uint64
	SetBufferedAmountLowThreshold(threshold uint64)
	OnBufferedAmountLow(f func())
}

// sender is what a channel offers for sending, detached or not.
type sender interface {
	BufferedAmount() uint64
	SetBufferedAmountLowThreshold(threshold uint64)
	OnBufferedAmountLow(f func())
}

func (e end) sender() sender {
	if detached {
		return e.raw
	}
	return e.channel
}

func (e end) send(data []byte) error {
	if detached {
		_, err := e.raw.WriteDataChannel(data, false)
		return err
	}
	return e.channel.Send(data)
}

// receive has handle called for each message.
func (e end) receive(handle func(data []byte)) {
	if !detached {
		e.channel.OnMessage(func(message webrtc.DataChannelMessage) { handle(message.Data) })
		return
	}
	go func() {
		buffer := make([]byte, 64<<10)
		for {
			n, _, err := e.raw.ReadDataChannel(buffer)
			if err != nil {
				return
			}
			handle(buffer[:n])
		}
	}()
}

// pair is two peer connections of this process with a data channel between them.
type pair struct {
	peers      [2]*webrtc.PeerConnection
	alice, bob end
}

// connect returns when the channel is open on both sides.
func connect() *pair {
	p := &pair{peers: [2]*webrtc.PeerConnection{newPeer(), newPeer()}}
	alice, bob := p.peers[0], p.peers[1]
	opened := make(chan end, 1)
	received := make(chan end, 1)

	bob.OnDataChannel(func(channel *webrtc.DataChannel) { whenOpen(channel, received) })
	channel, err := alice.CreateDataChannel("bench", nil)
	must(err)
	whenOpen(channel, opened)
	negotiate(alice, bob)

	p.alice, p.bob = <-opened, <-received
	return p
}

// negotiate passes an offer, an answer and the candidates.
func negotiate(alice, bob *webrtc.PeerConnection) {
	// Candidates are refused before the remote description, so they wait for it.
	aliceReady, bobReady := make(chan struct{}), make(chan struct{})
	trickle(alice, bob, bobReady)
	trickle(bob, alice, aliceReady)

	offer, err := alice.CreateOffer(nil)
	must(err)
	must(alice.SetLocalDescription(offer))
	must(bob.SetRemoteDescription(offer))
	close(bobReady)
	answer, err := bob.CreateAnswer(nil)
	must(err)
	must(bob.SetLocalDescription(answer))
	must(alice.SetRemoteDescription(answer))
	close(aliceReady)
}

func trickle(from, to *webrtc.PeerConnection, ready <-chan struct{}) {
	from.OnICECandidate(func(candidate *webrtc.ICECandidate) {
		if candidate == nil {
			return
		}
		go func() {
			<-ready
			must(to.AddICECandidate(candidate.ToJSON()))
		}()
	})
}

func whenOpen(channel *webrtc.DataChannel, open chan<- end) {
	channel.OnOpen(func() {
		one := end{channel: channel}
		if detached {
			raw, err := channel.Detach()
			must(err)
			var ok bool
			if one.raw, ok = raw.(rawChannel); !ok {
				log.Fatal("a detached channel without a buffered amount")
			}
		}
		open <- one
	})
}

func (p *pair) close() {
	for _, peer := range p.peers {
		must(peer.Close())
	}
}
