package rtc

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pion/ice/v4"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

// gatherer orders the local candidates: none before the description it belongs to, the end
// once per gathering. Guarded by the connection's emit lock.
type gatherer struct {
	active   bool // candidates of a gathering come, its end was not told yet
	withhold bool // a description is being made
	section  section
	waiting  []string
	complete bool
}

// gatheringChanged is called in the goroutine that reports the candidates, before them.
func (c *Connection) gatheringChanged(peer *webrtc.PeerConnection, state webrtc.ICEGatheringState) {
	if state != webrtc.ICEGatheringStateGathering || c.currentPeer() != peer {
		return
	}
	c.emit.Lock()
	defer c.emit.Unlock()
	c.gatherer.active, c.gatherer.complete = true, false
}

// candidateFound tells a candidate, or with nil the end of the gathering, which pion repeats
// with every local description.
func (c *Connection) candidateFound(peer *webrtc.PeerConnection, found *webrtc.ICECandidate) {
	if c.currentPeer() != peer {
		return
	}
	c.emit.Lock()
	defer c.emit.Unlock()
	g := &c.gatherer
	switch {
	case found == nil && g.active:
		g.active, g.complete = false, true
	case found != nil && c.shows(found):
		g.waiting = append(g.waiting, found.ToJSON().Candidate)
	}
	if !g.withhold {
		c.tellCandidates()
	}
}

// tellCandidates hands out what waits. The emit lock is held.
func (c *Connection) tellCandidates() {
	g := &c.gatherer
	waiting, complete := g.waiting, g.complete
	g.waiting, g.complete = nil, false
	if c.closed.Load() {
		return
	}
	for _, candidate := range waiting {
		c.events.LocalCandidate(candidate, g.section.mid, g.section.index)
	}
	if complete {
		c.events.GatheringComplete()
	}
}

// withholdCandidates lasts until tellDescription or until released.
func (c *Connection) withholdCandidates() {
	c.emit.Lock()
	defer c.emit.Unlock()
	c.gatherer.withhold = true
}

// releaseCandidates ends the withholding after a description that could not be made.
func (c *Connection) releaseCandidates() {
	c.emit.Lock()
	defer c.emit.Unlock()
	c.gatherer.withhold = false
	c.tellCandidates()
}

// tellDescription hands out a local description, and then its candidates.
func (c *Connection) tellDescription(local webrtc.SessionDescription) {
	c.emit.Lock()
	defer c.emit.Unlock()
	g := &c.gatherer
	g.withhold = false
	var parsed sdp.SessionDescription
	if err := parsed.UnmarshalString(local.SDP); err == nil {
		g.section, _ = transportSection(&parsed)
	}
	if c.closed.Load() {
		return
	}
	if local.Type == webrtc.SDPTypeOffer {
		c.events.LocalOffer(local.SDP)
	} else {
		c.events.LocalAnswer(local.SDP)
	}
	c.tellCandidates()
}

// remoteCandidate is a candidate of the peer; an empty line is the end of its candidates.
type remoteCandidate struct {
	line  string
	ufrag string
}

// AddRemoteCandidate takes a candidate of the peer, at any time: one that comes before the
// remote description waits for it. An empty candidate says that no more will come. Which
// section it belongs to makes no difference, as all of them share one transport.
func (c *Connection) AddRemoteCandidate(candidate, sdpMid string, sdpMLineIndex int) error {
	parsed, ignored, err := parseCandidate(candidate, sdpMid, sdpMLineIndex)
	if err != nil {
		return err
	}
	if ignored == namedByMDNS && c.instance.settings.HideHosts {
		ignored = "" // who hides behind such names looks others' up
	}
	if ignored != "" {
		c.log.Debugf("remote candidate %q is ignored: %s", candidate, ignored)
		return nil
	}
	op := operation{name: "adding a remote candidate", run: func() error { return c.applyCandidate(parsed) }}
	c.mu.Lock()
	if c.remotes >= maxHeldCandidates {
		err = fmt.Errorf("%w: more than %d remote candidates for one description", ErrLimit, maxHeldCandidates)
	} else if err = c.admit(op); err == nil {
		c.remotes++
	}
	c.mu.Unlock()
	if err == nil {
		c.operations.kick()
	}
	return err
}

// namedByMDNS is why a candidate is ignored that only mDNS can resolve.
const namedByMDNS = "its address is an mDNS name"

