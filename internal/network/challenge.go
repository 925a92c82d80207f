package network

import (
	"crypto/md5" //nolint:gosec // what RFC 7616 still allows, and squid offers nothing else
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"slices"
	"strings"
)

// challenge is one of the ways of authentication that a proxy offers (RFC 9110, section 11).
type challenge struct {
	scheme     string // in lower case
	parameters map[string]string
}

const (
	schemeBasic  = "basic"
	schemeDigest = "digest"
)

// maxChallenges and maxChallengeParameters bound what is kept of a proxy's answer.
const (
	maxChallenges          = 16
	maxChallengeParameters = 32
)

// parseChallenges reads the values of Proxy-Authenticate. What it can't make sense of it leaves out.
func parseChallenges(values []string) []challenge {
	var found []challenge
	for _, value := range values {
		s := scanner{rest: value}
		for {
			s.skip(" \t,")
			word := s.token()
			if word == "" {
				break
			}
			s.skip(" \t")
			switch {
			case !s.next('='):
				if len(found) == maxChallenges {
					return found
				}
				found = append(found, challenge{scheme: strings.ToLower(word), parameters: map[string]string{}})
			case len(found) > 0:
				s.skip(" \t")
				parameters := found[len(found)-1].parameters
				if parameter := s.value(); len(parameters) < maxChallengeParameters {
					parameters[strings.ToLower(word)] = parameter
				}
			}
		}
	}
	return found
}

// scanner takes a header's value apart.
type scanner struct{ rest string }

func (s *scanner) skip(characters string) { s.rest = strings.TrimLeft(s.rest, characters) }

func (s *scanner) next(c byte) bool {
	if s.rest == "" || s.rest[0] != c {
		return false
	}
	s.rest = s.rest[1:]
	return true
}

func (s *scanner) token() string {
	end := strings.IndexFunc(s.rest, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
	if end < 0 {
		end = len(s.rest)
	}
	token := s.rest[:end]
	s.rest = s.rest[end:]
	return token
}

// value is a token or a quoted string.
func (s *scanner) value() string {
	if !s.next('"') {
		return s.token()
	}
	var text strings.Builder
	for s.rest != "" && !s.next('"') {
		s.next('\\')
		if s.rest != "" {
			text.WriteByte(s.rest[0])
			s.rest = s.rest[1:]
		}
	}
	return text.String()
}

// The algorithms that are known.
const (
	hashSHA256 = "SHA-256"
	hashMD5    = "MD5"
)

// digestHashes are the algorithms of RFC 7616, the stronger first.
var digestHashes = []struct {
	name string
	new  func() hash.Hash
}{
	{hashSHA256, sha256.New},
	{hashMD5, md5.New},
}

func (c challenge) hash() (newHash func() hash.Hash, session bool, rank int) {
	name, session := strings.CutSuffix(strings.ToUpper(c.parameters["algorithm"]), "-SESS")
	if name == "" {
		name = hashMD5
	}
	for i, known := range digestHashes {
		if known.name == name {
			return known.new, session, i
		}
	}
	return nil, false, len(digestHashes)
}

func (c challenge) stale() bool { return strings.EqualFold(c.parameters["stale"], "true") }

// authenticates says whether the quality of protection is one that is known: none (RFC 2069) or auth.
func (c challenge) authenticates() bool {
	return c.parameters["qop"] == "" || slices.Contains(c.qualities(), "auth")
}

func (c challenge) qualities() []string {
	return strings.FieldsFunc(strings.ToLower(c.parameters["qop"]), func(r rune) bool { return r == ',' || r == ' ' })
}

// strongest picks Digest with the strongest hash, or else Basic.
func strongest(offered []challenge) (challenge, error) {
	best, bestRank := challenge{}, len(digestHashes)+1
	var schemes []string
	for _, one := range offered {
		schemes = append(schemes, one.scheme)
		rank := len(digestHashes) + 1
		switch one.scheme {
		case schemeBasic:
			rank = len(digestHashes)
		case schemeDigest:
			if newHash, _, place := one.hash(); newHash != nil && one.authenticates() && one.parameters["nonce"] != "" {
				rank = place
			}
		}
		if rank < bestRank {
			best, bestRank = one, rank
		}
	}
	if bestRank > len(digestHashes) {
		return challenge{}, fmt.Errorf("it wants authentication by %q; Basic and Digest (SHA-256, MD5) are known",
			printable(strings.Join(schemes, ", ")))
	}
	return best, nil
}

// newNonce is the client's.
func newNonce() string {
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails
	return hex.EncodeToString(random[:])
}

// digest answers a challenge of the scheme Digest (RFC 7616, section 3.4).
func (c challenge) digest(method, uri, user, password, clientNonce string) (string, error) {
	newHash, session, _ := c.hash()
	if newHash == nil {
		return "", errors.New("the challenge has no hash that is known")
	}
	if strings.ContainsFunc(user, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", fmt.Errorf("%w: proxy user name %q has control characters", ErrInvalid, user)
	}
	h := func(parts ...string) string {
		sum := newHash()
		_, _ = sum.Write([]byte(strings.Join(parts, ":")))
		return hex.EncodeToString(sum.Sum(nil))
	}
	realm, nonce := c.parameters["realm"], c.parameters["nonce"]
	secret := h(user, realm, password)
	if session {
		secret = h(secret, nonce, clientNonce)
	}
	const count = "00000001" // each answer has a client nonce of its own
	named := user
	hashed := strings.EqualFold(c.parameters["userhash"], "true")
	if hashed {
		named = h(user, realm)
	}
	var answer strings.Builder
	fmt.Fprintf(&answer, "Digest username=%s, realm=%s, nonce=%s, uri=%s", quoted(named), quoted(realm), quoted(nonce), quoted(uri))
	if c.parameters["qop"] == "" {
		fmt.Fprintf(&answer, ", response=%s", quoted(h(secret, nonce, h(method, uri))))
	} else {
		fmt.Fprintf(&answer, ", qop=auth, nc=%s, cnonce=%s, response=%s", count, quoted(clientNonce),
			quoted(h(secret, nonce, count, clientNonce, "auth", h(method, uri))))
	}
	if session && c.parameters["qop"] == "" {
		fmt.Fprintf(&answer, ", cnonce=%s", quoted(clientNonce))
	}
	if algorithm := c.parameters["algorithm"]; algorithm != "" {
		fmt.Fprintf(&answer, ", algorithm=%s", algorithm) // one of those that are known
	}
	if opaque, ok := c.parameters["opaque"]; ok {
		fmt.Fprintf(&answer, ", opaque=%s", quoted(opaque))
	}
	if hashed {
		answer.WriteString(", userhash=true")
	}
	return answer.String(), nil
}

func quoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}