// parseCandidate checks a candidate line. ignored says why a valid one is not used: names
// that only mDNS resolves, and TCP.
func parseCandidate(line, sdpMid string, sdpMLineIndex int) (parsed remoteCandidate, ignored string, err error) {
	if len(line) > maxCandidateBytes {
		return parsed, "", fmt.Errorf("%w: a candidate of %d bytes is longer than %d", ErrInvalidParam, len(line), maxCandidateBytes)
	}
	if sdpMid == "" && sdpMLineIndex < 0 {
		return parsed, "", fmt.Errorf("%w: a candidate needs an sdpMid or an index of 0 or more, not %d",
			ErrInvalidParam, sdpMLineIndex)
	}
	line = strings.TrimPrefix(strings.TrimSpace(line), "a=")
	if line == "" || line == "end-of-candidates" {
		return parsed, "", nil
	}
	line = strings.TrimPrefix(line, "candidate:")
	candidate, err := ice.UnmarshalCandidate(line)
	if err != nil && unknownCandidateKind(err) && looksLikeCandidate(line) {
		return parsed, "its kind is not known", nil
	}
	if err != nil {
		return parsed, "", fmt.Errorf("%w: candidate %q: %w", ErrInvalidParam, line, err)
	}
	switch {
	case candidate.NetworkType().IsTCP():
		return parsed, "it is a TCP candidate", nil
	case strings.HasSuffix(strings.ToLower(candidate.Address()), ".local"):
		ignored = namedByMDNS
	}
	parsed.line = line
	if extension, ok := candidate.GetExtension("ufrag"); ok {
		parsed.ufrag = extension.Value
	}
	return parsed, ignored, nil
}

// unknownCandidateKind is true for what RFC 8839 wants ignored: types and transports that
// this implementation does not know.
func unknownCandidateKind(err error) bool {
	return errors.Is(err, ice.ErrUnknownCandidateTyp) || errors.Is(err, ice.ErrDetermineNetworkType)
}

// looksLikeCandidate tells a candidate of an unknown kind from any text: six fields, then
// "typ" and its value (RFC 8839, section 5.1).
func looksLikeCandidate(line string) bool {
	fields := strings.Fields(line)
	return len(fields) >= 8 && fields[6] == "typ"
}

// maxTriedCandidates bounds the remote candidates of one description that ICE tries: each makes as many pairs as
// there are local ones, and all of them are tried for as long as there is no path.
const maxTriedCandidates = 100

// applyCandidate runs as an operation.
func (c *Connection) applyCandidate(candidate remoteCandidate) error {
	peer := c.currentPeer()
	remote := peer.RemoteDescription()
	if remote == nil || !mentionsUfrag(remote, candidate.ufrag) {
		c.mu.Lock()
		c.held = append(c.held, candidate)
		c.mu.Unlock()
		return nil
	}
	return c.tryCandidate(peer, candidate)
}

func (c *Connection) tryCandidate(peer *webrtc.PeerConnection, candidate remoteCandidate) error {
	if c.media.tried >= maxTriedCandidates {
		c.log.Debugf("remote candidate %q is ignored: there are %d already", candidate.line, c.media.tried)
		return nil
	}
	c.media.tried++
	return peer.AddICECandidate(webrtc.ICECandidateInit{Candidate: candidate.line}) //nolint:wrapcheck // callers do
}

// applyCandidatesOf gives ICE the candidates in a description that was applied, and those that waited for it. What
// waited for another description is of the past now.
func (c *Connection) applyCandidatesOf(d *description, peer *webrtc.PeerConnection) {
	c.media.tried = 0
	var all []remoteCandidate
	for _, line := range d.candidates() {
		// check has seen to it that one is understood; the others are no reason to fail.
		if parsed, ignored, err := parseCandidate(line, "", 0); err == nil && ignored == "" {
			all = append(all, parsed)
		}
	}
	c.mu.Lock()
	all = append(all, c.held...)
	c.remotes = len(c.held)
	c.held = nil
	c.mu.Unlock()
	for _, candidate := range all {
		if err := c.tryCandidate(peer, candidate); err != nil {
			c.postError(fmt.Sprintf("adding the remote candidate %q failed: %v", candidate.line, err))
		}
	}
}

func mentionsUfrag(remote *webrtc.SessionDescription, ufrag string) bool {
	return ufrag == "" || strings.Contains(remote.SDP, "ice-ufrag:"+ufrag)
}
